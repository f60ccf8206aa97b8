"""Apply in one place: a consumer, a book, relays and leases that fail when they are told to."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import NoOffsetForPartitionError

from consumers.apply.assignment import Assignment
from consumers.apply.loop import ApplyLoop
from consumers.apply.settings import ApplySettings
from consumers.apply.shard import HeldShard
from ledger.book.book import Settled
from ledger.book.lease import Lease
from ledger.record import LogRecord
from producers.relay import Beat
from schemas.topics import LEDGER_LOG

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
FIRST, SECOND = TopicPartition(LEDGER_LOG.name, 0), TopicPartition(LEDGER_LOG.name, 1)
SETTINGS = ApplySettings("nowhere:9", "sqlite://", owner="test")
Fetch = Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]] | Exception


def lease_of(partition: TopicPartition, next_offset: int = 0, **more: Any) -> Lease:
    values = {"epoch": 1, "next_seq": 1, "head": b"", "recorded_at": NOW, "relayed_seq": 0}
    shard = f"ledger-{partition.partition}"
    return Lease(shard=shard, next_offset=next_offset, **{**values, **more})


def fetched(partition: TopicPartition, *offsets: int) -> dict[TopicPartition, list[Any]]:
    """Return records of these offsets, as a fetch brings them."""
    return {
        partition: [
            ConsumerRecord(
                partition.topic,
                partition.partition,
                offset,
                1_772_352_000_000,
                1,
                None,
                b"%d" % offset,
                None,
                -1,
                -1,
                (),
            )
            for offset in offsets
        ]
    }


@dataclass
class Consumer:
    """What aiokafka would do: hand out fetches, one after the other, unless all is paused."""

    fetches: deque[Fetch] = field(default_factory=deque)
    assigned: set[TopicPartition] = field(default_factory=set)
    paused: set[TopicPartition] = field(default_factory=set)
    happened: list[tuple[Any, ...]] = field(default_factory=list)
    when_done: Callable[[], None] = lambda: None
    while_idle: deque[Callable[[], Any]] = field(default_factory=deque)
    refusing: list[Exception] = field(default_factory=list)
    ends: tuple[int, int] = (0, 100)

    def subscribe(self, topics: Sequence[str], listener: object) -> None:
        self.happened.append(("subscribed", *topics, listener))

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def pause(self, *partitions: TopicPartition) -> None:
        self.happened.append(("paused", *partitions))
        self.paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        self.happened.append(("resumed", *partitions))
        self.paused.difference_update(partitions)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.happened.append(("sought", partition, offset))

    async def getmany(self, timeout_ms: int, max_records: int | None = None) -> Fetch:
        await asyncio.sleep(0)
        if max_records is None:  # the loop does not fetch, it waits
            self.happened.append(("idle", timeout_ms))
            assert self.assigned <= self.paused, "what is polled while waiting would be lost"
            if self.while_idle:
                self.while_idle.popleft()()
            return {}
        if not self.fetches:
            self.when_done()
            return {}
        fetch = self.fetches.popleft()
        if isinstance(fetch, Exception):
            raise fetch
        return fetch

    async def beginning_offsets(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.ends[0])

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.ends[1])

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self.refusing:
            raise self.refusing.pop(0)
        self.happened.append(("committed", dict(offsets)))

    def did(self, what: str) -> list[tuple[Any, ...]]:
        return [each[1:] for each in self.happened if each[0] == what]


def no_place() -> NoOffsetForPartitionError:
    """Return what aiokafka raises where no place is known and none may be chosen."""
    return NoOffsetForPartitionError(FIRST)


@dataclass
class FakeRelay:
    """A relay that keeps what it is offered."""

    has_room: bool = True
    failure: BaseException | None = None
    published_seq: int = 0
    offered: list[Any] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def offer(self, told: Any) -> None:
        assert self.has_room
        self.offered.append(told)

    def beats(self) -> list[Beat]:
        return [each for each in self.offered if isinstance(each, Beat)]

    async def drain(self, timeout_seconds: float) -> None:
        self.ended.append(f"drained {timeout_seconds}")

    async def stop(self) -> None:
        self.ended.append("stopped")


def held(partition: TopicPartition, next_offset: int = 0, **more: Any) -> Any:
    """Return a shard in hand, with a relay that keeps what it is offered."""
    relay: Any = FakeRelay()
    lease = lease_of(partition, next_offset, **more)
    return HeldShard(partition, lease, relay, relayed_seq=lease.relayed_seq)


@dataclass
class FakeTakeover:
    """Takes shards over as it is told: what is in `trouble` first is raised."""

    trouble: list[Exception] = field(default_factory=list)
    stands_at: dict[TopicPartition, int] = field(default_factory=dict)
    taken: list[TopicPartition] = field(default_factory=list)
    retaken: list[Any] = field(default_factory=list)
    given: list[Any] = field(default_factory=list)
    marked: list[list[Any]] = field(default_factory=list)
    in_between: Callable[[], Any] | None = None

    async def take(self, consumer: object, partition: TopicPartition) -> Any:
        del consumer
        await self._may_fail()
        self.taken.append(partition)
        return held(partition, self.stands_at.get(partition, 0))

    async def again(self, before: HeldShard) -> Any:
        await before.relay.stop()
        await self._may_fail()
        self.retaken.append(before)
        place = self.stands_at.get(before.partition, before.lease.next_offset)
        self.given.append(held(before.partition, place, epoch=before.lease.epoch + 1))
        return self.given[-1]

    async def mark(self, shards: Sequence[HeldShard]) -> None:
        self.marked.append(list(shards))

    async def _may_fail(self) -> None:
        await asyncio.sleep(0)
        if self.in_between is not None:
            self.in_between()
        if self.trouble:
            raise self.trouble.pop(0)


@dataclass
class FakeBook:
    """Settles what it is given, an entry a record; refuses the offsets that it is told to."""

    settled: list[tuple[str, ...]] = field(default_factory=list)
    parked: list[tuple[str, str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    refuses: dict[int, Exception] = field(default_factory=dict)

    def settle(self, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        if self.trouble:
            raise self.trouble.pop(0)
        for record in records:
            if record.offset in self.refuses:
                raise self.refuses[record.offset]
        self.settled.append(tuple(f"{each.shard}/{each.offset}" for each in records))
        return self._after(leases, records)

    def settle_broken(self, lease: Lease, record: LogRecord, error: Exception) -> Settled:
        if self.trouble:
            raise self.trouble.pop(0)
        self.parked.append((f"{record.shard}/{record.offset}", type(error).__name__))
        return self._after({lease.shard: lease}, [record])

    def _after(self, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        after, entries = dict(leases), {shard: tuple[Any, ...]() for shard in leases}
        for record in records:
            lease = after[record.shard]
            assert record.offset >= lease.next_offset, "settled twice"
            entries[record.shard] += (lease.next_seq,)
            after[record.shard] = replace(
                lease, next_offset=record.offset + 1, next_seq=lease.next_seq + 1
            )
        return Settled(after, entries)


class InLine:
    """The database's thread, without a thread."""

    async def run(self, call: Callable[..., Any], *args: Any) -> Any:
        await asyncio.sleep(0)
        return call(*args)


@dataclass
class Bench:
    """A loop with everything around it."""

    consumer: Any = field(default_factory=Consumer)
    book: Any = field(default_factory=FakeBook)
    takeover: Any = field(default_factory=FakeTakeover)
    assignment: Any = None

    def __post_init__(self) -> None:
        self.assignment = Assignment(self.consumer, self.takeover)

    def holds(self, *shards: HeldShard) -> None:
        """Have shards in hand, as after a takeover."""
        self.assignment.held = {shard.partition: shard for shard in shards}
        self.consumer.assigned = set(self.assignment.held)

    async def feed(self, *fetches: Fetch) -> None:
        """Run the loop on these fetches, one after the other, and stop it behind them."""
        stop, thread = asyncio.Event(), InLine()
        self.consumer.fetches.extend(fetches)
        self.consumer.when_done = stop.set
        feeding: Any = ApplyLoop
        loop = feeding(SETTINGS, self.consumer, self.book, thread, self.assignment)
        async with asyncio.timeout(10):
            await loop.run(stop)

    def relay(self, partition: TopicPartition) -> Any:
        return self.assignment.held[partition].relay

    def place(self, partition: TopicPartition) -> int:
        """Return where the shard stands in its log."""
        return int(self.assignment.held[partition].lease.next_offset)
