"""What the ledger and dispatch keep, read off the event loop for who asks at the door."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from consumers.dispatch.store import Store
from ledger.book.engine import open_book, reading
from ledger.book.read import As, find, history
from producers.door.door import NotAtHand
from schemas.facts import RecordedFact

log = logging.getLogger(__name__)
AT_ONCE = 4
"""So many are answered at the same time: askers must not keep the ledger from its own work."""

Answer = TypeVar("Answer")


class KeptInBook:
    """The ledger's entries and dispatch's documents, by their databases; to be closed."""

    def __init__(self, ledger_url: str, dispatch_url: str) -> None:
        self._ledger = open_book(ledger_url)
        self._store = Store(dispatch_url)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def close(self) -> None:
        """Let go of the databases."""
        self._ledger.dispose()
        self._store.close()

    async def entries(self, container: str) -> Sequence[RecordedFact]:
        """Return the entries of *container*, the oldest first. Raises NotAtHand."""
        return await self._read(lambda connection: tuple(history(connection, container)))

    async def containers_of(self, release_id: str) -> Sequence[str]:
        """Return which containers have a release of this id. Raises NotAtHand."""

        def found(connection: Connection) -> Sequence[str]:
            matches = find(connection, release_id)
            return [each.container for each in matches if each.found_as is As.RELEASE_ID]

        return await self._read(found)

    async def told(
        self, system: str, container: str, since: datetime, receiver: str
    ) -> Sequence[tuple[bytes, datetime]]:
        """Return what *system* told *receiver* of *container* since then. Raises NotAtHand."""

        def documents() -> Sequence[tuple[bytes, datetime]]:
            found = self._store.told(system, container, since, receiver)
            return [(each.content, each.made_at) for each in found]

        return await self._off_the_loop(documents)

    async def _read(self, ask: Callable[[Connection], Answer]) -> Answer:
        def read() -> Answer:
            with reading(self._ledger) as connection:
                return ask(connection)

        return await self._off_the_loop(read)

    async def _off_the_loop(self, read: Callable[[], Answer]) -> Answer:
        async with self._at_once:
            try:
                return await asyncio.to_thread(read)
            except SQLAlchemyError as error:
                # Its words may show what was asked for.
                log.warning("Nothing can be read for who asks: %s", type(error).__name__)
                raise NotAtHand(type(error).__name__) from error
