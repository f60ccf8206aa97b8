"""The loop that feeds the ledger: fetch, settle in one transaction, hand on, and never skip.

Raw aiokafka, because FastStream swallows what a handler raises and moves on (write-path).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError

from consumers.apply.assignment import Assignment
from consumers.apply.settings import ApplySettings
from consumers.apply.shard import HeldShard, log_topics
from consumers.apply.thread import REFUSED_DATA, TROUBLE, DatabaseThread, is_trouble
from ledger.book.book import Book, Settled
from ledger.book.draft import Entry
from ledger.book.lease import Fenced, Lease
from ledger.record import LogRecord

log = logging.getLogger(__name__)
POLL_MS = 100
Settle: TypeAlias = Callable[[Mapping[str, Lease], Sequence[LogRecord]], Settled]
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class Overtaken(Exception):
    """Another process took shards over that this one believed to hold; it has to join anew."""


class ApplyLoop:
    """One membership in the group: from joining it to leaving it, or to being overtaken."""

    def __init__(
        self,
        settings: ApplySettings,
        consumer: AIOKafkaConsumer,
        book: Book,
        thread: DatabaseThread,
        assignment: Assignment,
    ) -> None:
        self._settings = settings
        self._consumer = consumer
        self._book = book
        self._thread = thread
        self._assignment = assignment

    async def run(self, stop: asyncio.Event) -> None:
        """Feed the ledger until *stop*; raises Overtaken where a shard was lost to another.

        What nothing here puts right is raised too, and ends the process.
        """
        self._consumer.subscribe(log_topics(self._settings.namespace), listener=self._assignment)
        while not stop.is_set():
            self._assignment.check()
            await self._recover_failed_relays()
            records = self._wanted(await self._poll())
            if records:
                await self._settle(records)

    async def _poll(self) -> Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]:
        try:
            fetched: Mapping[
                TopicPartition, Sequence[ConsumerRecord[Any, Any]]
            ] = await self._consumer.getmany(
                timeout_ms=POLL_MS, max_records=self._settings.batch_records
            )
        except NoOffsetForPartitionError:
            # There is nothing to fall back to on purpose: the place comes from the database, and
            # the takeover seeks it. Until then there is none.
            return {}
        return fetched

    def _wanted(
        self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]
    ) -> list[LogRecord]:
        wanted: list[LogRecord] = []
        for partition, records in fetched.items():
            held = self._assignment.held.get(partition)
            if held is not None and records and self._in_place(held, records[0].offset):
                place = held.lease.next_offset
                wanted.extend(
                    _log_record(held.lease.shard, record)
                    for record in records
                    if record.offset >= place
                )
        return wanted

    def _in_place(self, held: HeldShard, first_offset: int) -> bool:
        if first_offset <= held.lease.next_offset or held.sought:
            held.sought = False
            return True
        # Fetched before the takeover's seek took hold, or a gap in the log: look once more from
        # the stored place; what is missing then is not there (compaction, markers).
        held.sought = True
        self._consumer.seek(held.partition, held.lease.next_offset)
        return False

    async def _settle(self, records: list[LogRecord]) -> None:
        try:
            await self._until_done(records, self._book.settle)
        except Overtaken:
            raise
        except Exception as error:  # noqa: BLE001  one record of the batch; find out which
            log.warning("A batch of %s is settled record by record: %r", len(records), error)
            for record in records:
                await self._settle_alone(record)

    async def _settle_alone(self, record: LogRecord) -> None:
        """Settle one record of a batch that the book did not take, and park it if it is the one.

        What not even parking puts right ends the process: nothing is skipped.
        """
        try:
            await self._until_done([record], self._book.settle)
        except REFUSED_DATA as error:
            broken: Exception = error

            def park(leases: Mapping[str, Lease], _: Sequence[LogRecord]) -> Settled:
                return self._book.settle_broken(leases[record.shard], record, broken)

            await self._until_done([record], park)

    async def _until_done(self, records: Sequence[LogRecord], call: Settle) -> None:
        """Do *call* until its transaction is done or its shards are taken away."""
        attempt = 0
        while records := self._still_ours(records):
            try:
                settled = await self._thread.run(call, self._leases(records), records)
            except Fenced as error:
                raise Overtaken(str(error)) from error
            except TROUBLE as error:
                _raise_unless_trouble(error)
                await self._wait_out(error, attempt)
                await self._take_again(records)
                attempt += 1
            else:
                await self._hand_on(settled)
                return

    def _still_ours(self, records: Sequence[LogRecord]) -> list[LogRecord]:
        places = {held.lease.shard: held.lease.next_offset for held in self._held()}
        return [
            record
            for record in records
            if record.shard in places and record.offset >= places[record.shard]
        ]

    def _leases(self, records: Sequence[LogRecord]) -> dict[str, Lease]:
        wanted = {record.shard for record in records}
        return {
            held.lease.shard: held.lease for held in self._held() if held.lease.shard in wanted
        }

    async def _hand_on(self, settled: Settled) -> None:
        for held in self._held():
            after = settled.leases.get(held.lease.shard)
            if after is not None and after.epoch == held.lease.epoch:
                held.lease = after
                await self._offer(held, settled.entries[after.shard])

    async def _offer(self, held: HeldShard, entries: tuple[Entry, ...]) -> None:
        if not entries:
            return
        await self._room_in(held)
        if held.relay.failure is None:
            held.relay.offer(entries)

    async def _room_in(self, held: HeldShard) -> None:
        while not held.relay.has_room and held.relay.failure is None:
            await self._idle_poll(0.01)

    async def _wait_out(self, error: BaseException, attempt: int) -> None:
        """Stay a member of the group while the database is away: pause, and keep polling."""
        seconds = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)]
        log.warning("The database is in trouble, trying again in %s s: %s", seconds, error)
        await self._idle_poll(seconds)

    async def _idle_poll(self, seconds: float) -> None:
        """Poll without fetching: only sleeping would leave the group (write-path)."""
        partitions = [held.partition for held in self._held()]
        self._consumer.pause(*partitions)
        try:
            await self._consumer.getmany(timeout_ms=max(1, int(seconds * 1000)))
        except NoOffsetForPartitionError:
            await asyncio.sleep(seconds)
        finally:
            still = self._consumer.assignment()
            held = [p for p in partitions if p in still and p in self._assignment.held]
            self._consumer.resume(*held)

    async def _take_again(self, records: Sequence[LogRecord]) -> None:
        """Find out how the shards of a failed batch stand: whether its commit was done or not."""
        shards = {record.shard for record in records}
        for held in [held for held in self._held() if held.lease.shard in shards]:
            await self._retake(held)

    async def _recover_failed_relays(self) -> None:
        for held in [held for held in self._held() if held.relay.failure is not None]:
            await self._retake(held)

    async def _retake(self, held: HeldShard) -> None:
        attempt = 0
        while held.partition in self._assignment.held:
            try:
                await self._assignment.retake(held)
            except Fenced as error:
                raise Overtaken(str(error)) from error
            except (*TROUBLE, KafkaError, TimeoutError) as error:
                await self._wait_out(error, attempt)
                attempt += 1
            else:
                return

    def _held(self) -> list[HeldShard]:
        return list(self._assignment.held.values())


def _raise_unless_trouble(error: Exception) -> None:
    if not is_trouble(error):
        raise error


def _log_record(shard: str, record: ConsumerRecord[Any, Any]) -> LogRecord:
    return LogRecord(
        shard=shard,
        offset=record.offset,
        recorded_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        headers=tuple(record.headers),
        value=record.value or b"",
    )
