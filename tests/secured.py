"""A Kafka that asks who comes, for tests: its users, and what each of them gets to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from typer.testing import CliRunner, Result

from cli.main import app
from compose.local.secured_kafka import ADMINISTRATOR, SecuredKafka
from producers.careful import careful_producer
from producers.committed import committed_reader
from producers.login import Broker, Login, Protocol, connection
from producers.whole import start_whole

NOT_ALLOWED = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
AT_ONCE = 8
ANSWER_SECONDS = 60.0
RUN = CliRunner()


@dataclass(frozen=True, slots=True)
class Secured:
    """One secured broker, and the folder that has its users' passwords."""

    kafka: SecuredKafka
    passwords: Path

    @property
    def administrator(self) -> Broker:
        """Who may do everything."""
        return self._at(ADMINISTRATOR, self.kafka.password)

    def at(self, user: str) -> Broker:
        """Log in as *user*."""
        return self._at(user, (self.passwords / user).read_text("utf-8").strip())

    def _at(self, user: str, password: str) -> Broker:
        login = Login(user, password, Protocol.SASL_PLAINTEXT)
        return Broker(self.kafka.bootstrap_servers, login)

    async def run(self, *arguments: str, user: str = "", password: str = "") -> Result:
        """Run a command as *user*, by default as the administrator."""
        environment = {
            "RELEASEBUS_KAFKA": self.kafka.bootstrap_servers,
            "RELEASEBUS_KAFKA_USER": user or ADMINISTRATOR,
            "RELEASEBUS_KAFKA_PASSWORD": password or self.kafka.password,
            "RELEASEBUS_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
        }
        return await asyncio.to_thread(RUN.invoke, app, list(arguments), env=environment)


async def may(attempt: Awaitable[object]) -> bool:
    """Tell whether the broker lets *attempt* be; anything but yes and no is raised."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await attempt
    except NOT_ALLOWED:
        return False
    return True


async def writes(broker: Broker, topic: str, **settings: Any) -> None:
    """Write one record, as every producer of ours does."""
    async with started(careful_producer(broker, **settings)) as producer:
        if "transactional_id" in settings:
            async with producer.transaction():
                await producer.send_and_wait(topic, b"{}", b"any", partition=0)
        else:
            await producer.send_and_wait(topic, b"{}", b"any", partition=0)


async def reads(broker: Broker, topic: str) -> None:
    """Read the first record of a topic's first partition, which has to have one.

    Of a topic that one may not even see, aiokafka's reader says nothing and asks for ever.
    """
    place = TopicPartition(topic, 0)
    async with started(committed_reader(broker)) as consumer:
        if topic not in await consumer.topics():
            raise TopicAuthorizationFailedError(topic)
        consumer.assign([place])
        consumer.seek(place, 0)
        while not await consumer.getmany(place, timeout_ms=1000):
            continue


async def joins(broker: Broker, topic: str, group: str) -> None:
    """Read as a member of *group*."""
    reader = AIOKafkaConsumer(
        topic, **connection(broker), group_id=group, auto_offset_reset="earliest"
    )
    async with started(reader) as consumer:
        while not await consumer.getmany(timeout_ms=1000):
            continue


@asynccontextmanager
async def started(client: Any) -> AsyncIterator[Any]:
    """Start a client, and leave nothing of it open."""
    await start_whole(client)
    try:
        yield client
    finally:
        await client.stop()


async def allowed(attempts: Iterable[tuple[str, Awaitable[object]]]) -> set[str]:
    """Return the names of those attempts that the broker let be, a few at once."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, attempt: Awaitable[object]) -> str | None:
        async with room:
            return name if await may(attempt) else None

    answers = await asyncio.gather(*(one(name, attempt) for name, attempt in attempts))
    return {name for name in answers if name is not None}
