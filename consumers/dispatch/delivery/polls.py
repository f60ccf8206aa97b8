"""What systems are asked from time to time: what of it is to be asked now, kept like all calls."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from adapters.contract import Memory, Request, System
from consumers.dispatch.delivery.planned import FIRST_TRY
from consumers.dispatch.delivery.targets import Targets
from consumers.dispatch.documents import Order, Unsent, document_of, keep_documents, row_of
from consumers.dispatch.tables import Tables
from ledger.book.engine import reading
from ledger.book.faults import kind_and_place
from producers.log import partition_of
from schemas.topics import CONTAINER_PARTITIONS

log = logging.getLogger(__name__)
POLLED = 2**62
"""The place of what is asked from time to time: behind whatever a fact or a record leads to."""
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

        Under one id it waits once however often it is asked for; answered, it is asked again. What
        was rejected waits for what changes the memory, and so its id: nobody repeats an answer of
        that kind by himself.
        """
        t = self._tables.memory.c
        wanted = sa.select(t.correlation_id, t.memory)
        wanted = wanted.where(t.system == system.name, t.correlation_id > after)
        with self._engine.begin() as connection:
            page = connection.execute(wanted.order_by(t.correlation_id).limit(PAGE)).all()
            own = {each: memory for each, memory in page if _partition(each) in partitions}
            rows = _rows(system, own, now)
            if rows:
                self._asked_again(connection, [row["id"] for row in rows])
                keep_documents(connection, self._tables, rows, self._targets)
        return Page(len(rows), page[-1][0] if len(page) == PAGE else None)

    def _asked_again(self, connection: Connection, ids: list[str]) -> None:
        t = self._tables.delivery.c
        answered = sa.or_(t.status.is_(None), t.status < HTTPStatus.BAD_REQUEST)
        anew = {"ended_at": None, "status": None, "next_at": FIRST_TRY, "error": ""}
        connection.execute(
            sa.update(self._tables.delivery)
            .where(t.document_id.in_(ids), t.ended_at.is_not(None), answered)
            .values(**anew)
        )


def _rows(system: System, memory: Mapping[str, Memory], now: datetime) -> list[dict[str, Any]]:
    kind = _kind(system.name)
    return [
        row_of(
            document_of(asked, system.name, kind, correlation_id, now),
            system.name,
            Order(_partition(correlation_id), POLLED, place),
        )
        for correlation_id, own in memory.items()
        for place, asked in enumerate(_polled(system, correlation_id, own))
    ]


def _polled(system: System, correlation_id: str, memory: Memory) -> tuple[Request, ...]:
    try:
        return system.functions.poll(correlation_id, memory)
    except Exception as error:  # noqa: BLE001  an adapter's bug about one stops no other
        log.error("Not asked of %s: %s", system.name, kind_and_place(error))  # noqa: TRY400  no message
        return ()


def _partition(correlation_id: str) -> int:
    return partition_of(correlation_id.encode(), CONTAINER_PARTITIONS)


def _kind(system: str) -> str:
    return f"{system}.poll"
