"""Running intake: follow the parties' topics, sort each record, hand on, then commit."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from consumers.awaiting import happens
from consumers.directory_view import DirectoryView
from consumers.intake.authentic import FORGED, LATER_KNOWN
from consumers.intake.claim import received
from consumers.intake.inputs import Inputs
from consumers.intake.places import Places
from consumers.intake.sort import Desk, Sorted
from consumers.intake.trust import NO_TRUST, Trust
from consumers.stream import Records, stream_broker, subscribe
from ledger.book.faults import kind_and_place
from producers.careful import Courier
from producers.log import tick_record
from producers.login import Servers
from producers.records import Record, RecordTooLarge, send_all
from producers.topics import ensure
from schemas.envelope import Envelope
from schemas.logged import Attestation
from schemas.messages import Tick
from schemas.signatures import SignaturePolicy
from schemas.topics import (
    DEAD_LETTERS,
    DIRECTORY_FACTS,
    DIRECTORY_INPUTS,
    INPUTS,
    LOGS,
    MEBIBYTE,
    within,
)

log = logging.getLogger(__name__)
AT_ONCE = 2000
FETCH_BYTES = 32 * 1024
FETCH_WAIT_MS = 15
HELD_BACK_SECONDS = 0.005
RETRY_SECONDS = 0.5
STOP_SECONDS = 15.0
BREATH_SECONDS = 0.05
CLOCK = "clock"
TOPICS = (*INPUTS, *DIRECTORY_INPUTS, DIRECTORY_FACTS, *LOGS, DEAD_LETTERS)
"""What intake reads and writes; each part makes its own topics."""


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """Where the bus is; how large a message may be; how often time is told to the ledger.

    `trust` is how strictly signatures are asked for: by default not at all, and a start says so.
    """

    bootstrap_servers: Servers
    namespace: str = ""
    max_value_bytes: int = MEBIBYTE
    tick_seconds: float = 10.0
    session_timeout_ms: int = 10_000
    trust: Trust = NO_TRUST


async def run(settings: IntakeSettings, stop: asyncio.Event) -> None:
    """Sort the parties' messages into the logs until *stop* is set."""
    for line in settings.trust.warnings():
        log.warning("%s", line)
    await ensure(settings.bootstrap_servers, settings.namespace, TOPICS)
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    intake = Intake(settings, view)
    following = asyncio.create_task(view.run(), name="directory")
    pumping = asyncio.create_task(intake.run(stop), name="intake")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    tasks = {following, pumping, stopping}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            await following
        await _ended(pumping)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _ended(pumping: asyncio.Task[None]) -> None:
    """Let the pump end what it does; a broker that is away must not keep the process."""
    await asyncio.wait({pumping}, timeout=STOP_SECONDS)
    if pumping.done():
        await pumping
    else:
        log.warning("Stopped in the middle: the next member repeats what was not handed on")


class Intake:
    """One member of the intake group; `counted` adds up what became of the input (I1)."""

    def __init__(self, settings: IntakeSettings, view: DirectoryView) -> None:
        self.counted: Counter[str] = Counter()
        self._settings = settings
        self._view = view
        self._inputs = Inputs(settings.namespace)
        self._courier = Courier(settings.bootstrap_servers, "intake")

    async def run(self, stop: asyncio.Event) -> None:
        """Read, sort, hand on, commit; what was handed on and not committed is repeated."""
        await self._view.complete()
        broker = stream_broker(self._settings.bootstrap_servers, graceful_timeout=5)
        subscriber = self._subscribed(broker)
        await broker.start()
        self._inputs.attach(subscriber.consumer)
        try:
            await self._pump(subscriber.consumer, stop)
        finally:
            try:
                await broker.stop()
            finally:  # also where it is cut off in this: what nobody stops is destroyed in mid-air
                await self._courier.drop()

    async def take(self, records: Records) -> None:
        """Keep what FastStream hands over; the pump does the rest."""
        self._inputs.take(records)

    def _subscribed(self, broker: KafkaBroker) -> Any:
        inputs, namespace = (*INPUTS, *DIRECTORY_INPUTS), self._settings.namespace
        return subscribe(
            broker,
            [within(namespace, topic).name for topic in inputs],
            self.take,
            group_id=f"{namespace}intake",
            auto_offset_reset="earliest",
            listener=self._inputs,
            # The same partition numbers of all inputs to the same member (write-path).
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=self._settings.session_timeout_ms,
            heartbeat_interval_ms=self._settings.session_timeout_ms // 5,
            max_partition_fetch_bytes=256 * 1024,
            # A fetch costs a millisecond, whatever it brings: sixty partitions are named in each.
            fetch_min_bytes=FETCH_BYTES,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_records=AT_ONCE,
        )

    async def _pump(self, consumer: Any, stop: asyncio.Event) -> None:
        next_tick = asyncio.get_running_loop().time() + self._settings.tick_seconds
        places = Places(self._inputs, consumer)
        while not stop.is_set():
            await self._pump_once(places)
            if asyncio.get_running_loop().time() >= next_tick:
                next_tick += self._settings.tick_seconds
                await self._hand_on(self._ticks())
        await places.settled()

    async def _pump_once(self, places: Places) -> None:
        generation = self._inputs.generation
        records = await self._inputs.ready(AT_ONCE)
        if not records:
            await self._wait_for_more()
            return
        await self._hand_on_sorted(records)
        places.passed(generation, records)

    async def _wait_for_more(self) -> None:
        self._inputs.arrived.clear()
        # Without any, what is held back may go through by now.
        await happens(self._inputs.arrived, HELD_BACK_SECONDS)

    async def _hand_on_sorted(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Sort and hand on; what our code cannot handle is set aside, and stops nobody."""
        desk = self._desk()
        found = await _all_sorted(desk, records)
        if any(_may_be_known_by_now(one) for one in found):
            # Said right after its key or gateway was registered: the directory is behind here.
            await self._view.caught_up()
            desk, before = self._desk(), found
            found = [
                _sorted(desk, record) if _may_be_known_by_now(one) else one
                for record, one in zip(records, before, strict=True)
            ]
        try:
            await self._hand_on([each for one in found for each in one.records])
        except RecordTooLarge as error:
            log.warning("A batch is handed on record by record: %s", error)
            found = [await self._hand_on_alone(desk, record) for record in records]
        for record, one in zip(records, found, strict=True):
            self._count(record, one)

    async def _hand_on_alone(self, desk: Desk, record: ConsumerRecord[Any, Any]) -> Sorted:
        found = _sorted(desk, record)
        try:
            await self._hand_on(found.records)
        except RecordTooLarge:
            log.exception("Set aside: %s/%s/%s", record.topic, record.partition, record.offset)
            found = desk.set_aside(record, "What it says is more than the bus can pass on.")
            await self._hand_on(found.records)
        return found

    def _desk(self) -> Desk:
        settings = self._settings
        directory, trust = self._view.directory, settings.trust
        return Desk(settings.namespace, settings.max_value_bytes, directory, trust)

    def _count(self, record: ConsumerRecord[Any, Any], found: Sorted) -> None:
        self.counted["logged"] += found.logged
        for problem in found.problems:
            self.counted[f"dead:{problem.code}"] += 1
            if problem.code in FORGED:
                # An alarm: somebody may be at work. Who it says to be stands in the dead letter.
                self.counted["forged"] += 1
                log.warning("Refused as not authentic: %s at %s", problem.code, received(record))
            else:
                log.info("Dead letter: %s at %s", problem.code, problem.position)

    def _ticks(self) -> list[Record]:
        """Return the time for each log: releases expire by it, and onboarding is overdue by it."""
        now = datetime.now(UTC)
        return [
            tick_record(
                Envelope(
                    f"tick-{number}-{now.timestamp()}", "urn:releasebus:clock", Tick.TYPE, now
                ),
                Tick(at=now),
                Attestation(CLOCK, SignaturePolicy.OFF, ""),
                (within(self._settings.namespace, log_topic).name, number),
            )
            for log_topic, number in self._inputs.quiet_places
        ]

    async def _hand_on(self, records: Sequence[Record]) -> None:
        """Send until the broker has everything: a repeat does no harm, a loss would."""
        while records:
            try:
                await send_all(await self._courier.connected(), records)
            except (KafkaError, TimeoutError) as error:
                log.warning("The broker does not take what intake sorted, again: %r", error)
                await self._courier.drop()
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return


async def _all_sorted(desk: Desk, records: Sequence[ConsumerRecord[Any, Any]]) -> list[Sorted]:
    """Sort *records*, and let others at the loop in between: the group must hear our heart beat.

    A record of a megabyte takes a fifth of a second, and a batch may be two thousand.
    """
    found, breath = [], time.monotonic() + BREATH_SECONDS
    for record in records:
        found.append(_sorted(desk, record))
        if time.monotonic() > breath:
            await asyncio.sleep(0)
            breath = time.monotonic() + BREATH_SECONDS
    return found


def _may_be_known_by_now(found: Sorted) -> bool:
    return any(problem.code in LATER_KNOWN for problem in found.problems)


def _sorted(desk: Desk, record: ConsumerRecord[Any, Any]) -> Sorted:
    try:
        return desk.sort(record)
    except Exception as error:  # noqa: BLE001  told with its place, and kept as a dead letter
        # Our own bug, or an adapter's, must not stop everybody's messages. What it says may
        # quote the message, a driver even: neither the letter nor the log repeats it.
        place = f"{record.topic}/{record.partition}/{record.offset}"
        log.error("Set aside: %s, for %s", place, kind_and_place(error))  # noqa: TRY400  no message
        return desk.set_aside(record, "The bus could not handle it; its operator has to look.")
