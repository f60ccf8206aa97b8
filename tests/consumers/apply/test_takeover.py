"""Taking a shard over: the lease first, then what was not published, and never past a lost log."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka.errors import KafkaConnectionError
from sqlalchemy import Engine, select, update

from consumers.apply import takeover as module
from consumers.apply.takeover import LogLost, Takeover
from consumers.apply.thread import DatabaseThread
from ledger.book import tables
from ledger.book.lease import Fenced, mark_relayed
from tests.books import new_sqlite_book
from tests.consumers.apply.fakes import FIRST, SETTINGS, Consumer, held
from tests.ledger.book.log import LEDGER, Clerk, clerk_of

BOX = "CPUU1000010"


@dataclass
class WatchedRelay:
    """A relay that tells what was done with it; *trouble* befalls the step that it names."""

    shard: str
    steps: list[str] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)
    published_seq: int = 0

    async def start(self, published_seq: int) -> None:
        self.published_seq = published_seq
        self._step(f"started at {published_seq}", "start")

    async def publish(self, entries: tuple[Any, ...]) -> None:
        seqs = [entry.recorded.seq for entry in entries]
        self._step(f"published {seqs[0]} to {seqs[-1]}", "publish")
        self.published_seq = seqs[-1]

    def run(self) -> None:
        self._step("ran", "run")

    async def stop(self) -> None:
        self.steps.append("stopped")

    def _step(self, step: str, name: str) -> None:
        self.steps.append(step)
        if name in self.trouble:
            raise self.trouble[name]


@dataclass
class Desk:
    """A book on SQLite with a day in it, and a takeover that works on it."""

    engine: Engine
    clerk: Clerk
    takeover: Takeover
    relays: list[WatchedRelay]
    trouble: dict[str, Exception]
    consumer: Any = field(default_factory=Consumer)

    def row(self) -> Any:
        with self.engine.connect() as connection:
            row = select(tables.shard).where(tables.shard.c.shard == LEDGER)
            return connection.execute(row).one_or_none()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = new_sqlite_book(tmp_path / "book.db")
    yield engine
    engine.dispose()


@pytest.fixture
async def desk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    thread, topics = DatabaseThread(), object()
    clerk = clerk_of(engine)
    relays: list[WatchedRelay] = []
    trouble: dict[str, Exception] = {}

    def relay(shard: str, *_: object) -> WatchedRelay:
        relays.append(WatchedRelay(shard, trouble=trouble))
        return relays[-1]

    monkeypatch.setattr(module, "Relay", relay)
    made: Any = Takeover
    yield Desk(engine, clerk, made(SETTINGS, engine, thread, topics), relays, trouble)
    clerk.book.forget()
    thread.close()


async def test_what_was_not_published_goes_out_before_anything_new(desk: Desk) -> None:
    entries = desk.clerk.settle(desk.clerk.log.whole_day(BOX))
    mark_relayed(desk.engine, [(desk.clerk.leases[LEDGER], 4)])
    shard = await desk.takeover.take(desk.consumer, FIRST)

    (relay,) = desk.relays
    assert relay.steps == ["started at 4", f"published 5 to {len(entries)}", "ran"]
    assert shard.lease.next_offset == desk.clerk.leases[LEDGER].next_offset
    assert (shard.partition, shard.relayed_seq) == (FIRST, 4)


async def test_much_that_was_not_published_goes_out_a_little_at_a_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.unrelayed.AT_ONCE", 5)
    entries = desk.clerk.settle(desk.clerk.log.whole_day(BOX))
    await desk.takeover.take(desk.consumer, FIRST)

    assert desk.relays[0].steps == [
        "started at 0",
        "published 1 to 5",
        "published 6 to 10",
        f"published 11 to {len(entries)}",
        "ran",
    ]


async def test_where_all_is_published_nothing_goes_out(desk: Desk) -> None:
    await desk.takeover.take(desk.consumer, FIRST)

    assert desk.relays[0].steps == ["started at 0", "ran"]


async def test_the_predecessor_is_fenced_before_the_relay_starts(desk: Desk) -> None:
    record = desk.clerk.log.whole_day(BOX)[0]
    desk.trouble["start"] = KafkaConnectionError("away")
    with pytest.raises(KafkaConnectionError):
        await desk.takeover.take(desk.consumer, FIRST)

    with pytest.raises(Fenced):
        desk.clerk.settle([record])
    assert desk.row().owner == SETTINGS.owner


async def test_a_shard_that_is_new_begins_where_its_log_begins(desk: Desk) -> None:
    desk.consumer.ends = (7, 9)
    with desk.engine.begin() as connection:
        connection.execute(tables.shard.delete().where(tables.shard.c.shard == LEDGER))
    shard = await desk.takeover.take(desk.consumer, FIRST)

    assert shard.lease.next_offset == 7
    assert desk.row().first_offset == 7


@pytest.mark.parametrize("step", ["start", "publish"])
async def test_a_relay_that_does_not_come_up_is_let_go(desk: Desk, step: str) -> None:
    desk.clerk.settle(desk.clerk.log.whole_day(BOX))
    desk.trouble[step] = KafkaConnectionError("away")
    with pytest.raises(KafkaConnectionError):
        await desk.takeover.take(desk.consumer, FIRST)

    assert desk.relays[0].steps[-1] == "stopped"
    assert "ran" not in desk.relays[0].steps


# --- the log -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "lost"),
    [(0, 9, False), (9, 9, False), (9, 12, False), (10, 12, True), (0, 8, True), (0, 0, True)],
)
async def test_a_place_outside_the_log_is_never_read_from(
    desk: Desk, begin: int, end: int, *, lost: bool
) -> None:
    desk.clerk.settle(desk.clerk.log.whole_day(BOX))
    assert desk.clerk.leases[LEDGER].next_offset == 9
    desk.consumer.ends = (begin, end)
    if not lost:
        assert (await desk.takeover.take(desk.consumer, FIRST)).lease.next_offset == 9
        return
    with pytest.raises(LogLost, match=f"ledger-0 stands at 9; its log holds {begin} to {end}"):
        await desk.takeover.take(desk.consumer, FIRST)

    # Not moved, not published from: an operator has to look first.
    assert desk.row().next_offset == 9
    assert desk.relays == []


# --- again ---------------------------------------------------------------------------------------


async def test_after_trouble_the_relay_is_another_and_what_it_missed_goes_out(desk: Desk) -> None:
    before = await desk.takeover.take(desk.consumer, FIRST)
    desk.clerk.leases[LEDGER] = before.lease
    desk.clerk.settle(desk.clerk.log.whole_day(BOX)[:1])
    again = await desk.takeover.again(before)

    old, new = desk.relays
    assert old.steps[-1] == "stopped"
    assert new.steps == ["started at 0", "published 1 to 1", "ran"]
    assert again.lease.epoch == before.lease.epoch + 1
    assert again.lease.next_offset == 1


async def test_what_another_process_has_taken_is_not_taken_back(desk: Desk) -> None:
    before = await desk.takeover.take(desk.consumer, FIRST)
    await desk.takeover.take(desk.consumer, FIRST)  # the other one
    with pytest.raises(Fenced):
        await desk.takeover.again(before)

    assert desk.relays[0].steps[-1] == "stopped"


# --- the relay's mark ----------------------------------------------------------------------------


async def test_the_mark_moves_to_what_is_published_and_only_where_it_moved(desk: Desk) -> None:
    desk.clerk.settle(desk.clerk.log.whole_day(BOX))
    shard: Any = held(FIRST, epoch=desk.clerk.leases[LEDGER].epoch)
    shard.relay.published_seq = 3
    await desk.takeover.mark([shard])
    assert (desk.row().relayed_seq, shard.relayed_seq) == (3, 3)

    with desk.engine.begin() as connection:
        connection.execute(update(tables.shard).values(relayed_seq=1))
    await desk.takeover.mark([shard])
    assert desk.row().relayed_seq == 1, "it was written without need"


async def test_a_mark_that_is_not_ours_to_move_stays(desk: Desk) -> None:
    shard: Any = held(FIRST, epoch=desk.clerk.leases[LEDGER].epoch - 1)
    shard.relay.published_seq = 3
    await desk.takeover.mark([shard])

    assert desk.row().relayed_seq == 0


async def test_a_mark_that_cannot_be_written_is_tried_again_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise psycopg.OperationalError("away")

    shard: Any = held(FIRST, epoch=desk.clerk.leases[LEDGER].epoch)
    shard.relay.published_seq = 3
    with monkeypatch.context() as trouble, caplog.at_level(logging.WARNING):
        trouble.setattr(module, "mark_relayed", away)
        await desk.takeover.mark([shard])
    assert shard.relayed_seq == 0
    assert "stay where they were" in caplog.text

    await desk.takeover.mark([replace(shard)])
    assert desk.row().relayed_seq == 3
