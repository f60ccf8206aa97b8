"""The lease on a shard: one writer at a time, and whoever was overtaken finds out (the fence)."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, text, tuple_, update
from sqlalchemy.exc import OperationalError

from ledger.book import tables
from ledger.book.chain import GENESIS
from ledger.book.engine import LOCK_SECONDS, is_postgresql
from ledger.book.moments import moment

log = logging.getLogger(__name__)
TAKE_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Lease:
    """What the holder of a shard knows of it: its epoch, its place in the log, its chain's end."""

    shard: str
    epoch: int
    next_offset: int
    next_seq: int
    head: bytes
    recorded_at: datetime
    relayed_seq: int


class Fenced(Exception):
    """Another process has taken this shard over.

    Nothing of the batch was written. This process must drop the shard and join its group anew.
    """

    def __init__(self, shards: Iterable[str]) -> None:
        super().__init__(f"taken over by another process: {', '.join(sorted(shards))}")
        self.shards = frozenset(shards)


class StillHeld(Exception):
    """The shard's row stays locked although its owner's session was ended.

    Look for the session in pg_stat_activity, end it by hand, and start this process again.
    """


def open_shard(engine: Engine, shard: str, first_offset: int) -> None:
    """Make the shard's row where it is not there yet; *first_offset* is where its log begins."""
    row = {
        "shard": shard,
        "epoch": 0,
        "owner": "",
        "first_offset": first_offset,
        "next_offset": first_offset,
        "next_seq": 1,
        "head": GENESIS,
        "recorded_at": 0,
        "relayed_seq": 0,
        "ticks": 0,
    }
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO shard ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"), row
        )


def take(engine: Engine, shard: str, owner: str) -> Lease:
    """Take the shard over: raise its epoch, so that any predecessor's next commit fails.

    A predecessor that was stopped in the middle of a transaction holds the row's lock; its
    session is ended then. Raises StillHeld where even that does not free the row.
    """
    for _ in range(TAKE_ATTEMPTS):
        try:
            with engine.begin() as connection:
                return _take(connection, shard, owner)
        except OperationalError as error:
            if not _is_lock_timeout(error):
                raise
            _end_session_of(engine, shard)
            time.sleep(0.1)
    raise StillHeld(shard)


def retake(engine: Engine, lease: Lease, owner: str) -> Lease:
    """Raise the epoch of a shard that is still ours, wherever it now stands.

    After trouble nobody knows whether the last commit was done: the row that comes back tells.
    Raises Fenced where another process has taken the shard over.
    """
    columns = tables.shard.c
    with engine.begin() as connection:
        found = connection.execute(
            select(columns.epoch).where(columns.shard == lease.shard)
        ).scalar_one()
        if found != lease.epoch:
            raise Fenced([lease.shard])
        taken = _take(connection, lease.shard, owner)
        if taken.epoch != lease.epoch + 1:
            raise Fenced([lease.shard])
        return taken


def fence(
    connection: Connection, leases: Sequence[Lease], backend: tuple[int, str] | None
) -> None:
    """Lock the shards' rows and check that they are still ours and stand where we think.

    Raises Fenced; the caller's transaction is then rolled back.
    """
    marks = [(lease.shard, lease.epoch, lease.next_offset, lease.next_seq) for lease in leases]
    columns = tables.shard.c
    ours = tuple_(columns.shard, columns.epoch, columns.next_offset, columns.next_seq).in_(marks)
    pid, start = backend or (None, None)
    statement = update(tables.shard).where(ours).values(backend_pid=pid, backend_start=start)
    if connection.execute(statement).rowcount != len(leases):
        raise Fenced(lease.shard for lease in leases)


def mark_relayed(engine: Engine, marks: Sequence[tuple[Lease, int]]) -> None:
    """Move the relay's mark of each shard; one that is ours no more is left to its new owner."""
    columns = tables.shard.c
    with engine.begin() as connection:
        for lease, relayed_seq in marks:
            connection.execute(
                update(tables.shard)
                .where(columns.shard == lease.shard, columns.epoch == lease.epoch)
                .where(columns.relayed_seq < relayed_seq)
                .values(relayed_seq=relayed_seq)
            )


def backend_of(connection: Connection) -> tuple[int, str] | None:
    """Return the PostgreSQL session behind *connection*: its pid and when it began."""
    if not is_postgresql(connection):
        return None
    row = connection.execute(
        text("SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    ).one()
    return row.pid, row.backend_start


def _take(connection: Connection, shard: str, owner: str) -> Lease:
    if is_postgresql(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    columns = tables.shard.c
    connection.execute(
        update(tables.shard)
        .where(columns.shard == shard)
        .values(epoch=columns.epoch + 1, owner=owner, backend_pid=None, backend_start=None)
    )
    # A new statement, READ COMMITTED: what the predecessor committed last is seen (write-path).
    row = connection.execute(select(tables.shard).where(columns.shard == shard)).one()
    return _lease(row)


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        shard=row.shard,
        epoch=row.epoch,
        next_offset=row.next_offset,
        next_seq=row.next_seq,
        head=row.head,
        recorded_at=moment(row.recorded_at),
        relayed_seq=row.relayed_seq,
    )


def _is_lock_timeout(error: OperationalError) -> bool:
    # PostgreSQL 55P03 lock_not_available.
    return getattr(error.orig, "sqlstate", None) == "55P03"


def _end_session_of(engine: Engine, shard: str) -> None:
    with engine.begin() as connection:
        row = connection.execute(
            text(
                "SELECT pg_terminate_backend(a.pid) AS ended FROM shard s JOIN pg_stat_activity a"
                " ON a.pid = s.backend_pid AND a.backend_start::text = s.backend_start"
                " WHERE s.shard = :shard"
            ),
            {"shard": shard},
        ).one_or_none()
    log.warning("Shard %s is locked by a stopped session; ended it: %s", shard, bool(row))
