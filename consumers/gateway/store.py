"""What the gateway keeps of what came in: all of a batch in one transaction, or nothing."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from aiokafka import ConsumerRecord
from sqlalchemy import Connection, Engine

from consumers.dispatch.remembered import insert
from consumers.dispatch.store import CREATING
from consumers.gateway import tables
from consumers.gateway.answers import keep_answers, keep_overdue, standing
from consumers.gateway.came import Came, deliveries_of
from consumers.gateway.desk import Desk
from consumers.gateway.handled import Handled
from consumers.gateway.ids import spelt_identity
from consumers.gateway.kept_files import KeptFiles, announced
from consumers.outgoing import Cause, Waiting, forget_sent, keep, mark_sent, unsent
from ledger.book.engine import is_postgresql, open_book, reading
from ledger.book.moments import micros
from schemas.partner_answers import PartnerAnswer, Verdict
from schemas.unreadable import Unreadable

ASKED_AT_ONCE = 500
"""Values in one question: a database takes some tens of thousands."""

KEEP_SEEN_DAYS = 400
"""Longer than any counter of references takes to come round to the same date and time."""


class GatewayStore:
    """The gateway's own tables; every method is one transaction, to be run off the event loop."""

    def __init__(self, database_url: str) -> None:
        # The book's way of opening: a commit is on disk, on both databases.
        self._engine: Engine = open_book(database_url)
        self.files = KeptFiles(self._engine)

    def create(self) -> None:
        """Make the tables where they are not there yet, whoever else is about to."""
        with self._engine.begin() as connection:
            if is_postgresql(connection):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATING)))
            tables.metadata.create_all(connection)
            tables.TOLD.metadata.create_all(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def settle(
        self,
        desk: Desk,
        records: Sequence[ConsumerRecord[Any, Any]],
        broken: Unreadable | None = None,
    ) -> tuple[Handled, ...]:
        """Store what *records* come to, and return it; of those dealt with before, nothing.

        Where they are *broken* they are kept as dead letters for that reason, and not read.

        Raises SQLAlchemy's DBAPIError, also where another process settles the same records.
        """
        read = [(record, broken or desk.came(record)) for record in records]
        with reading(self._engine) as connection:
            done, seen = _done(connection, read), _seen(connection, read)
        # Outside of a transaction: megabytes of headers take longer to deal with than a database
        # lets one stand idle. Whoever settles them meanwhile is met in the table of deliveries.
        settled = _settled(desk, read, done, seen)
        with self._engine.begin() as connection:
            _keep(connection, settled, desk.entrance.namespace)
            _move(connection, records)
        return settled

    def marks(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Return how far *places* were settled; nothing of those that never were."""
        t = tables.heard.c
        wanted = sa.select(t.topic, t.partition, t.next_offset)
        wanted = wanted.where(sa.tuple_(t.topic, t.partition).in_(sorted(places)))
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
        return {(topic, number): offset for topic, number, offset in found}

    def unsent(self, partitions: Collection[int], limit: int) -> tuple[Waiting, ...]:
        """Return what came of these partitions and the broker does not have yet, in order."""
        with reading(self._engine) as connection:
            return unsent(connection, tables.record, partitions, limit)

    def sent(self, documents: Iterable[Waiting], at: datetime) -> None:
        """Mark them as sent: the broker has them."""
        with self._engine.begin() as connection:
            mark_sent(connection, tables.record, documents, at)

    def forget(self, before: datetime) -> int:
        """Delete what was sent before then, and what is known no more; return how many records."""
        long_ago = micros(before - timedelta(days=KEEP_SEEN_DAYS))
        with self._engine.begin() as connection:
            for table in (tables.delivery, tables.interchange):
                connection.execute(sa.delete(table).where(table.c.taken_at < long_ago))
            done = tables.file.c.ended_at < long_ago
            connection.execute(sa.delete(tables.file).where(done))
            connection.execute(sa.delete(tables.answer).where(*_forgotten(before)))
            return forget_sent(connection, tables.record, before)

    def overdue(
        self, patience: Mapping[str, timedelta], now: datetime, namespace: str = ""
    ) -> Sequence[PartnerAnswer]:
        """Store what the partners of *patience* were told longer ago and have not acknowledged.

        Returned, and to be put on edi.answers.v1, is what was not known to be overdue before.
        """
        with self._engine.begin() as connection:
            return keep_overdue(connection, patience, now, namespace)

    def answers(
        self, partner: str | None = None, verdicts: Collection[Verdict] = tuple(Verdict)
    ) -> Sequence[PartnerAnswer]:
        """Return what *partner*, or everybody, answered, has not in time, and was not sent."""
        with reading(self._engine) as connection:
            return standing(connection, partner, verdicts)


def is_kept_at(database_url: str) -> bool:
    """Tell whether a gateway has ever kept anything there."""
    engine = open_book(database_url)
    try:
        with reading(engine) as connection:
            found = sa.inspect(connection)
            return all(found.has_table(each.name) for each in (tables.answer, tables.TOLD.parked))
    finally:
        engine.dispose()


def _forgotten(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return which answers are known no more: none that answers what is remembered still.

    What was told is forgotten by another sender at another time, and without its answer it would
    be overdue.
    """
    a, t = tables.answer.c, tables.TOLD.document.c
    told = sa.exists().where(t.receiver == a.partner, t.correlation_id == a.reference)
    return a.at < micros(before), ~told


Read = tuple[ConsumerRecord[Any, Any], Any]


def _settled(
    desk: Desk, read: Sequence[Read], done: set[str], seen: set[str]
) -> tuple[Handled, ...]:
    """Return what is new of *read*, beside what was *done* and the interchanges *seen* before."""
    settled: list[Handled] = []
    for record, came in read:
        if not done.isdisjoint(_deliveries(record, came)):
            continue
        one = desk.settled(came, seen) if isinstance(came, Came) else desk.dead(record, came)
        seen.update(one.identities)
        done.update(one.deliveries)
        settled.append(one)
    return tuple(settled)


def _deliveries(record: ConsumerRecord[Any, Any], came: object) -> tuple[str, ...]:
    return came.deliveries if isinstance(came, Came) else deliveries_of(record, {})


def _done(connection: Connection, read: Sequence[Read]) -> set[str]:
    t = tables.delivery.c
    return _there(connection, t.id, (each for one in read for each in _deliveries(*one)))


def _seen(connection: Connection, read: Sequence[Read]) -> set[str]:
    t = tables.interchange.c
    asked = (
        spelt_identity(each.header)
        for _, came in read
        if isinstance(came, Came)
        for each in came.interchanges
        if each.header is not None
    )
    return _there(connection, t.identity, asked)


def _there(connection: Connection, column: sa.Column[str], asked: Iterable[str]) -> set[str]:
    """Return which of *asked* a column has: a record may be a quarter of a million of headers."""
    found: set[str] = set()
    names = [*{*asked}]
    for start in range(0, len(names), ASKED_AT_ONCE):
        some = names[start : start + ASKED_AT_ONCE]
        found.update(connection.execute(sa.select(column).where(column.in_(some))).scalars())
    return found


def _keep(connection: Connection, settled: Sequence[Handled], namespace: str) -> None:
    at = datetime.now(UTC)
    now = micros(at)
    deliveries = [
        {"id": own, "partner": json.dumps(each.partner), "taken_at": now}
        for each in settled
        for own in each.deliveries
    ]
    interchanges = [
        {"identity": identity, "delivery": each.deliveries[0], "taken_at": now}
        for each in settled
        for identity in each.identities
    ]
    if deliveries:
        # Not "on conflict": where another process has just settled it, all of this is dropped.
        connection.execute(sa.insert(tables.delivery), deliveries)
    if interchanges:
        _insert_new(connection, tables.interchange, interchanges)
    announced(connection, settled, at)
    for each in settled:
        cause = Cause(each.deliveries[0], each.partition, each.offset)
        made = [(one.kind, one.record) for one in each.made]
        keep(connection, tables.record, cause, made, at)
    keep_answers(connection, settled, at, namespace)


def _move(connection: Connection, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
    """Put down how far each partition was settled: a process that is behind moves it back.

    That costs a second reading, of which nothing is kept; a mark too far would cost a record.
    """
    ends = {(record.topic, record.partition): record.offset + 1 for record in records}
    for (topic, partition), end in sorted(ends.items()):
        new = insert(connection, tables.heard).values(
            topic=topic, partition=partition, next_offset=end
        )
        place = ("topic", "partition")
        moved = new.on_conflict_do_update(index_elements=place, set_={"next_offset": end})
        connection.execute(moved)


def _insert_new(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)
