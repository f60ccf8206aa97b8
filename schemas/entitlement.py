"""The pick-up entitlement as one terminal needs it, and the heartbeat that keeps it believable."""

from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime

from schemas.facts import PickupEnd
from schemas.lights import Lights
from schemas.messages import Modality, SealedDriver
from schemas.quick_json import Form
from schemas.reasons import Missing

HEARTBEAT_KEY = "heartbeat/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """The right to collect one container, as of entry `seq` of `shard`.

    `may_leave` was true or false at `confirmed_at`; `missing` says why not. A gate checks the
    dates by its own clock. An ended right stays as a value with `ended` for 30 days. `authority`
    names who decides in this port (design.md §4). Only this terminal can open `driver`.
    """

    type: Literal["entitlement"] = "entitlement"
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
    valid_from: AwareDatetime
    expires_at: AwareDatetime
    modality: Modality
    operator: str
    operator_vat: str | None = None
    driver: SealedDriver | None = None
    lights: Lights
    ended: PickupEnd | None = None
    authority: Literal["ledger", "system"] = "ledger"
    confirmed_at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Everything of `shard` up to entry `seq` stands on this topic before this record."""

    type: Literal["heartbeat"] = "heartbeat"
    shard: str
    seq: int
    at: AwareDatetime


ENTITLEMENT = Form(Entitlement)
HEARTBEAT = Form(Heartbeat)


def entitlement_key(container: str, release_id: str) -> bytes:
    """Return the record key of an entitlement on its terminal's topic."""
    return f"{container}/{release_id}".encode()


def heartbeat_key(shard: str) -> bytes:
    """Return the record key of a shard's heartbeat on a terminal's topic."""
    return f"{HEARTBEAT_KEY}{shard}".encode()
