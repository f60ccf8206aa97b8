"""Who waits for the bus to come to rest is told what is left, and reads nothing too early."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from consumers import lag
from consumers.lag import Lag, StillOpen, places_of, until_readable
from consumers.tail import standing
from producers.topics import ensure
from schemas.topics import Topic, within
from tests.engines import KafkaAtHand

FACTS = Topic("some.facts.v1", "container", "what this test publishes", partitions=2)


@asynccontextmanager
async def transactional(kafka: KafkaAtHand, namespace: str) -> AsyncIterator[AIOKafkaProducer]:
    """Make the topic, and give a producer that writes in transactions."""
    await ensure(kafka.bootstrap_servers, namespace, [FACTS])
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=f"{namespace}relay"
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def test_what_is_in_an_open_transaction_is_waited_for(
    apache_kafka: KafkaAtHand, namespace: str
) -> None:
    topic, servers = within(namespace, FACTS).name, apache_kafka.bootstrap_servers
    async with transactional(apache_kafka, namespace) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"fact", partition=1)
        reading = asyncio.create_task(_values(servers, topic))
        # It has looked at least once, and found the transaction open, before that ends.
        await _looked_at(reading)
        await producer.commit_transaction()

        assert await reading == [b"fact"]


async def test_a_transaction_that_nobody_ends_is_told_with_its_place(
    apache_kafka: KafkaAtHand, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, servers = within(namespace, FACTS).name, apache_kafka.bootstrap_servers
    monkeypatch.setattr(lag, "OPEN_SECONDS", 0.0)
    async with transactional(apache_kafka, namespace) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"fact", partition=1)
        with pytest.raises(StillOpen, match=f"{topic}/1"):
            await until_readable(servers, await places_of(servers, [topic]))
        await producer.abort_transaction()

        await until_readable(servers, [TopicPartition(topic, 0)])


async def test_a_group_is_behind_by_what_it_did_not_say_to_have_done(
    kafka: KafkaAtHand, namespace: str
) -> None:
    topic, servers = within(namespace, FACTS).name, kafka.bootstrap_servers
    async with transactional(kafka, namespace) as producer, producer.transaction():
        await producer.send(topic, b"first", partition=0)
    places = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
    async with Lag(servers) as asked:
        ends = await asked.ends(places)
        before = await asked.unread(f"{namespace}group", places)
        await _commit(servers, f"{namespace}group", ends)
        after = await asked.unread(f"{namespace}group", places)

    assert (before, after) == (sum(ends.values()), 0)
    assert before > 0


async def _values(bootstrap_servers: str, topic: str) -> list[bytes | None]:
    return [seen.value async for seen in standing(bootstrap_servers, [topic])]


async def _looked_at(reading: "asyncio.Task[list[bytes | None]]") -> None:
    done, _ = await asyncio.wait({reading}, timeout=1.0)
    assert not done


async def _commit(bootstrap_servers: str, group: str, places: dict[TopicPartition, int]) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign(list(places))
        await consumer.commit(places)
    finally:
        await consumer.stop()
