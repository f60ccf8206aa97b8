"""Noting what became of a call: tried in place, so that no call is made again for its note."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import DatabaseThread, is_trouble
from consumers.dispatch.delivery.lanes import Due, Lanes
from ledger.book.faults import kind_and_place
from producers.records import Record

log = logging.getLogger(__name__)
NOTE_SECONDS = (0.5, 1.0, 2.0, 5.0)
"""How long is waited after an outcome could not be noted, by how often it could not."""


def _anything(_error: Exception) -> bool:
    return True


class Outcomes:
    """Notes outcomes in the lanes, each until it is noted or its partition is another process's.

    A store that can be read and not written, such as a standby, would show what was brought as due
    again, and the system that answered would get it again and again.
    """

    def __init__(
        self, lanes: Lanes, thread: DatabaseThread, partitions: Callable[[], Collection[int]]
    ) -> None:
        self._lanes = lanes
        self._thread = thread
        self._partitions = partitions

    async def ended(
        self, due: Due, at: datetime, status: int, reply: Record | None, why: str
    ) -> None:
        """Note that *due* was taken, or rejected for good; the answer, too, where it is taken."""
        note = partial(self._lanes.ended, due, at, status)
        if reply is None or not await self._is_kept(due, partial(note, reply, why)):
            await self._noted(due, partial(note, None, why))

    async def again(self, due: Due, at: datetime, why: str) -> None:
        """Note that *due* was brought in vain, and when its turn comes again."""
        await self._noted(due, partial(self._lanes.again, due, at, why))

    async def asked_in_vain(self, due: Due, at: datetime, why: str) -> None:
        """Note that a poll got no answer."""
        await self._noted(due, partial(self._lanes.asked_in_vain, due, at, why))

    async def _is_kept(self, due: Due, note: Callable[[], None]) -> bool:
        """Note *due* with its answer, and tell whether there is nothing the matter with that."""
        try:
            await self._noted(due, note, is_trouble)
        except Exception as error:
            if isinstance(error, DBAPIError) and is_trouble(error):
                raise
            # The call is over, whatever becomes of its answer.
            log.error("Nothing is told of the answer to %s: %s", _id(due), kind_and_place(error))  # noqa: TRY400  no message
            return False
        return True

    async def _noted(
        self, due: Due, note: Callable[[], None], passes: Callable[[Exception], bool] = _anything
    ) -> None:
        """Note it in the end; raise what does not pass, and where another process has it now."""
        in_vain = 0
        while not await self._is_noted(due, note, passes):
            await asyncio.sleep(NOTE_SECONDS[min(in_vain, len(NOTE_SECONDS) - 1)])
            in_vain += 1

    async def _is_noted(
        self, due: Due, note: Callable[[], None], passes: Callable[[Exception], bool]
    ) -> bool:
        try:
            await self._thread.run(note)
        except DBAPIError as error:
            if not passes(error) or due.partition not in self._partitions():
                raise
            # Without the statement's values: an answer is among them.
            kind = type(error).__name__
            log.warning("What became of %s cannot be noted, again: %s", _id(due), kind)
            return False
        return True


def _id(due: Due) -> str:
    return due.document.id
