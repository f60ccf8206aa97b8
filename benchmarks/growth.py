"""Filling a book with entries of long ago, as far as their weight in tables and indexes goes."""

from sqlalchemy import Engine, text

AT_ONCE = 250_000
ENTRIES_OF_A_STAY = 10
# Short bodies: what a message costs depends on the indexes, and a disk has its limits.
ENTRIES = """
INSERT INTO entry (shard, seq, recorded_at, container, release_id, fact, outcome, waited,
    message_id, src_key, src_hash, log_offset, salt, hash, body)
SELECT 'old-' || number % 12, number, number, 'OLDU' || number / :entries_of_a_stay,
    'old-' || number / :entries_of_a_stay, 'discharged', 'applied', false, 'old-' || number,
    decode(md5(number::text), 'hex'), decode(md5('h' || number), 'hex'), number,
    decode(md5('s' || number), 'hex'), sha256(number::text::bytea), repeat('.', 200)::bytea
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS number
"""
STAYS = """
INSERT INTO stay (release_id, shard, position, container, port, terminal, agent, holder,
    release_identification, status, combined, disputed, suspended, expires_at, due_at, state)
SELECT 'old-' || number, 'old-' || number % 12, 0, 'OLDU' || number, 'BEANR', '1742', 'a', 'h',
    'AGT-' || number, 'gated_out', 'red', false, false, number, NULL, repeat('.', 200)
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS number
"""


def grow(engine: Engine, entries: int) -> None:
    """Give the book *entries* entries of shards that nobody follows, and their stays."""
    for first in range(1, entries + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, entries)
        with engine.begin() as connection:
            connection.execute(
                text(ENTRIES),
                {"first": first, "last": last, "entries_of_a_stay": ENTRIES_OF_A_STAY},
            )
            stays = {"first": first // ENTRIES_OF_A_STAY + 1, "last": last // ENTRIES_OF_A_STAY}
            connection.execute(text(STAYS), stays)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE"))
