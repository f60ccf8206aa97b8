"""Partitions that are handed on in good order take no call under way with them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiokafka import TopicPartition

from consumers.apply.thread import DatabaseThread
from consumers.dispatch import bench
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import TIMEOUT_SECONDS, Target
from consumers.dispatch.documents import Unsent
from consumers.dispatch.handover import CALLS_END_SECONDS, Handover
from consumers.dispatch.sender import Sender, record_of
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from ledger.directory.directory import Directory
from tests.consumers.dispatch.counting_system import CountingSystem, an_arrival
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver, receiver
from tests.consumers.dispatch.delivery.test_round import until

BOX = "CPUU1000010"
EVERY = [TopicPartition("ledger.facts.v1", each) for each in range(12)]
PATIENCE_SECONDS = 90.0


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture
def store(there: Receiver, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Two documents for one system, one behind the other."""
    system = CountingSystem().system()
    monkeypatch.setattr(bench, "systems_of", lambda _port: (system,))
    made = Store(sqlite_url, targets=to(at(there)))
    made.create()
    made.settle([an_arrival(1, BOX), an_arrival(2, BOX)], Directory())
    yield made
    made.close()


def at(there: Receiver) -> Target:
    return Target("first", "counting", url=f"{there.url}/first")


def came(there: Receiver) -> list[str]:
    return [each.content.decode() for each in there.at("/first")]


@asynccontextmanager
async def a_process(
    store: Store, there: Receiver, calls_end_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Handover]:
    """Bring what is due of the partitions that are given to it meanwhile."""
    thread = DatabaseThread()
    settings = DispatchSettings("nowhere:9092", "sqlite://")
    sender: Sender[Unsent] = Sender(settings, store, thread, record_of)
    replies = Replies({}, Directory)
    deliveries = Deliveries(to(at(there)), store.lanes, replies, lambda: sender.partitions, 0.02)
    running = asyncio.create_task(deliveries.run())
    try:
        yield Handover(sender, deliveries, calls_end_seconds)
    finally:
        running.cancel()
        await asyncio.wait({running})
        await deliveries.stop()
        thread.close()


async def test_a_call_under_way_ends_before_the_next_owner_has_its_partition(
    store: Store, there: Receiver
) -> None:
    hangs = threading.Event()
    there.answers["/first"] = [Answer(waits=hangs)]
    async with AsyncExitStack() as both:
        old = await both.enter_async_context(a_process(store, there))
        new = await both.enter_async_context(a_process(store, there))
        both.callback(hangs.set)
        await old.on_partitions_assigned(EVERY)
        await until(lambda: came(there) == [f"{BOX} 1"])

        giving = asyncio.create_task(old.on_partitions_revoked(EVERY))
        gave, _ = await asyncio.wait({giving}, timeout=0.2)
        assert not gave
        hangs.set()
        await giving

        assert store.lanes.waiting()[0].documents == 1  # the first one is noted
        await new.on_partitions_assigned(EVERY)
        await until(lambda: store.lanes.waiting() == ())

    assert came(there) == [f"{BOX} 1", f"{BOX} 2"]


async def test_a_call_that_does_not_end_keeps_no_partition(
    store: Store, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hangs = threading.Event()
    there.answers["/first"] = [Answer(waits=hangs)]
    async with a_process(store, there, calls_end_seconds=0.05) as old:
        await old.on_partitions_assigned(EVERY)
        await until(lambda: came(there) == [f"{BOX} 1"])

        await old.on_partitions_revoked(EVERY)
        hangs.set()
        await until(lambda: store.lanes.waiting()[0].documents == 1)

    assert "Calls are still under way" in caplog.text
    assert came(there) == [f"{BOX} 1"]


def test_who_says_nothing_is_left_before_the_group_goes_on_without_us() -> None:
    settings = DispatchSettings("nowhere:9092", "sqlite://")

    limit_seconds = settings.rebalance_timeout_ms / 1000
    assert TIMEOUT_SECONDS < CALLS_END_SECONDS < limit_seconds
    assert settings.rebalance_timeout_ms < settings.max_poll_interval_ms
