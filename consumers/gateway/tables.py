"""The tables of what the gateway took in; the same on PostgreSQL and SQLite."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from consumers.dispatch.tables import tables_of

metadata = MetaData()

# Each record of edi.in.v1 that was dealt with, by what it is known by. Times are microseconds.
delivery = Table(
    "gateway_delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
)

# Each interchange whose messages were taken: once for ever, whoever brings it again.
interchange = Table(
    "gateway_interchange",
    metadata,
    Column("identity", Text, primary_key=True),
    Column("delivery", Text, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
)

# What is to be put on Kafka, and what was: `sent_at` is null until the broker has it.
record = Table(
    "gateway_record",
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
Index(
    "gateway_record_unsent",
    record.c.partition,
    record.c.offset,
    record.c.place,
    postgresql_where=record.c.sent_at.is_(None),
    sqlite_where=record.c.sent_at.is_(None),
)
Index("gateway_record_sent", record.c.sent_at)

# What partners answered to what they were told, by our reference (0020).
answered = Table(
    "gateway_answered",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("delivery", Text, nullable=False),
)

TOLD = tables_of("gateway_told")
"""What partners are told of facts, as dispatch keeps what systems are told."""
