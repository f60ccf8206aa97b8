"""What apply does beside the batches: the relay's marks, heartbeats and heads, Kafka's hint."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from sqlalchemy import Engine

from consumers.apply.assignment import Assignment
from consumers.apply.settings import ApplySettings
from consumers.apply.shard import HeldShard
from consumers.apply.takeover import Takeover
from consumers.apply.thread import TROUBLE, DatabaseThread
from ledger.book import load
from ledger.book.heads import HeadKey, sign_head
from ledger.directory.directory import Directory
from producers.announce import beats
from producers.records import Record
from producers.relay import Beat
from producers.topics import TopicMaker
from schemas.entitlement import Heartbeat
from schemas.heads import Head
from schemas.organisations import Terminal
from schemas.topics import pickup_rights

log = logging.getLogger(__name__)


class Upkeep:
    """Periodic work on the shards in hand; whatever fails here is tried again the next time."""

    def __init__(
        self,
        settings: ApplySettings,
        engine: Engine,
        thread: DatabaseThread,
        takeover: Takeover,
        topics: TopicMaker,
        key: HeadKey,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._thread = thread
        self._takeover = takeover
        self._topics = topics
        self._key = key
        self._directory = Directory()

    async def run(self, assignment: Assignment, consumer: AIOKafkaConsumer) -> None:
        """Keep the shards up until cancelled."""
        loop = asyncio.get_running_loop()
        next_beat = loop.time()
        while True:
            await asyncio.sleep(self._settings.flush_seconds)
            held = list(assignment.held.values())
            await self._takeover.mark(held)
            if loop.time() >= next_beat:
                next_beat = loop.time() + self._settings.heartbeat_seconds
                await self._beat(held)
                await self._hint(held, consumer)

    async def _beat(self, held: Iterable[HeldShard]) -> None:
        try:
            self._directory = await self._thread.run(self._roll)
            terminals = [Terminal(port, code) for port, code in self._directory.by_terminal]
            await self._topics.ensure(pickup_rights(each.port, each.code) for each in terminals)
        except (*TROUBLE, KafkaError, TimeoutError) as error:
            log.warning("No heartbeat this time: %s", error)
            return
        for shard in held:
            if shard.relay.has_room and shard.relay.failure is None:
                shard.relay.offer(self._beat_of(shard, terminals))

    def _roll(self) -> Directory:
        with self._engine.connect() as connection:
            return load.directory(connection, self._directory)

    def _beat_of(self, shard: HeldShard, terminals: list[Terminal]) -> Beat:
        now, lease = datetime.now(UTC), shard.lease
        last_seq = lease.next_seq - 1
        head: Head | None = None
        if last_seq > shard.headed_seq:
            head = sign_head(self._key, lease.shard, last_seq, lease.head, now)
            shard.headed_seq = last_seq

        def records(published_seq: int) -> Iterable[Record]:
            heartbeat = Heartbeat(shard=lease.shard, seq=published_seq, at=now)
            return beats(heartbeat, head, terminals, self._settings.namespace)

        return Beat(records)

    async def _hint(self, held: Iterable[HeldShard], consumer: AIOKafkaConsumer) -> None:
        # For lag tools alone: the place that counts is in the database.
        places = {shard.partition: shard.lease.next_offset for shard in held}
        if not places:
            return
        try:
            await consumer.commit(places)
        except KafkaError as error:
            log.info("Kafka did not take the hint of our place: %s", error)
