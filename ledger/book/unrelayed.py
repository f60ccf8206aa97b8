"""What the relay has not marked as published: read from the table, numbers without a gap."""

from sqlalchemy import Engine, select

from ledger.book import personal, tables
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
        bodies = list(connection.execute(statement).scalars())
        facts = [recorded_in(body) for body in bodies]
        locked = [personal.driver_in(fact.stay) for fact in facts]
        known = personal.drivers(connection, locked)
    return tuple(
        Entry(fact, body, None if driver is None else known.get(driver.under or "", driver))
        for fact, body, driver in zip(facts, bodies, locked, strict=True)
    )


def check_last_entry(engine: Engine, shard: str) -> None:
    """Raise OfANewerVersion where a newer version of the bus wrote the last entry of *shard*.

    Its stays may hold what this program does not know: it would write them back without.
    """
    columns = tables.entry.c
    last = select(columns.body).where(columns.shard == shard).order_by(columns.seq.desc()).limit(1)
    with reading(engine) as connection:
        body = connection.execute(last).scalar_one_or_none()
        if body is not None:
            recorded_in(body)
