"""A document as dispatch keeps it, until the broker has it and its receiver took it."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from adapters.contract import HTTP_METHOD, HTTP_PATH, Document, Request
from consumers.dispatch.delivery.planned import delivery_row, planned
from consumers.dispatch.delivery.targets import Targets
from consumers.dispatch.remembered import insert
from consumers.dispatch.tables import Tables
from ledger.book.moments import micros, moment
from schemas.envelope import Header
from schemas.topics import MEBIBYTE

log = logging.getLogger(__name__)
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


class Order(NamedTuple):
    """Where a document stands among those of its partition: behind what it was made of."""

    partition: int
    seq: int
    place: int


def row_of(document: Document, system: str, order: Order) -> dict[str, Any]:
    """Return the row of a document of *system*."""
    return {
        "id": document.id,
        **order._asdict(),
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
    connection: Connection, tables: Tables, rows: Sequence[dict[str, Any]], targets: Targets
) -> None:
    """Store documents, and that they are to be brought where *targets* say so.

    What is stored already is the same: its id is made of what it was made of. One that no topic
    takes is rejected at once, or it would stop all that stands behind it.
    """
    large = [row for row in rows if len(row["content"]) > LARGEST_DOCUMENT]
    fitting = [row for row in rows if len(row["content"]) <= LARGEST_DOCUMENT]
    rejected = [_rejected(row, targets) for row in large]
    stored = [*fitting, *(row | {"content": b"", "sent_at": row["made_at"]} for row in large)]
    if stored:
        connection.execute(insert(connection, tables.document).on_conflict_do_nothing(), stored)
    if to_bring := [*planned(fitting, targets), *rejected]:
        new = insert(connection, tables.delivery).on_conflict_do_nothing()
        connection.execute(new, to_bring)


def _rejected(row: dict[str, Any], targets: Targets) -> dict[str, Any]:
    log.error("Not sent: %s for %s: %s", row["id"], row["system"], TOO_LARGE)
    target = targets.of(row["system"], row["receiver"])
    end = {"ended_at": row["made_at"], "status": int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)}
    name = row["system"] if target is None else target.name
    return delivery_row(row, name) | end | {"error": TOO_LARGE}
