"""Dispatch on Kafka and a database: every document once stored, sent in order, the same ids."""

import asyncio
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from aiokafka.errors import KafkaConnectionError
from sqlalchemy.exc import OperationalError

from adapters.contract import NOTHING
from adapters.registry import systems
from consumers.dispatch import sender as sending
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.documents import Unsent
from consumers.dispatch.follow import Follower
from consumers.dispatch.run import resume
from consumers.dispatch.sender import Sender
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from schemas.facts import RecordedFact
from schemas.topics import LEDGER_FACTS
from schemas.value import altered
from tests.adapters.story import ORGANISATIONS, PARTIES, Story, a_day
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.dispatch.delivery.scripted import Answer, receiver
from tests.consumers.dispatch.facts_topic import FactsTopic, facts_topic, identity, place_of
from tests.engines import KafkaAtHand, PostgresAtHand

FACTS = {LEDGER_FACTS.name}
RENDER = systems()["antwerp_cpu"].functions.render


def days(count: int) -> list[RecordedFact]:
    """Return days of as many containers, on all shards in turn, one after the other on each."""
    found: list[RecordedFact] = []
    day = a_day().facts
    for number in range(count):
        container = f"CPUU10{number:05}"
        for fact in day:
            moved = altered(
                fact,
                shard=f"ledger-{number % 12}",
                seq=number // 12 * len(day) + fact.seq,
                container=container,
                stay=None if fact.stay is None else altered(fact.stay, container=container),
            )
            found.append(moved)
    return found


def expected(facts: list[RecordedFact]) -> set[str]:
    """Return the ids of the documents that these facts become."""
    return {document.id for fact in facts for document in RENDER(fact, PARTIES, NOTHING).documents}


def assert_all_in_order(records: list[Any], facts: list[RecordedFact]) -> Counter[str]:
    """Check that every document is there, each container's in order; return how often each."""
    counts = Counter(identity(record) for record in records)
    assert set(counts) == expected(facts)
    seqs: dict[bytes, list[int]] = defaultdict(list)
    met: set[str] = set()
    for record in records:
        if identity(record) not in met:
            met.add(identity(record))
            seqs[record.key].append(place_of(identity(record))[1])
    assert all(own == sorted(own) for own in seqs.values())
    assert len({(record.key, record.partition) for record in records}) == len(seqs)
    return counts


@pytest.fixture
def settings(kafka: KafkaAtHand, database_url: str, namespace: str) -> DispatchSettings:
    return DispatchSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        database_url=database_url,
        namespace=namespace,
        session_timeout_ms=6_000,
        look_again_seconds=0.1,
    )


@pytest.fixture
async def bus(settings: DispatchSettings) -> AsyncIterator[FactsTopic]:
    async with facts_topic(settings) as topic:
        yield topic


@pytest.fixture
def store(settings: DispatchSettings) -> Iterator[Store]:
    made = Store(settings.database_url)
    made.create()
    yield made
    made.close()


async def test_days_reach_the_system_whole_once_and_in_order(bus: FactsTopic) -> None:
    facts = days(24)
    await bus.publish(facts[: len(facts) // 2])

    async with bus.dispatching():
        await bus.publish(facts[len(facts) // 2 :])
        records = await bus.documents(len(expected(facts)))

    assert set(assert_all_in_order(records, facts).values()) == {1}
    proofread = systems()["antwerp_cpu"].functions.proofread
    for fact in facts[:20]:
        for document in RENDER(fact, PARTIES, NOTHING).documents:
            assert proofread(document) == ()
            assert [r.value for r in records if identity(r) == document.id] == [document.content]


async def test_what_reaches_a_topic_is_brought_to_its_receiver_too(
    bus: FactsTopic, tmp_path: Path
) -> None:
    facts = days(2)
    to_a_folder = to(Target("everybody", "antwerp_cpu", folder=str(tmp_path / "out")))
    await bus.publish(facts)

    async with bus.dispatching(targets=to_a_folder):
        records = await bus.documents(len(expected(facts)))
        await _until(lambda: len(list((tmp_path / "out").glob("*.json"))) == len(expected(facts)))

    brought = {unquote(file.stem): file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert brought == {identity(record): record.value for record in records}


async def test_a_call_under_way_ends_before_dispatch_does(bus: FactsTopic, store: Store) -> None:
    def waiting() -> int:
        return sum(each.documents for each in store.lanes.waiting())

    hangs = threading.Event()
    await bus.publish(days(1))
    with receiver() as there:
        there.answers["/cpu"] = [Answer(waits=hangs)]
        url = f"{there.url}/cpu"
        cpu = to(Target("everybody", "antwerp_cpu", url=url, at_once=1, timeout_seconds=120))
        async with bus.dispatching(targets=cpu) as stop:
            await _until(lambda: bool(there.came) and waiting() == len(expected(days(1))))
            stop.set()
            asyncio.get_running_loop().call_later(2, hangs.set)
        (first,) = there.came

    assert waiting() == len(expected(days(1))) - 1
    assert first.headers["idempotency-key"] in expected(days(1))


async def test_nothing_is_sent_again_after_a_restart(bus: FactsTopic) -> None:
    facts = days(2)
    await bus.publish(facts[:10])
    async with bus.dispatching():
        await bus.documents(len(expected(facts[:10])))
    await bus.publish(facts[10:])
    async with bus.dispatching():
        records = await bus.documents(len(expected(facts)))

    assert set(assert_all_in_order(records, facts).values()) == {1}


@pytest.mark.searches  # seconds on the engines, as its neighbours
async def test_what_was_stored_and_not_sent_is_sent_by_the_next(
    bus: FactsTopic, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    facts = days(2)
    await bus.publish(facts)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "send_all", _refusing)
        async with bus.dispatching():
            await _until(lambda: len(store.unsent(range(12), 10_000)) == len(expected(facts)))

    assert await bus.documents(0) == []
    async with bus.dispatching():
        records = await bus.documents(len(expected(facts)))

    assert set(assert_all_in_order(records, facts).values()) == {1}
    assert store.unsent(range(12), 1) == ()


async def test_what_was_sent_and_not_marked_is_repeated_with_the_same_ids(
    bus: FactsTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = days(2)
    await bus.publish(facts)
    marked = asyncio.Event()

    def forgetful(*_: object) -> None:
        marked.set()
        raise OperationalError("UPDATE", {}, OSError("away"))

    with monkeypatch.context() as patch:
        patch.setattr(Store, "sent", forgetful)
        async with bus.dispatching():
            await asyncio.wait_for(_until(marked.is_set), 30)
    async with bus.dispatching():
        records = await bus.documents(len(expected(facts)))

    assert max(assert_all_in_order(records, facts).values()) > 1


@pytest.mark.searches  # seconds on the engines, as its neighbours
async def test_places_that_were_never_committed_cost_no_repeats(
    bus: FactsTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = days(2)
    await bus.publish(facts)
    with monkeypatch.context() as patch:
        patch.setattr(Follower, "commit", _nothing)
        async with bus.dispatching():
            await bus.documents(len(expected(facts)))
    async with bus.dispatching():
        await asyncio.sleep(2)
        records = await bus.documents(len(expected(facts)))

    assert set(assert_all_in_order(records, facts).values()) == {1}


@pytest.mark.searches  # seconds on the engines, as its neighbours
async def test_a_store_that_was_lost_is_filled_again_from_the_topics_start(
    bus: FactsTopic, sqlite_url: str
) -> None:
    facts = days(2)
    await bus.publish(facts[:30])
    async with bus.dispatching():
        await bus.documents(len(expected(facts[:30])))
    await bus.publish(facts[30:])
    # Kafka's committed places are now beyond what the empty store has seen.
    async with bus.dispatching(database_url=sqlite_url):
        records = await bus.documents(len(expected(facts)))

    counts = assert_all_in_order(records, facts)
    assert max(counts.values()) == 2


@pytest.mark.searches  # it waits longer than the limit
async def test_a_database_that_is_away_longer_than_the_poll_limit_costs_no_membership(
    bus: FactsTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = days(12)
    assigned: list[object] = []
    joined = Sender.on_partitions_assigned

    async def noted(self: Sender[Unsent], partitions: Any) -> None:
        if {each.topic.removeprefix(bus.settings.namespace) for each in partitions} == FACTS:
            assigned.append(partitions)
        await joined(self, partitions)

    settle = Store.settle
    tried: list[float] = []

    def away(self: Store, *args: Any) -> Any:
        tried.append(time.monotonic())
        if tried[-1] < tried[0] + 7:
            raise OperationalError("SELECT", {}, OSError("away"))
        return settle(self, *args)

    monkeypatch.setattr(Sender, "on_partitions_assigned", noted)
    monkeypatch.setattr(Store, "settle", away)
    await bus.publish(facts)
    # Small batches: the limit is also for how long one may take.
    async with bus.dispatching(max_poll_interval_ms=4_000, batch_records=20):
        records = await bus.documents(len(expected(facts)))

    assert set(assert_all_in_order(records, facts).values()) == {1}
    assert len(assigned) == 1


@pytest.mark.searches  # seconds on the engines, as its neighbours
async def test_two_share_the_partitions_and_one_takes_over_from_the_other(
    apache_kafka: KafkaAtHand, postgres: PostgresAtHand, bus: FactsTopic
) -> None:
    # The embedded broker is slow to hand partitions on, and SQLite is for one process.
    assert apache_kafka.is_real
    assert postgres.server_url
    facts = days(24)
    third = len(facts) // 3
    await bus.publish(facts[:third])
    async with bus.dispatching():
        async with bus.dispatching():
            await bus.documents(len(expected(facts[:third])))
            await bus.publish(facts[third : 2 * third])
            await bus.documents(len(expected(facts[: 2 * third])))
        await bus.publish(facts[2 * third :])
        records = await bus.documents(len(expected(facts)))

    assert_all_in_order(records, facts)


async def test_a_party_that_the_directory_lacks_is_put_aside_until_it_comes(
    bus: FactsTopic, settings: DispatchSettings, store: Store
) -> None:
    story = Story()
    story.released()
    unknown = altered(story.facts[0].stay, agent="NXT21000000077")  # type: ignore[type-var]  # it has a stay
    facts = [altered(story.facts[0], stay=unknown)]
    await bus.publish(facts)
    async with bus.dispatching():
        await _until(lambda: bool(store.parked()))
        late = altered(ORGANISATIONS[0], id="NXT21000000077")
        await bus.register([*ORGANISATIONS, late])

        settled = await resume(settings)

        records = await bus.documents(settled.documents)

    assert [aside.error for aside in store.parked()] == []
    assert settled.documents == len(records) > 0


async def _refusing(*_: object) -> None:
    raise KafkaConnectionError


async def _nothing(*_: object) -> None:
    return None


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  a store tells nobody by itself
            await asyncio.sleep(0.02)
