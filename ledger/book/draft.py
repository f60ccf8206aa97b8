"""A batch on its way into the book: answers become entries with a number, a hash and bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection

from ledger.book import personal
from ledger.book.bulk import Values
from ledger.book.chain import link, salts
from ledger.book.lease import Lease
from ledger.book.moments import micros
from ledger.law.file import Answer
from schemas.attested import Attested
from schemas.facts import Cause, RecordedFact, written
from schemas.stay import Driver
from schemas.value import Value

KEY_BYTES = 16


class Entry(Value, frozen=True):
    """One fact as it stands in the book: its bytes, and the value they were written from.

    `driver` is who drives by the stay's pick-up right, open, for the terminal alone.
    """

    recorded: RecordedFact
    body: bytes
    driver: Driver | None = None


class Seen(Value, frozen=True):
    """What a message is known by, and what it said: kept with its first answer alone."""

    key: bytes
    content_hash: bytes


@dataclass(slots=True)
class Page:
    """The entries of one shard in one batch; numbers and hashes follow the shard's last.

    `last` holds the number of the last entry of every container that the batch may speak of,
    0 where there is none. `drivers` are those known open, by the ids of their keys; `unopened`
    are the places of the entries whose driver is not.
    """

    lease: Lease
    last: dict[str, int]
    drivers: dict[str, Driver]
    next_offset: int
    next_seq: int
    head: bytes
    recorded_at: datetime
    salts: Iterator[bytes] = field(default_factory=salts)
    ticks: int = 0
    entries: list[Entry] = field(default_factory=list)
    rows: list[Values] = field(default_factory=list)
    unopened: list[int] = field(default_factory=list)

    def add(
        self, answer: Answer, seen: Seen | None = None, attested: Attested | None = None
    ) -> Entry:
        """Write one answer down; *seen* only with a message's first answer.

        *attested* is who said the message, with each answer that is the message's own.
        """
        container, previous_seq = answer.container, None
        if container:
            # Not .get(): a container that nobody looked up would be said to have no entries.
            previous_seq = self.last[container]
            self.last[container] = self.next_seq
        recorded = answer.recorded(
            self.lease.shard, self.next_seq, self.recorded_at, previous_seq, attested
        )
        body, salt = written(recorded), next(self.salts)
        self.head = link(self.head, salt, body)
        self.rows.append(
            (
                *typed_columns(recorded),
                None if seen is None else seen.key,
                None if seen is None else seen.content_hash,
                answer.cause.log_offset,
                salt,
                self.head,
                body,
            )
        )
        self.next_seq += 1
        entry = Entry(recorded, body, self._driver_for(recorded))
        self.entries.append(entry)
        return entry

    def open_rest(self, connection: Connection) -> None:
        """Open the drivers of entries that were locked before they came into memory."""
        if not self.unopened:
            return
        rest = [self.entries[place] for place in self.unopened]
        self.drivers.update(
            personal.drivers(connection, (personal.driver_in(e.recorded.stay) for e in rest))
        )
        for place, entry in zip(self.unopened, rest, strict=True):
            driver = personal.driver_in(entry.recorded.stay)
            known = None if driver is None else self.drivers.get(driver.under or "", driver)
            self.entries[place] = Entry(entry.recorded, entry.body, known)
        self.unopened.clear()

    def _driver_for(self, recorded: RecordedFact) -> Driver | None:
        stay = recorded.stay
        if stay is None or stay.pickup is None or stay.pickup.driver is None:
            return None
        driver = self.drivers.get(stay.pickup.driver.under or "")
        if driver is None:
            self.unopened.append(len(self.entries))
        return driver


def page_of(lease: Lease, last: dict[str, int], drivers: dict[str, Driver]) -> Page:
    """Return an empty page that continues the shard's chain; what is known is kept up."""
    return Page(
        lease=lease,
        last=last,
        drivers=drivers,
        next_offset=lease.next_offset,
        next_seq=lease.next_seq,
        head=lease.head,
        recorded_at=lease.recorded_at,
    )


def typed_columns(recorded: RecordedFact) -> Values:
    """Return what an entry's first columns say, from its shard to its message's id."""
    return (
        recorded.shard,
        recorded.seq,
        micros(recorded.recorded_at),
        recorded.container,
        None if recorded.stay is None else recorded.stay.release_id,
        recorded.fact.type,
        recorded.outcome,
        recorded.cause.waited,
        recorded.cause.resumed,
        storable(recorded.cause.message_id),
    )


def storable(text: str) -> str:
    """Return *text* as PostgreSQL can keep it: it has no place for a null character."""
    return text.replace("\x00", "\N{SYMBOL FOR NULL}") if "\x00" in text else text


def message_key(cause: Cause) -> bytes:
    """Return what a message is known by: its verified sender and the id that it gave."""
    return digest(cause.organisation.encode(), cause.message_id.encode())


def digest(first: bytes, second: bytes) -> bytes:
    """Return a short digest of two texts, the one kept apart from the other."""
    return blake2b(b"%d:%b%b" % (len(first), first, second), digest_size=KEY_BYTES).digest()
