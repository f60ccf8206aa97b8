"""What is stored is sent, and what no topic takes stands before no other."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from aiokafka import TopicPartition

from consumers.apply.thread import DatabaseThread
from consumers.dispatch import sender as sending
from consumers.dispatch.sender import Sender
from consumers.dispatch.settings import DispatchSettings
from consumers.outgoing import Waiting, as_stored
from producers.records import Record, RecordTooLarge

LIMIT_BYTES = 10


@dataclass(slots=True)
class Stored:
    """Records in memory, in the place of a store."""

    waiting: list[Waiting] = field(default_factory=list)

    def unsent(self, partitions: Collection[int], limit: int) -> list[Waiting]:
        """Return the first of them."""
        return self.waiting[:limit] if partitions else []

    def sent(self, documents: Iterable[Waiting], _at: datetime) -> None:
        """Take these away."""
        ids = {each.id for each in documents}
        self.waiting = [each for each in self.waiting if each.id not in ids]

    def forget(self, _before: datetime) -> int:
        """Keep everything."""
        return 0


@dataclass(slots=True)
class Broker:
    """A topic that takes only short records, and what it took."""

    took: list[bytes | None] = field(default_factory=list)

    async def send_all(self, _producer: object, records: Iterable[Record]) -> None:
        """Take all of *records*, or none."""
        whole = list(records)
        if any(len(each.value or b"") > LIMIT_BYTES for each in whole):
            raise RecordTooLarge("the.topic")
        self.took.extend(each.value for each in whole)

    async def connected(self) -> object:
        """Return a producer."""
        return self

    async def drop(self) -> None:
        """Let go of it."""


@pytest.fixture
def thread() -> Iterator[DatabaseThread]:
    made = DatabaseThread()
    yield made
    made.close()


async def test_what_no_topic_takes_is_told_and_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch, thread: DatabaseThread, caplog: pytest.LogCaptureFixture
) -> None:
    broker, sizes = Broker(), (1, 11, 2, 12, 3)
    stored = Stored(
        [Waiting(str(size), "portbase", Record("t", 0, None, b"x" * size)) for size in sizes]
    )
    monkeypatch.setattr(sending, "send_all", broker.send_all)
    settings = DispatchSettings("nowhere:9092", "sqlite://", send_at_once=2)
    sender = Sender(settings, stored, thread, as_stored)
    monkeypatch.setattr(sender, "_courier", broker)
    await sender.on_partitions_assigned([TopicPartition("t", 0)])

    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(30):
        while len(broker.took) < 3:  # noqa: ASYNC110  what a broker took has no event
            await asyncio.sleep(0.01)
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})

    assert broker.took == [b"x", b"xx", b"xxx"]
    assert [each.id for each in stored.waiting] == ["11", "12"]
    assert "Not sent: 11 is larger than the.topic takes" in caplog.text


async def test_nothing_is_sent_of_what_another_process_has_now(
    monkeypatch: pytest.MonkeyPatch, thread: DatabaseThread
) -> None:
    broker, place = Broker(), TopicPartition("t", 0)
    stored = Stored([Waiting("1", "portbase", Record("t", 0, None, b"x"))])
    monkeypatch.setattr(sending, "send_all", broker.send_all)
    sender = Sender(DispatchSettings("nowhere:9092", "sqlite://"), stored, thread, as_stored)
    monkeypatch.setattr(sender, "_courier", broker)
    await sender.on_partitions_assigned([place])
    await sender.on_partitions_revoked([place])

    await sender.drain(5.0)

    assert (sender.partitions, broker.took) == (frozenset(), [])
    await sender.on_partitions_assigned([place])
    await sender.drain(5.0)
    assert broker.took == [b"x"]
