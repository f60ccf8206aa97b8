"""Which dead letters were handled, and how: rows beside the letters, which stay as they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from ledger.book import tables
from ledger.book.moments import micros, moment

Place = tuple[int, int]
"""A dead letter's partition and offset on its topic."""


@dataclass(frozen=True, slots=True)
class Handled:
    """When a dead letter was handled, and how, in an operator's words."""

    at: datetime
    how: str


def handled(connection: Connection) -> Mapping[Place, Handled]:
    """Return every dead letter that was handled."""
    rows = connection.execute(select(tables.handled_letter))
    return {(row.partition, row.offset): Handled(moment(row.handled_at), row.how) for row in rows}


def mark_handled(connection: Connection, place: Place, now: Handled) -> Handled | None:
    """Note that a letter is handled; return what was noted before, which then stands."""
    before = handled(connection).get(place)
    if before is None:
        partition, offset = place
        row = {
            "partition": partition,
            "offset": offset,
            "handled_at": micros(now.at),
            "how": now.how,
        }
        connection.execute(insert(tables.handled_letter), row)
    return before
