"""Intake begins when it knows everybody, and ends when everything handed on is committed."""

import asyncio
from typing import Any

import pytest

from consumers.directory_view import DirectoryView
from consumers.intake import run as module
from consumers.intake.run import Intake, IntakeSettings
from schemas.topics import DIRECTORY_INPUTS, INPUTS, MEBIBYTE
from tests.consumers.intake.records import CARRIER, PARTY, said
from tests.consumers.intake.test_run import (
    CARRIED,
    HELD_RIGHTS,
    SECONDS,
    Broker,
    broker,
)

__all__ = ["broker"]
MOST_FETCHED_BYTES = 32 * MEBIBYTE
"""What one answer of the broker may bring, with a full fetch of every partition."""


async def test_what_was_handed_on_when_it_is_to_stop_is_committed_before_it_ends(
    broker: Broker,
) -> None:
    stop = asyncio.Event()

    async def to_stop() -> None:
        stop.set()

    broker.in_between = to_stop
    await broker.intake.take([said(CARRIER, "release", offset=4), said(PARTY, "accept", offset=9)])

    async with asyncio.timeout(SECONDS):
        await broker.intake._pump(broker, stop)

    assert broker.happened[0] == "sent"
    assert broker.committed == {CARRIED: 5, HELD_RIGHTS: 10}


async def test_nothing_is_read_before_the_directory_is_complete(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sends what cannot be read gets an answer only where it is known."""
    started, stop = asyncio.Event(), asyncio.Event()

    class Group:
        """A broker that tells when it is read from."""

        consumer = broker

        async def start(self) -> None:
            started.set()

        async def stop(self) -> None:
            """Nothing was begun."""

    group = Group()
    monkeypatch.setattr(module, "stream_broker", lambda *_, **__: group)
    monkeypatch.setattr(broker.intake, "_subscribed", lambda _: group)
    running = asyncio.create_task(broker.intake.run(stop))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not started.is_set()

    stop.set()
    broker.intake._view._complete.set()
    async with asyncio.timeout(SECONDS):
        await running
    assert started.is_set()


def test_what_is_fetched_at_once_of_all_partitions_fits_into_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}

    def subscribed(*_: object, **settings: Any) -> None:
        asked.update(settings)

    monkeypatch.setattr(module, "subscribe", subscribed)
    intake = Intake(IntakeSettings("nowhere:9"), DirectoryView("nowhere:9", ""))
    broker_of_the_stream: Any = None
    intake._subscribed(broker_of_the_stream)

    partitions = sum(topic.partitions for topic in (*INPUTS, *DIRECTORY_INPUTS))
    assert asked["max_partition_fetch_bytes"] * partitions <= MOST_FETCHED_BYTES
