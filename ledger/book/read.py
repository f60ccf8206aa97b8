"""Questions about the book, answered from its indexes: by what anybody may have in hand.

Who drives comes masked, as far as its key lives and the asker's role may read keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Select, func, select

from ledger.book import load, personal, tables
from ledger.book.draft import storable
from ledger.book.moments import micros
from ledger.book.refile import file_of
from ledger.book.stored import recorded_in
from ledger.law.file import File
from schemas.facts import Outcome, RecordedFact
from schemas.identifiers import Unusable, read_bills, read_container

AT_MOST = 100


class As(StrEnum):
    """What a reference turned out to be."""

    CONTAINER = "container"
    BILL = "bill_of_lading"
    RELEASE = "release_identification"
    RELEASE_ID = "release_id"
    MESSAGE = "message"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a reference names.

    `release_id` is there for what names a release, `shard` and `seq` for what names an entry; an
    organisation's own entries have no container.
    """

    found_as: As
    container: str
    release_id: str | None = None
    shard: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """What became of the records of one shard: each is in one bucket (I1).

    `consumed` are the places of the log that the shard has passed; ticks are no messages and
    have no outcome.
    """

    shard: str
    consumed: int
    ticks: int
    outcomes: Mapping[Outcome, int]

    @property
    def unaccounted(self) -> int:
        """How many records are in no bucket: not zero is a fault, or a gap in the log."""
        return self.consumed - self.ticks - sum(self.outcomes.values())


def find(connection: Connection, reference: str, *, limit: int = AT_MOST) -> tuple[Match, ...]:
    """Return everything that *reference* names, *limit* of each kind at most.

    It may be a container, a bill of lading, a release's identification or id, a message's id as
    its sender gave it, or an event's id (`ledger-3-4711`).
    """
    # What came from a command line may be no text that a database takes.
    said = storable(reference.strip().encode(errors="replace").decode())
    found = [
        *_containers(connection, said),
        *_releases(connection, said, limit),
        *_messages(connection, said, limit),
        *_event(connection, said),
    ]
    return tuple(dict.fromkeys(found))


def history(connection: Connection, container: str) -> Iterator[RecordedFact]:
    """Yield the container's entries, oldest first."""
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(columns.container == container)
        .order_by(columns.recorded_at, columns.shard, columns.seq)
    )
    bodies = connection.execute(statement).scalars()
    yield from personal.opened(connection, [recorded_in(body) for body in bodies])


def now(connection: Connection, container: str) -> File:
    """Return the container's file as it stands: its stays, oldest first, and what waits."""
    return personal.opened_file(connection, load.files(connection, [container])[container])


def as_of(connection: Connection, container: str, moment: datetime) -> File:
    """Return the container's file as it stood at *moment*: its entries up to then."""
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(columns.container == container, columns.recorded_at <= micros(moment))
        .order_by(columns.recorded_at, columns.shard, columns.seq)
    )
    bodies = connection.execute(statement).scalars()
    return personal.opened_file(connection, file_of(recorded_in(body) for body in bodies))


def entry(connection: Connection, shard: str, seq: int) -> RecordedFact | None:
    """Return the entry *seq* of *shard*, or None."""
    columns = tables.entry.c
    statement = select(columns.body).where(columns.shard == shard, columns.seq == seq)
    body = connection.execute(statement).scalar_one_or_none()
    if body is None:
        return None
    (found,) = personal.opened(connection, [recorded_in(body)])
    return found


def buckets(connection: Connection) -> tuple[Buckets, ...]:
    """Return what became of the records of every shard, counted from the entries."""
    entries, shards = tables.entry.c, tables.shard.c
    outcomes: dict[str, dict[Outcome, int]] = {}
    statement = (
        select(entries.shard, entries.outcome, func.count())
        .where(tables.counted)
        .group_by(entries.shard, entries.outcome)
    )
    for shard, outcome, count in connection.execute(statement):
        outcomes.setdefault(shard, {})[Outcome(outcome)] = count
    # What was heard again had been counted as parked, and is counted as what it came to.
    again = (
        select(entries.shard, func.count())
        .where(tables.heard_again, tables.counted)
        .group_by(entries.shard)
    )
    for shard, count in connection.execute(again):
        outcomes[shard][Outcome.PARKED] -= count
    places = select(shards.shard, shards.first_offset, shards.next_offset, shards.ticks)
    return tuple(
        Buckets(
            shard=row.shard,
            consumed=row.next_offset - row.first_offset,
            ticks=row.ticks,
            outcomes={each: outcomes.get(row.shard, {}).get(each, 0) for each in Outcome},
        )
        for row in connection.execute(places.order_by(shards.shard))
    )


def _containers(connection: Connection, said: str) -> Iterator[Match]:
    number = read_container(said)
    if isinstance(number, Unusable):
        return
    known = select(tables.entry.c.container).where(tables.entry.c.container == number.value)
    if connection.execute(known.limit(1)).first() is not None:
        yield Match(As.CONTAINER, number.value)


def _releases(connection: Connection, said: str, limit: int) -> Iterator[Match]:
    stays, bills = tables.stay.c, tables.bill.c
    named = select(stays.container, stays.release_id)
    asked: tuple[tuple[As, Select[tuple[str, str]]], ...] = (
        (
            As.BILL,
            named.join(tables.bill, bills.release_id == stays.release_id).where(
                bills.bill.in_({said, *read_bills(said)})
            ),
        ),
        (As.RELEASE, named.where(stays.release_identification.in_({said, said.upper()}))),
        (As.RELEASE_ID, named.where(stays.release_id == said.lower())),
    )
    for found_as, statement in asked:
        ordered = statement.order_by(stays.container, stays.position).limit(limit)
        for row in connection.execute(ordered):
            yield Match(found_as, row.container, release_id=row.release_id)


def _messages(connection: Connection, said: str, limit: int) -> Iterator[Match]:
    entries = tables.entry.c
    statement = (
        select(entries.container, entries.release_id, entries.shard, entries.seq)
        .where(entries.message_id == said)
        .order_by(entries.shard, entries.seq)
        .limit(limit)
    )
    for row in connection.execute(statement):
        yield Match(As.MESSAGE, row.container, row.release_id, row.shard, row.seq)


def _event(connection: Connection, said: str) -> Iterator[Match]:
    shard, _, number = said.rpartition("-")
    if not number.isascii() or not number.isdecimal() or len(number) > len(str(2**63)) - 1:
        return
    entries = tables.entry.c
    statement = select(entries.container, entries.release_id).where(
        entries.shard == shard, entries.seq == int(number)
    )
    for row in connection.execute(statement):
        yield Match(As.EVENT, row.container, row.release_id, shard, int(number))
