"""The inputs of one intake member: what is held back, what is read to its end, what is done."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError

from consumers.intake.merge import Merge
from schemas.topics import DIRECTORY_INPUTS, DIRECTORY_LOG, LEDGER_LOG, Topic

Record: TypeAlias = ConsumerRecord[Any, Any]
HELD_BYTES = 8 * 1024 * 1024
QUIET_SECONDS = 0.2


class Consumer(Protocol):
    """What intake asks of aiokafka's consumer."""

    def assignment(self) -> set[TopicPartition]:
        """Return what this member reads."""

    def highwater(self, partition: TopicPartition) -> int | None:
        """Return the end of the partition as of the last fetch."""

    def pause(self, *partitions: TopicPartition) -> None:
        """Fetch these no more."""

    def resume(self, *partitions: TopicPartition) -> None:
        """Fetch these again."""

    async def position(self, partition: TopicPartition) -> int:
        """Return the offset of the next record to be fetched."""


class Inputs(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Everything fetched and not yet through, by partition number; emptied on every rebalance."""

    def __init__(self, namespace: str) -> None:
        self.arrived = asyncio.Event()
        self.generation = 0
        self._of_organisations = frozenset(namespace + topic.name for topic in DIRECTORY_INPUTS)
        self._consumer: Consumer | None = None
        self._merges: dict[tuple[bool, int], Merge] = {}
        self._next: dict[TopicPartition, int] = {}
        self._quiet_since: dict[TopicPartition, float] = {}
        self._held_bytes: dict[TopicPartition, int] = {}

    def attach(self, consumer: Consumer) -> None:
        """Name the consumer, once FastStream has made it."""
        self._consumer = consumer

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Start clean: what was held back is read again from the committed places."""
        self._forget()
        for place in assigned:
            key = self._stream(place)
            merge = self._merges.get(key, Merge(()))
            self._merges[key] = Merge((*merge.inputs, place))
        self.arrived.set()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Drop what is held back; whoever reads these next begins at the committed places."""
        del revoked  # aiokafka's assignors are eager: everything is revoked
        self._forget()

    def take(self, records: Sequence[Record]) -> None:
        """Take in fetched records; an input that runs far ahead is paused."""
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            merge = self._merges.get(self._stream(place))
            if merge is None:
                continue  # fetched before a rebalance, and no longer ours
            merge.add([record])
            self._next[place] = record.offset + 1
            self._quiet_since.pop(place, None)
            self._held_bytes[place] = self._held_bytes.get(place, 0) + _size(record)
        self._pace()
        self.arrived.set()

    async def ready(self, limit: int) -> list[Record]:
        """Return what may go through now, oldest first within each partition number."""
        await self._look_at_the_quiet()
        merged = (merge.ready(self.caught_up) for merge in self._in_turn())
        found = list(islice(chain.from_iterable(merged), limit))
        for record in found:
            self._held_bytes[TopicPartition(record.topic, record.partition)] -= _size(record)
        self._pace()
        return found

    def caught_up(self, place: TopicPartition) -> bool:
        """Tell whether the input has nothing more to read, as far as the last fetch knew."""
        end = self._consumer.highwater(place) if self._consumer is not None else None
        return end is not None and self._next.get(place, -1) >= end

    @property
    def quiet_places(self) -> list[tuple[Topic, int]]:
        """The logs' partitions of which nothing is held back: time may be told to pass there."""
        return [
            (DIRECTORY_LOG if of_organisations else LEDGER_LOG, number)
            for (of_organisations, number), merge in self._merges.items()
            if merge.empty and all(map(self.caught_up, merge.inputs))
        ]

    def _stream(self, place: TopicPartition) -> tuple[bool, int]:
        """Return whether it is about organisations, and the partition of the log it goes to."""
        return place.topic in self._of_organisations, place.partition

    def _in_turn(self) -> list[Merge]:
        """Return the merges, each time another one first: a busy one must not starve the rest."""
        first = next(iter(self._merges), None)
        if first is not None:
            self._merges[first] = self._merges.pop(first)
        return list(self._merges.values())

    def _forget(self) -> None:
        self.generation += 1
        for kept in (self._merges, self._next, self._quiet_since, self._held_bytes):
            kept.clear()

    async def _look_at_the_quiet(self) -> None:
        """Find the place of inputs that bring nothing: at the start, or behind markers."""
        now = asyncio.get_running_loop().time()
        waited_for = [
            place
            for merge in self._merges.values()
            for place in merge.inputs
            if not merge.held(place) and not self.caught_up(place)
        ]
        for place in waited_for:
            if now - self._quiet_since.setdefault(place, now) >= QUIET_SECONDS:
                await self._look_at(place)

    async def _look_at(self, place: TopicPartition) -> None:
        generation = self.generation
        if self._consumer is None or place not in self._consumer.assignment():
            return
        try:
            position = await self._consumer.position(place)
        except IllegalStateError:
            return  # taken away while it was asked for; the rebalance empties us
        if generation == self.generation and place in self._quiet_since:
            self._next[place] = position

    def _pace(self) -> None:
        consumer = self._consumer
        if consumer is None:
            return
        assigned = consumer.assignment()
        for place, held in self._held_bytes.items():
            if place not in assigned:
                continue
            if held > HELD_BYTES:
                consumer.pause(place)
            elif held <= HELD_BYTES // 2:
                consumer.resume(place)


def _size(record: Record) -> int:
    return len(record.value or b"") + 100
