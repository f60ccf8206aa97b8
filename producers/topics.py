"""Creating the topics of the bus, and waiting until they can be written to."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from producers.login import Servers, connection
from schemas.topics import Topic, within

log = logging.getLogger(__name__)
CREATED, EXISTS, NOT_OURS_TO_MAKE = 0, 36, 29
LEADER_TIMEOUT_SECONDS = 30.0
LEADER_POLL_SECONDS = 0.05


class TopicNotMade(Exception):
    """A topic could not be created.

    Check the broker's log, the replication factor, and the rights of this user: who may not make
    topics needs them made before (`releasebus topics --create` by the operator), and `releasebus
    acl check` tells which rights lack.
    """


class TopicMaker:
    """Makes topics that are not there yet, each once; to be used as an async context."""

    def __init__(
        self, bootstrap_servers: Servers, namespace: str = "", replication_factor: int = 1
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._namespace = namespace
        self._replication_factor = replication_factor
        self._made: set[str] = set()
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._made.clear()

    async def ensure(self, topics: Iterable[Topic]) -> None:
        """Create what is not there yet; return when every partition has a leader.

        Raises TopicNotMade; TimeoutError where a leader does not come in time, as it still may,
        and a KafkaError where the broker asks to be asked again.
        """
        wanted = [within(self._namespace, topic) for topic in topics]
        async with self._lock:
            missing = [topic for topic in wanted if topic.name not in self._made]
            if not missing:
                return
            admin = AIOKafkaAdminClient(**connection(self._bootstrap_servers))
            try:
                await admin.start()
                await self._create(admin, missing)
                await _await_leaders(admin, missing)
            finally:
                await admin.close()
            self._made.update(topic.name for topic in missing)

    async def _create(self, admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
        new = [
            NewTopic(
                topic.name,
                topic.partitions,
                self._replication_factor,
                topic_configs=topic.config(),
            )
            for topic in topics
        ]
        response = await admin.create_topics(new)
        codes = {code for _, code, *_ in response.topic_errors}
        # Who may not make topics is told so of those, too, that are there already.
        there = await admin.list_topics() if NOT_OURS_TO_MAKE in codes else []
        for name, code, *message in response.topic_errors:
            if code in {CREATED, EXISTS} or (code == NOT_OURS_TO_MAKE and name in there):
                continue
            if for_code(code).retriable:  # a broker that has just started, or is starting
                raise for_code(code)(name)
            raise TopicNotMade(f"{name}: error {code} {message}")


async def ensure(
    bootstrap_servers: Servers,
    namespace: str,
    topics: Iterable[Topic],
    replication_factor: int = 1,
) -> None:
    """Create *topics* in *namespace* where they are not there yet, and wait for their leaders."""
    async with TopicMaker(bootstrap_servers, namespace, replication_factor) as maker:
        await maker.ensure(topics)


async def _await_leaders(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
    # Right after a topic is made, producers are told NotLeaderForPartition for a moment.
    names = [topic.name for topic in topics]
    async with asyncio.timeout(LEADER_TIMEOUT_SECONDS):
        while True:
            described = await admin.describe_topics(names)
            if all(_led(topic) for topic in described):
                return
            await asyncio.sleep(LEADER_POLL_SECONDS)


def _led(described: dict[str, object]) -> bool:
    partitions = described["partitions"]
    return (
        described["error_code"] == 0
        and isinstance(partitions, list)
        and bool(partitions)
        and all(partition["leader"] >= 0 for partition in partitions)
    )
