"""How far somebody is behind its topics, as whoever waits for the bus to come to rest asks it."""

import asyncio
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Self, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from producers.login import Servers, connection

LOOK_AGAIN_SECONDS = 0.05
OPEN_SECONDS = 60.0
READ_COMMITTED, READ_UNCOMMITTED = "read_committed", "read_uncommitted"

Place: TypeAlias = TopicPartition
Ends: TypeAlias = dict[TopicPartition, int]


class StillOpen(Exception):
    """A transaction on these topics was neither committed nor given up in time.

    Until it is, nobody reads further there. Look in the broker's log, and whether its producer
    still runs: the broker ends what a dead one began after its transaction timeout.
    """


async def places_of(bootstrap_servers: Servers, topics: Collection[str]) -> list[TopicPartition]:
    """Return every partition of *topics*, which have to be there."""
    admin = AIOKafkaAdminClient(**connection(bootstrap_servers))
    await admin.start()
    try:
        described = await admin.describe_topics(list(topics)) if topics else []
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]


async def until_readable(bootstrap_servers: Servers, places: Sequence[TopicPartition]) -> None:
    """Return when whatever was begun on *places* by now can be read. Raises StillOpen.

    A producer is told that its transaction is committed before every partition is told so. Until
    its marker is there too, who reads what is committed stands in front of records that its
    writer already counts as published.
    """
    begun = await _ends(bootstrap_servers, places, READ_UNCOMMITTED)
    give_up_at = asyncio.get_running_loop().time() + OPEN_SECONDS
    while open_at := await _open(bootstrap_servers, begun):
        if asyncio.get_running_loop().time() > give_up_at:
            raise StillOpen(", ".join(f"{each.topic}/{each.partition}" for each in open_at[:3]))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _open(bootstrap_servers: Servers, begun: Ends) -> list[TopicPartition]:
    committed = await _ends(bootstrap_servers, list(begun), READ_COMMITTED)
    return [place for place, end in begun.items() if committed[place] < end]


async def _ends(
    bootstrap_servers: Servers, places: Sequence[TopicPartition], isolation: str
) -> Ends:
    consumer = AIOKafkaConsumer(**connection(bootstrap_servers), isolation_level=isolation)
    await consumer.start()
    try:
        found: Ends = await consumer.end_offsets(places)
    finally:
        await consumer.stop()
    return found


class Lag:
    """Asks again and again over one connection; to be used as an async context."""

    def __init__(self, bootstrap_servers: Servers) -> None:
        self._admin = AIOKafkaAdminClient(**connection(bootstrap_servers))
        self._consumer = AIOKafkaConsumer(**connection(bootstrap_servers))

    async def __aenter__(self) -> Self:
        await self._admin.start()
        await self._consumer.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def ends(self, places: Sequence[TopicPartition]) -> Ends:
        """Return where each of *places* ends now."""
        found: Ends = await self._consumer.end_offsets(places)
        return found

    async def unread(self, group: str, places: Sequence[TopicPartition]) -> int:
        """Return how many records of *places* the group has not yet said to have done with."""
        ends = await self.ends(places)
        try:
            done = await self._admin.list_consumer_group_offsets(group, partitions=list(places))
        except GroupCoordinatorNotAvailableError:
            return sum(ends.values())  # no group has ever been on this broker, or it starts anew
        return sum(end - max(0, done[place].offset) for place, end in ends.items())
