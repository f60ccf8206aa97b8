"""The tables of what systems said; the same on PostgreSQL and SQLite."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from consumers.outgoing import outgoing_table

metadata = MetaData()

# How far each topic has been heard: the offset behind the last record that was settled.
heard = Table(
    "dispatch_heard",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)

# Which record of it was heard last, by the broker's time: there a topic made anew has another.
last_heard = Table(
    "dispatch_last_heard",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, nullable=False),
    Column("timestamp_ms", BigInteger, nullable=False),
)

outgoing = outgoing_table("dispatch_outgoing", metadata)
"""Log records and dead letters that came of it; and systems' answers, for their own topics."""
