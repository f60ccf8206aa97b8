"""What a company lacks in each port before it can receive and collect there: one look, many ports.

What Rotterdam and the French ports ask for: identity_scr_portbase.md §C.3; edifact_france.md §A.2,
§B, as far as it is public. None of it is refused by the law here: those systems judge themselves.
"""

from collections.abc import Callable, Mapping

from ledger.law.ruling import Refusal
from schemas.identifiers import Scheme
from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.ports import PORTS
from schemas.reasons import Reason
from schemas.registrations import AccountStatus
from schemas.steps import Step


def missing_in(organisation: Organisation, port: str) -> tuple[Step, ...] | Refusal:
    """Return what *organisation* lacks in *port*, the next step first; or that no such port is."""
    known = PORTS.get(port)
    if known is None:
        return Refusal(Reason.PORT_UNKNOWN, port)
    lacks = _LACKS.get(known.system, _nothing_known)(organisation)
    if Step.REINSTATEMENT in organisation.lacks and Step.REINSTATEMENT not in lacks:
        return (*lacks, Step.REINSTATEMENT)
    return lacks


def _in_certified_pickup(organisation: Organisation) -> tuple[Step, ...]:
    return organisation.lacks


def _in_portbase(organisation: Organisation) -> tuple[Step, ...]:
    lacks = []
    if Role.RELEASE_PARTY in organisation.roles and not _accepted(organisation, "portbase"):
        lacks.append(Step.CUSTOMER_CODE)
    if Role.TRANSPORT_OPERATOR in organisation.roles and organisation.code(Scheme.EAN) is None:
        lacks.append(Step.EAN)
    return tuple(lacks)


def _in_sone(organisation: Organisation) -> tuple[Step, ...]:
    return () if _accepted(organisation, "sone") else (Step.SONE_ACTOR,)


def _in_ci5(organisation: Organisation) -> tuple[Step, ...]:
    return () if _accepted(organisation, "ci5") else (Step.CI5_ACCOUNT,)


def _nothing_known(_organisation: Organisation) -> tuple[Step, ...]:
    """What a system asks for that nobody has described here: it tells whoever asks it."""
    return ()


def _accepted(organisation: Organisation, system: str) -> bool:
    return any(
        account.system == system and account.status is AccountStatus.ACCEPTED
        for account in organisation.accounts
    )


_LACKS: Mapping[str, Callable[[Organisation], tuple[Step, ...]]] = {
    "antwerp_cpu": _in_certified_pickup,
    "portbase": _in_portbase,
    "sone": _in_sone,
    "ci5": _in_ci5,
}
