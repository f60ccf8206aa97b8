"""Bugs that are planted on purpose, to show that what guards against each is missed when gone."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from sqlalchemy import Connection

import ledger.book.book as book_book
import ledger.book.write as book_write
from consumers.intake.inputs import Inputs
from ledger.book import tables
from ledger.book.book import Book, Settled
from ledger.book.lease import Lease
from producers import relay
from producers.relay import Beat, Relay
from tests.faults.patches import found, replace


def no_fence_check() -> None:
    """Write without asking whether the shard is still ours, and stands where we think."""

    def trusting(_connection: Connection, _leases: Sequence[Lease]) -> None:
        return

    replace(book_book, "fence", trusting)


def publish_before_commit() -> None:
    """Publish what a transaction has written before it is committed."""
    relays: dict[str, tuple[Relay, asyncio.AbstractEventLoop]] = {}
    run, offer = found(Relay, "run"), found(Relay, "offer")
    pages = found(book_write, "pages")

    def running(self: Relay) -> None:
        relays[self.shard] = self, asyncio.get_running_loop()
        run(self)

    def offering(self: Relay, told: Any) -> None:
        if isinstance(told, Beat) or told[-1].recorded.seq > self.published_seq:
            offer(self, told)

    def written(connection: Connection, pages_written: Any) -> None:
        pages(connection, pages_written)
        for page in pages_written:
            if page.entries:
                _published_at_once(*relays[page.lease.shard], tuple(page.entries))

    def _published_at_once(
        own: Relay, loop: asyncio.AbstractEventLoop, entries: tuple[Any, ...]
    ) -> None:
        loop.call_soon_threadsafe(offer, own, entries)
        while own.published_seq < entries[-1].recorded.seq:
            time.sleep(0.005)

    replace(Relay, "run", running)
    replace(Relay, "offer", offering)
    replace(book_write, "pages", written)


def offset_before_entries() -> None:
    """Store the shard's place in the log first, and the entries in a transaction behind it."""
    late: list[tuple[Any, Sequence[Any]]] = []
    append, settle = found(book_write, "append"), found(Book, "_settle")

    def putting_off(connection: Connection, table: Any, rows: Sequence[Any]) -> None:
        if table is tables.entry:
            late.append((table, rows))
        else:
            append(connection, table, rows)

    def settling(self: Book, *args: Any) -> Settled:
        settled: Settled = settle(self, *args)
        connection = self._connected()
        with connection.begin():
            while late:
                append(connection, *late.pop(0))
        return settled

    replace(book_write, "append", putting_off)
    replace(Book, "_settle", settling)


class Unfenced(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    """A producer that belongs to nobody: the broker takes a stopped predecessor's for good."""

    def __init__(self, **options: Any) -> None:
        for name in ("transactional_id", "transaction_timeout_ms"):
            options.pop(name)
        super().__init__(**options)

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """Begin nothing."""
        return nullcontext()


def relay_without_transactions() -> None:
    """Publish facts by a producer that no successor can fence."""
    replace(relay, "AIOKafkaProducer", Unfenced)


def places_before_log() -> None:
    """Commit intake's places before the log has what was read from them."""
    ready = found(Inputs, "ready")

    async def committing_first(inputs: Inputs, limit: int) -> Any:
        records = await ready(inputs, limit)
        if records:
            done = {TopicPartition(one.topic, one.partition): one.offset + 1 for one in records}
            await found(inputs, "_consumer").commit(done)
        return records

    replace(Inputs, "ready", committing_first)


BUGS: Mapping[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        no_fence_check,
        publish_before_commit,
        offset_before_entries,
        relay_without_transactions,
        places_before_log,
    )
}
