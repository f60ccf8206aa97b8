"""A bus with facts on it, as the relay writes them, and what dispatch made of them read back."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from consumers.dispatch.run import run
from consumers.dispatch.settings import DispatchSettings
from producers.topics import ensure
from schemas import facts as f
from schemas.envelope import texts_of
from schemas.facts import RecordedFact, written
from schemas.organisations import Organisation
from schemas.topics import DIRECTORY_FACTS, LEDGER_FACTS, system_out, within
from schemas.unreadable import Unreadable
from tests.adapters.story import EIGHT, ORGANISATIONS, a_day

SYSTEM = "antwerp_cpu"


@dataclass(slots=True)
class FactsTopic:
    """Publishes facts and organisations each in one transaction, and reads documents."""

    settings: DispatchSettings
    producer: AIOKafkaProducer

    async def publish(self, facts: Iterable[RecordedFact]) -> None:
        """Write facts to the partition that their shard is."""
        topic = within(self.settings.namespace, LEDGER_FACTS).name
        async with self.producer.transaction():
            for each in facts:
                await self.producer.send(
                    topic,
                    written(each),
                    key=each.container.encode(),
                    partition=int(each.shard.rpartition("-")[2]),
                    headers=[("ce_id", f"{each.shard}-{each.seq}".encode())],
                )

    async def register(self, organisations: Sequence[Organisation]) -> None:
        """Write organisations as the directory's shard tells them, seq by seq."""
        topic = within(self.settings.namespace, DIRECTORY_FACTS).name
        cause = a_day().facts[0].cause
        async with self.producer.transaction():
            for seq, organisation in enumerate(organisations, start=1):
                fact = RecordedFact(
                    shard="directory-0",
                    seq=seq,
                    recorded_at=EIGHT,
                    container="",
                    port="",
                    fact=f.OrganisationRegistered(organisation=organisation),
                    cause=cause,
                )
                await self.producer.send(topic, written(fact), key=organisation.id.encode())

    @asynccontextmanager
    async def dispatching(self, **changed: Any) -> AsyncIterator[asyncio.Event]:
        """Run dispatch meanwhile; what it raises is raised here."""
        stop = asyncio.Event()
        running = asyncio.create_task(run(replace(self.settings, **changed), stop))
        try:
            yield stop
        finally:
            stop.set()
            await running

    async def documents(
        self, count: int, *, timeout_seconds: float = 30
    ) -> list[ConsumerRecord[Any, Any]]:
        """Return all documents once there are *count* different ones; repeats are among them."""
        topic = within(self.settings.namespace, system_out(SYSTEM)).name
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.bootstrap_servers, auto_offset_reset="earliest"
        )
        await consumer.start()
        found: list[ConsumerRecord[Any, Any]] = []
        try:
            consumer.assign([TopicPartition(topic, each) for each in range(12)])
            async with asyncio.timeout(timeout_seconds):
                while len({identity(record) for record in found}) < count:
                    for records in (await consumer.getmany(timeout_ms=100)).values():
                        found.extend(records)
            # Whether more comes than was asked for.
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found.extend(records)
        finally:
            await consumer.stop()
        return found


@asynccontextmanager
async def facts_topic(
    settings: DispatchSettings, organisations: Sequence[Organisation] = ORGANISATIONS
) -> AsyncIterator[FactsTopic]:
    """Make the topics, register everybody of the story, and open the relay's place."""
    wanted = (LEDGER_FACTS, DIRECTORY_FACTS, system_out(SYSTEM))
    await ensure(settings.bootstrap_servers, settings.namespace, wanted)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        transactional_id=f"{settings.namespace}relay",
        acks="all",
    )
    await producer.start()
    try:
        topic = FactsTopic(settings, producer)
        await topic.register(organisations)
        yield topic
    finally:
        await producer.stop()


def identity(record: ConsumerRecord[Any, Any]) -> str:
    """Return the ce_id of a document."""
    texts = texts_of(record.headers)
    assert not isinstance(texts, Unreadable)
    return texts["ce_id"]


def place_of(document_id: str) -> tuple[str, int]:
    """Return shard and seq of the fact that a document is made of."""
    shard, _, seq = document_id.split(".", 1)[0].rpartition("-")
    return shard, int(seq)
