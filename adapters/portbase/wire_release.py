"""The agent's commercial release in Cargo Declaration Import, and what the terminal says to it.

Sourced are the steps and their words: given, updated and withdrawn by the agent; `declared` until
the terminal accepts or rejects (identity_scr_portbase.md §C.2 [V2], §C.4 [B7][B14]). No name of a
member and no path is public (§C.7, §H 10): all of them are INFERRED. A real contract replaces this
module.
"""

from enum import StrEnum

from adapters.portbase.wire import Heard, Sent, When


class ReleaseAction(StrEnum):
    """What the agent does with a release (§C.2)."""

    RELEASE = "RELEASE"
    UPDATE = "UPDATE"
    WITHDRAW = "WITHDRAW"


class ReleaseStatus(StrEnum):
    """How far a release got (§C.4); `EXPIRED` and `COR` are told elsewhere."""

    DECLARED = "DECLARED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ReleaseTo(Sent):
    """The release-to party, by the code that the carrier gave it (§C.3)."""

    customer_code: str
    name: str


class CommercialReleaseOrder(Sent):
    """A container that is released, or not any more."""

    action: ReleaseAction
    bl_number: str
    equipment_number: str
    terminal_code: str | None = None
    release_reference: str | None = None
    release_to: ReleaseTo | None = None
    release_valid_from_date_time: str | None = None
    release_valid_until_date_time: str | None = None


class CommercialReleaseStatus(Heard):
    """How the release of a container stands with the terminal."""

    bl_number: str | None = None
    equipment_number: str | None = None
    release_status: str | None = None
    release_valid_until_date_time: When | None = None
    reason: str | None = None
