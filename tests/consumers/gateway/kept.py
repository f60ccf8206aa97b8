"""What the gateway's database says of its work."""

import sqlalchemy as sa

from consumers.gateway import tables
from ledger.book.engine import open_book


def unsent(database_url: str) -> int:
    """Return how much waits to be sent."""
    waits = tables.record.c.sent_at.is_(None)
    return number(database_url, sa.select(sa.func.count()).where(waits))


def settled(database_url: str) -> int:
    """Return how many records of edi.in.v1 it has dealt with, where the topic was new."""
    return number(
        database_url, sa.select(sa.func.coalesce(sa.func.sum(tables.heard.c.next_offset), 0))
    )


def number(database_url: str, asked: "sa.Select[int]") -> int:
    """Return the one number that is asked for."""
    engine = open_book(database_url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(asked).scalar_one())
    finally:
        engine.dispose()
