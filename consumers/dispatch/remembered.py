"""What systems remember, by correlation id: read and changed by one transaction at a time."""

import zlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from adapters.contract import Memory
from consumers.dispatch.tables import Tables
from ledger.book.engine import is_postgresql
from ledger.book.moments import micros

MemoryKey = tuple[str, str]
"""A system and one of its correlation ids."""

REMEMBERED: Final = timedelta(days=400)
"""So long what did not change is remembered: as long as the ledger's facts are on their topic."""
FORGOTTEN_AT_ONCE: Final = 500

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
        _touch(connection, tables, memory.keys())


def take_in(connection: Connection, tables: Tables) -> None:
    """Let what a store remembers from before it was noted when count as changed now."""
    m, t = tables.memory.c, tables.touched.c
    is_noted = sa.select(sa.literal(1)).where(
        t.system == m.system, t.correlation_id == m.correlation_id
    )
    missing = sa.select(
        m.system, m.correlation_id, sa.literal(micros(datetime.now(UTC))), sa.false()
    ).where(~is_noted.exists())
    names = ["system", "correlation_id", "changed_at", "is_settled"]
    new = insert(connection, tables.touched).from_select(names, missing)
    connection.execute(new.on_conflict_do_nothing())


def forget_finished(connection: Connection, tables: Tables, before: datetime) -> int:
    """Delete some of what has not changed since REMEMBERED before then; return how much."""
    t, long_ago = tables.touched.c, micros(before - REMEMBERED)
    stale = sa.select(t.system, t.correlation_id).where(t.changed_at < long_ago)
    found = connection.execute(stale.limit(FORGOTTEN_AT_ONCE)).all()
    _hold(connection, [(system, own) for system, own in found])
    # Somebody may have changed it before it was held.
    of_these = sa.tuple_(t.system, t.correlation_id).in_([tuple(each) for each in found])
    held = connection.execute(stale.where(of_these)).all() if found else []
    keys = [tuple(each) for each in held]
    for table in (tables.memory, tables.touched) if keys else ():
        c = table.c
        gone = sa.tuple_(c.system, c.correlation_id).in_(keys)
        connection.execute(sa.delete(table).where(gone))
    return len(keys)


def _touch(connection: Connection, tables: Tables, keys: Collection[MemoryKey]) -> None:
    now = micros(datetime.now(UTC))
    rows = [
        {"system": system, "correlation_id": own, "changed_at": now, "is_settled": False}
        for system, own in sorted(keys)
    ]
    new = insert(connection, tables.touched)
    changed = {name: new.excluded[name] for name in ("changed_at", "is_settled")}
    upsert = new.on_conflict_do_update(index_elements=["system", "correlation_id"], set_=changed)
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
