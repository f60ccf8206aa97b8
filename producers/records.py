"""A record on its way to Kafka, and how many of them are put into a transaction or a send."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from schemas.envelope import Header

LARGEST_RECORD_BYTES = 16 * 1024 * 1024
BATCH_BYTES = 256 * 1024


class RecordTooLarge(Exception):
    """A record is larger than any topic of the bus takes.

    Nothing that the bus writes itself may grow so large; report it with the topic named here.
    """


class Record(NamedTuple):
    """One record: topic and partition as Kafka calls them, key, headers, bytes."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


async def send_all(producer: AIOKafkaProducer, records: Iterable[Record]) -> None:
    """Send *records*, in order within a partition, and wait until the broker has them all.

    Whole batches are handed over, six times cheaper than record by record (write-path). Raises
    RecordTooLarge where a topic does not take one of them.
    """
    by_partition: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for record in records:
        by_partition[(record.topic, record.partition)].append(record)
    for topic in dict.fromkeys(topic for topic, _ in by_partition):
        # aiokafka starts with the metadata of all topics, and asks for the named ones alone from
        # the first new name on: a topic that was never named has lost its leader then.
        await producer.client.add_topic(topic)
    deliveries = [
        (topic, await producer.send_batch(batch, topic, partition=partition))
        for (topic, partition), waiting in by_partition.items()
        for batch in _batches(producer, waiting)
    ]
    for topic, delivery in deliveries:
        try:
            await delivery
        except MessageSizeTooLargeError as error:
            # For aiokafka an error of Kafka like any other, which is tried again: for ever.
            raise RecordTooLarge(topic) from error


def _batches(producer: AIOKafkaProducer, records: list[Record]) -> Iterable[object]:
    batch = producer.create_batch()
    for record in records:
        if _added(batch, record):
            continue
        yield batch
        batch = producer.create_batch()
        if not _added(batch, record):
            raise RecordTooLarge(record.topic)
    yield batch


def _added(batch: object, record: Record) -> bool:
    appended = batch.append(  # type: ignore[attr-defined]  # aiokafka's builder has no types
        timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
    )
    return appended is not None
