"""Joining a topic where the store stands, whatever Kafka has for committed.

The store counts: one that was lost, or put back from yesterday, has to hear again what was
committed. Asked once a place; nobody commits what was not stored.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiokafka import ConsumerRecord, TopicPartition

from consumers.batches import place_of

log = logging.getLogger(__name__)
CLOCKS_DIFFER_MS: Final = 60_000
"""So much the brokers' clocks may differ, or one of them be put back."""
Marks = Callable[[Collection[TopicPartition]], Awaitable[Mapping[tuple[str, int], int]]]
"""How far the store has places, by topic and partition; nothing of those that it never had."""


class SaidMissing(Exception):
    """A topic does not hold what comes behind the place up to which it was heard.

    The topic was cut or made anew, or the store is older than what the topic still holds. Nothing
    of it is heard until somebody knows what happened; then delete its rows in dispatch_heard and
    dispatch_last_heard, or in gateway_heard: it is heard from its beginning.
    """


class Last(NamedTuple):
    """The record of a place that was heard last, with the broker's time in milliseconds."""

    offset: int
    timestamp_ms: int

    def is_overtaken(self, offset: int, timestamp_ms: int) -> bool:
        """Tell whether a record that stands before it is newer: its topic was made anew.

        The times are LogAppendTime, which grows with the offset as far as brokers agree on it.
        """
        return offset <= self.offset and timestamp_ms > self.timestamp_ms + CLOCKS_DIFFER_MS


Lasts = Callable[[Collection[TopicPartition]], Awaitable[Mapping[tuple[str, int], Last]]]
"""Which record of places was heard last; nothing of those of which none was."""


async def nothing_last(_places: Collection[TopicPartition]) -> Mapping[tuple[str, int], Last]:
    """Know of no place which record was heard last."""
    return {}


class Joining:
    """Which places have been joined to the store in the life of this process."""

    def __init__(self, marks: Marks, lasts: Lasts = nothing_last) -> None:
        self._marks = marks
        self._lasts = lasts
        self._joined: set[TopicPartition] = set()

    async def joined(
        self, consumer: Any, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> Sequence[ConsumerRecord[Any, Any]]:
        """Return *records* but of places where Kafka's word is ahead of the store: sought anew.

        Raises SaidMissing where what the store lacks stands on the topic no more.
        """
        first = {place_of(record): record.offset for record in reversed(records)}
        new = first.keys() - self._joined
        marks = await self._marks(new) if new else {}
        begins = await consumer.beginning_offsets(list(new)) if new else {}
        await self._compare(consumer, begins)
        ahead: set[TopicPartition] = set()
        for place in new:
            mark = marks.get((place.topic, place.partition))
            if mark is not None and begins[place] > mark:
                raise SaidMissing(f"{place} begins at {begins[place]}, and was heard up to {mark}")
            start = begins[place] if mark is None else mark
            if first[place] > start:
                log.warning("%s: heard again from %s, where the store stands", place, start)
                consumer.seek(place, start)
                ahead.add(place)
        self._joined |= new
        return [record for record in records if place_of(record) not in ahead]

    async def _compare(self, consumer: Any, begins: Mapping[TopicPartition, int]) -> None:
        """Raise SaidMissing where a topic holds another record than was heard at its place."""
        lasts = await self._lasts(begins.keys()) if begins else {}
        for place, begin in begins.items():
            last = lasts.get((place.topic, place.partition))
            if last is None or begin > last.offset:
                continue  # of what was heard nothing is kept that could be compared
            found = (await consumer.offsets_for_times({place: last.timestamp_ms}))[place]
            if found is None or last.is_overtaken(found.offset, found.timestamp):
                raise SaidMissing(f"{place} was made anew: {last.offset} is not what was heard")
