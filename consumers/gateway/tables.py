"""The tables of what the gateway took in; the same on PostgreSQL and SQLite."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Table, Text

from consumers.dispatch.tables import tables_of
from consumers.outgoing import outgoing_table

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

# How far edi.in.v1 has been settled: the offset behind the last record of each partition.
heard = Table(
    "gateway_heard",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)

# Each file too large for a record: which record announced it, and how far it was taken.
file = Table(
    "gateway_file",
    metadata,
    Column("delivery", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("came_at", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("has_letter", Boolean, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("ended_at", BigInteger),
)

record = outgoing_table("gateway_record", metadata)
"""What came of interchanges: messages, answers, dead letters."""

answer = Table(
    "gateway_answer",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("answered_by", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What partners answered to what they were told, by our reference (0020) and CONTRL or APERAK.

Where `answered_by` is empty nobody had in the partner's time.
"""

TOLD = tables_of("gateway_told")
"""What partners are told of facts, as dispatch keeps what systems are told."""
