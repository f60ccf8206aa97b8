"""A terminal, its keys, and the records of its topic, for the tests of its gate."""

from datetime import UTC, datetime, timedelta
from typing import Any

from consumers.gate.answers import Answer, CannotTell, Leave, Stays
from consumers.gate.judge import Presented
from consumers.gate.settings import GateSettings
from consumers.gate.view import View
from producers.log import partition_of
from producers.sealing import new_terminal_key, seal
from schemas.entitlement import (
    ENTITLEMENT,
    HEARTBEAT,
    Entitlement,
    Heartbeat,
    entitlement_key,
    heartbeat_key,
)
from schemas.lights import Colour, CommercialLight, Lights
from schemas.messages import CustomsStatus, Modality
from schemas.reasons import Missing
from schemas.stay import Gate, TerminalLight, driver_of

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BOX = "CPUU1000010"
OTHER_BOX = "CPUU1000026"
SHARD = f"ledger-{partition_of(BOX.encode(), 12)}"
DRIVER = "000000012"
VAT = "BE0429672881"
KEY = new_terminal_key()
OLD_KEY = new_terminal_key()
SEALED = driver_of(seal(DRIVER, KEY.public_key, KEY.key_id))
GREEN = Lights(
    commercial_release=CommercialLight.OK,
    customs=CustomsStatus.RELEASED,
    terminal_operation=True,
    terminal_ready=TerminalLight.RELEASED,
    gate_operation=Gate.UNKNOWN,
    combined=Colour.GREEN,
)

KeyAndValue = tuple[bytes | None, bytes | None]


def settings(**changed: Any) -> GateSettings:
    """Return the settings of the gate of terminal 1742 in Antwerp."""
    given: dict[str, Any] = {
        "bootstrap_servers": "nowhere:1",
        "port": "BEANR",
        "terminal": "1742",
        "private_keys": {key.key_id: key.private_key for key in (OLD_KEY, KEY)},
        "clock": lambda: NOW,
    }
    return GateSettings(**(given | changed))


def entitlement(seq: int = 1, **changed: Any) -> Entitlement:
    """Return a right that lets BOX leave by truck with DRIVER, but for what is *changed*."""
    missing: tuple[Missing, ...] = changed.get("missing", ())
    given: dict[str, Any] = {
        "shard": SHARD,
        "seq": seq,
        "container": BOX,
        "port": "BEANR",
        "terminal": "1742",
        "release_id": "release-1",
        "pickup_id": "pickup-1",
        "bills_of_lading": ("BLTEST0001",),
        "release_identification": "AGT-REL-0001",
        "may_leave": not missing and changed.get("ended") is None,
        "missing": missing,
        "valid_from": NOW - timedelta(days=1),
        "expires_at": NOW + timedelta(days=1),
        "modality": Modality.TRUCK,
        "operator": "NXT21000000003",
        "operator_vat": VAT,
        "driver": SEALED,
        "lights": GREEN,
        "confirmed_at": NOW - timedelta(minutes=5),
    }
    return Entitlement(**(given | changed))


def by_barge(seq: int = 1, **changed: Any) -> Entitlement:
    """Return a right that lets BOX leave by barge with the operator of VAT."""
    return entitlement(seq, **({"modality": Modality.BARGE, "driver": None} | changed))


def record(value: Entitlement | Heartbeat) -> KeyAndValue:
    """Return *value* as it stands on the topic."""
    if isinstance(value, Heartbeat):
        return heartbeat_key(value.shard), HEARTBEAT.written(value)
    return entitlement_key(value.container, value.release_id), ENTITLEMENT.written(value)


def right(seq: int = 1, **changed: Any) -> KeyAndValue:
    """Return the record of `entitlement`."""
    return record(entitlement(seq, **changed))


def beat(seq: int, *, shard: str = SHARD, at: datetime = NOW) -> KeyAndValue:
    """Return the record of a heartbeat."""
    return record(Heartbeat(shard=shard, seq=seq, at=at))


def view_of(*records: KeyAndValue, **changed: Any) -> View:
    """Return a view that was caught up before *records* came."""
    view = View(settings(**changed))
    view.catch_up()
    apply(view, *records)
    return view


def apply(view: View, *records: KeyAndValue) -> None:
    """Apply *records* in order."""
    for key, value in records:
        view.apply(key, value)


def ask(view: View, **asked: Any) -> Answer:
    """Ask *view* about BOX with DRIVER at NOW, but for what is *asked* otherwise."""
    named = {"identity": DRIVER, "operator_vat": None} | asked
    container, now = named.pop("container", BOX), named.pop("now", NOW)
    return view.may_leave(container, Presented(**named), now)


def why(answer: Answer) -> tuple[str, ...]:
    """Return *answer* in a few words: `leaves`, its reasons, or its doubt."""
    match answer:
        case Leave():
            return ("leaves",)
        case Stays(reasons=reasons):
            return tuple(reasons)
        case CannotTell(why=doubt):
            return ("cannot_tell", doubt)
