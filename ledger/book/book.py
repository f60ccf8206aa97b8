"""The book: one transaction a batch that loads, decides and appends, or does nothing at all."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ledger.book import load, write
from ledger.book.asked import Read, read
from ledger.book.bulk import prepare_staging
from ledger.book.desk import Desk, Files
from ledger.book.draft import Entry, page_of
from ledger.book.faults import log_parked
from ledger.book.lease import Lease, fence
from ledger.book.registrar import Registrar
from ledger.directory.directory import Directory
from ledger.law.policy import Policy
from ledger.record import LogRecord
from schemas.stay import Driver

log = logging.getLogger(__name__)
CACHED_FILES = 20_000
DIRECTORY_SHARD = "directory-0"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a committed batch led to: the leases as they now stand, and the entries to relay."""

    leases: dict[str, Lease]
    entries: dict[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a shard's containers, as true as the lease of that epoch is held.

    `last` is the number of each container's last entry, `drivers` are those of the containers'
    pick-up rights, open, by the ids of their keys.
    """

    epoch: int
    files: Files = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    drivers: dict[str, Driver] = field(default_factory=dict)


class Book:
    """The ledger's only writer in this process; to be used from one thread at a time.

    The files of containers are kept in memory between batches. They are true only while the
    shard is ours without a break, which its epoch tells; `forget` drops them with the rest.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.engine = engine
        self._policy = policy
        self._connection: Connection | None = None
        self._kept: dict[str, Kept] = {}
        self._directory = Directory()

    def settle(self, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        """Answer *records* in one transaction, in the order of each shard's log.

        Raises Fenced where a shard is no longer ours; SQLAlchemy's or psycopg's OperationalError
        where the database cannot be reached, their other errors where it does not take the data;
        NotOfTheLog where others wrote to the log. Then nothing was written, unless the
        connection broke in the commit: `retake` tells.
        """
        batch = [read(record) for record in records]
        return self._settled_or_forgotten(leases, batch, broken=None)

    def settle_broken(self, lease: Lease, record: LogRecord, error: Exception) -> Settled:
        """Park the one record that the book did not take, and let nothing of it out."""
        asked = read(record)
        log_parked(asked.place, error)
        batch = [asked]
        return self._settled_or_forgotten({lease.shard: lease}, batch, type(error).__name__)

    def forget(self) -> None:
        """Drop everything kept in memory, and the connection with it."""
        self._kept.clear()
        self._directory = Directory()
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except DBAPIError as error:
            log.info("The connection was gone already: %s", error)
            connection.invalidate()

    def _settled_or_forgotten(
        self, leases: Mapping[str, Lease], batch: Sequence[Read], broken: str | None
    ) -> Settled:
        try:
            return self._settle(leases, batch, broken)
        except BaseException:
            self.forget()
            raise

    def _settle(
        self, leases: Mapping[str, Lease], batch: Sequence[Read], broken: str | None
    ) -> Settled:
        connection = self._connected()
        # In the batch's order: a set's would be another one in each process.
        shards = dict.fromkeys(asked.record.shard for asked in batch)
        kept = {shard: self._kept_of(leases[shard]) for shard in shards}
        pages = {
            shard: page_of(leases[shard], known.last, known.drivers)
            for shard, known in kept.items()
        }
        with connection.begin():
            fence(connection, [page.lease for page in pages.values()])
            desk = self._desk(connection, kept, batch)
            for asked in batch:
                desk.answer(pages[asked.record.shard], asked, broken)
            for page in pages.values():
                page.open_rest(connection)
            write.pages(connection, pages.values())
            write.changes(connection, desk.changes())
            self._write_register(connection, desk)
        self._directory = desk.directory
        return Settled(
            leases={shard: write.lease_after(page) for shard, page in pages.items()},
            entries={shard: tuple(page.entries) for shard, page in pages.items()},
        )

    def _write_register(self, connection: Connection, desk: Desk) -> None:
        register = desk.registrar
        write.organisations(connection, register.organisations)
        write.standings(connection, register.standings.values(), DIRECTORY_SHARD)
        write.organisation_keys(connection, register.keys.values(), register.keys_gone)
        write.keys(connection, desk.keys.values(), desk.keys_gone)

    def _desk(
        self, connection: Connection, kept: Mapping[str, Kept], batch: Sequence[Read]
    ) -> Desk:
        files = {shard: known.files for shard, known in kept.items()}
        unknown: dict[str, set[str]] = {shard: set() for shard in files}
        for asked in batch:
            if asked.container and asked.container not in files[asked.record.shard]:
                unknown[asked.record.shard].add(asked.container)
        # All shards at once: at a low pace a batch costs what its round trips do.
        loaded = load.files(connection, set().union(*unknown.values()))
        for shard, containers in unknown.items():
            files[shard].update({container: loaded[container] for container in containers})
        for shard, last in load.last_seqs(connection, unknown).items():
            kept[shard].last.update(last)
        return Desk(
            connection=connection,
            registrar=Registrar(
                connection, load.directory(connection, self._directory), self._policy
            ),
            policy=self._policy,
            files=files,
            first=load.first(connection, [asked.seen.key for asked in batch]),
        )

    def _kept_of(self, lease: Lease) -> Kept:
        kept = self._kept.get(lease.shard)
        too_many = sum(len(each.files) for each in self._kept.values()) > CACHED_FILES
        if kept is None or kept.epoch != lease.epoch or too_many:
            kept = self._kept[lease.shard] = Kept(lease.epoch)
        return kept

    def _connected(self) -> Connection:
        if self._connection is None:
            connection = self.engine.connect()
            with connection.begin():
                prepare_staging(connection, write.STAGED)
            self._connection = connection
        return self._connection
