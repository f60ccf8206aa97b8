"""One shard's chain, gone along entry by entry: what is not as it was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Row

from ledger.book.chain import GENESIS, link
from ledger.book.draft import digest, storable
from ledger.book.moments import micros
from schemas.evolution.upcasts import newer_than_known, upcast
from schemas.heads import Head

ENDS_KEPT = 8
KINDS = {"seq": int, "recorded_at": int, "salt": bytes, "hash": bytes, "body": bytes}


def is_of_its_kinds(row: Row[Any]) -> bool:
    """Tell whether the columns of an entry hold what they are for: SQLite keeps any value."""
    return all(isinstance(getattr(row, name), kind) for name, kind in KINDS.items())


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written: where, and what, in words for a person."""

    shard: str
    seq: int | None
    what: str


@dataclass(slots=True)
class Walk:
    """Where the walk along one shard has come to.

    `ends` are the hashes that the next entry may follow: one, until the chain breaks; then what
    stands there and what should, so that one fault is told once. `shift` is how far the entries
    stand from the places that their bytes name.
    """

    shard: str
    heads: dict[int, list[Head]]
    seq: int = 0
    ends: tuple[bytes, ...] = (GENESIS,)
    shift: int = 0
    recorded_at: int = 0

    def step(self, row: Row[Any]) -> Iterator[Finding]:
        """Take the next entry by its number, and yield what is wrong with it."""
        if not is_of_its_kinds(row):
            yield self._found(
                None, f"behind {self.seq}: a column holds what does not belong there"
            )
            self.ends = ()
            return
        missing = row.seq != self.seq + 1
        if missing:
            yield self._missing(row.seq)
        told, displaced = self._told(row)
        yield from told
        if not self._chained(row) and not missing and not displaced:
            yield self._found(row.seq, "its bytes, salt or hash are not those of the chain")
        yield from self._signed(row)
        self.seq = row.seq
        self.recorded_at = max(self.recorded_at, row.recorded_at)

    def _chained(self, row: Row[Any]) -> bool:
        """Tell whether the entry follows one of the ends, and move them on."""
        computed = tuple(link(end, row.salt, row.body) for end in self.ends)
        as_it_should = computed[:1] in {(), (row.hash,)}
        self.ends = (row.hash,) if as_it_should else (row.hash, *computed, *self.ends)[:ENDS_KEPT]
        return as_it_should or row.hash in computed

    def end(self, stands: Row[Any] | None) -> Iterator[Finding]:
        """Yield what is wrong with where the chain ends; *stands* is the shard's row."""
        for seq in sorted(self.heads):
            yield self._found(
                seq, f"its head was signed, but the book ends at {self.seq}: cut off"
            )
        if stands is None:
            yield self._found(None, "the table shard has no row for it")
            return
        if stands.next_seq != self.seq + 1:
            expected = f"the shard says that {stands.next_seq - 1} is"
            yield self._found(self.seq, f"it is the last entry, but {expected}")
        elif stands.head not in (self.ends[:1] or (stands.head,)):
            yield self._found(self.seq, "the shard's head is not the hash of the last entry")
        if stands.recorded_at < self.recorded_at:
            yield self._found(self.seq, "it is later than the shard's own time")

    def _found(self, seq: int | None, what: str) -> Finding:
        return Finding(self.shard, seq, what)

    def _missing(self, seq: int) -> Finding:
        first, last = self.seq + 1, seq - 1
        if seq < first:
            return self._found(seq, "an entry stands before the first")
        one = first == last
        return self._found(
            first, "it is missing" if one else f"it and all up to {last} are missing"
        )

    def _signed(self, row: Row[Any]) -> Iterator[Finding]:
        for head in self.heads.pop(row.seq, ()):
            if head.hash != row.hash.hex():
                when = f"{head.at:%Y-%m-%d %H:%M:%S}"
                yield self._found(
                    row.seq, f"its hash is not the one signed at {when}: the chain was rewritten"
                )

    def _told(self, row: Row[Any]) -> tuple[list[Finding], bool]:
        """Compare the columns with what the bytes say; tell whether the entry is out of place."""
        newer = newer_than_known(row.body)
        if newer:
            # Its hash is checked all the same: who wrote the number in is found out by that.
            return [self._found(row.seq, newer)], False
        try:
            body = upcast(from_json(row.body))
            seq, said = _said(body)
            if row.src_key is None and _of_a_stranger(body):
                # However often it says the same it hears the same: the key stands once.
                del said["src_key"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return [self._found(row.seq, "its bytes are no entry")], False
        findings = []
        displaced = seq - row.seq != self.shift
        if displaced:
            self.shift = seq - row.seq
            if self.shift:
                what = f"its bytes say that it is entry {seq}: moved, added or taken out"
                findings.append(self._found(row.seq, what))
        other = [name for name, value in said.items() if getattr(row, name) != value]
        if other:
            findings.append(self._found(row.seq, f"not what its bytes say: {', '.join(other)}"))
        elif row.recorded_at < self.recorded_at:
            findings.append(self._found(row.seq, "it is earlier than the entry before it"))
        return findings, displaced


def _said(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return an entry's number and columns as they have to be, by its bytes."""
    cause, stay, outcome = body["cause"], body.get("stay"), body.get("outcome")
    waited, resumed = cause.get("waited", False), cause.get("resumed", False)
    first_answer = outcome is not None and not waited and not resumed
    return body["seq"], {
        "shard": body["shard"],
        "recorded_at": micros(datetime.fromisoformat(body["recorded_at"])),
        "container": body["container"],
        "release_id": None if stay is None else stay["release_id"],
        "fact": body["fact"]["type"],
        "outcome": outcome,
        "waited": waited,
        "resumed": resumed,
        "message_id": storable(cause["message_id"]),
        "log_offset": cause["log_offset"],
        "src_key": _key(cause) if first_answer and not _repeats(body["fact"]) else None,
    }


def _key(cause: dict[str, Any]) -> bytes:
    return digest(cause["organisation"].encode(), cause["message_id"].encode())


def _of_a_stranger(body: dict[str, Any]) -> bool:
    return bool(body["fact"].get("reason") == "sender_unknown")


def _repeats(fact: dict[str, Any]) -> bool:
    """Tell whether another message of the same id came first, which has the key."""
    return fact["type"] == "repeated" or fact.get("reason") == "same_id_other_content"
