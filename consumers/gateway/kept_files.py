"""What is kept of files too large for a record: how far each was taken, and what came of it."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from aiokafka import ConsumerRecord
from sqlalchemy import Connection, Engine

from consumers.dispatch.remembered import insert
from consumers.gateway import tables
from consumers.gateway.answers import keep_answers
from consumers.gateway.came import KEPT_OF_A_FILE
from consumers.gateway.desk import Desk
from consumers.gateway.handled import LETTER, Handled
from consumers.gateway.ids import spelt_identity
from consumers.outgoing import Cause, keep
from ledger.book.engine import reading
from ledger.book.moments import micros, moment

if TYPE_CHECKING:
    from consumers.gateway.large import Portion, Work


@dataclass(slots=True)
class KeptFile:
    """A file that was announced by *record*; `taken` is how many things of it were settled."""

    delivery: str
    partner: str
    sha256: str
    record: ConsumerRecord[Any, Any]
    came_at: datetime
    taken: int
    answers: int
    has_letter: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """When a file was done, or refused."""

    at: datetime
    refused: bool


class KeptFiles:
    """The table of large files; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self) -> Sequence[KeptFile]:
        """Return the files that were announced and are not done, the first first."""
        t = tables.file.c
        wanted = sa.select(tables.file).where(t.ended_at.is_(None)).order_by(t.came_at, t.delivery)
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(wanted).mappings()]

    def ended(self, partner: str, digest: str) -> Ended | None:
        """Return how a file ended last; None where it is not done or not known."""
        t = tables.file.c
        wanted = sa.select(t.ended_at, t.refused).where(t.partner == partner, t.sha256 == digest)
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
        if not found or any(ended_at is None for ended_at, _ in found):
            return None
        last = max(found, key=lambda row: row.ended_at)
        return Ended(moment(last.ended_at), bool(last.refused))

    def is_unsent(self, kept: KeptFile) -> bool:
        """Tell whether the broker lacks anything that came of a file."""
        t = tables.record.c
        place = (t.partition == kept.record.partition, t.offset == kept.record.offset)
        wanted = sa.select(t.id).where(*place, t.sent_at.is_(None)).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(wanted).first() is not None

    def settle(
        self, kept: KeptFile, desk: Desk, work: "Work", portion: "Portion"
    ) -> Handled | None:
        """Store what a portion comes to, and how far the file is taken then.

        Returns None, and stores nothing, where another process did.
        """
        now = datetime.now(UTC)
        with self._engine.begin() as connection:
            repeated = portion.is_again or _came_before(connection, kept, portion)
            handled = work.handled(desk, portion, is_repeated=repeated)
            if kept.has_letter:
                handled.made = [each for each in handled.made if each.kind != LETTER]
            has_letter = kept.has_letter or any(each.kind == LETTER for each in handled.made)
            moved = {"taken": portion.end, "answers": handled.answers, "has_letter": has_letter}
            if not _move(connection, kept, moved):
                return None
            _keep(connection, kept, handled, now, desk.entrance.namespace)
        kept.answers, kept.has_letter = handled.answers, has_letter
        return handled

    def end(self, kept: KeptFile, refused: Handled | None) -> bool:
        """Put down that a file is done, or why it was not taken; tell whether that is new.

        Of one that was taken in part every interchange may come again: what came of it has ids
        that a repeat reproduces.
        """
        now = datetime.now(UTC)
        ended = {"ended_at": micros(now), "refused": refused is not None}
        with self._engine.begin() as connection:
            if not _move(connection, kept, ended):
                return False
            if refused is not None:
                known = tables.interchange.c.delivery == kept.delivery
                connection.execute(sa.delete(tables.interchange).where(known))
                _keep(connection, kept, refused, now, "")
        return True


def announced(connection: Connection, settled: Sequence[Handled], now: datetime) -> None:
    """Store the files that records announced, to be taken."""
    rows = [
        {
            "delivery": each.deliveries[0],
            "partner": each.partner,
            "sha256": each.file.sha256,
            "record": _written(each.announcement),
            "came_at": micros(now),
            "taken": 0,
            "answers": 0,
            "has_letter": False,
            "refused": False,
            "ended_at": None,
        }
        for each in settled
        if each.file is not None and each.announcement is not None
    ]
    if rows:
        connection.execute(insert(connection, tables.file).on_conflict_do_nothing(), rows)


def _came_before(connection: Connection, kept: KeptFile, portion: "Portion") -> bool:
    """Tell whether an interchange came before, by another way than this file itself."""
    header = portion.outline.opened.header
    if header is None:
        return False
    t = tables.interchange.c
    wanted = sa.select(t.delivery).where(t.identity == spelt_identity(header))
    found = connection.execute(wanted).scalar()
    return found is not None and found != kept.delivery


def _move(connection: Connection, kept: KeptFile, to: dict[str, Any]) -> bool:
    t = tables.file.c
    where = (t.delivery == kept.delivery, t.taken == kept.taken, t.ended_at.is_(None))
    return connection.execute(sa.update(tables.file).where(*where).values(to)).rowcount > 0


def _keep(
    connection: Connection, kept: KeptFile, handled: Handled, now: datetime, namespace: str
) -> None:
    rows = [
        {"identity": each, "delivery": kept.delivery, "taken_at": micros(now)}
        for each in handled.identities
    ]
    if rows:
        connection.execute(insert(connection, tables.interchange).on_conflict_do_nothing(), rows)
    cause = Cause(f"{kept.delivery} {kept.taken}", kept.record.partition, kept.record.offset)
    made = [(each.kind, each.record) for each in handled.made]
    keep(connection, tables.record, cause, made, now)
    handled.deliveries = (f"{kept.delivery} {kept.taken}",)
    keep_answers(connection, [handled], now, namespace)


def _written(record: ConsumerRecord[Any, Any]) -> str:
    def text(value: bytes | None) -> str | None:
        return None if value is None else b64encode(value).decode()

    return json.dumps(
        {
            "topic": record.topic,
            "place": [record.partition, record.offset],
            "at": [record.timestamp, record.timestamp_type],
            "key": text(record.key),
            "value": text(record.value),
            "headers": [
                [name, text(value)] for name, value in record.headers if name in KEPT_OF_A_FILE
            ],
        }
    )


def _read(written: str) -> ConsumerRecord[Any, Any]:
    def data(text: str | None) -> bytes | None:
        return None if text is None else b64decode(text)

    told = json.loads(written)
    headers: Any = tuple((name, data(value)) for name, value in told["headers"])
    key, value = data(told["key"]), data(told["value"])
    place: tuple[int, int] = tuple(told["place"])
    at: tuple[int, int] = tuple(told["at"])
    return ConsumerRecord(told["topic"], *place, *at, key, value, None, -1, -1, headers)


def _kept(row: sa.RowMapping) -> KeptFile:
    return KeptFile(
        delivery=row["delivery"],
        partner=row["partner"],
        sha256=row["sha256"],
        record=_read(row["record"]),
        came_at=moment(row["came_at"]),
        taken=row["taken"],
        answers=row["answers"],
        has_letter=bool(row["has_letter"]),
    )
