"""Following the facts: each batch into the store, then its place to Kafka, and nothing skipped.

The place that counts is the mark in the store: a fact is taken when its seq is the next of its
shard. Kafka's committed offsets, moved only after the store's commit and only for the partitions
of the batch, say where to begin; where they say too much, the gap shows and is sought.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import TROUBLE, DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch.arrivals import Arrival, arrival_of
from consumers.dispatch.sender import Sender
from consumers.dispatch.store import Mark, Settled, Store
from consumers.stream import Records

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class FactsMissing(Exception):
    """Facts that were never seen are not on their topic any more.

    The topic was cut, recreated, or kept too short. Nothing of this shard is sent until somebody
    knows what happened to them; do not move the mark in dispatch_seen before.
    """


class DirectoryBehind(Exception):
    """A fact was decided on a directory that has not been read yet; it is waited for."""


class Follower:
    """The handler of the facts' topic. No exception leaves it: it tries on, or is stopped."""

    def __init__(
        self, store: Store, thread: DatabaseThread, view: DirectoryView, sender: Sender
    ) -> None:
        self.counted: Counter[str] = Counter()
        self.trouble: BaseException | None = None
        self._store = store
        self._thread = thread
        self._view = view
        self._sender = sender
        self._subscriber: Any = None
        self._stopping = False
        self._begun: set[str] = set()
        self._sought: dict[str, int] = {}

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
                await self._settle(ours)
            except Exception as error:  # noqa: BLE001 - what left here, FastStream would swallow
                self.trouble = error
                await self._wait_out(error, attempt, ours)
                attempt += 1
            else:
                self.trouble = None
                return

    async def _settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        arrivals = [arrival_of(record) for record in records]
        self._await_directory(arrivals)
        settled = await self._stored(arrivals)
        self._sender.more()
        self.counted["documents"] += settled.documents
        self.counted["aside"] += settled.aside
        places = {record.partition: _place_of(record) for record in records}
        for arrival in arrivals:
            self._check_end(places[arrival.partition], settled.marks.get(arrival.shard))
        gaps = {a.shard: places[a.partition] for a in arrivals if a.shard in settled.gaps}
        for shard, place in gaps.items():
            await self._seek(shard, place, settled.gaps[shard])
        await self._commit(
            {
                places[arrival.partition]: arrival.offset + 1
                for arrival in arrivals
                if arrival.shard not in gaps
            }
        )

    async def _stored(self, arrivals: Sequence[Arrival]) -> Settled:
        store, directory = self._store.settle, self._view.directory
        try:
            return await self._thread.run(store, arrivals, directory, self._begun)
        except TROUBLE:
            raise
        except DBAPIError as error:
            # One fact of the batch makes what the database does not take; find which.
            log.warning("A batch of %s is stored one by one: %s", len(arrivals), _told(error))
            for arrival in arrivals:
                await self._store_alone(arrival)
            # All of it was seen by now: this tells the marks, and finds the gaps again.
            return await self._thread.run(store, arrivals, directory, self._begun)

    async def _store_alone(self, arrival: Arrival) -> None:
        directory = self._view.directory
        try:
            await self._thread.run(self._store.settle, [arrival], directory, self._begun)
        except TROUBLE:
            raise
        except DBAPIError as error:
            log.error("Put aside %s %s: %s", arrival.shard, arrival.seq, _told(error))  # noqa: TRY400  without the values, which are documents
            await self._thread.run(self._store.set_aside, arrival, type(error).__name__)

    def _await_directory(self, arrivals: Sequence[Arrival]) -> None:
        needed = max(
            (a.recorded.cause.directory_version for a in arrivals if a.recorded is not None),
            default=0,
        )
        known = self._view.directory.version
        if known < needed:
            raise DirectoryBehind(f"version {known} is known, {needed} is needed")

    def _check_end(self, place: TopicPartition, mark: Mark | None) -> None:
        end = self._consumer.highwater(place)
        if mark is not None and end is not None and end < mark.next_offset:
            raise FactsMissing(f"{place} ends at {end}, and was seen up to {mark.next_offset}")

    async def _seek(self, shard: str, place: TopicPartition, mark: Mark | None) -> None:
        """Look again from where the store stands: what is missing there then is not there."""
        if mark is None:
            start = (await self._consumer.beginning_offsets([place]))[place]
        else:
            start = mark.next_offset
        if self._sought.get(shard) != start:
            log.warning("Shard %s: not the next fact; looking again from %s", shard, start)
            self._sought[shard] = start
            self._consumer.seek(place, start)
        elif mark is None:
            log.warning("Shard %s begins with what its topic still holds", shard)
            self._begun.add(shard)
            self._consumer.seek(place, start)
        else:
            raise FactsMissing(f"{shard} was seen up to {mark.seq}; the next fact is not there")

    async def _commit(self, places: dict[TopicPartition, int]) -> None:
        try:
            if places:
                await self._consumer.commit(places)
        except KafkaError as error:
            # A rebalance got in between: the next member reads them again and drops them.
            log.info("Places not committed: %s", error)

    async def _wait_out(
        self, error: Exception, attempt: int, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> None:
        seconds = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)]
        if isinstance(error, DirectoryBehind) and attempt < len(BACKOFF_SECONDS):
            log.info("Waiting for the directory: %s", error)
        elif isinstance(error, (*TROUBLE, DirectoryBehind, KafkaError)):
            log.warning("Trying again in %s s: %s", seconds, _told(error))
        else:
            log.error("Facts are held up, trying again in %s s", seconds, exc_info=error)
        try:
            await self._idle_poll({_place_of(record) for record in records}, seconds)
        except KafkaError as kafka_error:
            log.warning("The broker is away, too: %r", kafka_error)
            await asyncio.sleep(seconds)

    async def _idle_poll(self, places: set[TopicPartition], seconds: float) -> None:
        """Poll without taking: only sleeping would leave the group (write-path)."""
        held = places & self._consumer.assignment()
        if not held:
            return
        self._consumer.pause(*held)
        try:
            taken = await self._consumer.getmany(*held, timeout_ms=int(seconds * 1000))
            for place, records in taken.items():
                # Assigned anew meanwhile, so no longer paused: put them back.
                self._consumer.seek(place, records[0].offset)
        finally:
            self._consumer.resume(*(held & self._consumer.assignment()))

    def _still_ours(self, records: Records) -> list[ConsumerRecord[Any, Any]]:
        assigned = self._consumer.assignment()
        return [record for record in records if _place_of(record) in assigned]

    @property
    def _consumer(self) -> Any:
        return self._subscriber.consumer


def _place_of(record: ConsumerRecord[Any, Any]) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _told(error: Exception) -> str:
    """Return an error without the values of a statement, which are documents."""
    return type(error).__name__ if isinstance(error, DBAPIError) else repr(error)
