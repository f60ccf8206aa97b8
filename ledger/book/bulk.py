"""Many rows at once: COPY on PostgreSQL, executemany on SQLite (write-path: what made it fast)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, cast

import psycopg
from sqlalchemy import Boolean, Column, Connection, Row, Table, select, text
from sqlalchemy.types import BigInteger, Integer, LargeBinary, Text, TypeEngine

from ledger.book.engine import is_postgresql

Values = tuple[Any, ...]
# The narrower first: to SQLAlchemy a BigInteger is an Integer.
POSTGRESQL_TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Text, "text"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (LargeBinary, "bytea"),
    (Boolean, "bool"),
)
# As many go in one statement as JSON; a staging table costs two more, and its emptying.
FEW_ROWS = 100
# SQLite takes 32,766 values in one statement.
SQLITE_KEYS_AT_ONCE = 30_000


def append(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Add *rows*, each in the order of the table's columns."""
    if not rows:
        return
    if is_postgresql(connection):
        _copy(connection, table.name, table, rows)
    else:
        connection.exec_driver_sql(_sqlite_insert(table), list(rows))


def upsert(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Add *rows*, or put them in the place of those with the same primary key.

    No column of theirs holds bytes: on PostgreSQL a few rows travel as JSON.
    """
    if not rows:
        return
    if is_postgresql(connection) and len(rows) <= FEW_ROWS:
        names = _names(table)
        written = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
        connection.exec_driver_sql(_merge_few(table), {"rows": written})
    elif is_postgresql(connection):
        _copy(connection, _staging(table), table, rows)
        connection.exec_driver_sql(_merge(table))
        connection.exec_driver_sql(f"TRUNCATE {_staging(table)}")
    else:
        connection.exec_driver_sql(_sqlite_insert(table) + _or_replace(table), list(rows))


def remove(connection: Connection, table: Table, keys: Sequence[Values]) -> None:
    """Delete the rows with these primary keys, each in the order of the table's columns."""
    if not keys:
        return
    mark = "%s" if is_postgresql(connection) else "?"
    matching = " AND ".join(f"{name} = {mark}" for name in _key_names(table))
    connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {matching}", list(keys))  # noqa: S608 - names of ours


def select_in(
    connection: Connection, columns: Sequence[Column[Any]], key: Column[Any], keys: Iterable[Any]
) -> Iterator[Row[Any]]:
    """Yield the rows whose *key* is among *keys*."""
    wanted = list(keys)
    if not wanted:
        return
    if is_postgresql(connection):
        # An array literal: psycopg would adapt a list element by element in Python.
        array = f"{key.name} = ANY(CAST(:keys AS {_postgresql_type(key)}[]))"
        statement = select(*columns).where(text(array))
        yield from connection.execute(statement, {"keys": _literal(wanted)})
        return
    names = ", ".join(column.name for column in columns)
    for start in range(0, len(wanted), SQLITE_KEYS_AT_ONCE):
        some = tuple(wanted[start : start + SQLITE_KEYS_AT_ONCE])
        marks = ", ".join("?" * len(some))
        query = f"SELECT {names} FROM {key.table.name} WHERE {key.name} IN ({marks})"  # noqa: S608 - names of ours
        yield from connection.exec_driver_sql(query, some)


def prepare_staging(connection: Connection, tables: Iterable[Table]) -> None:
    """Make this session's staging tables; outside a batch, since a rollback would undo it."""
    if not is_postgresql(connection):
        return
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {_staging(table)}"
            f" (LIKE {table.name}) ON COMMIT DELETE ROWS"
        )


def _copy(connection: Connection, name: str, table: Table, rows: Sequence[Values]) -> None:
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with raw.cursor() as cursor, cursor.copy(_copy_statement(name, table)) as copy:
        copy.set_types([_postgresql_type(column) for column in table.columns])
        for row in rows:
            copy.write_row(row)


def _staging(table: Table) -> str:
    return f"staging_{table.name}"


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _key_names(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


@cache
def _copy_statement(name: str, table: Table) -> bytes:
    return f"COPY {name} ({', '.join(_names(table))}) FROM STDIN (FORMAT BINARY)".encode()


@cache
def _merge(table: Table) -> str:
    names = ", ".join(_names(table))
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_staging(table)}"  # noqa: S608 - names of ours
        + _or_replace(table)
    )


@cache
def _merge_few(table: Table) -> str:
    names = ", ".join(_names(table))
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names}"  # noqa: S608 - names of ours
        f" FROM json_populate_recordset(NULL::{table.name}, CAST(%(rows)s AS json))"
        + _or_replace(table)
    )


@cache
def _sqlite_insert(table: Table) -> str:
    names = _names(table)
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of ours


@cache
def _or_replace(table: Table) -> str:
    keys = _key_names(table)
    changed = ", ".join(f"{name} = excluded.{name}" for name in _names(table) if name not in keys)
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"


def _postgresql_type(column: Column[Any]) -> str:
    return next(name for kind, name in POSTGRESQL_TYPES if isinstance(column.type, kind))


def _literal(keys: Sequence[Any]) -> str:
    if isinstance(keys[0], bytes):
        return "{" + ",".join(f'"\\\\x{key.hex()}"' for key in keys) + "}"
    quoted = (str(key).replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    return "{" + ",".join(f'"{key}"' for key in quoted) + "}"
