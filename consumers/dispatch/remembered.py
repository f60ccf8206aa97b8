"""What systems remember, by correlation id: read and changed by one transaction at a time."""

import zlib
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from adapters.contract import Memory
from consumers.dispatch.tables import Tables
from ledger.book.engine import is_postgresql

MemoryKey = tuple[str, str]
"""A system and one of its correlation ids."""

HOLDING = 0x72656D65
"""The advisory locks of memory, so that no other lock is one of them."""


def remembered(
    connection: Connection, tables: Tables, keys: Collection[MemoryKey]
) -> dict[MemoryKey, Memory]:
    """Return what is remembered under *keys*; nobody else changes it until the transaction ends.

    A fact and an answer of the system may be about the same at the same time.
    """
    _hold(connection, keys)
    t = tables.memory.c
    found: dict[MemoryKey, Memory] = {}
    for system in sorted({system for system, _ in keys}):
        ids = [correlation for own, correlation in keys if own == system]
        wanted = sa.select(t.correlation_id, t.memory).where(
            t.system == system, t.correlation_id.in_(ids)
        )
        found.update(((system, each), memory) for each, memory in connection.execute(wanted))
    return found


def remember(connection: Connection, tables: Tables, memory: Mapping[MemoryKey, Memory]) -> None:
    """Let *memory* be what is remembered from now on."""
    rows = [
        {"system": system, "correlation_id": own, "memory": told}
        for (system, own), told in sorted(memory.items())
    ]
    if rows:
        new = insert(connection, tables.memory)
        upsert = new.on_conflict_do_update(
            index_elements=["system", "correlation_id"], set_={"memory": new.excluded.memory}
        )
        connection.execute(upsert, rows)


def insert(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insertion that may say what happens where a row is there already."""
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


def _hold(connection: Connection, keys: Collection[MemoryKey]) -> None:
    """Wait for whoever has these keys; a row that is not there yet could not be locked.

    One order for everybody, or two would wait for each other. A writer of SQLite is alone anyway.
    """
    if not keys or not is_postgresql(connection):
        return
    numbers = sorted({_number(key) for key in keys})
    each = sa.func.unnest(sa.cast(numbers, postgresql.ARRAY(sa.Integer))).column_valued("each")
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(HOLDING, each))).all()


def _number(key: MemoryKey) -> int:
    return zlib.crc32("\0".join(key).encode()) - 2**31
