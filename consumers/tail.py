"""Reading a topic as it is, for whoever wants to look: from its start to its end, or for ever."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from consumers.lag import places_of, until_readable
from producers.committed import committed_reader
from producers.login import Servers, connection
from schemas.envelope import Header

POLL_MS = 200


class NoSuchTopic(Exception):
    """The broker has no topic of this name; `releasebus topics` lists those it has."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One record as it stands on its topic; `at` is the broker's time."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    headers: tuple[Header, ...]
    value: bytes | None


async def topics_on(bootstrap_servers: Servers) -> set[str]:
    """Return the names of all topics that the broker has."""
    admin = AIOKafkaAdminClient(**connection(bootstrap_servers))
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def standing(bootstrap_servers: Servers, topics: Sequence[str]) -> AsyncIterator[Seen]:
    """Yield what stands on *topics* now, from the start of each; then end. Raises NoSuchTopic.

    What is in an open transaction is waited for, and is there if that is committed.
    """
    async for record in _read(bootstrap_servers, topics, follow=False, from_start=True):
        yield record


async def following(
    bootstrap_servers: Servers, topic: str, *, from_start: bool
) -> AsyncIterator[Seen]:
    """Yield what comes on *topic*, until the reader has enough. Raises NoSuchTopic."""
    async for record in _read(bootstrap_servers, [topic], follow=True, from_start=from_start):
        yield record


async def _read(
    bootstrap_servers: Servers, topics: Sequence[str], *, follow: bool, from_start: bool
) -> AsyncIterator[Seen]:
    places = await _places(bootstrap_servers, topics)
    if not follow:
        await until_readable(bootstrap_servers, places)
    consumer = committed_reader(bootstrap_servers)
    await consumer.start()
    try:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        if not from_start:
            await consumer.seek_to_end(*places)
        while follow or await _behind(consumer, ends):
            fetched = await consumer.getmany(timeout_ms=POLL_MS)
            came = chain.from_iterable(fetched.values())
            wanted = (each for each in came if follow or each.offset < ends[_place_of(each)])
            for record in wanted:
                yield _seen(record)
    finally:
        await consumer.stop()


async def _places(bootstrap_servers: Servers, topics: Sequence[str]) -> list[TopicPartition]:
    # The embedded broker makes a topic when it is asked for one that is not there.
    if missing := set(topics) - await topics_on(bootstrap_servers):
        raise NoSuchTopic(", ".join(sorted(missing)))
    return await places_of(bootstrap_servers, topics)


async def _behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return any([await consumer.position(place) < end for place, end in ends.items()])


def _place_of(record: ConsumerRecord[Any, Any]) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _seen(record: ConsumerRecord[Any, Any]) -> Seen:
    return Seen(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        key=record.key,
        headers=tuple(record.headers),
        value=record.value,
    )
