"""Documents reach receivers that fail and are slow: each once, in order, nobody held up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import OperationalError

from consumers.dispatch import bench
from consumers.dispatch.delivery import outcomes
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.calls import NO_CALL, Again, verdict_on
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import NOWHERE, Target, Targets
from consumers.dispatch.store import Store
from ledger.directory.directory import Directory
from tests.consumers.dispatch.counting_system import CountingSystem, an_arrival
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver

NOBODY = Directory()
FIRST, OTHER = "CPUU1000010", "CPUU1000026"
ASTRAY = 5
"""The seq of a document that is no call."""
PATIENCE_SECONDS = 90
NO_REPLIES = Replies({}, Directory)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two systems that count, and waits that a test can wait for."""
    first = CountingSystem(astray=frozenset({ASTRAY}))
    systems = (first.system(), CountingSystem(name="second").system())
    monkeypatch.setattr(bench, "systems_of", lambda _port: systems)
    monkeypatch.setattr(rounds, "WAIT_SECONDS", (0.05, 0.1))
    monkeypatch.setattr(rounds, "REST_SECONDS", (0.01, 0.02))
    monkeypatch.setattr(rounds, "TROUBLE_SECONDS", 0.01)
    monkeypatch.setattr(outcomes, "NOTE_SECONDS", (0.01,))


def targets(there: Receiver) -> Targets:
    return to(
        Target("first", "counting", url=f"{there.url}/first"),
        Target("second", "second", url=f"{there.url}/second"),
    )


@pytest.fixture
def store(there: Receiver, sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url, targets=targets(there))
    made.create()
    yield made
    made.close()


@asynccontextmanager
async def delivering(store: Store, there: Receiver) -> AsyncIterator[Deliveries]:
    made = Deliveries(targets(there), store.lanes, NO_REPLIES, lambda: range(12), 0.02)
    running = asyncio.create_task(made.run())
    try:
        yield made
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait({running})
        await made.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110  what a receiver and a store have come to has no event
            await asyncio.sleep(0.01)


def at(there: Receiver, path: str) -> list[str]:
    return [each.content.decode() for each in there.at(path)]


def settle(store: Store, *seqs: int, container: str = FIRST) -> None:
    store.settle([an_arrival(seq, container) for seq in seqs], NOBODY)


async def test_everything_reaches_its_receiver_once_and_in_order(
    store: Store, there: Receiver
) -> None:
    settle(store, 1, 2, 3)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 6)

    wanted = [f"{FIRST} 1", f"{FIRST} 2", f"{FIRST} 3"]
    assert at(there, "/first") == at(there, "/second") == wanted
    assert store.lanes.waiting() == ()


async def test_a_receiver_that_fails_gets_the_same_again_before_what_comes_after(
    store: Store, there: Receiver
) -> None:
    there.answers["/first"] = [Answer(503), Answer(429), Answer(200)]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 4)

    assert at(there, "/first") == [f"{FIRST} 1"] * 3 + [f"{FIRST} 2"]
    ids = {each.headers["idempotency-key"] for each in there.at("/first")}
    assert len(ids) == 2
    assert made.counted["again"] == 2


async def test_a_receiver_that_hangs_holds_no_other_up(store: Store, there: Receiver) -> None:
    hangs = threading.Event()
    there.answers["/first"] = [Answer(waits=hangs)]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: at(there, "/second") == [f"{FIRST} 1", f"{FIRST} 2"])
        assert at(there, "/first") == [f"{FIRST} 1"]
        hangs.set()
        await until(lambda: made.counted["delivered"] == 4)


async def test_one_containers_trouble_is_not_anothers(store: Store, there: Receiver) -> None:
    there.answers["/first"] = [Answer(503, {"Retry-After": "3600"})]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        # Else the other one, brought at the same time, could be the one that is put off.
        await until(lambda: made.counted["again"] == 1)
        settle(store, 3, container=OTHER)
        await until(lambda: f"{OTHER} 1" in at(there, "/first"))
        await until(lambda: made.counted["delivered"] == 4)

    assert at(there, "/first") == [f"{FIRST} 1", f"{OTHER} 1"]
    assert len(at(there, "/second")) == 3
    assert store.lanes.waiting()[0].documents == 2


async def test_what_is_rejected_is_told_and_the_next_one_goes(
    store: Store, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    there.answers["/first"] = [Answer(422, content=b"no such driver Jan Janssens")]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 3)

    assert at(there, "/first") == [f"{FIRST} 1", f"{FIRST} 2"]
    (rejected,) = store.lanes.rejected(10)
    assert rejected.status == 422
    assert "first rejects ledger-3-1.counting.count.NXT1 for good: 422" in caplog.text
    assert "Janssens" not in caplog.text  # what a receiver answers may quote anything


async def test_what_can_never_be_made_is_told_and_stands_before_nothing(
    store: Store, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    settle(store, *range(1, ASTRAY + 2))
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 2 * ASTRAY + 1)

    assert at(there, "/first") == [f"{FIRST} {each}" for each in (1, 2, 3, 4, 6)]
    (rejected,) = store.lanes.rejected(10)
    assert (rejected.status, rejected.why) == (400, NO_CALL)
    assert store.lanes.waiting() == ()
    assert f"for good: 400, {NO_CALL}" in caplog.text


async def test_an_answer_that_our_own_code_fails_at_ends_nothing(
    store: Store,
    there: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    times, quoted = iter(range(2)), "driver Jan " + "Janssens"

    def fails(*arguments: object) -> object:
        if next(times, None) is not None:
            raise OverflowError(quoted)
        return verdict_on(*arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr("consumers.dispatch.delivery.carriers.verdict_on", fails)
    settle(store, 1)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 2)

    assert made.counted["again"] == 2
    assert "OverflowError" in caplog.text
    assert quoted not in caplog.text


async def test_a_conflict_with_what_was_brought_before_is_no_refusal_yet(
    store: Store, there: Receiver
) -> None:
    there.answers["/first"] = [Answer(503), Answer(409), Answer(409), Answer(200)]
    there.answers["/second"] = [Answer(409)]
    settle(store, 1)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] + made.counted["rejected"] == 2)

    (rejected,) = store.lanes.rejected(10)
    assert (rejected.target, rejected.status) == ("second", 409)
    assert len(there.at("/first")) == 4


async def test_a_conflict_that_stays_is_a_refusal(store: Store, there: Receiver) -> None:
    there.answers["/first"] = [Answer(503), *[Answer(409)] * 100]
    settle(store, 1)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["rejected"] == 1)

    assert len(there.at("/first")) == 1 + rounds.STILL_AT_IT


async def test_a_conflict_after_an_outage_is_no_refusal_yet(store: Store, there: Receiver) -> None:
    conflicts = rounds.STILL_AT_IT - 1
    there.answers["/first"] = [*[Answer(503)] * rounds.STILL_AT_IT, *[Answer(409)] * conflicts]
    settle(store, 1)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] + made.counted["rejected"] == 2)

    assert store.lanes.rejected(10) == ()
    assert made.counted["again"] == rounds.STILL_AT_IT + conflicts


def test_what_is_brought_in_vain_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "WAIT_SECONDS", (1.0, 2.0, 5.0))

    waits = [rounds._wait_seconds(Again(""), attempts) for attempts in (0, 1, 2, 3, 50)]

    assert waits == [1.0, 2.0, 5.0, 5.0, 5.0]
    assert rounds._wait_seconds(Again("", 7.0), 1) == 7.0


async def test_a_target_that_takes_nothing_is_left_alone_for_a_while(
    store: Store, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "REST_SECONDS", (0.3,))
    monkeypatch.setattr(rounds, "WAIT_SECONDS", (0.0,))
    there.answers["/first"] = [Answer(503)] * 1000
    settle(store, 1)
    async with delivering(store, there):
        await asyncio.sleep(1.0)

    assert 1 <= len(there.at("/first")) <= 5


async def test_a_restart_brings_what_was_not_taken_and_nothing_else(
    store: Store, there: Receiver
) -> None:
    there.answers["/first"] = [Answer(200), Answer(503, {"Retry-After": "0"})]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["again"] == 1)
        there.answers["/first"] = [Answer(503)] * 3
    there.answers["/first"] = []
    before = len(there.came)

    async with delivering(store, there) as made:
        await until(lambda: store.lanes.waiting() == ())

    assert {each.content.decode() for each in there.came[before:]} <= {f"{FIRST} 2"}
    assert at(there, "/first").count(f"{FIRST} 1") == 1


async def test_a_graceful_stop_lets_a_call_under_way_end_and_begins_no_other(
    store: Store, there: Receiver
) -> None:
    hangs = threading.Event()
    there.answers["/first"] = [Answer(waits=hangs)]
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: at(there, "/first") == [f"{FIRST} 1"])
        await until(lambda: made.counted["delivered"] == 2)

        draining = asyncio.create_task(made.drain(PATIENCE_SECONDS))
        drained, _ = await asyncio.wait({draining}, timeout=0.2)
        hangs.set()
        await draining

        assert not drained
        assert made.counted["delivered"] == 3  # that of the first is noted
        made.more()
        await asyncio.sleep(0.1)

    assert at(there, "/first") == [f"{FIRST} 1"]


async def test_a_database_that_is_away_is_waited_for(
    store: Store, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, times = store.lanes.due, iter(range(3))

    def away(*arguments: object) -> object:
        if next(times, None) is not None:
            raise OperationalError("select", {}, OSError("away"))
        return due(*arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(store.lanes, "due", away)
    settle(store, 1)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 2)


async def test_a_mark_that_cannot_be_stored_repeats_nothing_and_lets_nothing_overtake(
    store: Store, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, times = store.lanes.ended, iter(range(1))

    def away(*arguments: object) -> None:
        if next(times, None) is not None:
            raise OperationalError("update", {}, OSError("away"))
        ended(*arguments)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(store.lanes, "ended", away)
    settle(store, 1, 2)
    async with delivering(store, there) as made:
        await until(lambda: made.counted["delivered"] == 4)

    assert at(there, "/first") == at(there, "/second") == [f"{FIRST} 1", f"{FIRST} 2"]


async def test_without_a_target_it_waits_for_nothing(store: Store) -> None:
    made = Deliveries(NOWHERE, store.lanes, NO_REPLIES, lambda: range(12), 0.02)
    running = asyncio.create_task(made.run())

    done, _ = await asyncio.wait({running}, timeout=0.1)

    assert not done
    running.cancel()
    await asyncio.wait({running})
    await made.stop()
