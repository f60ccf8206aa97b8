"""Where each fact goes: the internal topic, the terminal's, the parties' outboxes, the board."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from producers.records import Record
from producers.telling import board_line_of, entitlement_of, notices_of
from schemas import facts as f
from schemas.board import BOARD_LINE
from schemas.entitlement import (
    ENTITLEMENT,
    HEARTBEAT,
    Heartbeat,
    entitlement_key,
    heartbeat_key,
)
from schemas.envelope import Envelope, headers_of
from schemas.facts import Fact, RecordedFact
from schemas.heads import HEAD, Head
from schemas.organisations import Terminal
from schemas.stay import Driver
from schemas.topics import (
    BOARD,
    DIRECTORY_FACTS,
    HEADS,
    LEDGER_FACTS,
    Topic,
    outbox,
    pickup_rights,
    within,
)

SOURCE = "urn:releasebus:ledger"
DIRECTORY_SHARDS = "directory-"


def announced(
    recorded: RecordedFact, body: bytes, namespace: str, driver: Driver | None = None
) -> Iterator[tuple[Topic, Record]]:
    """Yield every record that one entry becomes; *body* is published as it is stored.

    *driver* is who drives by the stay's pick-up right, open, where the entry has it locked.

    A pure function of the entry, so that what a successor publishes anew from the table equals
    what was published from memory.
    """
    headers = headers_of(_envelope(recorded))
    place = partition_of_shard(recorded.shard)
    for topic, key, value in _told(recorded, body, driver):
        partition = 0 if topic.partitions == 1 else place
        yield topic, Record(within(namespace, topic).name, partition, key, value, headers)


def opened_by(fact: Fact) -> Iterator[Topic]:
    """Yield the topics that have to be there once an organisation has joined."""
    if isinstance(fact, f.OrganisationRegistered):
        yield outbox(fact.organisation.id)
        for terminal in fact.organisation.terminals:
            yield pickup_rights(terminal.port, terminal.code)


def beats(
    heartbeat: Heartbeat, head: Head | None, terminals: Iterable[Terminal], namespace: str
) -> Iterator[Record]:
    """Yield a shard's heartbeat for every terminal, and its signed head where it moved."""
    key = heartbeat_key(heartbeat.shard)
    for terminal in terminals:
        name = within(namespace, pickup_rights(terminal.port, terminal.code)).name
        yield Record(name, 0, key, HEARTBEAT.written(heartbeat))
    if head is not None:
        name = within(namespace, HEADS).name
        yield Record(name, 0, head.shard.encode(), HEAD.written(head))


@lru_cache
def partition_of_shard(shard: str) -> int:
    """Return the partition of the log that the shard is; facts and board follow it."""
    return int(shard.rpartition("-")[2])


def _envelope(recorded: RecordedFact) -> Envelope:
    return Envelope(
        id=f"{recorded.shard}-{recorded.seq}",
        source=SOURCE,
        type=f"releasebus.fact.{recorded.fact.type}",
        time=recorded.recorded_at,
        subject=recorded.container,
    )


def _told(
    recorded: RecordedFact, body: bytes, driver: Driver | None
) -> Iterator[tuple[Topic, bytes, bytes | None]]:
    container = recorded.container.encode()
    if not recorded.shard.startswith(DIRECTORY_SHARDS):
        yield LEDGER_FACTS, container, body
        yield BOARD, container, BOARD_LINE.written(board_line_of(recorded))
    elif isinstance(recorded.fact, f.OrganisationRegistered):
        yield DIRECTORY_FACTS, recorded.fact.organisation.id.encode(), body
    entitlement = entitlement_of(recorded, driver)
    if entitlement is not None:
        topic = pickup_rights(entitlement.port, entitlement.terminal)
        key = entitlement_key(entitlement.container, entitlement.release_id)
        yield topic, key, ENTITLEMENT.written(entitlement)
    elif isinstance(recorded.fact, f.EntitlementWithdrawn) and recorded.stay is not None:
        # A tombstone: compaction takes the ended right away, and this record after it.
        topic = pickup_rights(recorded.port, recorded.fact.terminal)
        yield topic, entitlement_key(recorded.container, recorded.stay.release_id), None
    for party, notice in notices_of(recorded):
        yield outbox(party), container, notice
