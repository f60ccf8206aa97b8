"""Opening the database: PostgreSQL in production, SQLite embedded, both made durable."""

import sqlite3

from sqlalchemy import Connection, Engine, create_engine, event

# An owner that is stopped between two statements must not hold its shards for ever.
IDLE_IN_TRANSACTION_SECONDS = 10
LOCK_SECONDS = 2
SQLITE_BUSY_SECONDS = 30


def open_book(url: str) -> Engine:
    """Return the engine for the database at *url*, set up so that a commit is on disk."""
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    settings = (
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_SECONDS}s"
        " -c synchronous_commit=on -c timezone=UTC -c jit=off"
    )
    return create_engine(
        url, isolation_level="READ COMMITTED", pool_pre_ping=True, connect_args={"options": settings}
    )


def is_postgresql(connection: Connection) -> bool:
    """Tell whether the book is on PostgreSQL."""
    return connection.dialect.name == "postgresql"


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the transaction is begun by hand, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
