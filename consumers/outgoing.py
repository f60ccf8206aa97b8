"""Records that are stored before they are sent, and what has been sent of them: one table."""

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Connection, Index, Integer, LargeBinary, MetaData, Text
from sqlalchemy.dialects import postgresql, sqlite

from ledger.book.engine import is_postgresql
from ledger.book.moments import micros
from producers.records import Record


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to records: its name, the same whenever it comes again, and its order."""

    name: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that is to be put on Kafka; `system` is what it is counted by."""

    id: str
    system: str
    record: Record


def as_stored(waiting: Waiting, _namespace: str) -> Record:
    """Return the record that was stored, as it is."""
    return waiting.record


def outgoing_table(name: str, metadata: MetaData) -> sa.Table:
    """Return the table of what is to be put on Kafka: `sent_at` is null until the broker has it.

    The order of a partition is that of its input. Times are microseconds since 1970.
    """
    table = sa.Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("place", Integer, nullable=False),
        Column("system", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("to_partition", Integer, nullable=False),
        Column("key", LargeBinary),
        Column("value", LargeBinary),
        Column("headers", Text, nullable=False),
        Column("made_at", BigInteger, nullable=False),
        Column("sent_at", BigInteger),
    )
    is_unsent = table.c.sent_at.is_(None)
    place = (table.c.partition, table.c.offset, table.c.place)
    Index(f"{name}_unsent", *place, postgresql_where=is_unsent, sqlite_where=is_unsent)
    Index(f"{name}_sent", table.c.sent_at)
    return table


def keep(
    connection: Connection,
    table: sa.Table,
    cause: Cause,
    records: Sequence[tuple[str, Record]],
    now: datetime,
) -> None:
    """Store *records*, each with what it is counted by; those that were stored before stay so."""
    rows = [
        {
            "id": f"{cause.name} {place}",
            "partition": cause.partition,
            "offset": cause.offset,
            "place": place,
            "system": system,
            "topic": record.topic,
            "to_partition": record.partition,
            "key": record.key,
            "value": record.value,
            "headers": json.dumps([[name, _text(value)] for name, value in record.headers]),
            "made_at": micros(now),
            "sent_at": None,
        }
        for place, (system, record) in enumerate(records)
    ]
    if rows:
        insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def unsent(
    connection: Connection, table: sa.Table, partitions: Collection[int], limit: int
) -> tuple[Waiting, ...]:
    """Return what came of these partitions and the broker does not have yet, in order."""
    t = table.c
    wanted = (
        sa.select(table)
        .where(t.partition.in_(sorted(partitions)), t.sent_at.is_(None))
        .order_by(t.partition, t.offset, t.place)
        .limit(limit)
    )
    return tuple(_waiting(row) for row in connection.execute(wanted).mappings())


def mark_sent(
    connection: Connection, table: sa.Table, waiting: Iterable[Waiting], at: datetime
) -> None:
    """Mark them as sent: the broker has them."""
    ids = [each.id for each in waiting]
    mark = sa.update(table).where(table.c.id.in_(ids)).values(sent_at=micros(at))
    connection.execute(mark)


def forget_sent(connection: Connection, table: sa.Table, before: datetime) -> int:
    """Delete what was sent before then; return how many."""
    return connection.execute(sa.delete(table).where(table.c.sent_at < micros(before))).rowcount


def _waiting(row: sa.RowMapping) -> Waiting:
    headers: Any = tuple((name, _bytes(value)) for name, value in json.loads(row["headers"]))
    record = Record(
        topic=row["topic"],
        partition=row["to_partition"],
        key=None if row["key"] is None else bytes(row["key"]),
        value=None if row["value"] is None else bytes(row["value"]),
        headers=headers,
    )
    return Waiting(row["id"], row["system"], record)


def _text(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)
