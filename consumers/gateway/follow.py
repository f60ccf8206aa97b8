"""Following edi.in.v1: each batch into the store, then its place to Kafka, and nothing skipped."""

import logging
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from sqlalchemy.exc import IntegrityError

from consumers.apply.thread import DatabaseThread, is_trouble
from consumers.batches import Batches, place_of
from consumers.directory_view import DirectoryView
from consumers.dispatch.follow import Sends
from consumers.gateway.came import Entrance
from consumers.gateway.desk import NOT_HANDLED, Desk, log_own_fault
from consumers.gateway.handled import Handled
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from consumers.intake.authentic import FORGED, LATER_KNOWN
from consumers.joining import Joining

log = logging.getLogger(__name__)


class Taker(Batches):
    """The handler of edi.in.v1. No exception leaves it: it tries on, or is stopped."""

    def __init__(
        self,
        settings: GatewaySettings,
        store: GatewayStore,
        thread: DatabaseThread,
        view: DirectoryView,
        sender: Sends,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._store = store
        self._thread = thread
        self._view = view
        self._sender = sender
        self._joining = Joining(lambda places: thread.run(store.marks, places))

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Store what a batch comes to, then commit its places."""
        records = await self._joining.joined(self.consumer, records)
        if not records:
            return
        desk = await self.desk_for(records)
        # Off the event loop: a batch may hold megabytes, and the group wants to hear of us.
        for handled in await self._settled(desk, records):
            self.count(handled)
        self._sender.more()
        ends: dict[TopicPartition, int] = {}
        for record in records:
            ends[place_of(record)] = record.offset + 1
        await self.commit(ends)

    async def _settled(
        self, desk: Desk, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> Sequence[Handled]:
        """Return what a batch comes to; where one of it breaks us, that is a dead letter alone."""
        try:
            return await self._thread.run(self._store.settle, desk, records)
        except Exception as error:
            if _is_another_time(error):
                raise
            log.warning("A batch of %s is settled record by record", len(records))
        return [each for record in records for each in await self._settled_alone(desk, record)]

    async def _settled_alone(
        self, desk: Desk, record: ConsumerRecord[Any, Any]
    ) -> Sequence[Handled]:
        try:
            return await self._thread.run(self._store.settle, desk, [record])
        except Exception as error:
            if _is_another_time(error):
                raise
            log_own_fault(record, error)
        return await self._thread.run(self._store.settle, desk, [record], NOT_HANDLED)

    async def desk_for(self, records: Sequence[ConsumerRecord[Any, Any]]) -> Desk:
        """Return the desk at which *records* are read: the directory is not behind any of them."""
        await self._view.complete()
        desk = self._desk()
        if await self._thread.run(_may_be_known_by_now, desk, records):
            # Said right after its key or gateway was registered: the directory is behind here.
            await self._view.caught_up()
            desk = self._desk()
        return desk

    def _desk(self) -> Desk:
        """Return the desk of now: who is known, and what they mean."""
        settings, directory = self._settings, self._view.directory
        understand, aperak = MEANING
        return Desk(
            Entrance(settings.partners, directory, settings.namespace, settings.trust),
            Understanding(directory, understand, aperak, settings.namespace),
        )

    def count(self, handled: Handled) -> None:
        """Count what a record, or a part of a large file, came to; say what needs somebody."""
        self.counted.update(dict(handled.counts()))
        place = f"edi.in.v1/{handled.partition}/{handled.offset}"
        for problem in handled.problems:
            self.counted[f"dead:{problem.code}"] += 1
            if problem.code in FORGED:
                # An alarm: somebody may be at work. Who it says to be stands in the dead letter.
                self.counted["forged"] += 1
                log.warning("Refused as not authentic: %s at %s", problem.code, place)
            else:
                log.info("Not taken: %s at %s, %s", problem.code, place, problem.position)
        for one in handled.acknowledged:
            if one.is_refusal:
                # An alarm: what the bus told somebody was not taken there.
                self.counted["refused_by_partner"] += 1
                log.warning("%s refuses what it was told as %s", handled.partner, one.reference)


def _is_another_time(error: Exception) -> bool:
    """Tell whether it may go well if only it is tried again: the fault is no record's.

    IntegrityError is of a process that settled the same records first.
    """
    return is_trouble(error) or isinstance(error, IntegrityError)


def _may_be_known_by_now(desk: Desk, records: Sequence[ConsumerRecord[Any, Any]]) -> bool:
    return any(desk.why_not(record) in LATER_KNOWN for record in records)
