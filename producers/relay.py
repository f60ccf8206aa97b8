"""Handing one shard's facts on, in order, each batch in one Kafka transaction."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaProducer

from producers.announce import announced, opened_by
from producers.login import Servers, connection
from producers.records import BATCH_BYTES, LARGEST_RECORD_BYTES, Record, send_all
from producers.topics import TopicMaker
from producers.whole import start_whole, stop_whole
from schemas.facts import RecordedFact
from schemas.stay import Driver
from schemas.topics import Topic

log = logging.getLogger(__name__)
QUEUED_BATCHES = 8
STOP_SECONDS = 10.0
GAP_SECONDS = 0.005


class OutOfStep(Exception):
    """Entries were offered that do not follow what is published: some would never have been.

    The shard's owner takes the lease again and publishes from the table; nothing has to be done.
    """

    def __init__(self, shard: str, published_seq: int, offered_seq: int) -> None:
        super().__init__(f"{shard}: {offered_seq} does not follow {published_seq}")


class Told(Protocol):
    """An entry of the book, as far as the relay needs it."""

    @property
    def recorded(self) -> RecordedFact:
        """The fact."""

    @property
    def body(self) -> bytes:
        """The bytes that are stored, hashed and published."""

    @property
    def driver(self) -> Driver | None:
        """Who drives by the stay's pick-up right, open: for its terminal alone."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What goes out behind everything queued before it: heartbeat and head.

    `records` is handed the number of the last entry that is published by then.
    """

    records: Callable[[int], Iterable[Record]]


class Relay:
    """The only publisher of one shard; a successor's start makes the broker refuse this one.

    What goes wrong is kept in `failure` and nothing is published any more: the shard's owner has
    to take the lease again and publish from the table what is missing. Nothing is ever skipped.
    """

    def __init__(
        self, shard: str, bootstrap_servers: Servers, namespace: str, topics: TopicMaker
    ) -> None:
        self.shard = shard
        self.published_seq = 0
        self.failure: BaseException | None = None
        self._namespace = namespace
        self._topics = topics
        self._queue: asyncio.Queue[tuple[Told, ...] | Beat] = asyncio.Queue(QUEUED_BATCHES)
        self._task: asyncio.Task[None] | None = None
        self._busy = False
        # Used for its fencing: one id a shard, so that a stopped predecessor cannot publish an
        # old fact behind a new one when it wakes (write-path: the 58 containers).
        self._producer = AIOKafkaProducer(
            **connection(bootstrap_servers),
            transactional_id=f"{namespace}relay-{shard}",
            enable_idempotence=True,
            acks="all",
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST_RECORD_BYTES,
            request_timeout_ms=10_000,
            transaction_timeout_ms=15_000,
        )

    async def start(self, published_seq: int) -> None:
        """Connect; the shard's entries up to *published_seq* are known to be published."""
        self.published_seq = published_seq
        await start_whole(self._producer)

    def run(self) -> None:
        """Begin to publish what is offered, in the background."""
        self._task = asyncio.create_task(self._publish_queue(), name=f"relay-{self.shard}")

    @property
    def has_room(self) -> bool:
        """Tell whether another batch may be offered at once."""
        return not self._queue.full()

    @property
    def idle(self) -> bool:
        """Tell whether everything offered has been published."""
        return self._queue.empty() and not self._busy

    def offer(self, told: Sequence[Told] | Beat) -> None:
        """Queue a committed batch; raises asyncio.QueueFull where there is no room."""
        self._queue.put_nowait(told if isinstance(told, Beat) else tuple(told))

    async def publish(self, told: Sequence[Told], beats: Sequence[Beat] = ()) -> None:
        """Publish entries and then beats in one transaction, and wait until it is committed.

        Raises OutOfStep where entries are missing in between.
        """
        if told and told[0].recorded.seq != self.published_seq + 1:
            raise OutOfStep(self.shard, self.published_seq, told[0].recorded.seq)
        records: list[Record] = []
        topics: set[Topic] = set()
        for entry in told:
            topics.update(opened_by(entry.recorded.fact))
            own = announced(entry.recorded, entry.body, self._namespace, entry.driver)
            for topic, record in own:
                topics.add(topic)
                records.append(record)
        last_seq = told[-1].recorded.seq if told else self.published_seq
        for beat in beats:
            records.extend(beat.records(last_seq))
        await self._topics.ensure(topics)
        async with self._producer.transaction():
            await send_all(self._producer, records)
        self.published_seq = last_seq

    async def drain(self, timeout_seconds: float) -> None:
        """Wait until everything offered is published, or the time is over, or it failed."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not self.idle and self.failure is None:
            if asyncio.get_running_loop().time() > deadline:
                log.warning("Shard %s: not all facts were published in time", self.shard)
                return
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop publishing; what is still queued stands in the table for the successor."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await stop_whole(self._producer, f"the producer of shard {self.shard}", STOP_SECONDS)

    async def _publish_queue(self) -> None:
        try:
            while True:
                await self._publish_next()
        except Exception as error:  # noqa: BLE001  kept for the owner, who takes the lease anew
            log.warning("Shard %s: publishing failed: %r", self.shard, error)
            self.failure = error

    async def _publish_next(self) -> None:
        waiting = [await self._queue.get()]
        self._busy = True
        while not self._queue.empty():
            waiting.append(self._queue.get_nowait())
        told = [entry for item in waiting if not isinstance(item, Beat) for entry in item]
        await self.publish(told, [item for item in waiting if isinstance(item, Beat)])
        self._busy = False
        # The broker still writes the marks of this transaction: another one begun at once would
        # be sent away for 20 ms (write-path). What comes meanwhile goes together.
        await asyncio.sleep(GAP_SECONDS)
