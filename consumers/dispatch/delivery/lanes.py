"""What is to be brought where, in its order, and how far that got; kept beside the documents."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from consumers.dispatch.documents import POLLED, Unsent, document_in
from consumers.dispatch.incoming.tables import outgoing
from consumers.dispatch.tables import Tables
from consumers.outgoing import Cause, keep
from ledger.book.engine import reading
from ledger.book.moments import micros, moment
from producers.records import Record

REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Due:
    """A document whose turn it is, and how often it was brought in vain before."""

    document: Unsent
    target: str
    attempts: int
    partition: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a target is not there yet: how many, the oldest, how often it was tried, why not."""

    target: str
    documents: int
    oldest: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class RejectedDocument:
    """A document that its receiver will not take, with the status that it answered."""

    document: Unsent
    target: str
    status: int
    at: datetime
    why: str = ""


class Lanes:
    """The deliveries in dispatch's own store; every method is one transaction, off the loop."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self._engine = engine
        self._delivery = tables.delivery
        self._document = tables.document

    def due(
        self, target: str, partitions: Collection[int], now: datetime, limit: int
    ) -> tuple[Due, ...]:
        """Return the first of each correlation id whose time has come.

        What waited longest first: what is brought again and again in vain stands before nobody
        else's. What is only asked from time to time comes behind what was made of something, and
        waits for nothing of its own: it changes nothing, and tells how things stand. One place
        of several what was put off leaves to it: where all is in vain, nothing would be asked.
        """
        t = self._delivery.c
        polled = t.seq >= POLLED
        of_something = sa.and_(t.seq < POLLED, ~self._stands_behind())
        wanted = (
            sa.select(self._document, t.attempts)
            .join_from(self._delivery, self._document, t.document_id == self._document.c.id)
            .where(
                t.target == target,
                t.partition.in_(sorted(partitions)),
                t.ended_at.is_(None),
                t.next_at <= micros(now),
            )
            .order_by(t.next_at, t.seq, t.place)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            made, asked = (
                [
                    Due(document_in(row), target, row["attempts"], row["partition"])
                    for row in connection.execute(wanted.where(kind)).mappings()
                ]
                for kind in (of_something, polled)
            )
        if asked and 1 < limit == len(made) and made[-1].attempts:
            made.pop()
        return (*made, *asked)[:limit]

    def ended(
        self, due: Due, at: datetime, status: int, reply: Record | None = None, why: str = ""
    ) -> None:
        """Note that *due* was taken, or rejected for good, with *status*, *why*; and the answer.

        The *reply* goes to the system's topic, from where it is heard.
        """
        with self._engine.begin() as connection:
            connection.execute(self._changed(due, ended_at=micros(at), status=status, error=why))
            if reply is not None:
                # A poll is asked and answered again and again under one id.
                name = f"reply to {due.document.id} at {micros(at)}"
                cause = Cause(name, reply.partition, micros(at))
                keep(connection, outgoing, cause, [(REPLY, reply)], at)

    def asked_in_vain(self, due: Due, at: datetime, why: str) -> None:
        """Note that a poll got no answer: it is asked at its next time, and piles up nowhere."""
        with self._engine.begin() as connection:
            connection.execute(self._changed(due, ended_at=micros(at), error=why))

    def again(self, due: Due, at: datetime, why: str) -> None:
        """Note that *due* was brought in vain, and when its turn comes again."""
        with self._engine.begin() as connection:
            connection.execute(self._changed(due, next_at=micros(at), error=why))

    def waiting(self) -> tuple[Waiting, ...]:
        """Return, by target, what has not been taken yet."""
        t, oldest = self._delivery.c, sa.func.min(self._document.c.made_at)
        wanted = (
            sa.select(t.target, sa.func.count(), oldest, sa.func.max(t.attempts))
            .join_from(self._delivery, self._document, t.document_id == self._document.c.id)
            .where(t.ended_at.is_(None))
            .group_by(t.target)
            .order_by(t.target)
        )
        with reading(self._engine) as connection:
            if not self._there(connection):
                return ()
            found = connection.execute(wanted).all()
            return tuple(
                Waiting(
                    target, count, moment(oldest), attempts, self._last_error(connection, target)
                )
                for target, count, oldest, attempts in found
            )

    def rejected(self, limit: int) -> tuple[RejectedDocument, ...]:
        """Return what was rejected for good, the latest first."""
        t = self._delivery.c
        wanted = (
            sa.select(self._document, t.target, t.status, t.ended_at, t.error)
            .join_from(self._delivery, self._document, t.document_id == self._document.c.id)
            .where(t.status >= HTTPStatus.BAD_REQUEST)
            .order_by(t.ended_at.desc(), t.document_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all() if self._there(connection) else ()
        return tuple(
            RejectedDocument(
                *(document_in(row), row["target"], row["status"], moment(row["ended_at"])),
                row["error"],
            )
            for row in rows
        )

    def _stands_behind(self) -> sa.Exists:
        """Tell whether anything of the same correlation id is to be brought before."""
        t, earlier = self._delivery.c, self._delivery.alias("earlier")
        e = earlier.c
        before = (
            sa.select(sa.literal(1))
            .select_from(earlier)
            .where(
                e.target == t.target,
                e.correlation_id == t.correlation_id,
                e.ended_at.is_(None),
                e.seq < POLLED,  # a poll only asks: nobody waits for its answer
                sa.tuple_(e.seq, e.place) < sa.tuple_(t.seq, t.place),
            )
        )
        return before.exists()

    def _changed(self, due: Due, **changes: Any) -> sa.Update:
        t = self._delivery.c
        of_it = t.document_id == due.document.id
        return sa.update(self._delivery).where(of_it).values(attempts=t.attempts + 1, **changes)

    def _there(self, connection: Connection) -> bool:
        """Tell whether there are deliveries: in a store of before them only once dispatch ran."""
        return sa.inspect(connection).has_table(self._delivery.name)

    def _last_error(self, connection: Connection, target: str) -> str:
        t = self._delivery.c
        wanted = (
            sa.select(t.error)
            .where(t.target == target, t.ended_at.is_(None), t.error != "")
            .order_by(t.next_at.desc())
            .limit(1)
        )
        return str(connection.execute(wanted).scalar() or "")
