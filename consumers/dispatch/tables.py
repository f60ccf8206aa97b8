"""The tables of a store of what is sent; the same on PostgreSQL and SQLite."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one store; several stores may lie in one database, each under its own name.

    `seen` is how far each shard's facts have been seen, `memory` what a system remembers under
    one of its correlation ids, `touched` when that changed last, `document` what is to be sent
    and what was, `parked` the facts that could not be rendered, `delivery` what is brought to a
    target of its own, beside the topic.
    """

    metadata: MetaData
    seen: Table
    memory: Table
    touched: Table
    document: Table
    parked: Table
    delivery: Table


def tables_of(name: str) -> Tables:
    """Return the tables whose names begin with *name*."""
    metadata = MetaData()
    return Tables(
        metadata,
        _seen(name, metadata),
        _memory(name, metadata),
        _touched(name, metadata),
        _document(name, metadata),
        _parked(name, metadata),
        _delivery(name, metadata),
    )


def _seen(name: str, metadata: MetaData) -> Table:
    """How far each shard was seen: `seq` of its last fact, and the offset behind it."""
    return Table(
        f"{name}_seen",
        metadata,
        Column("shard", Text, primary_key=True),
        Column("seq", BigInteger, nullable=False),
        Column("next_offset", BigInteger, nullable=False),
    )


def _memory(name: str, metadata: MetaData) -> Table:
    """What a system remembers, in its own words."""
    return Table(
        f"{name}_memory",
        metadata,
        Column("system", Text, primary_key=True),
        Column("correlation_id", Text, primary_key=True),
        Column("memory", Text, nullable=False),
    )


def _touched(name: str, metadata: MetaData) -> Table:
    """When a memory changed last; `is_settled` where nothing is to be asked until it does again.

    A table of its own: a store that was made before it gets it beside what is there.
    """
    table = Table(
        f"{name}_touched",
        metadata,
        Column("system", Text, primary_key=True),
        Column("correlation_id", Text, primary_key=True),
        Column("changed_at", BigInteger, nullable=False),
        Column("is_settled", Boolean, nullable=False),
    )
    is_open = table.c.is_settled.is_(False)
    Index(
        f"{name}_touched_open",
        table.c.system,
        table.c.correlation_id,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    Index(f"{name}_touched_changed", table.c.changed_at)
    return table


def _document(name: str, metadata: MetaData) -> Table:
    """What is to be sent, and what was: `sent_at` is null until the broker has it.

    The order of a partition is seq, place (documents.py). Times are microseconds since 1970.
    """
    table = Table(
        f"{name}_document",
        metadata,
        Column("id", Text, primary_key=True),
        Column("partition", Integer, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("place", Integer, nullable=False),
        Column("system", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("receiver", Text, nullable=False),
        Column("content_type", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("correlation_id", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("made_at", BigInteger, nullable=False),
        Column("headers", Text, nullable=False),
        Column("sent_at", BigInteger),
    )
    is_unsent = table.c.sent_at.is_(None)
    Index(
        f"{name}_document_unsent",
        table.c.partition,
        table.c.seq,
        table.c.place,
        postgresql_where=is_unsent,
        sqlite_where=is_unsent,
    )
    Index(f"{name}_document_subject", table.c.subject)
    Index(f"{name}_document_sent", table.c.sent_at)
    return table


def _parked(name: str, metadata: MetaData) -> Table:
    """Facts that could not be rendered, and those of the same container that stand behind them.

    `system` is `*` for a fact that could not even be read.
    """
    table = Table(
        f"{name}_parked",
        metadata,
        Column("shard", Text, primary_key=True),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("system", Text, primary_key=True),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("container", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
    )
    Index(f"{name}_parked_container", table.c.container)
    return table


def _delivery(name: str, metadata: MetaData) -> Table:
    """What is brought to a target: `ended_at` is null until it was taken or refused for good.

    Documents of one target and correlation id go one after the other, by seq, place.
    """
    table = Table(
        f"{name}_delivery",
        metadata,
        Column("document_id", Text, primary_key=True),
        Column("target", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("place", Integer, nullable=False),
        Column("correlation_id", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        Column("status", Integer),
        Column("error", Text, nullable=False),
    )
    is_open = table.c.ended_at.is_(None)
    Index(
        f"{name}_delivery_open",
        table.c.target,
        table.c.correlation_id,
        table.c.partition,
        table.c.seq,
        table.c.place,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    return table


DISPATCH = tables_of("dispatch")
