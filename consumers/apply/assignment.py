"""Which shards this process holds: what the group gives is taken over, what it takes is let go."""

import asyncio
import logging
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from consumers.apply.shard import HeldShard
from consumers.apply.takeover import EntriesLost, LogLost, Takeover
from consumers.apply.thread import TROUBLE
from ledger.book.lease import StillHeld

log = logging.getLogger(__name__)
RETRY_SECONDS = 0.5
DRAIN_SECONDS = 5.0


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """The shards in hand, kept in step with the group.

    The listener itself only pauses and starts a task: while it runs there is no heartbeat, and
    what it raises is swallowed (write-path).
    """

    def __init__(self, consumer: AIOKafkaConsumer, takeover: Takeover) -> None:
        self.held: dict[TopicPartition, HeldShard] = {}
        self.stopped: dict[TopicPartition, LogLost | EntriesLost] = {}
        self._consumer = consumer
        self._takeover = takeover
        self._assigned: set[TopicPartition] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Pause first of all: records from below the stored place may be on their way already."""
        partitions = list(assigned)
        self._consumer.pause(*partitions)
        self._assigned = set(partitions)
        for partition in partitions:
            task = asyncio.create_task(self._take(partition), name=f"take-{partition}")
            self._tasks.add(task)
            task.add_done_callback(self._taken)

    def check(self) -> None:
        """Raise what a takeover broke on: its shard would stand still with nobody told."""
        if self._broken is not None:
            raise self._broken

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Let go: publish what is queued, if it goes quickly; the successor does the rest."""
        del revoked  # aiokafka's assignors are eager: everything is revoked
        await self.let_go(DRAIN_SECONDS)

    async def let_go(self, drain_seconds: float) -> None:
        """Give every shard up, with its relay drained as far as time allows."""
        self._assigned.clear()
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        held, self.held = list(self.held.values()), {}
        await asyncio.gather(*(shard.relay.drain(drain_seconds) for shard in held))
        await self._takeover.mark(held)
        await asyncio.gather(*(shard.relay.stop() for shard in held))

    async def retake(self, held: HeldShard) -> None:
        """Take a shard again that had trouble; raises Fenced where another process has it."""
        again = await self._takeover.again(held)
        if held.partition not in self.held:
            await again.relay.stop()
            return
        self.held[held.partition] = again
        self._consumer.seek(again.partition, again.lease.next_offset)

    def _taken(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._broken = self._broken or task.exception()

    async def _take(self, partition: TopicPartition) -> None:
        while partition in self._assigned:
            try:
                held = await self._takeover.take(self._consumer, partition)
            except (LogLost, EntriesLost) as error:
                log.critical("Shard %s is stopped: %s. %s", error.shard, error, error.__doc__)
                self.stopped[partition] = error
                return
            except (*TROUBLE, StillHeld, KafkaError, TimeoutError) as error:
                log.warning("Taking over %s is tried again: %r", partition, error)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await self._place(held)
                return

    async def _place(self, held: HeldShard) -> None:
        if held.partition not in self._assigned:
            await held.relay.stop()
            return
        self._consumer.seek(held.partition, held.lease.next_offset)
        self.held[held.partition] = held
        self._consumer.resume(held.partition)
        log.info("Shard %s is ours from %s on", held.lease.shard, held.lease.next_offset)
