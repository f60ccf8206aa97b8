"""What systems are asked from time to time: what of it is to be asked now, kept like all calls."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from adapters.contract import Memory, Request, System
from consumers.dispatch.delivery.planned import FIRST_TRY
from consumers.dispatch.delivery.targets import Targets
from consumers.dispatch.documents import (
    POLLED,
    Unsent,
    document_of,
    keep_documents,
    partition_for,
    row_of,
)
from consumers.dispatch.tables import Tables
from ledger.book.engine import reading
from ledger.book.faults import kind_and_place

log = logging.getLogger(__name__)
PAGE = 100


def is_poll(document: Unsent) -> bool:
    """Tell whether *document* is asked from time to time, and made of nothing that came."""
    return document.type == _kind(document.system)


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked of one page of correlation ids; `last` is where the next page begins.

    `last` is None behind the last one.
    """

    asked: int
    last: str | None


class _Remembered(NamedTuple):
    correlation_id: str
    memory: Memory
    changed_at: int


class Polls:
    """The polls in dispatch's own store; every method is one transaction, off the loop."""

    def __init__(self, engine: Engine, tables: Tables, targets: Targets) -> None:
        self._engine = engine
        self._tables = tables
        self._targets = targets

    def waiting(self, target: str, partitions: Collection[int]) -> bool:
        """Tell whether a poll of *target* was not made yet."""
        t = self._tables.delivery.c
        wanted = sa.select(sa.literal(1)).where(
            t.target == target,
            t.partition.in_(sorted(partitions)),
            t.seq == POLLED,
            t.ended_at.is_(None),
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted.limit(1)).first() is not None

    def ask(self, system: System, partitions: Collection[int], after: str, now: datetime) -> Page:
        """Store what is to be asked of the next page of *system*'s correlation ids.

        Read is what may be asked about alone: of what nothing was to be asked, nothing is until
        its memory changes.

        Under one id it waits once however often it is asked for; answered, it is asked again. What
        was rejected waits for what changes the memory, and so its id: nobody repeats an answer of
        that kind by himself.
        """
        with self._engine.begin() as connection:
            page = self._page(connection, system.name, after)
            own = [each for each in page if partition_for(each.correlation_id) in partitions]
            asked = {each.correlation_id: _polled(system, *each[:2]) for each in own}
            rows = _rows(system, {each: found for each, found in asked.items() if found}, now)
            if rows:
                self._asked_again(connection, [row["id"] for row in rows])
                keep_documents(connection, self._tables, rows, self._targets, POLLED)
            settled = [each for each in own if asked[each.correlation_id] == ()]
            self._settle(connection, system.name, settled)
        return Page(len(rows), page[-1].correlation_id if len(page) == PAGE else None)

    def _page(self, connection: Connection, system: str, after: str) -> Sequence[_Remembered]:
        m, t = self._tables.memory.c, self._tables.touched.c
        same = sa.and_(m.system == t.system, m.correlation_id == t.correlation_id)
        wanted = (
            sa.select(m.correlation_id, m.memory, t.changed_at)
            .join_from(self._tables.touched, self._tables.memory, same)
            .where(t.system == system, t.is_settled.is_(False), t.correlation_id > after)
            .order_by(t.correlation_id)
            .limit(PAGE)
        )
        return [_Remembered(*row) for row in connection.execute(wanted)]

    def _settle(self, connection: Connection, system: str, settled: Sequence[_Remembered]) -> None:
        """Note of what nothing is to be asked, unless it changed since it was read."""
        t = self._tables.touched.c
        update = (
            sa.update(self._tables.touched)
            .where(
                t.system == system,
                t.correlation_id == sa.bindparam("own"),
                t.changed_at == sa.bindparam("read_at"),
            )
            .values(is_settled=True)
        )
        rows = [{"own": each.correlation_id, "read_at": each.changed_at} for each in settled]
        if rows:
            connection.execute(update, rows)

    def _asked_again(self, connection: Connection, ids: list[str]) -> None:
        t = self._tables.delivery.c
        answered = sa.or_(t.status.is_(None), t.status < HTTPStatus.BAD_REQUEST)
        anew = {"ended_at": None, "status": None, "next_at": FIRST_TRY, "error": ""}
        connection.execute(
            sa.update(self._tables.delivery)
            .where(t.document_id.in_(ids), t.ended_at.is_not(None), answered)
            .values(**anew)
        )


def _rows(
    system: System, polled: Mapping[str, tuple[Request, ...]], now: datetime
) -> list[dict[str, Any]]:
    kind = _kind(system.name)
    return [
        row_of(
            document_of(asked, system.name, kind, correlation_id, now),
            system.name,
        )
        for correlation_id, own in polled.items()
        for asked in own
    ]


def _polled(system: System, correlation_id: str, memory: Memory) -> tuple[Request, ...] | None:
    """Return what to ask, None where our own code cannot tell."""
    try:
        return system.functions.poll(correlation_id, memory)
    except Exception as error:  # noqa: BLE001  an adapter's bug about one stops no other
        log.error("Not asked of %s: %s", system.name, kind_and_place(error))  # noqa: TRY400  no message
        return None


def _kind(system: str) -> str:
    return f"{system}.poll"
