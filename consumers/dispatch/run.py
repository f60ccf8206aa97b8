"""Running dispatch: follow the facts, store what they become, and send it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from faststream.kafka import KafkaBroker

from adapters.registry import systems
from consumers.apply.thread import DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.documents import Unsent
from consumers.dispatch.follow import Follower
from consumers.dispatch.sender import Sender, record_of
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Settled, Store
from consumers.stream import stream_broker, subscribe
from consumers.together import all_or_none
from producers.topics import ensure
from schemas.topics import DIRECTORY_FACTS, LEDGER_FACTS, system_out, within

log = logging.getLogger(__name__)
GRACE_SECONDS = 10.0
DRAIN_SECONDS = 5.0


async def run(settings: DispatchSettings, stop: asyncio.Event) -> None:
    """Dispatch the ledger's facts until *stop* is set; return when everything is let go."""
    outputs = [system_out(name) for name in systems()]
    wanted = [LEDGER_FACTS, DIRECTORY_FACTS, *outputs]
    await ensure(settings.bootstrap_servers, settings.namespace, wanted)
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    with _opened(settings) as (store, thread):
        deliveries = Deliveries(
            settings.targets, store.lanes, lambda: sender.partitions, settings.look_again_seconds
        )
        sender = Sender(settings, store, thread, record_of, deliveries.more)
        follower = Follower(store, thread, view, sender)
        await thread.run(store.create)
        try:
            dispatching = _dispatch(settings, view, follower, sender, stop)
            await all_or_none(dispatching, view.run(), sender.run())
        finally:
            await sender.stop()


async def resume(settings: DispatchSettings, container: str | None = None) -> Settled:
    """Render again what was put aside, after our code was mended; of one container or of all.

    A running dispatch sends what comes of it.
    """
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    settled: list[Settled] = []
    with _opened(settings) as (store, thread):
        await thread.run(store.create)
        await all_or_none(_again(store, thread, view, container, settled), view.run())
    documents = sum(each.documents for each in settled)
    return Settled(documents, sum(each.aside for each in settled), {}, {})


async def _again(
    store: Store,
    thread: DatabaseThread,
    view: DirectoryView,
    container: str | None,
    settled: list[Settled],
) -> None:
    await view.complete()
    parked = await thread.run(store.parked, container)
    settled.extend(
        [
            await thread.run(store.resume, view.directory, own)
            for own in dict.fromkeys(aside.arrival.container for aside in parked)
        ]
    )


@contextmanager
def _opened(settings: DispatchSettings) -> Iterator[tuple[Store, DatabaseThread]]:
    store = Store(settings.database_url, settings.ledger_url, targets=settings.targets)
    thread = DatabaseThread()
    try:
        yield store, thread
    finally:
        # A call under way has its connection: it is let end before the store goes.
        thread.close()
        store.close()


async def _dispatch(
    settings: DispatchSettings,
    view: DirectoryView,
    follower: Follower,
    sender: Sender[Unsent],
    stop: asyncio.Event,
) -> None:
    await view.complete()
    broker = stream_broker(
        settings.bootstrap_servers,
        graceful_timeout=GRACE_SECONDS,
        allow_auto_create_topics=False,
    )
    follower.attach(_subscribed(broker, settings, follower, sender))
    await broker.start()
    try:
        await stop.wait()
        follower.stop()
        # While the partitions are still ours: nobody else sends for them.
        await sender.drain(DRAIN_SECONDS)
    finally:
        follower.stop()
        await broker.stop()


def _subscribed(
    broker: KafkaBroker, settings: DispatchSettings, follower: Follower, sender: Sender[Unsent]
) -> Any:
    return subscribe(
        broker,
        [within(settings.namespace, LEDGER_FACTS).name],
        follower.take,
        group_id=f"{settings.namespace}dispatch",
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        listener=sender,
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 5,
        max_poll_interval_ms=settings.max_poll_interval_ms,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        fetch_max_wait_ms=50,
        max_records=settings.batch_records,
    )
