"""What comes about in a port where a community system decides (design.md §4)."""

from typing import TypeAlias

from schemas.air_facts import ConsignmentObserved
from schemas.fact_value import FactValue
from schemas.stay import Hop, ReleaseStatus
from schemas.value import Moment


class RequestMade(FactValue, frozen=True, kw_only=True):
    """What a party asked is put to the system that decides; the stay stands as it did.

    `request_id` is the same whenever the same message is read. `message` is what was asked, as
    it stood on the log; `receiver` the organisation that it names. An answer is overdue after
    `due_at`.
    """

    request_id: str
    system: str
    message: str
    due_at: Moment
    receiver: str | None = None


class RequestAnswered(FactValue, frozen=True, kw_only=True):
    """The system followed the request `request_id`, or did not; what follows stands behind it.

    `asked_by` asked it with the message `message_id`. `again`: it had been answered so before.
    """

    request_id: str
    system: str
    accepted: bool
    asked_by: str
    message_id: str
    at: Moment
    reason: str = ""
    again: bool = False


class RequestOverdue(FactValue, frozen=True, kw_only=True):
    """The system has not answered in time; it may answer still."""

    request_id: str
    system: str
    asked_by: str
    message_id: str


class ReleaseObserved(FactValue, frozen=True, kw_only=True):
    """How the release stands, as its system says: it overwrites what stood.

    `at` is when the right was confirmed last, None where the system said nothing of it;
    `as_of` the time that the system itself gives for what it says. A quay that the release left
    is waited for as after an update (schemas/facts.py).
    """

    system: str
    status: ReleaseStatus
    terminal: str
    terminal_before: str
    agent: str
    bills_of_lading: tuple[str, ...]
    release_identification: str
    valid_from: Moment
    expires_at: Moment
    hops: tuple[Hop, ...]
    stay_number: str | None = None
    at: Moment | None = None
    as_of: Moment | None = None
    quay_before_confirms_by: Moment | None = None


class ConfirmationLost(FactValue, frozen=True, kw_only=True):
    """The system's word contradicts what stands: nothing is let out until it says anew."""

    system: str


SystemFact: TypeAlias = (
    RequestMade
    | RequestAnswered
    | RequestOverdue
    | ReleaseObserved
    | ConfirmationLost
    | ConsignmentObserved
)
"""What is told of a port where a community system decides, and of an airport."""
