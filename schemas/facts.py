"""What the ledger answers: one pydantic model a fact, events past, and its record."""

from enum import StrEnum
from typing import TypeAlias, get_args

from schemas.attested import Attested
from schemas.chain_facts import Accepted as Accepted
from schemas.chain_facts import ChainRevoked as ChainRevoked
from schemas.chain_facts import Declined as Declined
from schemas.chain_facts import NominationRefused as NominationRefused
from schemas.chain_facts import Transferred as Transferred
from schemas.chain_facts import TransferRevoked as TransferRevoked
from schemas.evolution.upcasts import SCHEMA_VERSION, upcast_bytes
from schemas.fact_value import FactValue
from schemas.key_facts import KeyFact
from schemas.lights import LightChange, Lights
from schemas.messages import CustomsStatus, Haulage, Modality
from schemas.note_facts import NoteFact
from schemas.onboarding_facts import OnboardingFact
from schemas.organisations import Organisation
from schemas.override_facts import OverrideFact
from schemas.ports import Authority
from schemas.reasons import Finding, Missing, Reason
from schemas.stay import Carrier, Evidence, PickupRight, Stay
from schemas.system_facts import SystemFact
from schemas.value import Form, Moment, Value, always


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
    TERMINAL_BLOCKED = "terminal_blocked"
    RELEASE_REVOKED = "release_revoked"
    RELEASE_DELETED = "release_deleted"
    RELEASE_EXPIRED = "release_expired"
    RAN_OUT = "ran_out"
    TERMINAL_CHANGED = "terminal_changed"
    REPLACED = "replaced"
    PICKED_UP = "picked_up"


class Released(FactValue, frozen=True, kw_only=True):
    """A commercial release opened a stay; the stay given is the stay that begins.

    `confirmed_at` is when the system said so that decides in the port (schemas/ports.py).
    """

    release_id: str
    container: str
    port: str
    terminal: str
    agent: str
    bills_of_lading: tuple[str, ...]
    release_identification: str
    valid_from: Moment
    expires_at: Moment
    expiry_given: bool
    stay_number: str | None = None
    vessel_imo: str | None = None
    order_reference: str | None = None
    equipment_type: str | None = None
    haulage: Haulage | None = None
    carrier: Carrier | None = None
    authority: Authority = "ledger"
    confirmed_at: Moment | None = None


class Updated(FactValue, frozen=True, kw_only=True):
    """The agent gave new values; `terminal_before` is the quay that no longer counts.

    `quay_before_confirms_by` is until when that quay is waited for, where it had a right to end.
    """

    terminal: str
    terminal_before: str
    quay_before_confirms_by: Moment | None = None
    bills_of_lading: tuple[str, ...]
    valid_from: Moment
    expires_at: Moment
    expiry_given: bool
    revived: bool = always(default=False)
    stay_number: str | None = None
    vessel_imo: str | None = None
    order_reference: str | None = None
    equipment_type: str | None = None


class Blocked(FactValue, frozen=True, kw_only=True):
    """The agent froze the release; the chain stands."""

    reason: str = always(default="")


class Unblocked(FactValue, frozen=True, kw_only=True):
    """The agent lifted its block."""


class Deleted(FactValue, frozen=True, kw_only=True):
    """The agent withdrew the release."""

    parties: tuple[str, ...]
    reason: str = always(default="")


class Expired(FactValue, frozen=True, kw_only=True):
    """The release passed its expiry date."""


class PickupAssigned(FactValue, frozen=True, kw_only=True):
    """The entitlement exists; a locked driver stays `driver_kept_days` after the stay is over."""

    pickup: PickupRight
    driver_kept_days: int | None = None


class PickupEnded(FactValue, frozen=True, kw_only=True):
    """The pick-up right is over, for good."""

    pickup: PickupRight
    terminal: str
    why: PickupEnd
    at: Moment | None = None


class MeansOfTransportSet(FactValue, frozen=True, kw_only=True):
    """The holder said how the container will leave."""

    means_of_transport: Modality


class PickupEndConfirmed(FactValue, frozen=True, kw_only=True):
    """The terminal knows that its entitlement ended, and lets nobody out under it."""

    terminal: str
    pickup_id: str


class ConfirmationLapsed(FactValue, frozen=True, kw_only=True):
    """The quay before did not confirm in time: it is waited for no longer."""

    terminal: str


class EntitlementWithdrawn(FactValue, frozen=True, kw_only=True):
    """The terminal was told long enough that a right ended: its record goes (design.md §3)."""

    terminal: str


class PersonalPartsErased(FactValue, frozen=True, kw_only=True):
    """The term is over: the keys of these ids were destroyed, and what they locked is no more."""

    keys: tuple[str, ...]


class Discharged(FactValue, frozen=True, kw_only=True):
    """The container stands on the quay; `evidence` is what was said of its papers, if anything."""

    evidence: tuple[Evidence, ...] = ()


class TerminalReleased(FactValue, frozen=True, kw_only=True):
    """The terminal's light is green."""


class TerminalBlocked(FactValue, frozen=True, kw_only=True):
    """The terminal holds the container."""


class ScanningOrdered(FactValue, frozen=True, kw_only=True):
    """The terminal put the container aside for a scan."""


class TerminalUnblocked(FactValue, frozen=True, kw_only=True):
    """The terminal lifted its hold."""


class GatedIn(FactValue, frozen=True, kw_only=True):
    """A truck for the container is inside."""


class GatedOut(FactValue, frozen=True, kw_only=True):
    """The container left at `left_at`, by the terminal or else the ledger; the stay is over."""

    picked_up_by: str | None = None
    modality: Modality | None = None
    left_at: Moment | None = None


class CustomsStatusSet(FactValue, frozen=True, kw_only=True):
    """Customs said how the goods of `bills_of_lading` (none: all) stand; `evidence` of papers."""

    status: CustomsStatus
    evidence: tuple[Evidence, ...] = ()
    bills_of_lading: tuple[str, ...] = ()


class FindingMade(FactValue, frozen=True, kw_only=True):
    """What happened contradicts what was allowed; somebody must look."""

    finding: Finding
    text: str


class Disputed(FactValue, frozen=True, kw_only=True):
    """Another agent released the same container at the same terminal."""

    other_release_id: str
    other_agent: str


class DisputeSettled(FactValue, frozen=True, kw_only=True):
    """The other claim fell away; or `evidence` fits this claim alone, and the other stays.

    `let_out`: two people said that this claim is let out (schemas/override_facts.py).
    """

    evidence: Evidence | None = None
    let_out: bool = False


class GivenUp(FactValue, frozen=True, kw_only=True):
    """The message waited in vain; the moment or the event that ended its wait is `why`."""

    reason: Reason
    why: str


class Suspended(FactValue, frozen=True, kw_only=True):
    """A message broke our code: the entitlement is suspended until an operator resumes."""


class Resumed(FactValue, frozen=True, kw_only=True):
    """An operator resumed the container: what was parked is heard again, in the log's order.

    Where it took four eyes, who proposed it and who confirmed it, and what the two signed.
    """

    note: str = always(default="")
    proposed_by: str | None = None
    confirmed_by: str | None = None
    signed: tuple[str, ...] = ()


class SuspensionLifted(FactValue, frozen=True, kw_only=True):
    """Everything that was parked has been heard: the entitlement counts again."""


class Refused(FactValue, frozen=True, kw_only=True):
    """The message was not followed, and why; schemas/reasons.py has the words for a person."""

    reason: Reason
    detail: str = always(default="")


class Waiting(FactValue, frozen=True, kw_only=True):
    """The message waits for its release until `until`; it is kept as it stood on the log."""

    until: Moment
    message: str


class Repeated(FactValue, frozen=True, kw_only=True):
    """The message had come before; `first` is the answer it got then."""

    first_shard: str
    first_seq: int
    first: Outcome


class Parked(FactValue, frozen=True, kw_only=True):
    """The message could not be handled by our code, or stands behind one that could not."""

    error: str
    message: str


class OrganisationRegistered(FactValue, frozen=True, kw_only=True):
    """An organisation joined, or stands anew; the organisation given is how it stands."""

    organisation: Organisation


Fact: TypeAlias = (
    Released | Updated | Blocked | Unblocked | ChainRevoked | Deleted | Expired | Transferred
    | NominationRefused | Accepted | Declined | TransferRevoked | PickupAssigned
    | PickupEnded | MeansOfTransportSet | PickupEndConfirmed | ConfirmationLapsed
    | EntitlementWithdrawn | PersonalPartsErased | Discharged | TerminalReleased
    | TerminalBlocked | ScanningOrdered | TerminalUnblocked | GatedIn | GatedOut
    | CustomsStatusSet | FindingMade | Disputed | DisputeSettled | GivenUp | Suspended
    | SystemFact | Resumed | SuspensionLifted | Refused | Waiting | Repeated | Parked
    | OrganisationRegistered | OnboardingFact | KeyFact | OverrideFact | NoteFact
)  # fmt: skip
FACTS: tuple[type[FactValue], ...] = get_args(Fact)
"""Every kind of fact."""


class Cause(Value, frozen=True, kw_only=True):
    """What a fact was decided on: the message, who stood behind it, and what was known then.

    `organisation` is the verified sender, `via` the gateway that attested it, `key_id` the key
    that signed; `waited` tells that the message came out of the waiting room, `resumed` that it
    had been parked and was heard again. `came_at`, of what waited or was parked, is the ledger's
    time when it came: by it the keys are judged that were revoked since.
    """

    message_id: str
    message_type: str
    source: str
    organisation: str
    occurred_at: Moment
    log_offset: int
    directory_version: int
    policy_version: str
    via: str | None = None
    key_id: str | None = None
    waited: bool = always(default=False)
    findings: tuple[str, ...] = always(default=())
    resumed: bool = False
    came_at: Moment | None = None


class RecordedFact(Value, frozen=True, kw_only=True):
    """One entry of the ledger as it is stored, hashed and published.

    `outcome` is set on the first entry of a message, and again where it waited or was parked: its
    cause then says so, and the message counts once. `attested` stands there too: who said it.
    `stay` is the snapshot after the fact; `missing` says why the container may not leave.
    `previous_seq` is the container's entry before this one in the shard, 0 before its first: a
    trail without its neighbours shows what was left out. Older entries do not name it.
    """

    schema_version: int = always(default=SCHEMA_VERSION)
    shard: str
    seq: int
    recorded_at: Moment
    container: str
    previous_seq: int | None = None
    port: str
    fact: Fact
    cause: Cause
    outcome: Outcome | None = None
    stay: Stay | None = None
    lights: Lights | None = None
    light_changes: tuple[LightChange, ...] = always(default=())
    missing: tuple[Missing, ...] = always(default=())
    attested: Attested | None = None


CAUSE: Form[Cause] = Form(Cause)
RECORDED: Form[RecordedFact] = Form(RecordedFact)


def written(fact: RecordedFact) -> bytes:
    """Return the very bytes that are stored, hashed and published for *fact*."""
    return RECORDED.written(fact)


def read(value: bytes) -> RecordedFact:
    """Return the fact in *value*, an older one as it is said now; raise Misformed for none.

    One of a newer version reads too where that only added to it, as every reader of the topics
    is promised. What is evolved from is read by `ledger/book/stored.py`, which is stricter.
    """
    return RECORDED.read(upcast_bytes(value))
