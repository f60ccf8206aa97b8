"""What the system that decides in a port says, as its adapter has read it (design.md §4).

It stands whatever stood. None of it comes on a party's topic: dispatch writes it to the log.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.messages import (
    MOST_BILLS,
    ContainerMessage,
    CustomsStatus,
    Modality,
    PartyRef,
    Reason,
    Text,
    Wire,
)
from schemas.observed import ObservedLight, ObservedStatus


class ObservedPickup(Wire):
    """Who collects, as a community system has it on record."""

    operator: PartyRef
    modality: Modality = Modality.UNKNOWN
    expires_at: AwareDatetime | None = None


class ObserveRelease(ContainerMessage):
    """How a release stands in its port's system; what is left out was not told.

    `holders` are all who accepted the right, the first release party first and who holds it now
    last; `offered_to` who has not answered yet. `no_pickup` tells that nobody is to collect.
    `confirmed_at` is the time that the system itself gives for all this, where it gives one.
    """

    TYPE: ClassVar[str] = "releasebus.observe_release"

    terminal: Text
    status: ObservedStatus | None = None
    agent: PartyRef | None = None
    holders: Annotated[tuple[PartyRef, ...], Field(max_length=MOST_BILLS)] | None = None
    offered_to: PartyRef | None = None
    pickup: ObservedPickup | None = None
    no_pickup: bool = False
    valid_from: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    customs: CustomsStatus | None = None
    discharged: bool | None = None
    terminal_light: ObservedLight | None = None
    gate_out: bool | None = None
    confirmed_at: AwareDatetime | None = None


class AnswerRequest(ContainerMessage):
    """The system's answer to the request `request_id` that the ledger put to it."""

    TYPE: ClassVar[str] = "releasebus.answer_request"

    request_id: Text
    accepted: bool
    reason: Reason = ""
    confirmed_at: AwareDatetime | None = None


SYSTEM_MESSAGES = (ObserveRelease, AnswerRequest)
