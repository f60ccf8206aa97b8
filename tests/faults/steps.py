"""Where a part of the bus can be struck down: named steps, known to the test's process alone."""

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from aiokafka import AIOKafkaProducer
from sqlalchemy import Connection, Engine, event

import consumers.intake.run as intake
import ledger.book.write as book_write
from consumers.apply.assignment import Assignment
from consumers.apply.takeover import Takeover
from consumers.intake.places import Places
from ledger.book import tables
from ledger.book.book import Book, Settled
from ledger.book.lease import Lease
from ledger.record import LogRecord
from producers import relay
from producers.records import Record
from schemas.logged import read_logged
from schemas.messages import Tick
from tests.faults.patches import found, replace
from tests.faults.workload import CAUSAL

ENTRIES_WRITTEN = "entries_written"
Settle: TypeAlias = Callable[[Book, Mapping[str, Lease], Sequence[LogRecord]], Settled]


@dataclass(frozen=True, slots=True)
class Strike:
    """Kills or stops its own process, once, at the first pass after the file was made.

    The file is gone then; the test waits for that.
    """

    armed: Path
    sent: signal.Signals

    def now(self) -> None:
        """Strike, where it is armed."""
        try:
            self.armed.unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), self.sent)
        # The signal to stop may be taken by another thread: nothing moves on until it was.
        threading.Event().wait(0.05)


def before_transaction(strike: Strike) -> None:
    """Strike with a batch in hand and no transaction begun."""
    settle: Settle = found(Book, "settle")

    def settled(book: Book, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        strike.now()
        return settle(book, leases, records)

    replace(Book, "settle", settled)


def with_a_tick_in_hand(strike: Strike) -> None:
    """Strike with nothing but a tick in hand: a batch that writes no entry of its own."""
    settle: Settle = found(Book, "settle")

    def settled(book: Book, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        if all(_is_tick(record) for record in records):
            strike.now()
        return settle(book, leases, records)

    replace(Book, "settle", settled)


def before_commit(strike: Strike) -> None:
    """Strike with the entries written, the shards' rows locked, and nothing committed."""
    append = found(book_write, "append")

    def appended(connection: Connection, table: Any, rows: Sequence[Any]) -> None:
        append(connection, table, rows)
        if table is tables.entry and rows:
            connection.info[ENTRIES_WRITTEN] = True

    def committing(connection: Connection) -> None:
        if connection.info.pop(ENTRIES_WRITTEN, False):
            strike.now()

    replace(book_write, "append", appended)
    event.listen(Engine, "commit", committing)


def after_commit(strike: Strike) -> None:
    """Strike with the entries committed and not a fact of them published."""
    settle: Settle = found(Book, "settle")

    def settled(book: Book, leases: Mapping[str, Lease], records: Sequence[LogRecord]) -> Settled:
        found = settle(book, leases, records)
        if any(found.entries.values()):
            strike.now()
        return found

    replace(Book, "settle", settled)


def before_send(strike: Strike) -> None:
    """Strike with committed facts in hand, before the first is sent."""
    send_all = found(relay, "send_all")

    async def sent(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
        if _tell_a_terminal(records):
            strike.now()
        await send_all(producer, records)

    replace(relay, "send_all", sent)


def mid_publish(strike: Strike) -> None:
    """Strike with the facts sent and their Kafka transaction open."""
    send_all = found(relay, "send_all")

    async def sent(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
        await send_all(producer, records)
        if _tell_a_terminal(records):
            strike.now()

    replace(relay, "send_all", sent)


def when_revoked(strike: Strike) -> None:
    """Strike in a rebalance, when the group takes the shards back that are in use."""
    let_go = found(Assignment, "let_go")

    async def revoked(assignment: Assignment, drain_seconds: float) -> None:
        if assignment.held:
            strike.now()
        await let_go(assignment, drain_seconds)

    replace(Assignment, "let_go", revoked)


def when_taken(strike: Strike) -> None:
    """Strike in a rebalance, with a lease taken over and nothing published from the table yet."""
    publish_missing = found(Takeover, "_publish_missing")

    async def publishing(takeover: Takeover, *args: Any) -> None:
        strike.now()
        await publish_missing(takeover, *args)

    replace(Takeover, "_publish_missing", publishing)


def between_log_and_places(strike: Strike) -> None:
    """Strike intake when the log has its messages and their places are not committed."""
    commit = found(Places, "_commit")

    async def committing(places: Places) -> None:
        strike.now()
        await commit(places)

    replace(Places, "_commit", committing)


def half_logged(strike: Strike) -> None:
    """Strike intake when the log has half of what it holds in hand."""
    send_all = found(intake, "send_all")

    async def sent(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
        half = 0 if all(_tells_the_time(record) for record in records) else len(records) // 2
        await send_all(producer, records[:half])
        if half:
            strike.now()
        await send_all(producer, records[half:])

    replace(intake, "send_all", sent)


def before_logged(strike: Strike) -> None:
    """Strike intake when it has read its inputs and the log has nothing of it yet."""
    hand_on = found(intake.Intake, "_hand_on_sorted")

    async def handing_on(member: intake.Intake, *args: Any) -> None:
        strike.now()
        await hand_on(member, *args)

    replace(intake.Intake, "_hand_on_sorted", handing_on)


STEPS: Mapping[str, Callable[[Strike], None]] = {
    step.__name__: step
    for step in (
        before_transaction,
        with_a_tick_in_hand,
        before_commit,
        after_commit,
        before_send,
        mid_publish,
        when_revoked,
        when_taken,
        between_log_and_places,
        half_logged,
        before_logged,
    )
}


def _is_tick(record: LogRecord) -> bool:
    return isinstance(read_logged(record.headers, record.value).message, Tick)


def _tells_the_time(record: Record) -> bool:
    return dict(record.headers).get("ce_type") == Tick.TYPE.encode()


def _tell_a_terminal(records: Sequence[Record]) -> bool:
    """Tell whether a right is among them that the workload is bound to change once more.

    Only an older word on such a right can stand behind a newer one when the relay goes on late.
    """
    return any(
        record.topic.endswith("pickup-rights.v1") and CAUSAL.encode() in (record.key or b"")
        for record in records
    )
