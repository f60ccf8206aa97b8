"""A document as dispatch keeps it, until the broker has it and its receiver took it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from adapters.contract import Document
from consumers.dispatch.delivery.planned import planned
from consumers.dispatch.delivery.targets import Targets
from consumers.dispatch.remembered import insert
from consumers.dispatch.tables import Tables
from ledger.book.moments import micros, moment
from schemas.envelope import Header


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

    What is stored already is the same: its id is made of what it was made of.
    """
    if not rows:
        return
    connection.execute(insert(connection, tables.document).on_conflict_do_nothing(), rows)
    if to_bring := planned(rows, targets):
        new = insert(connection, tables.delivery).on_conflict_do_nothing()
        connection.execute(new, to_bring)
