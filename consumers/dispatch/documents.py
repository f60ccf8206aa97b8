"""A document as dispatch keeps it, until the broker has it and its receiver took it."""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ledger.book.moments import moment
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
