"""Several topics as one stream: by the broker's time, as far as what has arrived tells it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition

Record: TypeAlias = ConsumerRecord[Any, Any]
CaughtUp = Callable[[TopicPartition], bool]


@dataclass(slots=True)
class Merge:
    """The records of all inputs with one partition number, so of the same containers.

    Kafka orders a partition, not a container: after an outage it would deliver one whole topic
    before the next (measured, design.md §3). A record is let through when no other input can
    still bring an older one: each has a younger record here already, or has nothing to read.
    """

    inputs: tuple[TopicPartition, ...]
    waiting: dict[TopicPartition, deque[Record]] = field(default_factory=dict)

    def add(self, records: Iterable[Record]) -> None:
        """Take in records as they were fetched."""
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            self.waiting.setdefault(place, deque()).append(record)

    def ready(self, caught_up: CaughtUp) -> Iterator[Record]:
        """Yield, oldest first, every record that no other input can precede any more."""
        while oldest := self._oldest(caught_up):
            yield self.waiting[oldest].popleft()

    def held(self, place: TopicPartition) -> int:
        """Return how many records of an input are held back."""
        return len(self.waiting.get(place, ()))

    @property
    def empty(self) -> bool:
        """Tell whether nothing is held back."""
        return not any(self.waiting.values())

    def clear(self) -> None:
        """Forget what is held back: another member reads it, from the committed place."""
        self.waiting.clear()

    def _oldest(self, caught_up: CaughtUp) -> TopicPartition | None:
        heads = {place: records[0] for place, records in self.waiting.items() if records}
        if any(place not in heads and not caught_up(place) for place in self.inputs):
            return None
        return min(heads, key=lambda place: (heads[place].timestamp, place), default=None)
