"""The pick-up entitlement as one terminal needs it, and the heartbeat that keeps it believable."""

from schemas.facts import PickupEnd
from schemas.lights import Lights
from schemas.messages import ConfirmPickupEnd, Modality
from schemas.notes import Note
from schemas.ports import Authority
from schemas.reasons import Missing
from schemas.stay import Driver
from schemas.value import Form, Moment, Value, always

HEARTBEAT_KEY = "heartbeat/"


class Entitlement(Value, frozen=True, kw_only=True, tag_field="type", tag="entitlement"):
    """The right to collect one container, as of entry `seq` of `shard`.

    `may_leave` was true or false at `confirmed_at`; `missing` says why not. A gate checks the
    dates by its own clock. An ended right stays as a value with `ended` for 30 days. `authority`
    names who decides in this port (schemas/ports.py): where that is a system, `confirmed_at` is
    when it last said how the right stands. Only this terminal can open `driver`.
    `notes` say what concerns the quay beside the right: none of them lets out or holds back.
    """

    shard: str
    seq: int
    container: str
    port: str
    terminal: str
    release_id: str
    pickup_id: str
    bills_of_lading: tuple[str, ...]
    release_identification: str
    may_leave: bool
    missing: tuple[Missing, ...]
    valid_from: Moment
    expires_at: Moment
    modality: Modality
    operator: str
    operator_vat: str | None = None
    driver: Driver | None = None
    lights: Lights
    ended: PickupEnd | None = None
    authority: Authority = always(default="ledger")
    confirmed_at: Moment
    notes: tuple[Note, ...] = ()


class Heartbeat(Value, frozen=True, kw_only=True, tag_field="type", tag="heartbeat"):
    """Everything of `shard` up to entry `seq` stands on this topic before this record."""

    shard: str
    seq: int
    at: Moment


ENTITLEMENT: Form[Entitlement] = Form(Entitlement)
HEARTBEAT: Form[Heartbeat] = Form(Heartbeat)


def confirmation_of(ended: Entitlement) -> ConfirmPickupEnd:
    """Return a terminal's word that it knows of the end; to be sent once its gate has it too."""
    return ConfirmPickupEnd(
        container=ended.container,
        port=ended.port,
        terminal=ended.terminal,
        pickup_id=ended.pickup_id,
    )


def entitlement_key(container: str, release_id: str) -> bytes:
    """Return the record key of an entitlement on its terminal's topic."""
    return f"{container}/{release_id}".encode()


def heartbeat_key(shard: str) -> bytes:
    """Return the record key of a shard's heartbeat on a terminal's topic."""
    return f"{HEARTBEAT_KEY}{shard}".encode()
