"""Opening the database: PostgreSQL in production, SQLite embedded, both made durable."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.string import BytesBinaryDumper
from sqlalchemy import Connection, Engine, create_engine, event

# An owner that is stopped between two statements must not hold its shards for ever.
IDLE_IN_TRANSACTION_SECONDS = 10
LOCK_SECONDS = 2
SQLITE_BUSY_SECONDS = 30
SQLITE_AGAIN_SECONDS = 0.01
READING = "book_reading"


def open_book(url: str) -> Engine:
    """Return the engine for the database at *url*, set up so that a commit is on disk."""
    return _open_sqlite(url) if url.startswith("sqlite") else _open_postgresql(url)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, and sees the book at one moment from first to last.

    No writer waits for it, on either database.
    """
    snapshot: dict[str, Any] = {READING: True}
    if engine.dialect.name == "postgresql":
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**snapshot) as connection, connection.begin():
        yield connection


def is_postgresql(connection: Connection) -> bool:
    """Tell whether the book is on PostgreSQL."""
    return connection.dialect.name == "postgresql"


def _open_postgresql(url: str) -> Engine:
    settings = (
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_SECONDS}s"
        " -c synchronous_commit=on -c timezone=UTC -c jit=off"
    )
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        connect_args={"options": settings},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: psycopg.Connection[Any], _record: object) -> None:
        # For COPY psycopg takes DB-API's dumper for bytes, which is in Python and slow.
        raw.adapters.register_dumper(bytes, BytesBinaryDumper)

    return engine


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the transaction is begun by hand, below
        _write_ahead(raw)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            # Without it INSERT OR REPLACE would delete an entry past its trigger.
            "recursive_triggers=ON",
            # What is deleted is overwritten: a key that was destroyed must not lie in the file.
            "secure_delete=ON",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer locks first, so that it never has to give up half-way; a reader locks nothing.
        only_reads = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Set the journal's mode, waiting for others that open the same new file.

    For this alone SQLite does not wait as long as `timeout` says: of several that would each have
    to wait for the other it tells one at once that the file is locked.
    """
    until = time.monotonic() + SQLITE_BUSY_SECONDS
    while not _writes_ahead(raw, last_try=time.monotonic() > until):
        time.sleep(SQLITE_AGAIN_SECONDS)


def _writes_ahead(raw: sqlite3.Connection, *, last_try: bool) -> bool:
    try:
        raw.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if last_try or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
