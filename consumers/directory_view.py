"""The directory as a reader of its topic knows it: complete before it is first asked."""

import asyncio
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from ledger.directory.directory import Directory
from producers.committed import committed_reader
from producers.login import Servers
from producers.whole import start_whole
from schemas.evolution.sorts import sort_of
from schemas.facts import OrganisationRegistered, read
from schemas.topics import DIRECTORY_FACTS, within

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
REGISTERED = OrganisationRegistered.__struct_config__.tag


class DirectoryView:
    """Keeps the directory in memory from directory.facts.v1; older versions never overwrite."""

    def __init__(self, bootstrap_servers: Servers, namespace: str) -> None:
        self.directory = Directory()
        self._bootstrap_servers = bootstrap_servers
        self._place = TopicPartition(within(namespace, DIRECTORY_FACTS).name, 0)
        self._complete = asyncio.Event()
        self._asked = False

    async def complete(self) -> None:
        """Wait until everything that stood on the topic at the start has been read."""
        await self._complete.wait()

    async def caught_up(self) -> None:
        """Wait until everything has been read that stands on the topic now."""
        self._complete.clear()
        self._asked = True
        await self._complete.wait()

    async def run(self) -> None:
        """Follow the topic until cancelled; a broker that is away is waited for."""
        while True:
            try:
                await self._follow()
            except KafkaError as error:
                log.warning("The directory cannot be followed, trying again: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = committed_reader(self._bootstrap_servers)
        await start_whole(consumer)
        try:
            consumer.assign([self._place])
            end = await self._end(consumer)
            while True:
                if self._asked:
                    self._asked, end = False, await self._end(consumer)
                if await consumer.position(self._place) >= end and not self._asked:
                    self._complete.set()
                fetched = await consumer.getmany(timeout_ms=100)
                for record in fetched.get(self._place, ()):
                    self._take(record)
        finally:
            await consumer.stop()

    async def _end(self, consumer: AIOKafkaConsumer) -> int:
        ends: dict[TopicPartition, int] = await consumer.end_offsets([self._place])
        return ends[self._place]

    def _take(self, record: ConsumerRecord[Any, Any]) -> None:
        if record.value is None or sort_of(record.value) != REGISTERED:
            return  # also what a later version brought, and this one does not know
        recorded = read(record.value)
        if isinstance(recorded.fact, OrganisationRegistered) and (
            recorded.seq > self.directory.version
        ):
            self.directory = self.directory.joined_by(recorded.fact.organisation, recorded.seq)
