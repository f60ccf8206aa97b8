"""The book: one transaction a batch that loads, decides and appends, or does nothing at all."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ledger.book import load, tables, write
from ledger.book.bulk import prepare_staging
from ledger.book.desk import Desk, Read, read
from ledger.book.draft import Entry, page_of
from ledger.book.lease import Lease, backend_of, fence
from ledger.directory.directory import Directory
from ledger.law.file import File
from ledger.law.policy import Policy
from ledger.record import LogRecord

log = logging.getLogger(__name__)
CACHED_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What a committed batch led to: the leases as they now stand, and the entries to relay."""

    leases: dict[str, Lease]
    entries: dict[str, tuple[Entry, ...]]


class Book:
    """The ledger's only writer in this process; to be used from one thread at a time.

    The files of containers are kept in memory between batches. That is safe only while the
    shards' leases are held: `forget` drops them on every change of leases and every rollback.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.engine = engine
        self._policy = policy
        self._connection: Connection | None = None
        self._backend: tuple[int, str] | None = None
        self._files: dict[str, File] = {}
        self._directory = Directory()

    def settle(self, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        """Answer *records* in one transaction, in the order of each shard's log.

        Raises Fenced where a shard is no longer ours, SQLAlchemy's OperationalError where the
        database cannot be reached, DBAPIError where it does not take the data; then nothing
        was written.
        """
        batch = [read(record) for record in records]
        try:
            return self._settle(leases, batch, broken=None)
        except Exception:
            self.forget()
            raise

    def settle_broken(self, lease: Lease, record: LogRecord, error: Exception) -> Settled:
        """Park the one record that the book did not take, and let nothing of it out."""
        log.error("Parked %s offset %s", record.shard, record.offset, exc_info=error)
        try:
            return self._settle({lease.shard: lease}, [read(record)], broken=type(error).__name__)
        except Exception:
            self.forget()
            raise

    def forget(self) -> None:
        """Drop everything kept in memory, and the connection with it."""
        self._files.clear()
        self._directory = Directory()
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except DBAPIError as error:
            log.info("The connection was gone already: %s", error)
            connection.invalidate()

    def _settle(
        self, leases: Mapping[str, Lease], batch: Sequence[Read], broken: str | None
    ) -> Settled:
        connection = self._connected()
        pages = {asked.record.shard: page_of(leases[asked.record.shard]) for asked in batch}
        with connection.begin():
            fence(connection, [page.lease for page in pages.values()], self._backend)
            desk = self._desk(connection, batch)
            for asked in batch:
                desk.answer(pages[asked.record.shard], asked, broken)
            write.pages(connection, pages.values())
            write.changes(connection, desk.changes())
            write.organisations(connection, desk.organisations)
        self._keep(desk)
        return Settled(
            leases={shard: write.lease_after(page) for shard, page in pages.items()},
            entries={shard: tuple(page.entries) for shard, page in pages.items()},
        )

    def _desk(self, connection: Connection, batch: Sequence[Read]) -> Desk:
        directory = load.directory(connection, self._directory)
        containers = {asked.container for asked in batch if asked.container}
        unknown = containers - self._files.keys()
        known = {container: self._files[container] for container in containers - unknown}
        files = {**known, **load.files(connection, unknown)}
        seen = load.seen(connection, [asked.key for asked in batch if asked.key])
        return Desk(connection, directory, self._policy, files, seen)

    def _keep(self, desk: Desk) -> None:
        self._directory = desk.directory
        if len(self._files) + len(desk.files) > CACHED_FILES:
            self._files.clear()
        self._files.update(desk.files)

    def _connected(self) -> Connection:
        if self._connection is None:
            connection = self.engine.connect()
            with connection.begin():
                prepare_staging(connection, (tables.stay, tables.waiting))
                self._backend = backend_of(connection)
            self._connection = connection
        return self._connection
