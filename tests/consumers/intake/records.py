"""Records as a fetch brings them, for tests that need no broker."""

import json
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from schemas.envelope import Envelope, headers_of
from tests.schemas.samples import envelope, sample

CARRIER, PARTY = "releases.carrier.v1", "releases.party.v1"
TERMINAL, CUSTOMS = "terminal.events.v1", "customs.events.v1"
REGISTRATIONS, KEYS = "registrations.v1", "keys.v1"
CONTAINER = b"MSCU7029147"

Headers = Sequence[tuple[str, bytes | None]]


def came(
    topic: str,
    value: bytes | None = b"{}",
    headers: Headers = (),
    *,
    key: bytes | None = CONTAINER,
    offset: int = 0,
    partition: int = 0,
    timestamp: int = 1_772_352_000_000,
) -> ConsumerRecord[Any, Any]:
    """Return a record as aiokafka hands it over."""
    # timestamp_type 1: the broker's time (LogAppendTime).
    return ConsumerRecord(
        topic, partition, offset, timestamp, 1, key, value, None, -1, -1, tuple(headers)
    )


def said(
    topic: str, name: str, *, said_in: Envelope | None = None, **more: Any
) -> ConsumerRecord[Any, Any]:
    """Return the sample message *name* as a record; *more* goes to the record."""
    value = json.dumps(sample(name)).encode()
    return came(
        topic, **{"value": value, "headers": headers_of(said_in or envelope(name)), **more}
    )


def place(topic: str, partition: int = 0) -> TopicPartition:
    """Return where a record comes from."""
    return TopicPartition(topic, partition)
