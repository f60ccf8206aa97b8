"""A day told to a ledger: through intake's reading, the law and the book, without a broker."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine

from ledger.book import personal
from ledger.book.book import Book
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.lease import Lease, open_shard, take
from ledger.law.policy import Policy
from ledger.record import LogRecord
from producers.log import partition_of
from producers.simulator import Cast, Letter
from schemas.envelope import Envelope
from schemas.facts import RECORDED, read
from schemas.logged import Attestation, log_headers
from schemas.messages import ContainerMessage, Message, Tick
from schemas.reading import ReadMessage, canonical_bytes, made_canonical
from schemas.registrations import DOORS
from schemas.topics import LEDGER_LOG
from tests.simulation.disorder import Said
from tests.simulation.reading.told import Json, Told

DIRECTORY = "directory-0"
AT_ONCE = 500
BETWEEN_TICKS = timedelta(minutes=30)
THE_DAYS_AFTER = tuple(timedelta(days=days) for days in (1, 4, 8, 16, 22, 31, 40, 62))
"""When waits are over, rights have been told of long enough, and releases expire."""
SHARDS = tuple(f"ledger-{number}" for number in range(LEDGER_LOG.partitions))


class Place(NamedTuple):
    """One place of a log: its record, the same as the reading takes it, and what was planned."""

    record: LogRecord
    told: Told
    said: Said | None = None


Heard = Callable[[str, Sequence[Place], Sequence[Json]], None]
"""Hands on one shard's part of a batch: the places of its log, and the entries they led to."""


@dataclass(slots=True)
class Playing:
    """A book with all its shards taken, and who looks at what is written."""

    engine: Engine
    heard: Heard
    days_after: tuple[timedelta, ...] = THE_DAYS_AFTER
    leases: dict[str, Lease] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.engine, Policy())
        for shard in (DIRECTORY, *SHARDS):
            open_shard(self.engine, shard, 0)
            self.leases[shard] = take(self.engine, shard, "a simulated day")

    def play(self, cast: Cast, said: Iterable[Said], starts_at: datetime) -> None:
        """Let everybody join and say *said*, in that order, while time passes."""
        joined = [
            self._place(DIRECTORY, DOORS[type(message)], message_id, message, starts_at, starts_at)
            for message_id, message in cast.registrations()
        ]
        self._settle(joined)
        for batch in self._batches(said, starts_at):
            self._settle(batch)
        self.book.forget()

    def _batches(self, said: Iterable[Said], starts_at: datetime) -> Iterator[list[Place]]:
        """A tick is a batch of its own: it sees what was committed before it."""
        batch: list[Place] = []
        clock = starts_at
        for each in said:
            if isinstance(each.planned.content, Letter):
                continue
            while each.heard_at >= clock + BETWEEN_TICKS:
                clock += BETWEEN_TICKS
                yield from ([batch] if batch else [])
                yield [self._tick(shard, clock) for shard in SHARDS]
                batch = []
            batch.append(self._said(each, each.planned.content))
            if len(batch) >= AT_ONCE:
                yield batch
                batch = []
        yield from ([batch] if batch else [])
        for later in self.days_after:
            yield [self._tick(shard, clock + later) for shard in SHARDS]

    def _said(self, said: Said, content: ContainerMessage) -> Place:
        planned = said.planned
        partition = partition_of(planned.container.encode(), LEDGER_LOG.partitions)
        sender, own_id = planned.organisation, planned.message_id
        return self._place(
            f"ledger-{partition}", sender, own_id, content, planned.at, said.heard_at
        )._replace(said=said)

    def _tick(self, shard: str, at: datetime) -> Place:
        return self._place(shard, "bus", f"tick/{shard}/{at:%d%H%M}", Tick(at=at), at, at)

    def _place(
        self,
        shard: str,
        sender: str,
        message_id: str,
        message: Message,
        said_at: datetime,
        at: datetime,
    ) -> Place:
        envelope = Envelope(message_id, f"urn:test:{sender}", message.TYPE, said_at)
        value = _canonical(message)
        offset = self.offsets.get(shard, 0)
        self.offsets[shard] = offset + 1
        headers = log_headers(envelope, Attestation(sender, "off", ""))
        told = Told(
            sender=sender,
            message_id=message_id,
            kind=message.TYPE.removeprefix("releasebus."),
            body=msgspec.json.decode(value),
            said_at=said_at,
            heard_at=at,
            content=hash((message.TYPE, value)),
        )
        return Place(LogRecord(shard, offset, at, headers, value), told)

    def _settle(self, batch: Sequence[Place]) -> None:
        by_shard: dict[str, list[Place]] = {}
        for place in batch:
            by_shard.setdefault(place.record.shard, []).append(place)
        leases = {shard: self.leases[shard] for shard in by_shard}
        settled = self.book.settle(leases, [place.record for place in batch])
        self.leases.update(settled.leases)
        for shard, places in by_shard.items():
            self.heard(shard, places, self._opened(settled.entries[shard]))

    def _opened(self, entries: Sequence[Entry]) -> list[Json]:
        """Return what stands in the entries, with who drives open: the reading knows no locks."""
        facts = [read(entry.body) for entry in entries]
        if any(personal.is_locked(fact) for fact in facts):
            with reading(self.engine) as connection:
                facts = personal.opened(connection, facts)
        return [msgspec.json.decode(RECORDED.written(fact)) for fact in facts]


def _canonical(message: Message) -> bytes:
    """Return a message as intake puts it on a log."""
    if isinstance(message, Tick):
        return canonical_bytes(message)
    read = made_canonical(message)
    assert isinstance(read, ReadMessage), read
    return canonical_bytes(read.message)
