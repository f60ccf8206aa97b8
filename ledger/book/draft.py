"""A batch on its way into the book: answers become entries with a number, a hash and their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from ledger.book.chain import link, new_salt
from ledger.book.lease import Lease
from ledger.book.moments import micros
from ledger.law.file import Answer
from schemas.facts import Cause, RecordedFact, written

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as it stands in the book: its bytes, and the value they were written from."""

    recorded: RecordedFact
    body: bytes


@dataclass(slots=True)
class Page:
    """The entries of one shard in one batch; numbers and hashes follow the shard's last."""

    lease: Lease
    next_offset: int
    next_seq: int
    head: bytes
    recorded_at: datetime
    ticks: int = 0
    entries: list[Entry] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, answer: Answer, content_hash: bytes | None = None) -> Entry:
        """Write one answer down; *content_hash* only with a message's first answer."""
        recorded = RecordedFact(
            shard=self.lease.shard,
            seq=self.next_seq,
            recorded_at=self.recorded_at,
            container=answer.container,
            port=answer.port,
            fact=answer.fact,
            cause=answer.cause,
            outcome=answer.outcome,
            stay=answer.stay,
            lights=answer.lights,
            light_changes=answer.light_changes,
            missing=answer.missing,
        )
        body, salt = written(recorded), new_salt()
        self.head = link(self.head, salt, body)
        key = None if content_hash is None else message_key(answer.cause)
        self.rows.append(self._row(recorded, body, salt, key, content_hash))
        self.next_seq += 1
        entry = Entry(recorded, body)
        self.entries.append(entry)
        return entry

    def _row(
        self,
        recorded: RecordedFact,
        body: bytes,
        salt: bytes,
        key: bytes | None,
        content_hash: bytes | None,
    ) -> tuple[Any, ...]:
        cause = recorded.cause
        return (
            recorded.shard,
            recorded.seq,
            micros(recorded.recorded_at),
            recorded.container,
            None if recorded.stay is None else recorded.stay.release_id,
            recorded.fact.type,
            None if recorded.outcome is None else recorded.outcome.value,
            cause.waited,
            cause.message_id,
            key,
            content_hash,
            cause.log_offset,
            salt,
            self.head,
            body,
        )


def page_of(lease: Lease) -> Page:
    """Return an empty page that continues the shard's chain."""
    return Page(
        lease=lease,
        next_offset=lease.next_offset,
        next_seq=lease.next_seq,
        head=lease.head,
        recorded_at=lease.recorded_at,
    )


def message_key(cause: Cause) -> bytes:
    """Return what a message is known by: its verified sender and the id that it gave."""
    return digest(cause.organisation.encode(), cause.message_id.encode())


def digest(*parts: bytes) -> bytes:
    """Return a short digest of *parts*, each kept apart from the next."""
    state = blake2b(digest_size=KEY_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(4, "big"))
        state.update(part)
    return state.digest()


def first_of(answers: Iterable[Answer]) -> Answer | None:
    """Return the answer that carries the outcome, or None."""
    return next((answer for answer in answers if answer.outcome is not None), None)
