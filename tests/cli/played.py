"""A ledger in a SQLite file, with a simulated day in it: written by the book, without a broker."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.book.book import Book
from ledger.book.lease import Lease, open_shard, take
from ledger.law.policy import Policy
from ledger.record import LogRecord
from producers.log import log_record
from producers.simulator import Day, Letter, cast_of, plan_day
from schemas.envelope import Envelope
from schemas.logged import Attestation
from schemas.messages import Message
from schemas.reading import ReadMessage, read_message
from schemas.registrations import DOORS
from schemas.topics import LEDGER_LOG
from tests.books import new_sqlite_book


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """A day, and the database of the ledger that it was told to."""

    day: Day
    database_url: str

    def copied_to(self, folder: Path) -> "PlayedDay":
        """Return the same day in a ledger of its own, in *folder*."""
        file = Path(self.database_url.removeprefix("sqlite:///"))
        return PlayedDay(self.day, f"sqlite:///{shutil.copy(file, folder)}")

    def container(self, place: int = 0) -> str:
        """Return one of the day's containers that has left."""
        return [each.container for each in self.day.expected if len(each.stays) == 1][place]


@dataclass(slots=True)
class _Logs:
    ends: dict[str, int] = field(default_factory=dict)

    def record(self, sender: str, message_id: str, message: Message, at: datetime) -> LogRecord:
        envelope = Envelope(message_id, f"urn:test:{sender}", message.TYPE, at)
        read = read_message(envelope, message.model_dump_json(exclude_none=True).encode())
        assert isinstance(read, ReadMessage), read
        logged = log_record(envelope, read.message, Attestation(sender, "off", ""), "")
        kind = "ledger" if logged.topic == LEDGER_LOG.name else "directory"
        shard = f"{kind}-{logged.partition}"
        offset = self.ends.get(shard, 0)
        self.ends[shard] = offset + 1
        assert logged.value is not None
        return LogRecord(shard, offset, datetime.now(UTC), logged.headers, logged.value)


def played_day(folder: Path, containers: int) -> PlayedDay:
    """Return a day of so many containers, told to a new ledger in *folder*."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = midnight - timedelta(days=1)
    day = plan_day(cast_of(1), seed=1, containers=containers, starts_at=starts_at)
    engine = new_sqlite_book(folder / "ledger.db")
    records = list(_records(day))
    leases: dict[str, Lease] = {}
    for shard in {record.shard for record in records}:
        open_shard(engine, shard, 0)
        leases[shard] = take(engine, shard, "a test")
    book = Book(engine, Policy())
    for kind in ("directory", "ledger"):
        told = [record for record in records if record.shard.startswith(kind)]
        book.settle({each.shard: leases[each.shard] for each in told}, told)
    book.forget()
    engine.dispose()
    return PlayedDay(day, str(engine.url))


def _records(day: Day) -> Iterator[LogRecord]:
    logs = _Logs()
    for message_id, message in day.cast.registrations():
        yield logs.record(DOORS[type(message)], message_id, message, day.starts_at)
    for said in day.planned:
        if not isinstance(said.content, Letter):
            yield logs.record(said.organisation, said.message_id, said.content, said.at)
