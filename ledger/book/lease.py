"""The lease on a shard: one writer at a time, and whoever was overtaken finds out (the fence)."""

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from ledger.book import tables
from ledger.book.chain import GENESIS
from ledger.book.engine import LOCK_SECONDS, is_postgresql
from ledger.book.moments import moment

log = logging.getLogger(__name__)
TAKE_ATTEMPTS = 5
RETRY_SECONDS = 0.1

_columns = tables.shard.c
_ours = (_columns.shard == bindparam("of_shard"), _columns.epoch == bindparam("of_epoch"))
STILL_OURS = (
    update(tables.shard)
    .where(*_ours)
    .where(
        _columns.next_offset == bindparam("at_offset"), _columns.next_seq == bindparam("at_seq")
    )
    .values(epoch=_columns.epoch)
)
MARK_RELAYED = (
    update(tables.shard)
    .where(*_ours)
    .where(_columns.relayed_seq < bindparam("relayed"))
    .values(relayed_seq=bindparam("relayed"))
)


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

    def __init__(self, shards: Collection[str]) -> None:
        super().__init__(f"taken over by another process: {', '.join(sorted(shards))}")
        self.shards = frozenset(shards)


class NotOpened(Exception):
    """The shard has no row: its log was never opened for it.

    Open the shard with the first offset of its log before it is taken.
    """


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
    with engine.begin() as connection:
        # Looked for first: an insert would wait, and for ever, for an owner that was stopped in
        # the middle of changing the row, "on conflict do nothing" or not.
        there = select(tables.shard.c.shard).where(tables.shard.c.shard == shard)
        if connection.execute(there).first() is not None:
            return
        dialect = postgresql if is_postgresql(connection) else sqlite
        insert = dialect.insert(tables.shard).values(row)
        connection.execute(insert.on_conflict_do_nothing())


def take(engine: Engine, shard: str, owner: str) -> Lease:
    """Take the shard over: raise its epoch, so that any predecessor's next commit fails.

    A predecessor that was stopped in the middle of a transaction holds the row's lock; its
    session is ended then. Raises StillHeld where even that does not free the row.
    """
    return _taken(engine, shard, owner, epoch=None)


def retake(engine: Engine, lease: Lease, owner: str) -> Lease:
    """Raise the epoch of a shard that is still ours, wherever it now stands.

    After trouble nobody knows whether the last commit was done: the row that comes back tells.
    Raises Fenced where another process has taken the shard over.
    """
    return _taken(engine, lease.shard, owner, epoch=lease.epoch)


def fence(connection: Connection, leases: Sequence[Lease]) -> None:
    """Lock the shards' rows and check that they are still ours and stand where we think.

    Raises Fenced; the caller's transaction is then rolled back.
    """
    if not leases:
        return
    # An update that changes nothing locks the row on both databases, one after the other in the
    # same order everywhere, so that two processes never wait for each other.
    places = [_place(lease) for lease in sorted(leases, key=lambda lease: lease.shard)]
    if connection.execute(STILL_OURS, places).rowcount != len(places):
        raise Fenced([lease.shard for lease in leases if not _stands(connection, lease)])


def _place(lease: Lease) -> dict[str, Any]:
    return {
        "of_shard": lease.shard,
        "of_epoch": lease.epoch,
        "at_offset": lease.next_offset,
        "at_seq": lease.next_seq,
    }


def _stands(connection: Connection, lease: Lease) -> bool:
    columns = tables.shard.c
    place = (columns.epoch, columns.next_offset, columns.next_seq)
    row = connection.execute(select(*place).where(columns.shard == lease.shard)).first()
    return row is not None and tuple(row) == (lease.epoch, lease.next_offset, lease.next_seq)


def mark_relayed(engine: Engine, marks: Sequence[tuple[Lease, int]]) -> None:
    """Move the relay's mark of each shard; one that is ours no more is left to its new owner."""
    if not marks:
        return
    ordered = sorted(marks, key=lambda mark: mark[0].shard)
    values = [{**_place(lease), "relayed": relayed_seq} for lease, relayed_seq in ordered]
    with engine.begin() as connection:
        connection.execute(MARK_RELAYED, values)


def _taken(engine: Engine, shard: str, owner: str, *, epoch: int | None) -> Lease:
    for _ in range(TAKE_ATTEMPTS):
        try:
            with engine.begin() as connection:
                return _take(connection, shard, owner, epoch)
        except OperationalError as error:
            _raise_unless_locked(error)
        _end_session_that_holds(engine, shard)
        time.sleep(RETRY_SECONDS)
    raise StillHeld(shard)


def _raise_unless_locked(error: OperationalError) -> None:
    if not _is_lock_timeout(error):
        raise error


def _take(connection: Connection, shard: str, owner: str, epoch: int | None) -> Lease:
    if is_postgresql(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    columns = tables.shard.c
    raised = (
        update(tables.shard)
        .where(columns.shard == shard, true() if epoch is None else columns.epoch == epoch)
        .values(epoch=columns.epoch + 1, owner=owner)
    )
    if connection.execute(raised).rowcount != 1:
        raise NotOpened(shard) if epoch is None else Fenced([shard])
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


def _end_session_that_holds(engine: Engine, shard: str) -> None:
    """End the PostgreSQL session that has held the shard's row for the whole of our wait.

    The row's xmax names the transaction that changes it, committed or not; the lock that every
    transaction has on its own number names the session. A name kept in the row would not do: a
    session stopped in its very first transaction has not committed it (write-path).
    """
    with engine.begin() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE granted"
                " AND locktype = 'transactionid' AND pid <> pg_backend_pid()"
                " AND transactionid = (SELECT xmax FROM shard WHERE shard = :shard)"
            ),
            {"shard": shard},
        ).all()
    log.warning("Shard %s was locked by a stopped session; ended: %s", shard, len(ended))
