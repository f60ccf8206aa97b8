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
    false,
    text,
)

metadata = MetaData()

# By code point, as SQLite orders: the same order on every database, whatever its locale, and no
# index that a new version of the system's collations could break.
Name = Text().with_variant(Text(collation="C"), "postgresql")

# One row a shard: the fence (epoch), the place in the log, the end of the chain, the relay's mark.
# Whoever holds the row's lock writes the shard.
shard = Table(
    "shard",
    metadata,
    Column("shard", Name, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("owner", Text, nullable=False),
    Column("first_offset", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("next_seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("relayed_seq", BigInteger, nullable=False),
    Column("ticks", BigInteger, nullable=False),
)

# Append-only. `body` is exactly what is hashed and published. Times are microseconds since 1970.
# `src_key` and `src_hash` stand on the first entry of a message alone: what the message is known
# by, and what it said.
entry = Table(
    "entry",
    metadata,
    Column("shard", Name, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("container", Name, nullable=False),
    Column("release_id", Name),
    Column("fact", Name, nullable=False),
    Column("outcome", Name),
    Column("waited", Boolean, nullable=False),
    Column("resumed", Boolean, nullable=False, server_default=false()),
    Column("message_id", Name, nullable=False),
    Column("src_key", LargeBinary),
    Column("src_hash", LargeBinary),
    Column("log_offset", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
_of_a_message = entry.c.src_key.is_not(None)
Index(
    "entry_src_key",
    entry.c.src_key,
    unique=True,
    postgresql_where=_of_a_message,
    sqlite_where=_of_a_message,
)
# Its end is the container's last entry, which the next one names.
Index("entry_container", entry.c.container, entry.c.shard, entry.c.seq)
Index("entry_message", entry.c.message_id)
# What each message came to (I1): counted from here, not by reading a million bodies.
# As text, since SQLite takes a partial index only for the very words it was made with.
counted = text("outcome IS NOT NULL AND NOT waited")
Index(
    "entry_outcome",
    entry.c.shard,
    entry.c.outcome,
    postgresql_where=counted,
    sqlite_where=counted,
)

# Each of these takes the message out of the bucket of the parked (read.buckets).
heard_again = text("resumed")
Index(
    "entry_resumed",
    entry.c.shard,
    postgresql_where=heard_again,
    sqlite_where=heard_again,
)

# How each stay stands after its last entry. `due_at` is when time alone will change it. `operator`
# is who may collect, `operator_suspended` whether that stands as stopped.
stay = Table(
    "stay",
    metadata,
    Column("release_id", Name, primary_key=True),
    Column("shard", Name, nullable=False),
    Column("position", Integer, nullable=False),
    Column("container", Name, nullable=False),
    Column("port", Name, nullable=False),
    Column("terminal", Name, nullable=False),
    Column("agent", Name, nullable=False),
    Column("holder", Name, nullable=False),
    Column("release_identification", Name, nullable=False),
    Column("status", Name, nullable=False),
    Column("combined", Name, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("state", Text, nullable=False),
    Column("operator", Name),
    Column("operator_suspended", Boolean, nullable=False, server_default=false()),
)
Index("stay_container", stay.c.container)
_due = stay.c.due_at.is_not(None)
Index("stay_due", stay.c.shard, stay.c.due_at, postgresql_where=_due, sqlite_where=_due)
Index("stay_release", stay.c.release_identification)
_assigned = stay.c.operator.is_not(None)
Index(
    "stay_operator",
    stay.c.shard,
    stay.c.operator,
    postgresql_where=_assigned,
    sqlite_where=_assigned,
)
_stopped = text("operator_suspended")
Index("stay_stopped", stay.c.shard, postgresql_where=_stopped, sqlite_where=_stopped)

# The bills of lading that each stay names now, for whoever has only the paper in hand.
bill = Table(
    "bill",
    metadata,
    Column("bill", Name, primary_key=True),
    Column("release_id", Name, primary_key=True),
)
Index("bill_release", bill.c.release_id)

# The waiting room: messages whose release has not come, each by the entry that let it in.
waiting = Table(
    "waiting",
    metadata,
    Column("shard", Name, primary_key=True),
    Column("message_key", LargeBinary, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("container", Name, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("question", Text, nullable=False),
)
Index("waiting_container", waiting.c.container)
Index("waiting_until", waiting.c.shard, waiting.c.until)

# Containers of which a message broke our code: what comes after is parked until resumed.
parked = Table(
    "parked",
    metadata,
    Column("container", Name, primary_key=True),
    Column("shard", Name, nullable=False),
)

# What was put to the system that decides in a port, of a container, in the order in which it was.
# `due_at` is when an answer is overdue; it is null once that is told, or the answer came.
request = Table(
    "request",
    metadata,
    Column("id", Name, primary_key=True),
    Column("shard", Name, nullable=False),
    Column("position", Integer, nullable=False),
    Column("container", Name, nullable=False),
    Column("due_at", BigInteger),
    Column("state", Text, nullable=False),
)
Index("request_container", request.c.container)
_open = request.c.due_at.is_not(None)
Index("request_due", request.c.shard, request.c.due_at, postgresql_where=_open, sqlite_where=_open)

# Every organisation as it stands; `seq` is the directory's version that made it so.
organisation = Table(
    "organisation",
    metadata,
    Column("id", Name, primary_key=True),
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

# The keys that what is personal is locked under, each by the id of the message that named it.
# No state: nothing leads to one again once its row is gone, and that is what it is for.
stay_key = Table(
    "stay_key",
    metadata,
    Column("id", Name, primary_key=True),
    Column("container", Name, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
)

# How far each organisation is on its way onto the bus; `due_at` is when time alone moves it.
onboarding = Table(
    "onboarding",
    metadata,
    Column("organisation", Name, primary_key=True),
    Column("shard", Name, nullable=False),
    Column("due_at", BigInteger),
    Column("state", Text, nullable=False),
)
_moves = onboarding.c.due_at.is_not(None)
Index(
    "onboarding_due",
    onboarding.c.shard,
    onboarding.c.due_at,
    postgresql_where=_moves,
    sqlite_where=_moves,
)

# What is personal of an organisation is locked under these, as a driver is under a stay's.
organisation_key = Table(
    "organisation_key",
    metadata,
    Column("id", Name, primary_key=True),
    Column("organisation", Name, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
)

STATE = (stay, bill, waiting, parked, request, organisation, onboarding)
"""What follows from the entries alone, and can be made anew from them."""
