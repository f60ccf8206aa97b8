"""Joining a topic where the store stands, whatever Kafka has for committed.

The store counts: one that was lost, or put back from yesterday, has to hear again what was
committed. Asked once a place; nobody commits what was not stored.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from consumers.batches import place_of

log = logging.getLogger(__name__)
Marks = Callable[[Collection[TopicPartition]], Awaitable[Mapping[tuple[str, int], int]]]
"""How far the store has places, by topic and partition; nothing of those that it never had."""


class SaidMissing(Exception):
    """A topic does not hold what comes behind the place up to which it was heard.

    The topic was cut or made anew, or the store is older than what the topic still holds. Nothing
    of it is heard until somebody knows what happened; then delete its rows in dispatch_heard, or
    in gateway_heard.
    """


class Joining:
    """Which places have been joined to the store in the life of this process."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
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
