"""Following the facts: each batch into the store, then its place to Kafka, and nothing skipped.

The place that counts is the mark in the store: a fact is taken when its seq is the next of its
shard. Kafka's committed offsets, moved only after the store's commit and only for the partitions
of the batch, say where to begin; where they say too much, the gap shows and is sought.
"""

import logging
from collections.abc import Sequence
from typing import Any, Protocol

from aiokafka import ConsumerRecord, TopicPartition
from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import DatabaseThread, is_trouble
from consumers.batches import Batches, DirectoryBehind, place_of, told
from consumers.directory_view import DirectoryView
from consumers.dispatch.arrivals import Arrival, arrival_of
from consumers.dispatch.store import Mark, Settled, Store

log = logging.getLogger(__name__)


class FactsMissing(Exception):
    """Facts that were never seen are not on their topic any more.

    The topic was cut, recreated, or kept too short. Nothing of this shard is sent until somebody
    knows what happened to them; do not move the mark in dispatch_seen before.
    """


class Sends(Protocol):
    """Who sends what is stored."""

    def more(self) -> None:
        """Hear that something was stored."""


class Follower(Batches):
    """The handler of the facts' topic. No exception leaves it: it tries on, or is stopped."""

    def __init__(
        self, store: Store, thread: DatabaseThread, view: DirectoryView, sender: Sends
    ) -> None:
        super().__init__()
        self._store = store
        self._thread = thread
        self._view = view
        self._sender = sender
        self._begun: set[str] = set()
        self._sought: dict[str, int] = {}

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Store what a batch becomes, then commit its places."""
        arrivals = [arrival_of(record) for record in records]
        self._await_directory(arrivals)
        settled = await self._stored(arrivals)
        self._sender.more()
        self.counted["documents"] += settled.documents
        self.counted["aside"] += settled.aside
        places = {record.partition: place_of(record) for record in records}
        for arrival in arrivals:
            self._check_end(places[arrival.partition], settled.marks.get(arrival.shard))
        gaps = {a.shard: places[a.partition] for a in arrivals if a.shard in settled.gaps}
        for shard, place in gaps.items():
            await self._seek(shard, place, settled.gaps[shard])
        await self.commit(
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
        except (DBAPIError, ValueError) as error:
            if is_trouble(error):
                raise
            # One fact of the batch makes what the database does not take; find which.
            log.warning("A batch of %s is stored one by one: %s", len(arrivals), told(error))
            for arrival in arrivals:
                await self._store_alone(arrival)
            # All of it was seen by now: this tells the marks, and finds the gaps again.
            return await self._thread.run(store, arrivals, directory, self._begun)

    async def _store_alone(self, arrival: Arrival) -> None:
        directory = self._view.directory
        try:
            await self._thread.run(self._store.settle, [arrival], directory, self._begun)
        except (DBAPIError, ValueError) as error:
            if is_trouble(error):
                raise
            log.error("Put aside %s %s: %s", arrival.shard, arrival.seq, told(error))  # noqa: TRY400  without the values, which are documents
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
        end = self.consumer.highwater(place)
        if mark is not None and end is not None and end < mark.next_offset:
            raise FactsMissing(f"{place} ends at {end}, and was seen up to {mark.next_offset}")

    async def _seek(self, shard: str, place: TopicPartition, mark: Mark | None) -> None:
        """Look again from where the store stands: what is missing there then is not there."""
        if mark is None:
            start = (await self.consumer.beginning_offsets([place]))[place]
        else:
            start = mark.next_offset
        if self._sought.get(shard) != start:
            log.warning("Shard %s: not the next fact; looking again from %s", shard, start)
            self._sought[shard] = start
            self.consumer.seek(place, start)
        elif mark is None:
            log.warning("Shard %s begins with what its topic still holds", shard)
            self._begun.add(shard)
            self.consumer.seek(place, start)
        else:
            raise FactsMissing(f"{shard} was seen up to {mark.seq}; the next fact is not there")
