"""Following what the systems say: each batch into the store, then its places to Kafka."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream.kafka import KafkaBroker
from sqlalchemy.exc import DBAPIError

from adapters.contract import System
from consumers.apply.thread import DatabaseThread, is_trouble
from consumers.batches import Batches, DirectoryBehind, place_of, told
from consumers.directory_view import DirectoryView
from consumers.dispatch.incoming.desk import IncomingDesk
from consumers.dispatch.incoming.store import Heard, IncomingStore
from consumers.dispatch.sender import Sender
from consumers.dispatch.settings import DispatchSettings
from consumers.intake.claim import received
from consumers.joining import Joining, SaidMissing
from consumers.outgoing import Waiting
from consumers.stream import subscribe
from schemas.topics import system_in, within

log = logging.getLogger(__name__)


CATCHING_UP_SECONDS = 5.0
"""So long the directory is waited for in one go; then the group hears of us first."""


class Listener(Batches):
    """The handler of what the systems say. No exception leaves it: it tries on, or is stopped."""

    def __init__(
        self,
        settings: DispatchSettings,
        store: IncomingStore,
        thread: DatabaseThread,
        view: DirectoryView,
        sender: Sender[Waiting],
        systems: Mapping[str, System],
    ) -> None:
        super().__init__()
        self._settings = settings
        self._store = store
        self._thread = thread
        self._view = view
        self._sender = sender
        self.systems = systems
        self._joining = Joining(
            lambda places: thread.run(store.marks, places),
            lambda places: thread.run(store.lasts, places),
        )

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Store what a batch comes to, then commit its places."""
        records = await self._joining.joined(self.consumer, records)
        if not records:
            return
        heard = await self._stored(await self._desk(), records)
        self._sender.more()
        for outcome in heard.outcomes:
            self.counted.update(kind for kind, _ in outcome.records)
            self.counted["requests"] += len(outcome.requests)
            for problem in outcome.problems:
                log.warning("Not heard: %s at %s", problem.code, problem.position)
        places = {place_of(record): record.offset + 1 for record in records}
        for place in places:
            end = self.consumer.highwater(place)
            mark = heard.marks[place.topic, place.partition]
            if end is not None and end < mark:
                raise SaidMissing(f"{place} ends at {end}, and was heard up to {mark}")
        await self.commit(places)

    async def _desk(self) -> IncomingDesk:
        """Return the desk with the directory of now: who was linked just before may speak."""
        try:
            async with asyncio.timeout(CATCHING_UP_SECONDS):
                await self._view.caught_up()
        except TimeoutError as error:
            raise DirectoryBehind("the end of its topic is not reached") from error
        settings = self._settings
        return IncomingDesk(self.systems, self._view.directory, settings.namespace, settings.trust)

    async def _stored(
        self, desk: IncomingDesk, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> Heard:
        try:
            return await self._thread.run(self._store.settle, desk, records)
        except (DBAPIError, ValueError) as error:
            if is_trouble(error):
                raise
            # One record of the batch makes what the database does not take; find which.
            log.warning("A batch of %s is heard one by one: %s", len(records), told(error))
            for record in records:
                await self._store_alone(desk, record)
            # All of it was heard by now: this tells how far.
            return await self._thread.run(self._store.settle, desk, records)

    async def _store_alone(self, desk: IncomingDesk, record: ConsumerRecord[Any, Any]) -> None:
        try:
            await self._thread.run(self._store.settle, desk, [record])
        except (DBAPIError, ValueError) as error:
            if is_trouble(error):
                raise
            log.error("Set aside: %s, for %s", received(record), told(error))  # noqa: TRY400  without the values, which are what was said
            await self._thread.run(self._store.set_aside, desk, record)


def follow_systems(
    broker: KafkaBroker, settings: DispatchSettings, listener: Listener, sender: Sender[Waiting]
) -> Any:
    """Subscribe *listener* to the topics of all systems."""
    return subscribe(
        broker,
        [within(settings.namespace, system_in(name)).name for name in listener.systems],
        listener.take,
        group_id=f"{settings.namespace}dispatch-in",
        auto_offset_reset="earliest",
        listener=sender,
        # The same partition numbers of all topics to the same member: it sends what came of them.
        partition_assignment_strategy=[RangePartitionAssignor],
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 5,
        max_poll_interval_ms=settings.max_poll_interval_ms,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        fetch_max_wait_ms=50,
        max_records=settings.batch_records,
    )
