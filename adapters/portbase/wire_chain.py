"""The Secure Chain in Cargo Controller: authorise, nominate, withdraw.

That it can be done through the interface, with the tracking id and an EAN, is sourced
(identity_scr_portbase.md §C.5 [B10][B18], §C.3 [B11]); every name and path here is INFERRED
(§F.2 P5, P7). A real contract replaces this module.
"""

from enum import StrEnum

from adapters.portbase.wire import Sent


class ChainRole(StrEnum):
    """Who stands in the chain behind the release-to party (§C.2)."""

    CARGO_DIRECTOR = "CARGO_DIRECTOR"
    INLAND_OPERATOR = "INLAND_OPERATOR"


class WithdrawalReason(StrEnum):
    """Which of Portbase's actions it is (§C.4 [B6])."""

    CHANGE_INLAND_OPERATOR = "CHANGE_INLAND_OPERATOR"
    WITHDRAW_INLAND_OPERATOR = "WITHDRAW_INLAND_OPERATOR"
    RETRIEVE_DIRECTOR_RIGHTS = "RETRIEVE_DIRECTOR_RIGHTS"


class Nomination(Sent):
    """The inland operator that is to collect a container."""

    equipment_number: str
    inland_operator_ean: str
    modality: str | None = None


class Nominations(Sent):
    """P5. `id` is the tracking id."""

    id: str
    nominations: tuple[Nomination, ...]


class Authorisation(Sent):
    """Who may direct a container from now on."""

    equipment_number: str
    role: ChainRole
    organisation_ean: str


class Authorisations(Sent):
    """P7, first. `id` is the tracking id."""

    id: str
    authorisations: tuple[Authorisation, ...]


class Withdrawal(Sent):
    """Whose place in the chain ends, with everybody behind."""

    equipment_number: str
    role: ChainRole
    reason: WithdrawalReason


class Withdrawals(Sent):
    """P7, second. `id` is the tracking id."""

    id: str
    withdrawals: tuple[Withdrawal, ...]
