"""What the relay has not marked as published: read from the table, numbers without a gap."""

from sqlalchemy import Engine, select

from ledger.book import tables
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.stored import recorded_in

AT_ONCE = 2000


def unrelayed(engine: Engine, shard: str, after_seq: int) -> tuple[Entry, ...]:
    """Return the next entries of *shard* behind *after_seq*.

    Safe as a bookmark because one writer numbers a shard, and only committed entries are seen.
    """
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(columns.shard == shard, columns.seq > after_seq)
        .order_by(columns.seq)
        .limit(AT_ONCE)
    )
    with reading(engine) as connection:
        return tuple(
            Entry(recorded_in(row.body), row.body) for row in connection.execute(statement)
        )
