"""Running the gateway: take interchanges in, tell partners of facts, watch folders and answers."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from faststream.kafka import KafkaBroker

from consumers.apply.thread import DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch.again import rendered_again, resumed
from consumers.dispatch.documents import Unsent
from consumers.dispatch.follow import Follower
from consumers.dispatch.sender import Sender
from consumers.dispatch.store import Settled, Store
from consumers.gateway.folders import Inward
from consumers.gateway.follow import Taker
from consumers.gateway.large import LargeFiles
from consumers.gateway.out import told_record
from consumers.gateway.outward import Outward
from consumers.gateway.overdue import Overdue
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from consumers.gateway.tables import TOLD
from consumers.gateway.told import told_to
from consumers.outgoing import Waiting, as_stored
from consumers.stream import stream_broker, subscribe
from consumers.together import all_or_none
from producers.topics import ensure
from schemas.topics import (
    DEAD_LETTERS,
    DIRECTORY_FACTS,
    EDI,
    EDI_IN,
    EDI_OUT,
    LEDGER_FACTS,
    LEDGER_LOG,
    within,
)

log = logging.getLogger(__name__)
GRACE_SECONDS = 10.0
DRAIN_SECONDS = 5.0
TOPICS = (*EDI, LEDGER_LOG, LEDGER_FACTS, DIRECTORY_FACTS, DEAD_LETTERS)
"""What the gateway reads and writes."""


async def run(settings: GatewaySettings, stop: asyncio.Event) -> None:
    """Exchange interchanges with partners until *stop* is set; return when all is let go."""
    for line in settings.trust.warnings((EDI_IN,)):
        log.warning("%s", line)
    await ensure(settings.bootstrap_servers, settings.namespace, TOPICS)
    with _opened(settings) as gateway:
        await gateway.thread.run(gateway.store.create)
        await gateway.thread.run(gateway.told.create)
        try:
            await all_or_none(
                _exchange(gateway, stop),
                gateway.view.run(),
                gateway.answering.run(),
                gateway.telling.run(),
                gateway.overdue.run(),
                *gateway.watching(),
            )
        finally:
            await gateway.answering.stop()
            await gateway.telling.stop()


async def resume(settings: GatewaySettings, container: str | None = None) -> Settled:
    """Tell partners what was put aside, after our code was mended; of one container or of all.

    A running gateway sends what comes of it.
    """
    with _opened(settings) as gateway:
        return await resumed(gateway.told, gateway.thread, gateway.view, container)


class Gateway:
    """The parts of one gateway process, wired together."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.view = DirectoryView(settings.bootstrap_servers, settings.namespace)
        self.thread = DatabaseThread()
        self.store = GatewayStore(settings.database_url)
        hearers = told_to(settings.partners.values())
        self.told = Store(settings.database_url, settings.ledger_url, TOLD, hearers)
        self.answering: Sender[Waiting] = Sender(settings, self.store, self.thread, as_stored)
        self.telling: Sender[Unsent] = Sender(settings, self.told, self.thread, told_record)
        self.overdue = Overdue(settings, self.store, self.thread, self.answering)
        self.taker = Taker(settings, self.store, self.thread, self.view, self.answering)
        self.large = LargeFiles(
            settings,
            self.store,
            self.thread,
            self.taker.desk_for,
            self.answering,
            self.taker.count,
        )
        self.teller = Follower(self.told, self.thread, self.view, self.telling)
        root = settings.folders
        self.outward = None if root is None else Outward(settings, root)

    def watching(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what watches the partners' folders, where there are any."""
        root = self.settings.folders
        if root is None or self.outward is None:
            return
        yield Inward(self.settings, root).run()
        yield self.large.run(root)
        yield self.outward.run()

    def stop(self) -> None:
        """Give up what is being tried again: it comes again to whoever is next."""
        for handler in (self.taker, self.teller, self.outward):
            if handler is not None:
                handler.stop()

    def close(self) -> None:
        """Let go of the database: a call under way is let end before the stores go."""
        self.thread.close()
        self.store.close()
        self.told.close()


@contextmanager
def _opened(settings: GatewaySettings) -> Iterator[Gateway]:
    gateway = Gateway(settings)
    try:
        yield gateway
    finally:
        gateway.close()


async def _exchange(gateway: Gateway, stop: asyncio.Event) -> None:
    await gateway.view.complete()
    await _tell_again(gateway)
    broker = stream_broker(
        gateway.settings.bootstrap_servers,
        graceful_timeout=GRACE_SECONDS,
        allow_auto_create_topics=False,
    )
    gateway.taker.attach(_taking(broker, gateway))
    gateway.teller.attach(_telling(broker, gateway))
    if gateway.outward is not None:
        gateway.outward.attach(_putting_out(broker, gateway, gateway.outward))
    await broker.start()
    try:
        await stop.wait()
        gateway.stop()
        # While the partitions are still ours: nobody else sends for them.
        await gateway.answering.drain(DRAIN_SECONDS)
        await gateway.telling.drain(DRAIN_SECONDS)
    finally:
        gateway.stop()
        await broker.stop()


async def _tell_again(gateway: Gateway) -> None:
    """Tell what was put aside when our code broke: a start may be that of a mended one."""
    settled = await rendered_again(gateway.told, gateway.thread, gateway.view.directory)
    if still := sum(each.aside for each in settled):
        log.warning("%s facts stay put aside for partners: our code still breaks on them", still)


def _taking(broker: KafkaBroker, gateway: Gateway) -> Any:
    settings = gateway.settings
    return subscribe(
        broker,
        [within(settings.namespace, EDI_IN).name],
        gateway.taker.take,
        group_id=f"{settings.namespace}gateway",
        listener=gateway.answering,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        **_reading(settings),
    )


def _telling(broker: KafkaBroker, gateway: Gateway) -> Any:
    settings = gateway.settings
    return subscribe(
        broker,
        [within(settings.namespace, LEDGER_FACTS).name],
        gateway.teller.take,
        group_id=f"{settings.namespace}gateway-told",
        isolation_level="read_committed",
        listener=gateway.telling,
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        **_reading(settings),
    )


def _putting_out(broker: KafkaBroker, gateway: Gateway, outward: Outward) -> Any:
    settings = gateway.settings
    return subscribe(
        broker,
        [within(settings.namespace, EDI_OUT).name],
        outward.take,
        group_id=f"{settings.namespace}gateway-folders",
        max_partition_fetch_bytes=settings.partition_fetch_bytes,
        **_reading(settings),
    )


def _reading(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "auto_offset_reset": "earliest",
        "session_timeout_ms": settings.session_timeout_ms,
        "heartbeat_interval_ms": settings.session_timeout_ms // 5,
        "max_poll_interval_ms": settings.max_poll_interval_ms,
        "fetch_max_wait_ms": 50,
        "max_records": settings.batch_records,
    }
