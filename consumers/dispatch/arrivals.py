"""A fact as it arrives on its topic: read, or kept as it came where it cannot be read."""

from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRecord

from schemas.facts import RecordedFact, read
from schemas.value import Misformed


class NotAFact(Exception):
    """The facts' topic holds a record that the relay cannot have written.

    Somebody else wrote to an internal topic. Check its ACLs; nothing of this partition is sent
    until the record is dealt with.
    """


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record of ledger.facts.v1. `recorded` is None where our code cannot read it."""

    shard: str
    seq: int
    partition: int
    offset: int
    container: str
    body: bytes
    recorded: RecordedFact | None


def arrival_of(record: ConsumerRecord[Any, Any]) -> Arrival:
    """Return the fact in *record*; raise NotAFact where not even its place can be told."""
    body = bytes(record.value or b"")
    recorded = read_or_none(body)
    if recorded is None:
        shard, seq = _place_in_headers(record)
        container = (record.key or b"").decode(errors="backslashreplace")
    else:
        shard, seq, container = recorded.shard, recorded.seq, recorded.container
    return Arrival(shard, seq, record.partition, record.offset, container, body, recorded)


def read_or_none(body: bytes) -> RecordedFact | None:
    """Return the fact in *body*, or None: a newer version of the bus may have written it."""
    try:
        return read(body)
    except Misformed:
        return None


def _place_in_headers(record: ConsumerRecord[Any, Any]) -> tuple[str, int]:
    identity = next((value for name, value in record.headers if name == "ce_id"), b"")
    shard, _, seq = identity.decode(errors="replace").rpartition("-")
    if not shard or not seq.isdecimal():
        raise NotAFact(f"{record.topic}/{record.partition}/{record.offset}")
    return shard, int(seq)
