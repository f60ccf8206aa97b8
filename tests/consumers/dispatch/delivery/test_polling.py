"""Systems are asked in their own time while something is awaited, and nothing piles up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.contract import Memory, Request, System
from consumers.dispatch.delivery import polls
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.polling import Polling
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import Target, Targets
from consumers.dispatch.documents import document_of, keep_documents, row_of
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.remembered import remember
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from ledger.directory.directory import Directory
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.consumers.dispatch.delivery.made import NOON, to
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver, receiver
from tests.consumers.dispatch.delivery.test_round import until

EVERY = tuple(range(12))
NEVER = 3600.0
DONE, BUG = "done", "bug"


def poll(correlation_id: str, memory: Memory) -> tuple[Request, ...]:
    """Ask until the memory says that it is done."""
    if memory == BUG:
        raise KeyError(memory)
    if memory == DONE:
        return ()
    return (Request(f"{memory}.{correlation_id}", "GET", f"/{correlation_id}", correlation_id),)


def system(name: str) -> System:
    return replace(SYSTEM, name=name, functions=replace(SYSTEM.functions, poll=poll))


SYSTEMS = {"portbase": system("portbase"), "sone": system("sone")}


@dataclass(slots=True)
class Bus:
    """Dispatch's store, and the systems that its targets lead to."""

    url: str
    there: Receiver
    poll_seconds: float = NEVER
    folder: str | None = None
    receiver: str = ""

    def targets(self) -> Targets:
        """Return a target for each system."""
        every = self.poll_seconds
        return to(
            *(
                Target(
                    *(name, name, self.receiver or name, self._url(name), self.folder),
                    poll_seconds=every,
                )
                for name in SYSTEMS
            )
        )

    def store(self) -> Store:
        """Return the store, made."""
        made = Store(self.url, targets=self.targets())
        made.create()
        IncomingStore(self.url).create()
        return made

    def remember(self, memory: Mapping[str, Memory], name: str = "portbase") -> None:
        """Let these be what *name* remembers, by correlation id."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            remember(connection, DISPATCH, {(name, each): own for each, own in memory.items()})
        engine.dispose()

    def keep_calls(self, *correlation_ids: str) -> None:
        """Store a call of Portbase about each of these."""
        made = [
            Request(f"call.{each}", "POST", "", each, "application/json", b"{}")
            for each in correlation_ids
        ]
        rows = [
            row_of(document_of(each, "portbase", "portbase.request", each.id, NOON), "portbase")
            for each in made
        ]
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            keep_documents(connection, DISPATCH, rows, self.targets())
        engine.dispose()

    def _url(self, name: str) -> str | None:
        return None if self.folder else f"{self.there.url}/{name}"

    def replies(self) -> int:
        """Return how many answers are kept for the systems' topics."""
        store = IncomingStore(self.url)
        found = store.unsent(EVERY, 1000)
        store.close()
        return len(found)

    def open(self) -> int:
        """Return how many deliveries wait."""
        store = Store(self.url)
        waiting = store.lanes.waiting()
        store.close()
        return sum(each.documents for each in waiting)

    def at(self, correlation_id: str, name: str = "portbase") -> int:
        """Return how often *name* was asked about it."""
        return len(self.there.at(f"/{name}/{correlation_id}"))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "WAIT_SECONDS", (0.05, 0.1))
    monkeypatch.setattr(rounds, "REST_SECONDS", (0.01, 0.02))


@pytest.fixture
def bus(sqlite_url: str) -> Iterator[Bus]:
    with receiver() as there:
        made = Bus(sqlite_url, there)
        made.store().close()
        yield made


@asynccontextmanager
async def running(bus: Bus, partitions: tuple[int, ...] = EVERY) -> AsyncIterator[Polling]:
    """Ask and bring, as dispatch does it, meanwhile."""
    store, targets = bus.store(), bus.targets()
    bringing = Deliveries(
        targets, store.lanes, Replies(SYSTEMS, Directory), lambda: partitions, 0.02
    )
    asking = Polling(targets, SYSTEMS, store.polls, lambda: partitions, bringing.more, 0.02)
    tasks = {asyncio.create_task(bringing.run()), asyncio.create_task(asking.run())}
    try:
        yield asking
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await asking.stop()
        await bringing.stop()
        store.close()


async def test_what_is_awaited_is_asked_again_and_again_and_each_answer_is_kept(bus: Bus) -> None:
    bus.poll_seconds = 0.1
    bus.remember({"BL1": "1", "BL2": DONE})
    async with running(bus):
        await until(lambda: bus.replies() >= 3)

    assert bus.at("BL1") >= 3
    assert bus.at("BL2") == 0
    assert {each.headers.get("idempotency-key") for each in bus.there.came} == {None}


async def test_what_is_done_is_asked_no_more(bus: Bus) -> None:
    bus.poll_seconds = 0.05
    bus.remember({"BL1": "1"})
    async with running(bus) as asking:
        await until(lambda: bus.at("BL1") >= 2)
        bus.remember({"BL1": DONE, "BL2": "1"})
        asked = bus.at("BL2")
        await until(lambda: bus.at("BL2") >= asked + 2)
        then = bus.at("BL1")
        await until(lambda: bus.at("BL2") >= asked + 5)

    assert asking.counted["portbase"] > 0
    assert bus.at("BL1") == then


async def test_all_that_is_known_is_asked_page_by_page(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls, "PAGE", 10)
    ids = [f"BL{number:04}" for number in range(27)]
    bus.remember(dict.fromkeys(ids, "1"))
    async with running(bus) as asking:
        await until(lambda: bus.replies() == len(ids))

    assert asking.counted["portbase"] == len(ids)
    assert {bus.at(each) for each in ids} == {1}


async def test_a_system_that_is_down_is_asked_no_more_than_once_at_a_time(bus: Bus) -> None:
    bus.poll_seconds = 0.05
    bus.there.answers["/portbase/BL1"] = [Answer(503)] * 4
    bus.remember({"BL1": "1"})
    async with running(bus):
        await until(lambda: bus.at("BL1") >= 3)
        assert bus.open() <= 1
        await until(lambda: bus.replies() >= 1)

    assert bus.at("BL1") >= 5


async def test_a_system_that_hangs_holds_no_other_up(bus: Bus) -> None:
    bus.poll_seconds = 0.05
    hangs = threading.Event()
    bus.there.answers["/portbase/BL1"] = [Answer(waits=hangs)]
    bus.remember({"BL1": "1"})
    bus.remember({"BOX1": "1"}, "sone")
    async with running(bus):
        await until(lambda: bus.at("BOX1", "sone") >= 3)
        assert bus.at("BL1") == 1
        hangs.set()
        await until(lambda: bus.at("BL1") >= 2)


async def test_after_a_restart_all_that_is_known_is_asked_at_once(bus: Bus) -> None:
    bus.remember({"BL1": "1", "BL2": "7"})
    for times in (1, 2):
        async with running(bus):
            await until(lambda times=times: bus.replies() == 2 * times)  # type: ignore[misc]  # bound at once

    assert (bus.at("BL1"), bus.at("BL2")) == (2, 2)


async def test_what_is_rejected_is_asked_again_when_more_is_known(bus: Bus) -> None:
    bus.poll_seconds = 0.05
    bus.there.answers["/portbase/BL1"] = [Answer(404)]
    bus.remember({"BL1": "1", "BL2": "1"})
    async with running(bus):
        await until(lambda: bus.at("BL2") >= 4)
        assert bus.at("BL1") == 1
        bus.remember({"BL1": "2"})
        await until(lambda: bus.at("BL1") >= 2)


async def test_an_adapters_bug_about_one_stops_no_other(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    bus.remember({"BL1": BUG, "BL2": "1"})
    async with running(bus):
        await until(lambda: bus.at("BL2") == 1)

    assert "Not asked of portbase: KeyError" in caplog.text


async def test_a_poll_that_got_no_answer_is_over_until_its_next_time(bus: Bus) -> None:
    bus.there.answers["/portbase/BL1"] = [Answer(503)] * 100
    bus.remember({"BL1": "1"})
    async with running(bus):
        await until(lambda: bus.at("BL1") == 1)
        await until(lambda: bus.open() == 0)
        await asyncio.sleep(0.3)

    assert bus.at("BL1") == 1


def test_what_belongs_to_another_process_is_not_asked(bus: Bus) -> None:
    store = bus.store()
    bus.remember({f"BL{number}": "1" for number in range(30)})
    own = store.polls.ask(SYSTEMS["portbase"], EVERY[:5], "", NOON).asked
    others = store.polls.ask(SYSTEMS["portbase"], EVERY[5:], "", NOON).asked
    store.close()

    assert own + others == 30
    assert min(own, others) > 0


async def test_a_bug_of_ours_ends_one_round_of_one_system_and_nothing_else(
    bus: Bus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bus.poll_seconds, ask, times = 0.05, polls.Polls.ask, iter(range(3))

    def fails(self: polls.Polls, system: System, *more: object) -> object:
        if system.name == "portbase" and next(times, None) is not None:
            raise UnicodeError
        return ask(self, system, *more)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(polls.Polls, "ask", fails)
    bus.remember({"BL1": "1"})
    bus.remember({"BOX1": "1"}, "sone")
    async with running(bus):
        await until(lambda: min(bus.at("BOX1", "sone"), bus.at("BL1")) >= 2)

    assert "Polls of portbase are not asked this time: UnicodeError" in caplog.text


async def test_each_process_asks_about_its_own(bus: Bus) -> None:
    ids = [f"BL{number}" for number in range(30)]
    bus.remember(dict.fromkeys(ids, "1"))
    mine, others = EVERY[:5], EVERY[5:]
    async with running(bus, mine), running(bus, others):
        await until(lambda: bus.replies() == len(ids))

    assert {bus.at(each) for each in ids} == {1}


async def test_who_is_never_polled_is_not(bus: Bus) -> None:
    bus.poll_seconds = 0.0
    bus.remember({"BL1": "1"})
    async with running(bus) as asking:
        await asyncio.sleep(0.1)

    assert (bus.at("BL1"), asking.counted.total()) == (0, 0)


async def test_a_call_that_is_not_let_in_stops_no_poll_not_even_of_the_same(bus: Bus) -> None:
    bus.poll_seconds = 0.05
    bus.there.answers["/portbase"] = [Answer(401)] * 10_000
    bus.keep_calls(*(f"BL{number}" for number in range(20)))
    bus.remember({"BL1": "1", "BL2": "1", "BL99": "1"})
    async with running(bus):
        await until(lambda: min(bus.at(each) for each in ("BL1", "BL2", "BL99")) >= 3)

    assert len(bus.there.at("/portbase")) >= 20


async def test_who_is_called_under_any_name_is_polled_too(bus: Bus) -> None:
    bus.receiver = "*"
    bus.remember({"BL1": "1"})
    async with running(bus):
        await until(lambda: bus.replies() >= 1)

    assert bus.at("BL1") == 1


async def test_who_gets_files_in_a_folder_is_not_polled_since_nobody_answers(
    bus: Bus, tmp_path: Path
) -> None:
    bus.folder, bus.poll_seconds = str(tmp_path / "out"), 0.01
    bus.remember({"BL1": "1"})
    async with running(bus) as asking:
        await asyncio.sleep(0.1)

    assert asking.counted.total() == 0


def test_a_call_that_was_made_of_something_waits_for_no_poll(bus: Bus) -> None:
    store, now = bus.store(), datetime.now(UTC)
    bus.remember({"BL1": "1"})
    store.polls.ask(SYSTEMS["portbase"], EVERY, "", now)
    (polled,) = store.lanes.due("portbase", EVERY, now, 10)
    engine = sa.create_engine(bus.url)
    with engine.begin() as connection:
        # A call about the same, of a later partition: in the order it stands behind the poll.
        for table in (DISPATCH.document, DISPATCH.delivery):
            key = "id" if table is DISPATCH.document else "document_id"
            row = dict(connection.execute(sa.select(table)).mappings().one())
            changed = {key: "call", "partition": 11, "seq": 5}
            connection.execute(sa.insert(table).values(row | changed))
    engine.dispose()

    due = store.lanes.due("portbase", EVERY, now, 10)
    store.close()

    assert [each.document.id for each in due] == ["call", polled.document.id]
