"""Keeping a gate's view: reading its topic from the beginning, following it, through outages."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from consumers.gate.settings import GateSettings
from consumers.gate.view import View
from producers.committed import committed_reader
from producers.whole import start_whole

log = logging.getLogger(__name__)

POLL_MS = 200
RECORDS_AT_ONCE = 500
# aiokafka waits 40 s by default: two thirds of the time for which a view is believed.
FETCH_MAX_WAIT_MS = 500
REQUEST_TIMEOUT_MS = 10_000
START_SECONDS = 30.0
CLOSE_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


class Silent(Exception):
    """Nothing came for as long as a view is believed: the topic is read anew.

    Either the broker or the ledger is away, or the consumer no longer asks. Look for the
    ledger's heartbeats on the topic.
    """


CHECK = (
    "Check that the broker is there, that the terminal is registered (that makes its topic), "
    "and that this user may read it."
)


class NotReached(Exception):
    """The topic could not be reached in time; the message says what to check."""


class Rewound(Exception):
    """Records come again from an earlier place: the topic was made anew, and is read anew."""


TROUBLE = (KafkaError, OSError, TimeoutError, NotReached, Silent, Rewound)


class Reader:
    """Reads one terminal's topic into a view, for as long as `run` runs.

    Whatever goes wrong, the view that was last complete stands and ages, and the next try
    begins at the beginning with a new one. So a topic made anew, or a tombstone that was
    cleaned away during a long outage, leaves nothing behind. One case cannot be seen from its
    offsets: a topic that is made anew and grows beyond the old place between two fetches.
    Whoever deletes a terminal's topic restarts its gate.
    """

    def __init__(self, settings: GateSettings) -> None:
        self.view = View(settings)
        self.caught_up = asyncio.Event()
        self.attempts = 0
        self.trouble: str | None = None
        self._settings = settings
        self._partition = TopicPartition(settings.topic, 0)

    async def run(self) -> None:
        """Read until cancelled; nothing that the broker does ends it."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            self.attempts += 1
            view = View(self._settings)
            try:
                await self._read(view)
            except TROUBLE as error:
                self.trouble = f"{type(error).__name__}: {error}"
                log.warning("%s: %s; trying again", self._partition.topic, self.trouble)
            except Exception as error:  # a gate does not close for our mistakes; it says so
                self.trouble = f"{type(error).__name__}: report it with the log"
                log.exception("%s: reading broke; trying again", self._partition.topic)
            await asyncio.sleep(pause)
            longer = min(2 * pause, LONGEST_PAUSE_SECONDS)
            pause = FIRST_PAUSE_SECONDS if view.caught_up else longer

    async def _read(self, view: View) -> None:
        consumer = committed_reader(
            self._settings.bootstrap_servers,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            fetch_max_wait_ms=FETCH_MAX_WAIT_MS,
        )
        try:
            end = await self._start(consumer)
            await self._follow(consumer, view, end)
        finally:
            await _closed(consumer)

    async def _start(self, consumer: AIOKafkaConsumer) -> int:
        """Go to the beginning; return the topic's end (of what is committed) as it is now."""
        try:
            async with asyncio.timeout(START_SECONDS):
                await start_whole(consumer)
                consumer.assign([self._partition])
                await consumer.seek_to_beginning(self._partition)
                ends: dict[TopicPartition, int] = await consumer.end_offsets([self._partition])
        except (KafkaError, OSError, TimeoutError) as error:
            raise NotReached(f"{error!r}. {CHECK}") from error
        return ends[self._partition]

    async def _follow(self, consumer: AIOKafkaConsumer, view: View, end: int) -> None:
        clock = asyncio.get_running_loop().time
        place, heard_at = 0, clock()
        while True:
            fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
            records: Sequence[ConsumerRecord] = fetched.get(self._partition, ())
            if records:
                _apply(view, records, place)
                place, heard_at = records[-1].offset + 1, clock()
            elif clock() - heard_at > self._settings.stale_after_seconds:
                raise Silent(f"nothing for {clock() - heard_at:.0f} s")
            if not view.caught_up and await self._position(consumer) >= end:
                self._show(view)
            await asyncio.sleep(0)  # a long topic must not keep the gate from answering

    async def _position(self, consumer: AIOKafkaConsumer) -> int:
        # Not the last record's offset: aborted records and commit markers come behind it.
        async with asyncio.timeout(START_SECONDS):
            position: int = await consumer.position(self._partition)
        return position

    def _show(self, view: View) -> None:
        view.catch_up()
        self.view = view
        self.trouble = None
        self.caught_up.set()
        log.info("%s: read to the end, %s", self._partition.topic, dict(view.counts))


def _apply(view: View, records: Sequence[ConsumerRecord], place: int) -> None:
    for record in records:
        if record.offset < place:
            raise Rewound(f"offset {record.offset} after {place - 1}")
        place = record.offset + 1
        why = view.apply(record.key, record.value)
        if why is not None:
            log.warning(
                "%s offset %d is unreadable: %s at %s",
                record.topic,
                record.offset,
                why.code,
                why.position,
            )


async def _closed(consumer: AIOKafkaConsumer) -> None:
    """Close *consumer*, in a task of its own, so that being cancelled does not leave it open."""
    closing = asyncio.create_task(consumer.stop())
    done, _ = await asyncio.wait({closing}, timeout=CLOSE_SECONDS)
    if not done:
        closing.cancel()
        log.warning("The consumer did not close in %d s and is left behind", CLOSE_SECONDS)
    elif closing.cancelled():
        # aiokafka 0.14: a fetch that pauses because the broker is away ends the closing with
        # CancelledError, and the connections and the metadata task would be left open.
        await consumer._client.close()  # noqa: SLF001  no public way closes it
    elif (error := closing.exception()) is not None:
        log.warning("The consumer did not close well: %r", error)
