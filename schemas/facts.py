"""What the ledger answers: one pydantic model a fact, events past, and its record."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas.lights import LightChange, Lights
from schemas.messages import CustomsStatus, Haulage, Modality
from schemas.organisations import Organisation
from schemas.quick_json import Form
from schemas.reasons import Finding, Missing, Reason
from schemas.stay import PickupRight, Stay

SCHEMA_VERSION = 1


class Outcome(StrEnum):
    """The one answer that every message on a log gets: the buckets that must add up (I1)."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    WAITING = "waiting"
    PARKED = "parked"


class PickupEnd(StrEnum):
    """Why a pick-up right ended; it never comes back (I6)."""

    REVOKED = "revoked"
    RELEASE_BLOCKED = "release_blocked"
    RELEASE_REVOKED = "release_revoked"
    RELEASE_DELETED = "release_deleted"
    RELEASE_EXPIRED = "release_expired"
    RAN_OUT = "ran_out"
    TERMINAL_CHANGED = "terminal_changed"
    PICKED_UP = "picked_up"


class FactModel(BaseModel):
    """What every fact has in common: frozen, closed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Released(FactModel):
    """A commercial release opened a stay; the stay given is the stay that begins."""

    type: Literal["released"] = "released"
    release_id: str
    container: str
    port: str
    terminal: str
    agent: str
    bills_of_lading: tuple[str, ...]
    release_identification: str
    valid_from: AwareDatetime
    expires_at: AwareDatetime
    expiry_given: bool
    stay_number: str | None = None
    order_reference: str | None = None
    equipment_type: str | None = None
    haulage: Haulage | None = None


class Updated(FactModel):
    """The agent gave new values; `terminal_before` is the quay that no longer counts."""

    type: Literal["updated"] = "updated"
    terminal: str
    terminal_before: str
    bills_of_lading: tuple[str, ...]
    valid_from: AwareDatetime
    expires_at: AwareDatetime
    expiry_given: bool
    revived: bool = False
    stay_number: str | None = None
    order_reference: str | None = None
    equipment_type: str | None = None


class Blocked(FactModel):
    """The agent froze the release; the chain stands."""

    type: Literal["blocked"] = "blocked"
    reason: str = ""


class Unblocked(FactModel):
    """The agent lifted its block."""

    type: Literal["unblocked"] = "unblocked"


class ChainRevoked(FactModel):
    """The agent took the whole chain back: the release stands, nobody holds it."""

    type: Literal["chain_revoked"] = "chain_revoked"
    parties: tuple[str, ...]
    reason: str = ""


class Deleted(FactModel):
    """The agent withdrew the release."""

    type: Literal["deleted"] = "deleted"
    parties: tuple[str, ...]
    reason: str = ""


class Expired(FactModel):
    """The release passed its expiry date."""

    type: Literal["expired"] = "expired"


class Transferred(FactModel):
    """The right is on its way to `receiver`."""

    type: Literal["transferred"] = "transferred"
    giver: str
    receiver: str


class Accepted(FactModel):
    """`receiver` holds the right now."""

    type: Literal["accepted"] = "accepted"
    giver: str
    receiver: str


class Declined(FactModel):
    """`receiver` did not want the right; `giver` has it again."""

    type: Literal["declined"] = "declined"
    giver: str
    receiver: str
    reason: str = ""


class TransferRevoked(FactModel):
    """`giver` took its transfer back before it was accepted."""

    type: Literal["transfer_revoked"] = "transfer_revoked"
    giver: str
    receiver: str
    reason: str = ""


class PickupAssigned(FactModel):
    """The pick-up right was made: the entitlement exists."""

    type: Literal["pickup_assigned"] = "pickup_assigned"
    pickup: PickupRight


class PickupEnded(FactModel):
    """The pick-up right is over, for good."""

    type: Literal["pickup_ended"] = "pickup_ended"
    pickup: PickupRight
    terminal: str
    why: PickupEnd


class Discharged(FactModel):
    """The container stands on the quay."""

    type: Literal["discharged"] = "discharged"


class TerminalReleased(FactModel):
    """The terminal's light is green."""

    type: Literal["terminal_released"] = "terminal_released"


class TerminalBlocked(FactModel):
    """The terminal holds the container."""

    type: Literal["terminal_blocked"] = "terminal_blocked"


class ScanningOrdered(FactModel):
    """The terminal put the container aside for a scan."""

    type: Literal["scanning_ordered"] = "scanning_ordered"


class TerminalUnblocked(FactModel):
    """The terminal lifted its hold."""

    type: Literal["terminal_unblocked"] = "terminal_unblocked"


class GatedIn(FactModel):
    """A truck for the container is inside."""

    type: Literal["gated_in"] = "gated_in"


class GatedOut(FactModel):
    """The container left; the stay is over.

    `left_at` is when the terminal says, or the ledger's time where that cannot be.
    """

    type: Literal["gated_out"] = "gated_out"
    picked_up_by: str | None = None
    modality: Modality | None = None
    left_at: AwareDatetime | None = None


class CustomsStatusSet(FactModel):
    """The customs light changed."""

    type: Literal["customs_status_set"] = "customs_status_set"
    status: CustomsStatus


class FindingMade(FactModel):
    """What happened contradicts what was allowed; somebody must look."""

    type: Literal["finding_made"] = "finding_made"
    finding: Finding
    text: str


class Disputed(FactModel):
    """Another agent released the same container at the same terminal."""

    type: Literal["disputed"] = "disputed"
    other_release_id: str
    other_agent: str


class DisputeSettled(FactModel):
    """The other claim fell away."""

    type: Literal["dispute_settled"] = "dispute_settled"


class GivenUp(FactModel):
    """The message waited in vain; the moment or the event that ended its wait is `why`."""

    type: Literal["given_up"] = "given_up"
    reason: Reason
    why: str


class Suspended(FactModel):
    """A message broke our code: the entitlement is suspended until an operator resumes."""

    type: Literal["suspended"] = "suspended"


class Refused(FactModel):
    """The message was not followed, and why; schemas/reasons.py has the words for a person."""

    type: Literal["refused"] = "refused"
    reason: Reason
    detail: str = ""


class Waiting(FactModel):
    """The message waits for its release until `until`; it is kept as it stood on the log."""

    type: Literal["waiting"] = "waiting"
    until: AwareDatetime
    message: str


class Repeated(FactModel):
    """The message had come before; `first` is the answer it got then."""

    type: Literal["repeated"] = "repeated"
    first_shard: str
    first_seq: int
    first: Outcome


class Parked(FactModel):
    """The message could not be handled by our code, or stands behind one that could not."""

    type: Literal["parked"] = "parked"
    error: str
    message: str


class OrganisationRegistered(FactModel):
    """An organisation joined, or stands anew; the organisation given is how it stands."""

    type: Literal["organisation_registered"] = "organisation_registered"
    organisation: Organisation


Fact = Annotated[
    Released
    | Updated
    | Blocked
    | Unblocked
    | ChainRevoked
    | Deleted
    | Expired
    | Transferred
    | Accepted
    | Declined
    | TransferRevoked
    | PickupAssigned
    | PickupEnded
    | Discharged
    | TerminalReleased
    | TerminalBlocked
    | ScanningOrdered
    | TerminalUnblocked
    | GatedIn
    | GatedOut
    | CustomsStatusSet
    | FindingMade
    | Disputed
    | DisputeSettled
    | GivenUp
    | Suspended
    | Refused
    | Waiting
    | Repeated
    | Parked
    | OrganisationRegistered,
    Field(discriminator="type"),
]
FACTS: tuple[type[FactModel], ...] = get_args(get_args(Fact)[0])
"""Every kind of fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a fact was decided on: the message, who stood behind it, and what was known then.

    `organisation` is the verified sender, `via` the gateway that attested it, `key_id` the key
    that signed; `waited` tells that the message came out of the waiting room.
    """

    message_id: str
    message_type: str
    source: str
    organisation: str
    occurred_at: AwareDatetime
    log_offset: int
    directory_version: int
    policy_version: str
    via: str | None = None
    key_id: str | None = None
    waited: bool = False
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFact:
    """One entry of the ledger as it is stored, hashed and published.

    `outcome` is set on the first entry of a message only, so that each message counts once.
    `stay` is the snapshot after the fact; `missing` says why the container may not leave.
    """

    schema_version: int = SCHEMA_VERSION
    shard: str
    seq: int
    recorded_at: AwareDatetime
    container: str
    port: str
    fact: Fact
    cause: Cause
    outcome: Outcome | None = None
    stay: Stay | None = None
    lights: Lights | None = None
    light_changes: tuple[LightChange, ...] = ()
    missing: tuple[Missing, ...] = ()


CAUSE = Form(Cause)
RECORDED = Form(RecordedFact)


def written(fact: RecordedFact) -> bytes:
    """Return the very bytes that are stored, hashed and published for *fact*."""
    return RECORDED.written(fact)


def read(value: bytes) -> RecordedFact:
    """Return the fact in *value*; raise pydantic's ValidationError where it is none."""
    return RECORDED.read(value)
