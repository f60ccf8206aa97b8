"""Apache Kafka on this machine: what it takes, and that its data outlives a stop and a kill."""

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import MessageSizeTooLargeError

from compose.local import EngineBroken, LocalKafka
from tests.engines import KafkaAtHand, Origin, may_be_skipped, what_fetched_kafka_lacks

TWELVE_MEGABYTES = 12 * 1024 * 1024
ROOM_FOR_HEADERS = 1024
NO_ANSWER_SECONDS = 2.0

LACK = what_fetched_kafka_lacks()
pytestmark = pytest.mark.skipif(may_be_skipped(LACK), reason=str(LACK))


@pytest.fixture(scope="module")
def address(kafka: KafkaAtHand) -> Iterator[str]:
    """Where one runs: that of all tests, which is such a one wherever nothing better was named."""
    if kafka.origin is Origin.LOCAL:
        yield kafka.bootstrap_servers
        return
    with LocalKafka(for_minutes=True) as own:
        yield own.bootstrap_servers


async def make_topic(address: str, name: str, **settings: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(name, 1, 1, topic_configs=settings)])
    finally:
        await admin.close()
    assert [error_code for _, error_code, *_ in answer.topic_errors] == [0]


async def publish(address: str, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=address, enable_idempotence=True, max_request_size=2 * TWELVE_MEGABYTES
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(address: str, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_a_record_comes_back_as_it_was_sent(address: str, namespace: str) -> None:
    topic = f"{namespace}round-trip"
    await make_topic(address, topic)
    await publish(address, topic, b"\x00\xffbytes as they come")
    assert await read(address, topic, 1) == [b"\x00\xffbytes as they come"]


async def test_a_topic_takes_twelve_megabytes_when_it_says_so(
    address: str, namespace: str
) -> None:
    large = bytes(TWELVE_MEGABYTES - ROOM_FOR_HEADERS)
    wide, usual = f"{namespace}wide", f"{namespace}usual"
    await make_topic(address, wide, **{"max.message.bytes": str(TWELVE_MEGABYTES)})
    await make_topic(address, usual)
    await publish(address, wide, large)
    assert await read(address, wide, 1) == [large]
    with pytest.raises(MessageSizeTooLargeError):
        await publish(address, usual, large)


async def test_a_topic_is_made_only_on_purpose(address: str, namespace: str) -> None:
    topic = f"{namespace}nobody-made-this"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(publish(address, topic, b"x"), timeout=NO_ANSWER_SECONDS)
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    topics = await admin.list_topics()
    await admin.close()
    assert topic not in topics


@pytest.mark.faults
async def test_records_outlive_a_stop_and_a_kill_on_the_same_address(namespace: str) -> None:
    topic = f"{namespace}kept"
    with LocalKafka() as broker:
        address = broker.bootstrap_servers
        await make_topic(address, topic)
        await publish(address, topic, b"before the stop")
        broker.restart()
        await publish(address, topic, b"before the kill")
        broker.kill()
        assert not broker.is_running
        broker.start()
        assert broker.bootstrap_servers == address
        assert await read(address, topic, 2) == [b"before the stop", b"before the kill"]
    assert not broker.folder.exists()


@pytest.mark.faults
async def test_a_paused_broker_answers_once_it_is_resumed(namespace: str) -> None:
    topic = f"{namespace}paused"
    with LocalKafka() as broker:
        await make_topic(broker.bootstrap_servers, topic)
        broker.pause()
        sending = asyncio.create_task(publish(broker.bootstrap_servers, topic, b"patient"))
        _, waiting = await asyncio.wait([sending], timeout=NO_ANSWER_SECONDS)
        assert waiting == {sending}
        assert broker.is_running
        broker.resume()
        await sending
        assert await read(broker.bootstrap_servers, topic, 1) == [b"patient"]


def test_a_setting_that_kafka_refuses_is_told_in_its_own_words() -> None:
    broker = LocalKafka(settings={"num.io.threads": "none"}, for_minutes=True)
    with pytest.raises(EngineBroken, match=r"num\.io\.threads"):
        broker.start()
    broker.close()
    assert not broker.folder.exists()
