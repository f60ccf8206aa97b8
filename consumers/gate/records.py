"""From the bytes of the pick-up rights topic to an entitlement, a heartbeat, or why neither."""

from dataclasses import dataclass
from typing import TypeAlias

from pydantic_core import from_json, to_json

from consumers.gate.settings import Place, place_of
from schemas import strict_json
from schemas.entitlement import ENTITLEMENT, HEARTBEAT, HEARTBEAT_KEY, Entitlement, Heartbeat
from schemas.facts import PickupEnd
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import Misformed


@dataclass(frozen=True, slots=True)
class RightKey:
    """Whose entitlement a record is."""

    container: str
    release_id: str


@dataclass(frozen=True, slots=True)
class HeartbeatKey:
    """Which shard's heartbeat a record is."""

    shard: str


Key: TypeAlias = RightKey | HeartbeatKey


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A tombstone: the topic says nothing any more under this key."""

    key: Key


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read; `key` where at least that can."""

    why: Unreadable
    key: Key | None = None


Read: TypeAlias = Entitlement | Heartbeat | Withdrawn | Broken


def read_record(key: bytes | None, value: bytes | None, own: Place) -> Read:
    """Return what a record of the topic of the quay *own* says."""
    whose = _read_key(key)
    if isinstance(whose, Unreadable):
        return Broken(whose)
    if value is None:
        return Withdrawn(whose)
    read = _read_value(whose, value, own)
    return Broken(read, whose) if isinstance(read, Unreadable) else read


def _read_key(key: bytes | None) -> Key | Unreadable:
    try:
        first, _, second = (key or b"").decode().partition("/")
    except UnicodeDecodeError as error:
        return Unreadable("key_not_text", f"key, byte {error.start}", "The key is not UTF-8 text.")
    if not first or not second:
        return Unreadable(
            "key_unknown", "key", "The key is neither an entitlement's nor a beat's."
        )
    return HeartbeatKey(second) if f"{first}/" == HEARTBEAT_KEY else RightKey(first, second)


def _read_value(key: Key, value: bytes, own: Place) -> Entitlement | Heartbeat | Unreadable:
    fault = strict_json.check(value, max_bytes=MEBIBYTE)
    if fault is not None:
        return fault
    try:
        read = _right_in(value) if isinstance(key, RightKey) else HEARTBEAT.read(value)
    except Misformed as error:
        return Unreadable(f"value_{error.code}", error.path, "The value is not of its schema.")
    return _contradiction(key, read, own) or read


def _right_in(value: bytes) -> Entitlement:
    """Return the right in *value*.

    One that ended for a cause that only a later version knows has ended all the same
    (schemas/evolution/openness.py); a lack that this one does not know is beyond it, since it may
    be one that holds the box under every right.
    """
    try:
        return ENTITLEMENT.read(value)
    except Misformed as error:
        content = from_json(value)
        if error.path != "$.ended" or not isinstance(content["ended"], str):
            raise
    return ENTITLEMENT.read(to_json({**content, "ended": PickupEnd.REVOKED}))


def _contradiction(key: Key, read: Entitlement | Heartbeat, own: Place) -> Unreadable | None:
    match key, read:
        case RightKey(container, release_id), Entitlement():
            if (read.container, read.release_id) != (container, release_id):
                return Unreadable(
                    "other_key", "key", "The value is about another right than the key."
                )
            if place_of(read.port, read.terminal) != own:
                return Unreadable("other_terminal", "$.terminal", "It is meant for another quay.")
        case HeartbeatKey(shard), Heartbeat() if read.shard != shard:
            return Unreadable("other_key", "key", "The value is of another shard than the key.")
    return None
