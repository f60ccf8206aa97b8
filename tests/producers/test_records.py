"""Records on their way: in whole batches, in order within a partition, none lost for its size."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest
from aiokafka import AIOKafkaProducer

from producers.records import BATCH_BYTES, Record, RecordTooLarge, send_all
from schemas.topics import MEBIBYTE, Topic, within
from tests.topics_at_hand import Place

NARROW = Topic("narrow", "", "one record a mebibyte", partitions=2)
WIDE = Topic("wide", "", "larger records", partitions=1, max_message_bytes=4 * MEBIBYTE)


def numbered(topic: str, count: int, size: int = 600, partitions: int = 1) -> list[Record]:
    """Return records that say their place, of so many bytes each, dealt out to the partitions."""
    return [
        Record(topic, number % partitions, None, b"%d" % number + b"." * size)
        for number in range(count)
    ]


@dataclass
class Batches:
    """A producer in which one can see what was handed over: topic, partition, how many."""

    producer: AIOKafkaProducer
    handed: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def client(self) -> "Batches":
        return self

    async def add_topic(self, topic: str) -> None:
        self.handed.append((topic, -1, 0))

    def create_batch(self) -> object:
        return self.producer.create_batch()

    async def send_batch(self, batch: object, topic: str, *, partition: int) -> object:
        self.handed.append((topic, partition, batch.record_count()))  # type: ignore[attr-defined]  # aiokafka's builder has no types
        delivered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        delivered.set_result(None)
        return delivered

    def counts(self) -> list[tuple[str, int, int]]:
        return [handed for handed in self.handed if handed[1] >= 0]


@pytest.fixture
async def batches() -> AsyncIterator[Batches]:
    """Nothing listens there, and nothing is sent."""
    producer = AIOKafkaProducer(bootstrap_servers="nowhere:9", max_batch_size=BATCH_BYTES)
    yield Batches(producer)
    await producer.stop()


async def handed(batches: Batches, records: Iterable[Record]) -> list[tuple[str, int, int]]:
    await send_all(batches, records)
    return batches.counts()


async def test_what_goes_to_one_partition_goes_as_one_batch(batches: Batches) -> None:
    records = [*numbered("a", 6, partitions=2), *numbered("b", 2)]

    assert await handed(batches, records) == [("a", 0, 3), ("a", 1, 3), ("b", 0, 2)]


async def test_a_batch_that_is_full_is_followed_by_another_and_none_is_empty(
    batches: Batches,
) -> None:
    sent = [count for _, _, count in await handed(batches, numbered("a", 1000))]

    assert sum(sent) == 1000
    assert len(sent) == -(-1000 * 620 // BATCH_BYTES)
    assert min(sent) > 0


async def test_nothing_to_send_is_no_batch(batches: Batches) -> None:
    assert await handed(batches, []) == []


async def test_every_topic_is_named_before_anything_is_sent(batches: Batches) -> None:
    await send_all(batches, [*numbered("a", 2), *numbered("b", 1), *numbered("a", 2)])

    assert batches.handed[:2] == [("a", -1, 0), ("b", -1, 0)]


async def test_order_is_kept_in_each_partition_over_many_batches(place: Place) -> None:
    await place.make(NARROW)
    name = within(place.namespace, NARROW).name
    records = numbered(name, 2000, partitions=2)
    # Larger than a batch, and in the middle: it must not go before those that wait for room.
    large = records[1000] = records[1000]._replace(value=b"1000" + b"." * (BATCH_BYTES + 1))

    async with place.producer(enable_idempotence=True, max_batch_size=BATCH_BYTES) as producer:
        await send_all(producer, records)
    read = await place.read(NARROW, at_least=2000)

    for partition in (0, 1):
        values = [record.value for record in read if record.partition == partition]
        assert values == [each.value for each in records if each.partition == partition]
    assert large.value in [record.value for record in read]


async def test_a_record_that_its_topic_does_not_take_is_told_with_the_topic(
    real_place: Place,
) -> None:
    await real_place.make(NARROW, WIDE)
    narrow, wide = (within(real_place.namespace, topic).name for topic in (NARROW, WIDE))
    large = b"." * (2 * MEBIBYTE)

    async with real_place.producer(max_batch_size=BATCH_BYTES) as producer:
        await send_all(producer, [Record(wide, 0, None, large)])
        with pytest.raises(RecordTooLarge, match=narrow):
            await send_all(producer, [Record(narrow, 0, None, large)])

    assert [record.value for record in await real_place.read(WIDE, at_least=1)] == [large]
