"""A handler of batches that no exception leaves: it tries in place, or is stopped."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import TROUBLE
from consumers.stream import Records

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class DirectoryBehind(Exception):
    """Something was decided on a directory that has not been read yet; it is waited for."""


class Batches:
    """Takes the batches of one subscriber; what becomes of one is for `settle`.

    What left a handler FastStream would swallow, and move on (write-path). So a batch is settled
    however long that takes, unless its partitions are taken away or `stop` is called.
    """

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.trouble: BaseException | None = None
        self._subscriber: Any = None
        self._stopping = False

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Do what is to be done with *records*, whole or not at all, and commit their places."""
        raise NotImplementedError

    def attach(self, subscriber: Any) -> None:
        """Name the subscriber whose consumer this handler steers."""
        self._subscriber = subscriber

    def stop(self) -> None:
        """Give up a batch that is being tried again: it is not committed, and comes again."""
        self._stopping = True

    async def take(self, records: Records) -> None:
        """Settle a batch, however long that takes, unless its partitions are taken away."""
        attempt = 0
        while (ours := self._still_ours(records)) and not self._stopping:
            try:
                await self.settle(ours)
            except Exception as error:  # noqa: BLE001 - what left here, FastStream would swallow
                self.trouble = error
                await self._wait_out(error, attempt, ours)
                attempt += 1
            else:
                self.trouble = None
                return

    async def commit(self, places: dict[TopicPartition, int]) -> None:
        """Tell Kafka how far it has come; a rebalance in between does no harm."""
        try:
            if places:
                await self.consumer.commit(places)
        except KafkaError as error:
            # A rebalance got in between: the next member reads them again and drops them.
            log.info("Places not committed: %s", error)

    @property
    def consumer(self) -> Any:
        """The consumer of aiokafka behind the subscriber."""
        return self._subscriber.consumer

    async def _wait_out(
        self, error: Exception, attempt: int, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> None:
        seconds = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)]
        if isinstance(error, DirectoryBehind) and attempt < len(BACKOFF_SECONDS):
            log.info("Waiting for the directory: %s", error)
        elif isinstance(error, (*TROUBLE, DirectoryBehind, KafkaError)):
            log.warning("Trying again in %s s: %s", seconds, told(error))
        else:
            log.error("A batch is held up, trying again in %s s", seconds, exc_info=error)
        try:
            await self._idle_poll({place_of(record) for record in records}, seconds)
        except KafkaError as kafka_error:
            log.warning("The broker is away, too: %r", kafka_error)
            await asyncio.sleep(seconds)

    async def _idle_poll(self, places: set[TopicPartition], seconds: float) -> None:
        """Poll without taking: only sleeping would leave the group (write-path)."""
        held = places & self.consumer.assignment()
        if not held:
            return
        self.consumer.pause(*held)
        try:
            taken = await self.consumer.getmany(*held, timeout_ms=int(seconds * 1000))
            for place, records in taken.items():
                # Assigned anew meanwhile, so no longer paused: put them back.
                self.consumer.seek(place, records[0].offset)
        finally:
            self.consumer.resume(*(held & self.consumer.assignment()))

    def _still_ours(self, records: Records) -> list[ConsumerRecord[Any, Any]]:
        assigned = self.consumer.assignment()
        return [record for record in records if place_of(record) in assigned]


def place_of(record: ConsumerRecord[Any, Any]) -> TopicPartition:
    """Return the topic and partition of a record."""
    return TopicPartition(record.topic, record.partition)


def told(error: Exception) -> str:
    """Return an error without the values of a statement, which are documents."""
    return type(error).__name__ if isinstance(error, DBAPIError) else repr(error)
