"""Taking one container's trail out of the book, with nothing of its neighbours but digests."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from ledger.book import tables
from ledger.book.chain import GENESIS, leaf, link
from ledger.book.heads import HeadKey, sign_head
from ledger.trail.lines import (
    LINE,
    About,
    After,
    Closed,
    End,
    Line,
    Others,
    Shown,
    plain,
    signed_end,
)
from schemas.heads import Head

DIGESTS_A_LINE = 1000
ABOUT = (
    "This file shows everything that the ledger of the release bus wrote down about container "
    "{container} up to {taken_at:%Y-%m-%d %H:%M:%S} UTC, and what is needed to check that nothing "
    "of it was changed, moved or left out."
    " Check it with `releasebus audit-check FILE --public-key KEYS`, "
    "where KEYS holds the bus's public keys, come by another way than this file; how to do it "
    "with other tools stands in docs/audit-trail.md."
)


class NotAsWritten(Exception):
    """The book is not what was written, so no trail is taken from it.

    Run `releasebus verify`, keep the database as it is, and find out who had access to it.
    """


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a shard's chain: from an entry of the container to the head that proves it."""

    shard: str
    first: int
    last: int
    head: Head | None


def trail(
    connection: Connection,
    container: str,
    heads: Iterable[Head],
    *,
    at: datetime,
    key: HeadKey | None = None,
    names: Mapping[str, str] | None = None,
) -> Iterator[bytes]:
    """Yield the lines of the container's trail, as they stand in a file; nothing if it has none.

    Each entry is proven by the nearest of *heads* behind it. With *key* the ends of chains that
    none of them reaches are signed as they stand, and so is the whole. Give it a connection of
    `reading`, opened after the heads were read. Raises NotAsWritten.
    """
    own = _own(connection, container)
    if not own:
        return
    kept = _by_shard(heads)
    whole = sha256()
    for line in _lines(connection, _about(container, own, at, key, names or {}), own, kept, key):
        written = LINE.written(line) + b"\n"
        whole.update(written)
        yield written
    yield LINE.written(_end(whole.hexdigest(), key)) + b"\n"


def stretches(seqs: Sequence[int], shard: str, heads: Sequence[Head]) -> Iterator[Stretch]:
    """Yield what has to be shown of a shard; *seqs* and *heads* in order.

    Between the head behind an entry and the container's next entry nothing is needed.
    """
    head_seqs = [head.seq for head in heads]
    at = 0
    while at < len(seqs):
        place = bisect_left(head_seqs, seqs[at])
        head = heads[place] if place < len(heads) else None
        last = seqs[-1] if head is None else head.seq
        yield Stretch(shard, seqs[at], last, head)
        at = bisect_left(seqs, last + 1)


def _lines(
    connection: Connection,
    about: About,
    own: Sequence[Row[Any]],
    kept: Mapping[str, list[Head]],
    key: HeadKey | None,
) -> Iterator[Line]:
    yield about
    for shard, rows in groupby(own, key=attrgetter("shard")):
        seqs = [row.seq for row in rows]
        heads = _reaching(connection, shard, kept.get(shard, []), seqs[-1], about.taken_at, key)
        for stretch in stretches(seqs, shard, heads):
            yield from _shown(connection, about.container, stretch)


def _about(
    container: str,
    own: Sequence[Row[Any]],
    at: datetime,
    key: HeadKey | None,
    names: Mapping[str, str],
) -> About:
    written = b"\n".join(row.body for row in own)
    return About(
        about=ABOUT.format(container=container, taken_at=at),
        container=container,
        taken_at=at,
        entries=len(own),
        keys={} if key is None else {key.key_id: key.public_key.hex()},
        names={
            party: plain(name) for party, name in names.items() if f'"{party}"'.encode() in written
        },
    )


def _end(digest: str, key: HeadKey | None) -> End:
    if key is None:
        return End(digest=digest)
    signature = key.key.sign(signed_end(digest)).signature.hex()
    return End(digest=digest, key_id=key.key_id, signature=signature)


def _own(connection: Connection, container: str) -> list[Row[Any]]:
    columns = tables.entry.c
    statement = (
        select(columns.shard, columns.seq, columns.body)
        .where(columns.container == container)
        .order_by(columns.shard, columns.seq)
    )
    return list(connection.execute(statement))


def _by_shard(heads: Iterable[Head]) -> dict[str, list[Head]]:
    kept: dict[str, list[Head]] = {}
    for head in sorted(heads, key=attrgetter("seq", "at")):
        kept.setdefault(head.shard, []).append(head)
    return kept


def _reaching(
    connection: Connection,
    shard: str,
    heads: list[Head],
    last_seq: int,
    at: datetime,
    key: HeadKey | None,
) -> list[Head]:
    """Return *heads*, and one more where they do not reach *last_seq* and there is a key."""
    if key is None or (heads and heads[-1].seq >= last_seq):
        return heads
    row = connection.execute(select(tables.shard).where(tables.shard.c.shard == shard)).one()
    return [*heads, sign_head(key, shard, row.next_seq - 1, row.head, at)]


def _shown(connection: Connection, container: str, stretch: Stretch) -> Iterator[Line]:
    shard = stretch.shard
    end = _hash_of(connection, shard, stretch.first - 1)
    yield After(shard=shard, seq=stretch.first - 1, hash=end.hex())
    others: list[str] = []
    seq = stretch.first - 1
    for row in _rows(connection, stretch):
        computed = link(end, row.salt, row.body)
        if row.seq != seq + 1 or row.hash != computed:
            raise NotAsWritten(f"{shard} entry {row.seq} does not follow entry {seq}")
        seq, end = row.seq, computed
        mine = row.container == container
        if others and (mine or len(others) == DIGESTS_A_LINE):
            yield Others(first=seq - len(others), digests=tuple(others))
            others.clear()
        if mine:
            yield _entry(row)
        else:
            others.append(leaf(row.salt, row.body).hex())
    if others:
        yield Others(first=seq + 1 - len(others), digests=tuple(others))
    if seq != stretch.last:
        raise NotAsWritten(f"{shard} ends at {seq}, and a head was signed at {stretch.last}")
    if stretch.head is not None:
        if stretch.head.hash != end.hex():
            raise NotAsWritten(f"{shard} entry {seq} has not the hash that was signed")
        yield Closed(head=stretch.head)


def _entry(row: Row[Any]) -> Shown:
    try:
        written = row.body.decode()
    except UnicodeDecodeError as error:
        raise NotAsWritten(f"{row.shard} entry {row.seq} is no text") from error
    return Shown(seq=row.seq, salt=row.salt.hex(), hash=row.hash.hex(), bytes=written)


def _hash_of(connection: Connection, shard: str, seq: int) -> bytes:
    if seq == 0:
        return GENESIS
    columns = tables.entry.c
    this = select(columns.hash).where(columns.shard == shard, columns.seq == seq)
    found = connection.execute(this).scalar_one_or_none()
    if not isinstance(found, bytes):
        raise NotAsWritten(f"{shard} entry {seq} is not there")
    return found


def _rows(connection: Connection, stretch: Stretch) -> Iterator[Row[Any]]:
    columns = tables.entry.c
    statement = (
        select(columns.shard, columns.seq, columns.container, columns.salt, columns.hash)
        .add_columns(columns.body)
        .where(columns.shard == stretch.shard, columns.seq.between(stretch.first, stretch.last))
        .order_by(columns.seq)
    )
    yield from connection.execute(statement, execution_options={"yield_per": DIGESTS_A_LINE})
