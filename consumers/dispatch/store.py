"""What is kept of facts: marks, memory and documents, always together in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from consumers.dispatch.arrivals import Arrival, read_or_none
from consumers.dispatch.bench import (
    EVERY_SYSTEM,
    Aside,
    Bench,
    Serving,
    memory_keys,
    serving,
)
from consumers.dispatch.delivery.lanes import Lanes
from consumers.dispatch.delivery.polls import Polls
from consumers.dispatch.delivery.targets import NOWHERE, Targets
from consumers.dispatch.documents import Unsent, document_in, keep_documents, row_of
from consumers.dispatch.drivers import Drivers
from consumers.dispatch.remembered import (
    forget_finished,
    insert,
    remember,
    remembered,
    take_in,
)
from consumers.dispatch.tables import DISPATCH, Tables
from ledger.book.engine import is_postgresql, open_book, reading
from ledger.book.moments import micros, moment
from ledger.directory.directory import Directory

CREATING = 0x72656C627573
"""The advisory lock under which tables are made: two that begin at once must not both."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a shard's facts were seen; `next_offset` is where to look for the next one."""

    seq: int
    next_offset: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What a committed batch came to; `gaps` are shards whose next fact did not come next.

    Of a shard with a gap nothing behind the gap was taken. Its mark is None where no fact of it
    was ever seen.
    """

    documents: int
    aside: int
    gaps: Mapping[str, Mark | None]
    marks: Mapping[str, Mark]


class Store:
    """Tables of its own; every method is one transaction, to be run off the event loop.

    *told_to* says who has to be told of a fact; dispatch's are the systems of its port.
    """

    def __init__(
        self,
        database_url: str,
        ledger_url: str | None = None,
        tables: Tables = DISPATCH,
        told_to: Serving = serving,
        targets: Targets = NOWHERE,
    ) -> None:
        # The book's way of opening: a commit is on disk, on both databases.
        self._engine: Engine = open_book(database_url)
        self._drivers = Drivers(ledger_url)
        self._tables = tables
        self._told_to = told_to
        self._targets = targets
        self.lanes = Lanes(self._engine, tables)
        self.polls = Polls(self._engine, tables, targets)

    def create(self) -> None:
        """Make the tables where they are not there yet, whoever else is about to."""
        with self._engine.begin() as connection:
            if is_postgresql(connection):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATING)))
            self._tables.metadata.create_all(connection)
            take_in(connection, self._tables)

    def close(self) -> None:
        """Let go of the databases."""
        self._engine.dispose()
        self._drivers.close()

    def settle(
        self, arrivals: Sequence[Arrival], directory: Directory, begun: Collection[str] = ()
    ) -> Settled:
        """Render and store what is new of *arrivals*; nothing is stored where anything fails.

        *begun* are shards of which the topic is known to hold nothing older, so that any fact
        may be their first. Raises SQLAlchemy's DBAPIError.
        """
        arrivals = self._drivers.opened(arrivals)
        with self._engine.begin() as connection:
            marks = _locked(connection, self._tables, {arrival.shard for arrival in arrivals})
            new, gaps = _new(arrivals, marks, begun)
            bench = self._bench(connection, new, directory)
            for arrival in new:
                bench.take(arrival)
            _keep(connection, self._tables, bench, self._targets)
            moved = {each.shard: Mark(each.seq, each.offset + 1) for each in new}
            _move(connection, self._tables, moved)
        known = {shard: mark for shard, mark in marks.items() if mark is not None}
        return Settled(len(bench.made), len(bench.aside), gaps, known | moved)

    def set_aside(self, arrival: Arrival, error: str) -> None:
        """Put aside a fact whose documents the database does not take."""
        with self._engine.begin() as connection:
            mark = _locked(connection, self._tables, {arrival.shard})[arrival.shard]
            if mark is not None and arrival.seq <= mark.seq:
                return
            _insert_aside(connection, self._tables, [Aside(arrival, EVERY_SYSTEM, error)])
            _move(connection, self._tables, {arrival.shard: Mark(arrival.seq, arrival.offset + 1)})

    def resume(self, directory: Directory, container: str) -> Settled:
        """Render again what was put aside of *container*, in the facts' order.

        What still fails stays aside, and what stands behind it, too.
        """
        with self._engine.begin() as connection:
            found = _select_aside(connection, self._tables, container)
            _locked(connection, self._tables, {each.arrival.shard for each in found})
            found = _select_aside(connection, self._tables, container)
            _delete_aside(connection, self._tables, found)
            arrivals = self._drivers.opened([each.arrival for each in found])
            bench = self._bench(connection, arrivals, directory)
            for each, arrival in zip(found, arrivals, strict=True):
                bench.again(Aside(arrival, each.system, each.error))
            _keep(connection, self._tables, bench, self._targets)
        return Settled(len(bench.made), len(bench.aside), {}, {})

    def parked(self, container: str | None = None) -> tuple[Aside, ...]:
        """Return what is put aside, in the facts' order."""
        with reading(self._engine) as connection:
            return _select_aside(connection, self._tables, container)

    def unsent(self, partitions: Collection[int], limit: int) -> tuple[Unsent, ...]:
        """Return documents of these partitions that the broker does not have yet, in order."""
        t = self._tables.document.c
        wanted = (
            sa.select(self._tables.document)
            .where(t.partition.in_(sorted(partitions)), t.sent_at.is_(None))
            .order_by(t.partition, t.seq, t.place)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return tuple(document_in(row) for row in connection.execute(wanted).mappings())

    def told(
        self, system: str, subject: str, since: datetime, receiver: str | None = None
    ) -> tuple[Unsent, ...]:
        """Return what *system* is told of *subject* since then, sent or not, the oldest first.

        Of one *receiver*, or of all. Sent ones are kept for the days of the settings.
        """
        t = self._tables.document.c
        wanted = (
            sa.select(self._tables.document)
            .where(t.subject == subject, t.system == system, t.made_at >= micros(since))
            .order_by(t.made_at, t.partition, t.seq, t.place)
        )
        if receiver is not None:
            wanted = wanted.where(t.receiver == receiver)
        with reading(self._engine) as connection:
            return tuple(document_in(row) for row in connection.execute(wanted).mappings())

    def sent(self, documents: Iterable[Unsent], at: datetime) -> None:
        """Mark *documents* as sent: the broker has them."""
        ids = [document.id for document in documents]
        t = self._tables.document.c
        mark = sa.update(self._tables.document).where(t.id.in_(ids)).values(sent_at=micros(at))
        with self._engine.begin() as connection:
            connection.execute(mark)

    def forget(self, before: datetime) -> int:
        """Delete the documents that were sent, and brought, before then; return how many.

        And what was remembered of what ended long before that (remembered.py).
        """
        t, brought = self._tables.document.c, self._tables.delivery.c
        gone = sa.delete(self._tables.delivery).where(brought.ended_at < micros(before))
        still = sa.select(brought.document_id).where(brought.document_id == t.id).exists()
        old = sa.delete(self._tables.document).where(t.sent_at < micros(before), ~still)
        with self._engine.begin() as connection:
            connection.execute(gone)
            forget_finished(connection, self._tables, before)
            return connection.execute(old).rowcount

    def oldest_unsent(self, now: datetime) -> timedelta | None:
        """Return how long the oldest unsent document has waited, None where none does."""
        t = self._tables.document.c
        oldest = sa.select(sa.func.min(t.made_at)).where(t.sent_at.is_(None))
        with reading(self._engine) as connection:
            made_at = connection.execute(oldest).scalar()
        return None if made_at is None else now - moment(made_at)

    def _bench(
        self, connection: Connection, arrivals: Sequence[Arrival], directory: Directory
    ) -> Bench:
        containers = {arrival.container for arrival in arrivals}
        t = self._tables.parked.c
        wanted = sa.select(t.container, t.system).where(t.container.in_(containers)).distinct()
        behind = {(container, system) for container, system in connection.execute(wanted)}
        keys = set(memory_keys(arrivals, self._told_to))
        memory = remembered(connection, self._tables, keys)
        return Bench(directory, memory, behind, told_to=self._told_to)


def _new(
    arrivals: Sequence[Arrival], marks: Mapping[str, Mark | None], begun: Collection[str]
) -> tuple[list[Arrival], dict[str, Mark | None]]:
    """Return what was not seen before, up to the first gap of each shard, and the gaps."""
    places = {shard: 0 if mark is None else mark.seq for shard, mark in marks.items()}
    open_shards = {shard for shard, mark in marks.items() if mark is None and shard in begun}
    gaps: dict[str, Mark | None] = {}
    new: list[Arrival] = []
    for arrival in arrivals:
        shard = arrival.shard
        if shard in gaps or arrival.seq <= places[shard]:
            continue
        if arrival.seq == places[shard] + 1 or shard in open_shards:
            open_shards.discard(shard)
            places[shard] = arrival.seq
            new.append(arrival)
        else:
            gaps[shard] = marks[shard]
    return new, gaps


def _locked(
    connection: Connection, tables: Tables, shards: Collection[str]
) -> dict[str, Mark | None]:
    """Return the shards' marks and keep every other dispatch from moving them meanwhile."""
    t = tables.seen.c
    if not shards:
        return {}
    # A shard that was never seen gets its row first, or two processes could both begin it.
    rows = [{"shard": shard, "seq": 0, "next_offset": 0} for shard in sorted(shards)]
    connection.execute(insert(connection, tables.seen).on_conflict_do_nothing(), rows)
    wanted = sa.select(t.shard, t.seq, t.next_offset).where(t.shard.in_(shards))
    found = connection.execute(wanted.order_by(t.shard).with_for_update()).all()
    return {shard: Mark(seq, place) if seq else None for shard, seq, place in found}


def _move(connection: Connection, tables: Tables, marks: Mapping[str, Mark]) -> None:
    t = tables.seen.c
    move = (
        sa.update(tables.seen)
        .where(t.shard == sa.bindparam("of"))
        .values(seq=sa.bindparam("to_seq"), next_offset=sa.bindparam("to_offset"))
    )
    rows = [
        {"of": shard, "to_seq": mark.seq, "to_offset": mark.next_offset}
        for shard, mark in marks.items()
    ]
    if rows:
        connection.execute(move, rows)


def _keep(connection: Connection, tables: Tables, bench: Bench, targets: Targets) -> None:
    _insert_aside(connection, tables, bench.aside)
    rows = [row_of(each.document, each.system, each.about) for each in bench.made]
    keep_documents(connection, tables, rows, targets)
    remember(connection, tables, {key: bench.memory[key] for key in bench.changed})


def _insert_aside(connection: Connection, tables: Tables, aside: Sequence[Aside]) -> None:
    rows = [
        {
            "shard": each.arrival.shard,
            "seq": each.arrival.seq,
            "system": each.system,
            "partition": each.arrival.partition,
            "offset": each.arrival.offset,
            "container": each.arrival.container,
            "error": each.error,
            "body": each.arrival.body,
        }
        for each in aside
    ]
    if rows:
        connection.execute(insert(connection, tables.parked).on_conflict_do_nothing(), rows)


def _select_aside(
    connection: Connection, tables: Tables, container: str | None
) -> tuple[Aside, ...]:
    t = tables.parked.c
    wanted = sa.select(tables.parked).order_by(t.shard, t.seq, t.system)
    if container is not None:
        wanted = wanted.where(t.container == container)
    return tuple(_aside(row) for row in connection.execute(wanted).mappings())


def _delete_aside(connection: Connection, tables: Tables, aside: Sequence[Aside]) -> None:
    t = tables.parked.c
    gone = sa.delete(tables.parked).where(
        t.shard == sa.bindparam("of"),
        t.seq == sa.bindparam("at"),
        t.system == sa.bindparam("by"),
    )
    rows = [{"of": a.arrival.shard, "at": a.arrival.seq, "by": a.system} for a in aside]
    if rows:
        connection.execute(gone, rows)


def _aside(row: sa.RowMapping) -> Aside:
    body = bytes(row["body"])
    arrival = Arrival(
        shard=row["shard"],
        seq=row["seq"],
        partition=row["partition"],
        offset=row["offset"],
        container=row["container"],
        body=body,
        recorded=read_or_none(body),
    )
    return Aside(arrival, row["system"], row["error"])
