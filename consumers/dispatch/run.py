"""Running dispatch: follow the facts, store what they become, and send it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from faststream.kafka import KafkaBroker

from adapters.registry import systems
from consumers.apply.thread import DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch.again import resumed
from consumers.dispatch.delivery.carriers import carrier_to
from consumers.dispatch.delivery.polling import Polling
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.documents import Unsent
from consumers.dispatch.follow import Follower
from consumers.dispatch.handover import CALLS_END_SECONDS, Handover
from consumers.dispatch.incoming.run import Listener, follow_systems
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.sender import Sender, record_of
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Settled, Store
from consumers.outgoing import Waiting, as_stored
from consumers.stream import stream_broker, subscribe
from consumers.together import all_or_none
from producers.topics import ensure
from schemas.topics import (
    DEAD_LETTERS,
    DIRECTORY_FACTS,
    LEDGER_FACTS,
    LEDGER_LOG,
    system_in,
    system_out,
    within,
)

log = logging.getLogger(__name__)
GRACE_SECONDS = 10.0
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs side by side: facts out, documents to their receivers, systems' words in."""

    view: DirectoryView
    follower: Follower
    sender: Sender[Unsent]
    deliveries: Deliveries
    polling: Polling
    listener: Listener
    passing_on: Sender[Waiting]

    async def stop(self) -> None:
        """Let go of broker and targets."""
        await self.polling.stop()
        await self.deliveries.stop()
        await self.passing_on.stop()
        await self.sender.stop()


async def run(settings: DispatchSettings, stop: asyncio.Event) -> None:
    """Dispatch the ledger's facts, and hear the systems, until *stop* is set."""
    for line in settings.trust.warnings([system_in(name) for name in systems()]):
        log.warning("%s", line)
    topics = [topic for name in systems() for topic in (system_out(name), system_in(name))]
    wanted = [LEDGER_FACTS, DIRECTORY_FACTS, LEDGER_LOG, DEAD_LETTERS, *topics]
    await ensure(settings.bootstrap_servers, settings.namespace, wanted)
    with _opened(settings) as (store, incoming, thread):
        parts = _parts(settings, store, incoming, thread)
        await thread.run(store.create)
        await thread.run(incoming.create)
        try:
            await all_or_none(
                _dispatch(settings, parts, stop),
                parts.view.run(),
                parts.sender.run(),
                parts.passing_on.run(),
                parts.deliveries.run(),
                parts.polling.run(),
            )
        finally:
            await parts.stop()


def _parts(
    settings: DispatchSettings, store: Store, incoming: IncomingStore, thread: DatabaseThread
) -> Parts:
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    replies = Replies(systems(), lambda: view.directory, settings.namespace, settings.voice)
    passing_on: Sender[Waiting] = Sender(settings, incoming, thread, as_stored)
    sender: Sender[Unsent]
    deliveries = Deliveries(
        settings.targets,
        store.lanes,
        replies,
        lambda: sender.partitions,
        settings.look_again_seconds,
        partial(carrier_to, callbacks=settings.callbacks),
    )
    sender = Sender(settings, store, thread, record_of, deliveries.more)
    polling = Polling(
        settings.targets,
        systems(),
        store.polls,
        lambda: sender.partitions,
        sender.more,
        settings.look_again_seconds,
    )
    follower = Follower(store, thread, view, sender)
    listener = Listener(settings, incoming, thread, view, passing_on, systems())
    return Parts(view, follower, sender, deliveries, polling, listener, passing_on)


async def resume(settings: DispatchSettings, container: str | None = None) -> Settled:
    """Render again what was put aside, after our code was mended; of one container or of all.

    A running dispatch sends what comes of it.
    """
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    with _opened(settings) as (store, _, thread):
        return await resumed(store, thread, view, container)


@contextmanager
def _opened(
    settings: DispatchSettings,
) -> Iterator[tuple[Store, IncomingStore, DatabaseThread]]:
    store = Store(settings.database_url, settings.ledger_url, targets=settings.targets)
    incoming = IncomingStore(settings.database_url, settings.targets)
    thread = DatabaseThread()
    try:
        yield store, incoming, thread
    finally:
        # A call under way has its connection: it is let end before the stores go.
        thread.close()
        incoming.close()
        store.close()


async def _dispatch(settings: DispatchSettings, parts: Parts, stop: asyncio.Event) -> None:
    await parts.view.complete()
    broker = stream_broker(
        settings.bootstrap_servers,
        graceful_timeout=GRACE_SECONDS,
        allow_auto_create_topics=False,
    )
    parts.follower.attach(_subscribed(broker, settings, parts))
    parts.listener.attach(follow_systems(broker, settings, parts.listener, parts.passing_on))
    await broker.start()
    try:
        await stop.wait()
        parts.follower.stop()
        parts.listener.stop()
        # While the partitions are still ours: nobody else sends for them.
        await asyncio.gather(
            parts.sender.drain(DRAIN_SECONDS), parts.deliveries.drain(CALLS_END_SECONDS)
        )
        # After the calls: what was answered to them goes with it.
        await parts.passing_on.drain(DRAIN_SECONDS)
    finally:
        parts.follower.stop()
        parts.listener.stop()
        await broker.stop()


def _subscribed(broker: KafkaBroker, settings: DispatchSettings, parts: Parts) -> Any:
    return subscribe(
        broker,
        [within(settings.namespace, LEDGER_FACTS).name],
        parts.follower.take,
        group_id=f"{settings.namespace}dispatch",
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        listener=Handover(parts.sender, parts.deliveries),
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=settings.session_timeout_ms // 5,
        rebalance_timeout_ms=settings.rebalance_timeout_ms,
        max_poll_interval_ms=settings.max_poll_interval_ms,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        fetch_max_wait_ms=50,
        max_records=settings.batch_records,
    )
