"""Many rows at once: COPY on PostgreSQL, executemany on SQLite (write-path: what made it fast)."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Row, Table, select, text
from sqlalchemy.dialects import sqlite

from ledger.book.engine import is_postgresql

Values = tuple[Any, ...]
POSTGRESQL_TYPES = {
    "TEXT": "text",
    "BIGINT": "int8",
    "INTEGER": "int4",
    "BLOB": "bytea",
    "BYTEA": "bytea",
    "BOOLEAN": "bool",
}


def names(table: Table) -> list[str]:
    """Return the columns of *table* in the order in which rows are written."""
    return [column.name for column in table.columns]


def append(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Add *rows*, each in the order of the table's columns."""
    if not rows:
        return
    if is_postgresql(connection):
        _copy(connection, table.name, table, rows)
    else:
        connection.execute(table.insert(), [dict(zip(names(table), row)) for row in rows])


def upsert(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Add *rows*, or put them in the place of those with the same primary key."""
    if not rows:
        return
    if is_postgresql(connection):
        _merge(connection, table, rows)
        return
    insert = sqlite.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: insert.excluded[name] for name in names(table) if name not in keys}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=changed)
    connection.execute(statement, [dict(zip(names(table), row)) for row in rows])


def select_in(
    connection: Connection, columns: Sequence[Column[Any]], key: Column[Any], keys: Iterable[Any]
) -> Sequence[Row[Any]]:
    """Return the rows whose *key* is among *keys*."""
    wanted = list(keys)
    if not wanted:
        return []
    if not is_postgresql(connection):
        return connection.execute(select(*columns).where(key.in_(wanted))).all()
    # An array literal: psycopg would adapt a list element by element in Python.
    array = f"{key.name} = ANY(CAST(:keys AS {_array_type(key)}))"
    statement = select(*columns).where(text(array))
    return connection.execute(statement, {"keys": _literal(wanted)}).all()


def prepare_staging(connection: Connection, tables: Iterable[Table]) -> None:
    """Make this session's staging tables; outside a batch, since a rollback would undo it."""
    if not is_postgresql(connection):
        return
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS staging_{table.name}"
            f" (LIKE {table.name}) ON COMMIT DELETE ROWS"
        )


def _merge(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    staging = f"staging_{table.name}"
    _copy(connection, staging, table, rows)
    keys = [column.name for column in table.primary_key.columns]
    columns = ", ".join(names(table))
    changed = ", ".join(f"{name} = excluded.{name}" for name in names(table) if name not in keys)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {staging}"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
    )
    connection.exec_driver_sql(f"TRUNCATE {staging}")


def _copy(connection: Connection, name: str, table: Table, rows: Sequence[Values]) -> None:
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    types = [POSTGRESQL_TYPES[str(column.type)] for column in table.columns]
    statement = f"COPY {name} ({', '.join(names(table))}) FROM STDIN (FORMAT BINARY)"
    with raw.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _array_type(column: Column[Any]) -> str:
    return f"{POSTGRESQL_TYPES[str(column.type)]}[]"


def _literal(keys: Sequence[Any]) -> str:
    if isinstance(keys[0], bytes):
        return "{" + ",".join(f'"\\\\x{key.hex()}"' for key in keys) + "}"
    quoted = (str(key).replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    return "{" + ",".join(f'"{key}"' for key in quoted) + "}"
