"""The tables of dispatch's own store; the same on PostgreSQL and SQLite."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

# How far each shard's facts have been seen: `seq` of the last one, and the offset behind it.
seen = Table(
    "dispatch_seen",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)

# What a system remembers under one of its correlation ids, in its own words.
memory = Table(
    "dispatch_memory",
    metadata,
    Column("system", Text, primary_key=True),
    Column("correlation_id", Text, primary_key=True),
    Column("memory", Text, nullable=False),
)

# What is to be sent, and what was: `sent_at` is null until the broker has it. The order of a
# partition is shard, seq, place. Times are microseconds since 1970.
document = Table(
    "dispatch_document",
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
Index(
    "dispatch_document_unsent",
    document.c.partition,
    document.c.seq,
    document.c.place,
    postgresql_where=document.c.sent_at.is_(None),
    sqlite_where=document.c.sent_at.is_(None),
)
Index("dispatch_document_subject", document.c.subject)
Index("dispatch_document_sent", document.c.sent_at)

# Facts that could not be rendered, and those of the same container that stand behind them.
# `system` is `*` for a fact that could not even be read.
parked = Table(
    "dispatch_parked",
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
Index("dispatch_parked_container", parked.c.container)
