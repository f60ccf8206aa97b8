"""A document as dispatch keeps it, until the broker has it and its receiver took it."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from adapters.contract import HTTP_METHOD, HTTP_PATH, Document, Request
from consumers.dispatch.delivery.planned import delivery_row, planned
from consumers.dispatch.delivery.targets import Targets
from consumers.dispatch.remembered import insert
from consumers.dispatch.tables import Tables
from ledger.book.moments import micros, moment
from producers.log import partition_of
from schemas.envelope import Header
from schemas.topics import CONTAINER_PARTITIONS, MEBIBYTE

log = logging.getLogger(__name__)
POLLED = 2**62
"""The seq of what is asked from time to time: behind whatever a fact or a record leads to."""
LARGEST_DOCUMENT = MEBIBYTE - 16 * 1024
"""Of what a system's topic takes; the rest is for the headers."""
TOO_LARGE = "it is larger than its topic takes, and was never sent: the adapter must split it"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A document as it is stored, to be sent and brought."""

    id: str
    type: str
    system: str
    receiver: str
    content_type: str
    content: bytes
    correlation_id: str
    subject: str
    made_at: datetime
    headers: tuple[Header, ...]


def document_in(row: sa.RowMapping) -> Unsent:
    """Return the document in a row of its table."""
    headers = tuple((name, value.encode()) for name, value in json.loads(row["headers"]))
    names = ("id", "type", "system", "receiver", "content_type", "correlation_id", "subject")
    return Unsent(
        **{name: row[name] for name in names},
        content=bytes(row["content"]),
        made_at=moment(row["made_at"]),
        headers=headers,
    )


def document_of(asked: Request, system: str, kind: str, subject: str, time: datetime) -> Document:
    """Return what *system* is asked as a document to it, like one of a fact."""
    return Document(
        id=asked.id,
        type=kind,
        receiver=system,
        content_type=asked.content_type,
        content=asked.content,
        correlation_id=asked.correlation_id,
        subject=subject,
        time=time,
        headers=((HTTP_METHOD, asked.method), (HTTP_PATH, asked.path), *asked.headers),
    )


def row_of(document: Document, system: str, about: str = "") -> dict[str, Any]:
    """Return the row of a document of *system*; its place among others it gets as it is kept.

    All that is *about* the same, its correlation id where nothing else is said, stands in one
    partition. A fact is known by its container, an answer by what it is about: each has a
    partition and numbers of its own, and nobody could tell which came first.
    """
    return {
        "id": document.id,
        "partition": partition_for(about or document.correlation_id),
        "system": system,
        "type": document.type,
        "receiver": document.receiver,
        "content_type": document.content_type,
        "content": document.content,
        "correlation_id": document.correlation_id,
        "subject": document.subject,
        "made_at": micros(document.time),
        "headers": json.dumps(document.headers),
        "sent_at": None,
    }


def keep_documents(
    connection: Connection,
    tables: Tables,
    rows: Sequence[dict[str, Any]],
    targets: Targets,
    seq: int | None = None,
) -> None:
    """Store documents in their order, and that they are to be brought where *targets* say so.

    They stand behind all that was stored of their correlation ids, whatever either was made of;
    or at *seq*. What is stored already is the same: its id is made of what it was made of. One
    that no topic takes is rejected at once, or it would stop all that stands behind it.
    """
    if not rows:
        return
    rows = _placed(rows, seq or _next_seq(connection, tables, rows, targets))
    large = [row for row in rows if len(row["content"]) > LARGEST_DOCUMENT]
    fitting = [row for row in rows if len(row["content"]) <= LARGEST_DOCUMENT]
    rejected = [_rejected(row, targets) for row in large]
    stored = [*fitting, *(row | {"content": b"", "sent_at": row["made_at"]} for row in large)]
    if stored:
        connection.execute(insert(connection, tables.document).on_conflict_do_nothing(), stored)
    if to_bring := [*planned(fitting, targets), *rejected]:
        new = insert(connection, tables.delivery).on_conflict_do_nothing()
        connection.execute(new, to_bring)


def _placed(rows: Sequence[dict[str, Any]], seq: int) -> list[dict[str, Any]]:
    return [row | {"seq": seq, "place": place} for place, row in enumerate(rows)]


def partition_for(about: str) -> int:
    """Return in which partition the documents *about* something stand."""
    return partition_of(about.encode(), CONTAINER_PARTITIONS)


def _next_seq(
    connection: Connection, tables: Tables, rows: Sequence[dict[str, Any]], targets: Targets
) -> int:
    """Return the time, or what is behind all that still waits of the same, where clocks differ.

    Who has this transaction holds what is remembered of the same (remembered.py), so that nobody
    else asks meanwhile.
    """
    t, d = tables.document.c, tables.delivery.c
    ids = {row["correlation_id"] for row in rows}
    unsent = sa.select(sa.func.max(t.seq)).where(
        t.partition.in_({row["partition"] for row in rows}), t.sent_at.is_(None), t.seq < POLLED
    )
    open_there = sa.select(sa.func.max(d.seq)).where(
        d.target.in_([target.name for target in targets.all]),
        d.correlation_id.in_(ids),
        d.ended_at.is_(None),
        d.seq < POLLED,
    )
    lasts = (connection.execute(wanted).scalar() for wanted in (unsent, open_there))
    return max(micros(datetime.now(UTC)), *((last or 0) + 1 for last in lasts))


def _rejected(row: dict[str, Any], targets: Targets) -> dict[str, Any]:
    log.error("Not sent: %s for %s: %s", row["id"], row["system"], TOO_LARGE)
    target = targets.of(row["system"], row["receiver"])
    end = {"ended_at": row["made_at"], "status": int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)}
    name = row["system"] if target is None else target.name
    return delivery_row(row, name) | end | {"error": TOO_LARGE}
