"""The state as a whole: one hash of it, where two of them differ, one in the place of another."""

import hashlib
import heapq
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select

from ledger.book import tables
from ledger.book.bulk import Values, append
from schemas.stay import LOCKED

AT_ONCE = 2000
_MARK = LOCKED.encode()
_LOCKED = re.compile(rb"(%b[0-9a-f]{32}:)[A-Za-z0-9+/=]+" % _MARK).sub


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of the state that is not what the entries lead to."""

    table: str
    key: Values
    what: str


def state_hash(connection: Connection) -> str:
    """Return one SHA-256 over the sorted state: the same for the same log on every database.

    What is locked is left out, for each book has keys of its own.
    """
    state = hashlib.sha256()
    for written in _everything(connection):
        state.update(_LOCKED(rb"\1", written) if _MARK in written else written)
    return state.hexdigest()


def alike(stored: Connection, rebuilt: Connection) -> bool:
    """Tell whether two states are the same to the byte, what is locked in them too."""
    return _exact_hash(stored) == _exact_hash(rebuilt)


def differences(stored: Connection, rebuilt: Connection) -> Iterator[Difference]:
    """Yield every row in which the *stored* state is not the *rebuilt* one."""
    for table in tables.STATE:
        yield from _differences_of(table, stored, rebuilt)


def _differences_of(table: Table, stored: Connection, rebuilt: Connection) -> Iterator[Difference]:
    both = heapq.merge(_keyed(stored, table, 0), _keyed(rebuilt, table, 1))
    for key, rows in groupby(both, key=itemgetter(0)):
        sides = {side: row for _, side, row in rows}
        if what := _what_differs(sides.get(0), sides.get(1)):
            yield Difference(table.name, key, what)


def replace_state(connection: Connection, rebuilt: Connection) -> None:
    """Put the *rebuilt* state in the place of the one that stands."""
    for table in tables.STATE:
        connection.execute(delete(table))
        for rows in _partitions(rebuilt, table):
            append(connection, table, [tuple(row) for row in rows])


def _exact_hash(connection: Connection) -> bytes:
    state = hashlib.sha256()
    for written in _everything(connection):
        state.update(written)
    return state.digest()


def _everything(connection: Connection) -> Iterator[bytes]:
    for table in tables.STATE:
        yield f"{table.name}\n".encode()
        yield from map(_written, _sorted_rows(connection, table))


def _sorted_rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    for rows in _partitions(connection, table):
        yield from rows


def _partitions(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    statement = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(statement, execution_options={"yield_per": AT_ONCE})
    for rows in result.partitions():
        yield list(rows)


def _keyed(
    connection: Connection, table: Table, side: int
) -> Iterator[tuple[Values, int, Row[Any]]]:
    names = [column.name for column in table.primary_key.columns]
    for row in _sorted_rows(connection, table):
        yield tuple(row._mapping[name] for name in names), side, row  # noqa: SLF001 - SQLAlchemy's name


def _what_differs(stored: Row[Any] | None, rebuilt: Row[Any] | None) -> str:
    if stored is None:
        return "it is missing"
    if rebuilt is None:
        return "it is there, and nothing in the entries leads to it"
    sides = zip(stored._fields, stored, rebuilt, strict=True)
    names = [name for name, one, other in sides if one != other]
    return f"other values: {', '.join(names)}" if names else ""


def _written(row: Row[Any]) -> bytes:
    values = [value.hex() if isinstance(value, bytes) else value for value in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
