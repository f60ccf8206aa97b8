"""Running apply: join the group, feed the ledger, and join anew whenever overtaken."""

import asyncio
import logging
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer

from consumers.apply.assignment import DRAIN_SECONDS, Assignment
from consumers.apply.loop import ApplyLoop, Overtaken
from consumers.apply.settings import ApplySettings
from consumers.apply.takeover import Takeover
from consumers.apply.thread import DatabaseThread
from consumers.apply.upkeep import Upkeep
from ledger.book.book import Book
from ledger.book.engine import open_book
from ledger.book.heads import head_key, keep_public_half
from ledger.book.migrate import migrate
from ledger.law.policy import Policy
from producers.login import connection
from producers.topics import TopicMaker
from schemas.topics import (
    BOARD,
    DIRECTORY_FACTS,
    HEADS,
    LEDGER_FACTS,
    LOGS,
    OUTBOXES_OF_DOORS,
)

log = logging.getLogger(__name__)
TOPICS = (*LOGS, LEDGER_FACTS, DIRECTORY_FACTS, BOARD, HEADS, *OUTBOXES_OF_DOORS)
"""What apply reads and writes from the start; terminals and parties get theirs when they join."""
ALONE = (
    "It is not set whose people may override (--overrides-by): whoever writes to the log resumes "
    "a parked container alone, and everything else that takes two people is refused"
)


async def run(settings: ApplySettings, stop: asyncio.Event) -> None:
    """Apply the logs to the ledger until *stop* is set; return when everything is let go."""
    if settings.overrides_by is None:
        log.warning("%s", ALONE)
    engine = open_book(settings.database_url)
    thread = DatabaseThread()
    book = Book(engine, Policy(overrides_by=settings.overrides_by))
    try:
        await thread.run(migrate, engine)
        async with TopicMaker(settings.bootstrap_servers, settings.namespace) as topics:
            await topics.ensure(TOPICS)
            takeover = Takeover(settings, engine, thread, topics)
            key = head_key(settings.head_key_file)
            if settings.head_key_file is not None:
                keep_public_half(settings.head_key_file, key)
            upkeep = Upkeep(settings, engine, thread, takeover, topics, key)
            while not stop.is_set():
                await _membership(settings, book, thread, takeover, upkeep, stop)
    finally:
        await thread.run(book.forget)
        thread.close()
        engine.dispose()


async def _membership(
    settings: ApplySettings,
    book: Book,
    thread: DatabaseThread,
    takeover: Takeover,
    upkeep: Upkeep,
    stop: asyncio.Event,
) -> None:
    consumer = _consumer(settings)
    assignment = Assignment(consumer, takeover)
    loop = ApplyLoop(settings, consumer, book, thread, assignment)
    async with AsyncExitStack() as leaving:
        await consumer.start()
        leaving.push_async_callback(consumer.stop)
        leaving.push_async_callback(assignment.let_go, DRAIN_SECONDS)
        caring = asyncio.create_task(upkeep.run(assignment, consumer), name="upkeep")
        leaving.push_async_callback(_cancelled, caring)
        try:
            await _either(asyncio.create_task(loop.run(stop), name="apply"), caring)
        except Overtaken as error:
            log.warning("Overtaken, joining anew: %s", error)
            await thread.run(book.forget)


async def _either(feeding: asyncio.Task[None], caring: asyncio.Task[None]) -> None:
    """Wait for the loop; where the upkeep broke, the loop must not go on without it."""
    try:
        await asyncio.wait({feeding, caring}, return_when=asyncio.FIRST_COMPLETED)
        if caring.done():
            await caring
        await feeding
    finally:
        await _cancelled(feeding)


async def _cancelled(task: asyncio.Task[None]) -> None:
    """End a task; what it raised before is raised where it is awaited, not here."""
    task.cancel()
    await asyncio.wait({task})


def _consumer(settings: ApplySettings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **connection(settings.bootstrap_servers),
        group_id=f"{settings.namespace}apply",
        enable_auto_commit=False,
        # The place is in the database: Kafka must never choose one for us.
        auto_offset_reset="none",
        isolation_level="read_committed",
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 5,
        rebalance_timeout_ms=settings.rebalance_timeout_ms,
        max_poll_interval_ms=settings.max_poll_interval_ms,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        fetch_max_wait_ms=50,
        check_crcs=True,
    )
