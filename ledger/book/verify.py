"""Whether the book is what was written: every chain is recomputed, every column compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, select

from ledger.book import tables
from ledger.book.heads import check_head
from ledger.book.walk import Finding, Walk
from schemas.heads import Head

AT_ONCE = 2000
Progress = Callable[[int], None]
"""What is told how many entries have been gone through so far."""


def verify(
    connection: Connection,
    shard: str | None = None,
    *,
    heads: Iterable[Head] = (),
    public_keys: Mapping[str, bytes] | None = None,
    progress: Progress = lambda _entries: None,
) -> Iterator[Finding]:
    """Yield everything that is wrong with the entries of *shard*, or of all of them.

    Found are an edit of an entry's bytes, salt, hash or typed columns, a deletion, an insertion,
    a reordering, and a shard row that does not stand at its chain's end. Against signed *heads*,
    kept elsewhere, also a truncation and a chain that was computed anew; with *public_keys*, by
    key id, a head counts only with its signature. `src_hash` alone is not in the chain.

    Give it a connection of `reading`, opened after the heads were read: a head signed later
    would look like a truncation. Memory stays flat.
    """
    kept = _by_shard(heads)
    checked = 0
    for name in _shards(connection, kept) if shard is None else (shard,):
        trusted: dict[int, list[Head]] = {}
        yield from _sorted_out(kept.get(name, ()), public_keys, trusted)
        walk = Walk(name, trusted)
        for rows in entries(connection, name).partitions():
            yield from chain.from_iterable(map(walk.step, rows))
            checked += len(rows)
            progress(checked)
        yield from walk.end(_shard_row(connection, name))


def _sorted_out(
    heads: Iterable[Head],
    public_keys: Mapping[str, bytes] | None,
    trusted: dict[int, list[Head]],
) -> Iterator[Finding]:
    """Put the heads that count into *trusted*; yield a finding for each that does not."""
    for head in heads:
        if public_keys is None or _is_signed(head, public_keys):
            trusted.setdefault(head.seq, []).append(head)
        else:
            yield Finding(head.shard, head.seq, "its head is not signed by a key that is known")


def entries(connection: Connection, shard: str) -> CursorResult[Any]:
    """Return the rows of a shard by number, a few at a time."""
    columns = tables.entry.c
    statement = select(tables.entry).where(columns.shard == shard).order_by(columns.seq)
    return connection.execute(statement, execution_options={"yield_per": AT_ONCE})


def shards_with_entries(connection: Connection) -> Iterator[str]:
    """Yield the shards that entries stand in, without reading through the entries."""
    column, last = tables.entry.c.shard, ""
    while True:
        following = select(column).where(column > last).order_by(column).limit(1)
        found = connection.execute(following).scalar_one_or_none()
        if found is None:
            return
        last = found
        yield last


def _shards(connection: Connection, heads: Mapping[str, object]) -> list[str]:
    known = connection.execute(select(tables.shard.c.shard)).scalars()
    return sorted({*known, *shards_with_entries(connection), *heads})


def _by_shard(heads: Iterable[Head]) -> dict[str, list[Head]]:
    kept: dict[str, list[Head]] = {}
    for head in heads:
        kept.setdefault(head.shard, []).append(head)
    return kept


def _is_signed(head: Head, public_keys: Mapping[str, bytes]) -> bool:
    key = public_keys.get(head.key_id)
    return key is not None and check_head(head, key)


def _shard_row(connection: Connection, shard: str) -> Row[Any] | None:
    row = select(tables.shard).where(tables.shard.c.shard == shard)
    return connection.execute(row).one_or_none()
