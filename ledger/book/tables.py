"""The tables of the book; the same on PostgreSQL and SQLite."""

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

metadata = MetaData()

# One row a shard: the fence (epoch), the place in the log, the end of the chain, the relay's mark.
# `backend_pid` and `backend_start` name the PostgreSQL session that works on the shard, so that
# whoever takes over can end a session that was stopped while it held the row's lock.
shard = Table(
    "shard",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("backend_pid", Integer),
    Column("backend_start", Text),
    Column("first_offset", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("next_seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("relayed_seq", BigInteger, nullable=False),
    Column("ticks", BigInteger, nullable=False),
)

# Append-only. `body` is exactly what is hashed and published. Times are microseconds since 1970.
entry = Table(
    "entry",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("container", Text, nullable=False),
    Column("release_id", Text),
    Column("fact", Text, nullable=False),
    Column("outcome", Text),
    Column("waited", Boolean, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("src_key", LargeBinary),
    Column("src_hash", LargeBinary),
    Column("log_offset", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("entry_src_key", entry.c.src_key, unique=True)
Index("entry_container", entry.c.container)

# How each stay stands after its last entry. `due_at` is when time alone will change it.
stay = Table(
    "stay",
    metadata,
    Column("release_id", Text, primary_key=True),
    Column("shard", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("container", Text, nullable=False),
    Column("port", Text, nullable=False),
    Column("terminal", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("release_identification", Text, nullable=False),
    Column("bills_of_lading", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("combined", Text, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("state", Text, nullable=False),
)
Index("stay_container", stay.c.container)
Index("stay_due", stay.c.shard, stay.c.due_at)
Index("stay_release", stay.c.release_identification)

# The waiting room: messages whose release has not come, each by the entry that let it in.
waiting = Table(
    "waiting",
    metadata,
    Column("shard", Text, primary_key=True),
    Column("message_key", LargeBinary, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("container", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("question", Text, nullable=False),
)
Index("waiting_container", waiting.c.container)
Index("waiting_until", waiting.c.shard, waiting.c.until)

# Containers of which a message broke our code: what comes after is parked until resumed.
parked = Table(
    "parked",
    metadata,
    Column("container", Text, primary_key=True),
    Column("shard", Text, nullable=False),
)

# Every organisation as it stands; `seq` is the directory's version that made it so.
organisation = Table(
    "organisation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
)
Index("organisation_seq", organisation.c.seq)

# What became of a dead letter: that one is handled is a row here, the letter stays as it is.
handled_letter = Table(
    "handled_letter",
    metadata,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("handled_at", BigInteger, nullable=False),
    Column("how", Text, nullable=False),
)
