"""Running dispatch: follow the facts, store what they become, and send it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from faststream.kafka import KafkaBroker

from adapters.registry import systems
from consumers.directory_view import DirectoryView
from consumers.dispatch.follow import Follower
from consumers.dispatch.sender import Sender
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Settled, Store
from consumers.stream import subscribe
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
    store = Store(settings.database_url)
    try:
        await asyncio.to_thread(store.create)
        view = DirectoryView(settings.bootstrap_servers, settings.namespace)
        sender = Sender(settings, store)
        dispatching = _dispatch(settings, store, view, sender, stop)
        try:
            await _all_or_none(dispatching, view.run(), sender.run())
        finally:
            await sender.stop()
    finally:
        store.close()


async def resume(settings: DispatchSettings, container: str | None = None) -> Settled:
    """Render again what was put aside, after our code was mended; of one container or of all.

    A running dispatch sends what comes of it.
    """
    store = Store(settings.database_url)
    view = DirectoryView(settings.bootstrap_servers, settings.namespace)
    documents = aside = 0

    async def again() -> None:
        nonlocal documents, aside
        await view.complete()
        parked = await asyncio.to_thread(store.parked, container)
        for own in dict.fromkeys(each.arrival.container for each in parked):
            settled = await asyncio.to_thread(store.resume, view.directory, own)
            documents += settled.documents
            aside += settled.aside

    try:
        await asyncio.to_thread(store.create)
        await _all_or_none(again(), view.run())
    finally:
        store.close()
    return Settled(documents, aside, {}, {})


async def _dispatch(
    settings: DispatchSettings,
    store: Store,
    view: DirectoryView,
    sender: Sender,
    stop: asyncio.Event,
) -> None:
    await view.complete()
    follower = Follower(store, view, sender)
    broker = KafkaBroker(
        settings.bootstrap_servers,
        apply_types=False,
        logger=None,
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
    broker: KafkaBroker, settings: DispatchSettings, follower: Follower, sender: Sender
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


async def _all_or_none(
    main: Coroutine[Any, Any, None], *beside: Coroutine[Any, Any, None]
) -> None:
    """Run *main* to its end with the others beside it; where one of them breaks, all end."""
    leading = asyncio.create_task(main, name="dispatch")
    others = [asyncio.create_task(other) for other in beside]
    try:
        await asyncio.wait({leading, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            if task.done():
                await task
        await leading
    finally:
        for task in (leading, *others):
            task.cancel()
        await asyncio.wait({leading, *others})
