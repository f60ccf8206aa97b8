"""The handler of the facts: no exception leaves it, nothing is skipped, nothing is taken twice."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError
from aiokafka.structs import OffsetAndTimestamp
from sqlalchemy.exc import OperationalError

from consumers import batches
from consumers.apply.thread import DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch import bench
from consumers.dispatch.follow import FactsMissing, Follower
from consumers.dispatch.sender import Sender, record_of
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from ledger.directory.directory import Directory
from schemas.facts import written
from tests.consumers.dispatch.counting_system import CountingSystem, a_fact

TOPIC = "ledger.facts.v1"
THREE, FIVE = TopicPartition(TOPIC, 3), TopicPartition(TOPIC, 5)
AWAY = OperationalError("SELECT", {}, OSError("the database is away"))


@dataclass(slots=True)
class ConsumerByHand:
    """aiokafka's consumer, as far as the handler steers it."""

    assigned: set[TopicPartition] = field(default_factory=lambda: {THREE, FIVE})
    begins: int = 0
    ends: int | None = None
    committed: list[dict[TopicPartition, int]] = field(default_factory=list)
    sought: list[tuple[TopicPartition, int]] = field(default_factory=list)
    polled: list[set[TopicPartition]] = field(default_factory=list)
    paused: set[TopicPartition] = field(default_factory=set)
    while_polling: Callable[[], dict[TopicPartition, list[Any]]] = dict
    commit_error: Exception | None = None
    first_since: Callable[[int], OffsetAndTimestamp | None] = lambda at: OffsetAndTimestamp(0, at)

    def assignment(self) -> set[TopicPartition]:
        return set(self.assigned)

    def highwater(self, _place: TopicPartition) -> int | None:
        return self.ends

    def pause(self, *places: TopicPartition) -> None:
        self.paused |= set(places)

    def resume(self, *places: TopicPartition) -> None:
        self.paused -= set(places)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.sought.append((place, offset))

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self.begins)

    async def offsets_for_times(
        self, times: dict[TopicPartition, int]
    ) -> dict[TopicPartition, OffsetAndTimestamp | None]:
        return {place: self.first_since(at) for place, at in times.items()}

    async def commit(self, places: dict[TopicPartition, int]) -> None:
        if self.commit_error is not None:
            raise self.commit_error
        self.committed.append(places)

    async def getmany(
        self, *places: TopicPartition, timeout_ms: int
    ) -> dict[TopicPartition, list[Any]]:
        assert timeout_ms > 0
        assert self.paused >= set(places)
        self.polled.append(set(places))
        await asyncio.sleep(0)
        return self.while_polling()


@dataclass(slots=True)
class Desk:
    """A handler with a consumer by hand, and a store of its own."""

    consumer: ConsumerByHand
    store: Store
    view: DirectoryView
    follower: Follower

    def contents(self) -> list[str]:
        return [each.content.decode() for each in self.store.unsent(range(12), limit=100)]


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> CountingSystem:
    found = CountingSystem()
    monkeypatch.setattr(bench, "systems_of", lambda _port: (found.system(),))
    monkeypatch.setattr(batches, "BACKOFF_SECONDS", (0.001,))
    return found


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    store = Store(sqlite_url)
    store.create()
    view = DirectoryView("nowhere:9092", "")
    thread = DatabaseThread()
    sender = Sender(DispatchSettings("nowhere:9092", sqlite_url), store, thread, record_of)
    follower = Follower(store, thread, view, sender)
    consumer = ConsumerByHand()
    subscriber = type("Subscriber", (), {"consumer": consumer})()
    follower.attach(subscriber)
    yield Desk(consumer, store, view, follower)
    thread.close()
    store.close()


def record(seq: int, place: TopicPartition = THREE, **more: Any) -> ConsumerRecord[Any, Any]:
    container = "CPUU1000010" if place is THREE else "CPUU1000026"
    fact = a_fact(seq, container, f"ledger-{place.partition}", **more)
    return ConsumerRecord(
        topic=TOPIC,
        partition=place.partition,
        offset=seq * 2,
        timestamp=0,
        timestamp_type=1,
        key=container.encode(),
        value=written(fact),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=(("ce_id", f"ledger-{place.partition}-{seq}".encode()),),
    )


def failing(times: int, error: Exception, then: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that fails so many times before it does what *then* does."""
    left = [times]

    def call(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return then(*args, **kwargs)

    return call


async def until_troubled(desk: Desk, records: list[ConsumerRecord[Any, Any]]) -> BaseException:
    """Let the handler try until it is in trouble, then stop it; return the trouble."""
    trying = asyncio.create_task(desk.follower.take(records))
    async with asyncio.timeout(10):
        while desk.follower.trouble is None:  # noqa: ASYNC110  it tells nobody by itself
            await asyncio.sleep(0.001)
    desk.follower.stop()
    await trying
    assert desk.follower.trouble is not None
    return desk.follower.trouble


async def test_places_are_committed_of_the_batchs_partitions_alone(desk: Desk) -> None:
    await desk.follower.take([record(1), record(2), record(1, FIVE)])

    assert desk.consumer.committed == [{THREE: 5, FIVE: 3}]
    assert sorted(desk.contents()) == ["CPUU1000010 1", "CPUU1000010 2", "CPUU1000026 1"]


async def test_a_batch_is_tried_again_in_place_while_the_database_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.store, "settle", failing(3, AWAY, desk.store.settle))

    await desk.follower.take([record(1)])

    assert desk.consumer.polled == [{THREE}] * 3
    assert desk.consumer.paused == set()
    assert desk.consumer.committed == [{THREE: 3}]
    assert desk.contents() == ["CPUU1000010 1"]
    assert desk.follower.trouble is None


async def test_any_other_error_is_tried_again_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desk.store, "settle", failing(1, KeyError("bug"), desk.store.settle))

    await desk.follower.take([record(1)])

    assert desk.contents() == ["CPUU1000010 1"]
    assert "held up" in caplog.text


async def test_partitions_that_are_taken_away_meanwhile_are_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_away() -> dict[TopicPartition, list[Any]]:
        desk.consumer.assigned = {FIVE}
        return {}

    desk.consumer.while_polling = taken_away
    monkeypatch.setattr(desk.store, "settle", failing(1, AWAY, desk.store.settle))

    await desk.follower.take([record(1), record(1, FIVE)])

    assert desk.contents() == ["CPUU1000026 1"]
    assert desk.consumer.committed == [{FIVE: 3}]


async def test_what_comes_while_waiting_is_put_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.consumer.while_polling = lambda: {THREE: [record(2), record(3)]}
    monkeypatch.setattr(desk.store, "settle", failing(1, AWAY, desk.store.settle))

    await desk.follower.take([record(1)])

    assert desk.consumer.sought == [(THREE, 4)]


async def test_a_commit_that_fails_is_only_a_hint_lost(desk: Desk) -> None:
    desk.consumer.commit_error = CommitFailedError("rebalanced")

    await desk.follower.take([record(1)])

    assert desk.follower.trouble is None
    assert desk.contents() == ["CPUU1000010 1"]


async def test_facts_before_the_first_one_known_are_looked_for_at_the_topics_start(
    desk: Desk,
) -> None:
    await desk.follower.take([record(4), record(1, FIVE)])
    sought_once = list(desk.consumer.sought)
    await desk.follower.take([record(1), record(2)])

    assert sought_once == [(THREE, 0)]
    assert desk.consumer.committed[0] == {FIVE: 3}
    assert desk.contents()[-2:] == ["CPUU1000010 1", "CPUU1000010 2"]


async def test_a_topic_that_holds_nothing_older_is_begun_where_it_begins(desk: Desk) -> None:
    desk.consumer.begins = 8
    await desk.follower.take([record(4)])
    await desk.follower.take([record(4)])
    await desk.follower.take([record(4)])

    assert desk.consumer.sought == [(THREE, 8), (THREE, 8)]
    assert desk.contents() == ["CPUU1000010 1"]


async def test_facts_that_are_missing_behind_the_mark_stop_the_shard_loudly(desk: Desk) -> None:
    await desk.follower.take([record(1)])
    await desk.follower.take([record(4)])

    trouble = await until_troubled(desk, [record(4)])

    assert isinstance(trouble, FactsMissing)
    assert desk.consumer.sought == [(THREE, 3)]
    assert desk.contents() == ["CPUU1000010 1"]
    assert desk.consumer.committed == [{THREE: 3}]


async def test_a_topic_that_ends_before_the_mark_stops_the_shard_loudly(desk: Desk) -> None:
    await desk.follower.take([record(1), record(2)])
    desk.consumer.ends = 3

    trouble = await until_troubled(desk, [record(1)])

    assert isinstance(trouble, FactsMissing)


async def test_a_fact_that_the_database_does_not_take_is_put_aside_and_the_rest_goes_on(
    postgres_url: str, desk: Desk, counting: CountingSystem
) -> None:
    store = Store(postgres_url)
    store.create()
    desk.follower._store = store
    counting.type = "nul\0"

    await desk.follower.take([record(1)])
    counting.type = "counted"
    await desk.follower.take([record(2), record(1, FIVE)])

    assert [(a.arrival.seq, a.system, a.error) for a in store.parked()] == [
        (1, "*", "DataError"),
        (2, "counting", "StandsBehind"),
    ]
    assert [document.subject for document in store.unsent(range(12), 10)] == ["CPUU1000026"]
    assert desk.follower.trouble is None
    store.close()


async def test_a_fact_waits_for_the_directory_that_it_was_decided_on(desk: Desk) -> None:
    trouble = await until_troubled(desk, [record(1, directory_version=7)])
    assert "7 is needed" in str(trouble)
    assert desk.contents() == []

    desk.view.directory = Directory(version=7)
    desk.follower._stopping = False
    await desk.follower.take([record(1, directory_version=7)])

    assert desk.contents() == ["CPUU1000010 1"]


async def test_a_stopped_handler_takes_and_commits_nothing(desk: Desk) -> None:
    desk.follower.stop()
    await desk.follower.take([record(1)])

    assert desk.contents() == []
    assert desk.consumer.committed == []
