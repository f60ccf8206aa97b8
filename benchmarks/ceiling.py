"""The ceiling: PostgreSQL's own COPY of the rows that the book wrote, nothing else."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from ledger.book import tables
from ledger.book.bulk import Values, append
from ledger.book.layout import layout_of

ROUNDS = 5
AT_ONCE = 2000


def copy_rates(engine: Engine) -> tuple[float, float]:
    """Return rows a second of COPY: the entries alone, and entries with stays; medians of five."""
    entries, stays = _rows(engine, tables.entry), _rows(engine, tables.stay)
    alone = [_timed(engine, entries, ()) for _ in range(ROUNDS)]
    both = [_timed(engine, entries, stays) for _ in range(ROUNDS)]
    return len(entries) / statistics.median(alone), len(entries) / statistics.median(both)


def _rows(engine: Engine, table: Table) -> list[Values]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


def _timed(engine: Engine, entries: Sequence[Values], stays: Sequence[Values]) -> float:
    """Return the seconds for all rows, committed each AT_ONCE, the indexes and pages the same."""
    with engine.connect() as connection:
        copies = [_copy_of(connection, table) for table in (tables.entry, tables.stay)]
        began = time.perf_counter()
        for table, rows in zip(copies, (entries, stays), strict=True):
            for begin in range(0, len(rows), AT_ONCE):
                append(connection, table, rows[begin : begin + AT_ONCE])
                connection.commit()
        return time.perf_counter() - began


def _copy_of(connection: Connection, table: Table) -> Table:
    name = f"copy_of_{table.name}"
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE {table.name} INCLUDING ALL)")
    connection.exec_driver_sql(layout_of(table.name, name))
    connection.commit()
    copied: Any = table.to_metadata(table.metadata.__class__(), name=name)
    return copied  # type: ignore[no-any-return]  # SQLAlchemy's own Table
