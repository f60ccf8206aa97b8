"""What is kept of what systems said: log records, requests, memory and place, all or nothing."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from aiokafka import ConsumerRecord
from sqlalchemy import Connection, Engine

from adapters.contract import NOTHING
from consumers.dispatch.delivery.targets import NOWHERE, Targets
from consumers.dispatch.documents import document_of, keep_documents, row_of
from consumers.dispatch.incoming import tables
from consumers.dispatch.incoming.desk import NOT_HANDLED, IncomingDesk, Outcome, Said
from consumers.dispatch.remembered import MemoryKey, insert, remember, remembered
from consumers.dispatch.store import CREATING
from consumers.dispatch.tables import DISPATCH
from consumers.intake.claim import received
from consumers.joining import Last, SaidMissing
from consumers.outgoing import Cause, Waiting, forget_sent, keep, mark_sent, unsent
from ledger.book.engine import is_postgresql, open_book, reading
from ledger.book.faults import kind_and_place
from schemas.unreadable import Unreadable

log = logging.getLogger(__name__)
Place = tuple[str, int]
Read = tuple[ConsumerRecord[Any, Any], Said | Unreadable]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a batch came to, record by record; `marks` is how far each topic was heard by then."""

    outcomes: tuple[Outcome, ...]
    marks: Mapping[Place, int]


class IncomingStore:
    """Tables beside dispatch's own; every method is one transaction, off the event loop."""

    def __init__(self, database_url: str, targets: Targets = NOWHERE) -> None:
        self._engine: Engine = open_book(database_url)
        self._targets = targets

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def create(self) -> None:
        """Make the tables where they are not there yet, whoever else is about to."""
        with self._engine.begin() as connection:
            if is_postgresql(connection):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATING)))
            tables.metadata.create_all(connection)

    def marks(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Return how far *places* were heard; nothing of those that never were."""
        t = tables.heard.c
        wanted = sa.select(t.topic, t.partition, t.next_offset)
        wanted = wanted.where(sa.tuple_(t.topic, t.partition).in_(sorted(places)))
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
        return {(topic, number): offset for topic, number, offset in found}

    def lasts(self, places: Iterable[Place]) -> Mapping[Place, Last]:
        """Return which record of *places* was heard last; nothing of those of which none was."""
        with reading(self._engine) as connection:
            return _lasts(connection, places)

    def settle(self, desk: IncomingDesk, records: Sequence[ConsumerRecord[Any, Any]]) -> Heard:
        """Store what *records* come to; of those heard before nothing.

        Raises DBAPIError, and SaidMissing where the topic was made anew.
        """
        read = [(record, _said(desk, record)) for record in records]
        with self._engine.begin() as connection:
            marks = _locked(connection, {_place(record) for record in records})
            _compare(connection, records)
            new = [(r, said) for r, said in read if r.offset >= marks[_place(r)]]
            memory = remembered(connection, DISPATCH, _keys(new))
            outcomes = [self._one(connection, desk, each, memory) for each in new]
            for record, _ in new:
                marks[_place(record)] = record.offset + 1
            _move(connection, marks)
            _note_last(connection, [record for record, _ in new])
        return Heard(tuple(outcomes), marks)

    def set_aside(self, desk: IncomingDesk, record: ConsumerRecord[Any, Any]) -> None:
        """Let a record of which the database does not take what it comes to be a dead letter."""
        why = Unreadable("not_handled", "record", NOT_HANDLED, sensitive=True)
        with self._engine.begin() as connection:
            marks = _locked(connection, {_place(record)})
            if record.offset >= marks[_place(record)]:
                _keep(connection, record, desk.dead(record, why))
                _move(connection, {_place(record): record.offset + 1})
                _note_last(connection, [record])

    def unsent(self, partitions: Collection[int], limit: int) -> tuple[Waiting, ...]:
        """Return what came of these partitions and the broker does not have yet, in order."""
        with reading(self._engine) as connection:
            return unsent(connection, tables.outgoing, partitions, limit)

    def sent(self, documents: Iterable[Waiting], at: datetime) -> None:
        """Mark them as sent: the broker has them."""
        with self._engine.begin() as connection:
            mark_sent(connection, tables.outgoing, documents, at)

    def forget(self, before: datetime) -> int:
        """Delete what was sent before then; return how many."""
        with self._engine.begin() as connection:
            return forget_sent(connection, tables.outgoing, before)

    def _one(
        self,
        connection: Connection,
        desk: IncomingDesk,
        read: Read,
        memory: dict[MemoryKey, str],
    ) -> Outcome:
        record, said = read
        if isinstance(said, Unreadable):
            outcome = desk.dead(record, said)
        else:
            key = said.system.name, said.correlation_id
            outcome = _heard(desk, said, memory.get(key, NOTHING))
            if outcome.memory is not None:
                memory[key] = outcome.memory
                remember(connection, DISPATCH, {key: outcome.memory})
            rows = _documents(said, outcome)
            keep_documents(connection, DISPATCH, rows, self._targets)
        _keep(connection, record, outcome)
        return outcome


def _keep(connection: Connection, record: ConsumerRecord[Any, Any], outcome: Outcome) -> None:
    cause = Cause(received(record), record.partition, record.offset)
    keep(connection, tables.outgoing, cause, outcome.records, datetime.now(UTC))


def _said(desk: IncomingDesk, record: ConsumerRecord[Any, Any]) -> Said | Unreadable:
    try:
        return desk.said(record)
    except Exception as error:  # noqa: BLE001  told with its place, and kept as a dead letter
        return _own_fault(record, error)


def _heard(desk: IncomingDesk, said: Said, memory: str) -> Outcome:
    try:
        return desk.heard(said, memory)
    except Exception as error:  # noqa: BLE001  the same: an adapter's bug stops nobody else
        return desk.dead(said.record, _own_fault(said.record, error))


def _own_fault(record: ConsumerRecord[Any, Any], error: Exception) -> Unreadable:
    log.error("Set aside: %s, for %s", received(record), kind_and_place(error))
    return Unreadable("not_handled", "record", NOT_HANDLED, sensitive=True)


def _documents(said: Said, outcome: Outcome) -> list[dict[str, Any]]:
    """Return the rows of what the system is asked then: documents to it, like those of a fact."""
    record, system = said.record, said.system.name
    return [
        row_of(
            document_of(
                asked,
                system,
                f"{system}.request",
                said.envelope.subject,
                datetime.fromtimestamp(record.timestamp / 1000, UTC),
            ),
            system,
        )
        for asked in outcome.requests
    ]


def _place(record: ConsumerRecord[Any, Any]) -> Place:
    return record.topic, record.partition


def _keys(read: Sequence[Read]) -> set[MemoryKey]:
    return {
        (said.system.name, said.correlation_id)
        for _, said in read
        if isinstance(said, Said) and said.correlation_id
    }


def _locked(connection: Connection, places: Collection[Place]) -> dict[Place, int]:
    """Return how far *places* were heard, and keep every other dispatch from moving them."""
    t = tables.heard.c
    rows = [{"topic": each, "partition": n, "next_offset": 0} for each, n in sorted(places)]
    connection.execute(insert(connection, tables.heard).on_conflict_do_nothing(), rows)
    wanted = sa.select(t.topic, t.partition, t.next_offset)
    wanted = wanted.where(sa.tuple_(t.topic, t.partition).in_(sorted(places)))
    found = connection.execute(wanted.order_by(t.topic, t.partition).with_for_update())
    return {(topic, number): offset for topic, number, offset in found}


def _move(connection: Connection, marks: Mapping[Place, int]) -> None:
    t = tables.heard.c
    move = (
        sa.update(tables.heard)
        .where(t.topic == sa.bindparam("of"), t.partition == sa.bindparam("number"))
        .values(next_offset=sa.bindparam("to"))
    )
    rows = [{"of": topic, "number": n, "to": offset} for (topic, n), offset in marks.items()]
    connection.execute(move, rows)


def _lasts(connection: Connection, places: Iterable[Place]) -> dict[Place, Last]:
    t = tables.last_heard.c
    wanted = sa.select(t.topic, t.partition, t.offset, t.timestamp_ms)
    wanted = wanted.where(sa.tuple_(t.topic, t.partition).in_(sorted(places)))
    return {(each, n): Last(offset, ms) for each, n, offset, ms in connection.execute(wanted)}


def _compare(connection: Connection, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
    """Raise SaidMissing where a record stands before the last one that was heard and is newer."""
    lasts = _lasts(connection, {_place(record) for record in records})
    for record in records:
        last = lasts.get(_place(record))
        if last is not None and last.is_overtaken(record.offset, record.timestamp):
            raise SaidMissing(f"{received(record)}: {record.topic} was made anew")


def _note_last(connection: Connection, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
    rows = {
        _place(record): {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp_ms": record.timestamp,
        }
        for record in records
    }
    if rows:
        new = insert(connection, tables.last_heard)
        excluded = {name: new.excluded[name] for name in ("offset", "timestamp_ms")}
        upsert = new.on_conflict_do_update(index_elements=["topic", "partition"], set_=excluded)
        connection.execute(upsert, list(rows.values()))
