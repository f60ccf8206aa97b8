"""What the group gives is taken over, what it takes is let go; a shard that is stopped says so."""

import asyncio
import logging
from collections.abc import Callable

import psycopg
import pytest
from aiokafka.errors import KafkaConnectionError

from consumers.apply import assignment as module
from consumers.apply.assignment import DRAIN_SECONDS
from consumers.apply.takeover import LogLost
from ledger.book.lease import Fenced, StillHeld
from tests.consumers.apply.fakes import FIRST, SECOND, Bench, held

PATIENCE_SECONDS = 10.0


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    return Bench()


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happened():  # noqa: ASYNC110  the fakes have no events
            await asyncio.sleep(0)


async def until_taken(bench: Bench) -> None:
    """Wait until every takeover under way has ended, one way or the other."""
    await until(lambda: not bench.assignment._tasks)


# --- given ---------------------------------------------------------------------------------------


async def test_what_is_given_is_paused_before_anything_else(bench: Bench) -> None:
    await bench.assignment.on_partitions_assigned([FIRST, SECOND])

    # Nothing else yet: while the listener runs, the group hears nothing of us.
    assert bench.consumer.happened == [("paused", FIRST, SECOND)]
    assert bench.assignment.held == {}
    await until_taken(bench)


async def test_a_shard_is_read_from_its_stored_place_and_only_then(bench: Bench) -> None:
    bench.takeover.stands_at = {FIRST: 42}
    await bench.assignment.on_partitions_assigned([FIRST])
    await until_taken(bench)

    assert bench.consumer.happened == [
        ("paused", FIRST),
        ("sought", FIRST, 42),
        ("resumed", FIRST),
    ]
    assert bench.place(FIRST) == 42


@pytest.mark.parametrize(
    "trouble",
    [
        psycopg.OperationalError("away"),
        KafkaConnectionError("away"),
        StillHeld("ledger-0"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_takeover_that_meets_trouble_is_tried_again(
    bench: Bench, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bench.takeover.trouble = [trouble, trouble]
    with caplog.at_level(logging.WARNING):
        await bench.assignment.on_partitions_assigned([FIRST])
        await until_taken(bench)

    assert FIRST in bench.assignment.held
    assert caplog.text.count("tried again") == 2


async def test_a_shard_whose_log_is_lost_is_stopped_loudly_and_the_others_go_on(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.takeover.trouble = [LogLost("ledger-0", 3, 7, 9)]
    await bench.assignment.on_partitions_assigned([FIRST, SECOND])
    await until_taken(bench)

    assert set(bench.assignment.held) == {SECOND}
    assert set(bench.assignment.stopped) == {FIRST}
    assert bench.consumer.paused == {FIRST}
    assert [each for each in bench.consumer.happened if each[0] == "sought"] == [
        ("sought", SECOND, 0)
    ]
    (loud,) = [each for each in caplog.records if each.levelno == logging.CRITICAL]
    assert "ledger-0 stands at 3; its log holds 7 to 9" in loud.getMessage()
    assert "do not move the place" in loud.getMessage()
    bench.assignment.check()


async def test_a_takeover_that_breaks_is_kept_for_the_loop(bench: Bench) -> None:
    bench.takeover.trouble = [ValueError("an entry that cannot be read")]
    await bench.assignment.on_partitions_assigned([FIRST])
    bench.assignment.check()
    await until_taken(bench)

    with pytest.raises(ValueError, match="an entry that cannot be read"):
        bench.assignment.check()
    assert bench.consumer.paused == {FIRST}


# --- taken away ----------------------------------------------------------------------------------


async def test_what_is_taken_away_is_drained_then_marked_then_stopped(bench: Bench) -> None:
    first, second = held(FIRST), held(SECOND)
    bench.holds(first, second)
    await bench.assignment.on_partitions_revoked([FIRST, SECOND])

    assert bench.assignment.held == {}
    assert bench.takeover.marked == [[first, second]]
    assert first.relay.ended == second.relay.ended == [f"drained {DRAIN_SECONDS}", "stopped"]


async def test_the_mark_is_moved_to_what_the_drained_relay_has_published(bench: Bench) -> None:
    bench.holds(shard := held(FIRST))
    seen: list[list[str]] = []

    async def mark(_: object) -> None:
        seen.append(list(shard.relay.ended))

    bench.takeover.mark = mark
    await bench.assignment.let_go(0.5)

    assert seen == [["drained 0.5"]]


async def test_a_takeover_under_way_ends_when_its_shard_is_taken_away(bench: Bench) -> None:
    bench.takeover.trouble = [KafkaConnectionError("away")] * 1000
    await bench.assignment.on_partitions_assigned([FIRST])
    await until(lambda: len(bench.takeover.trouble) < 1000)
    await bench.assignment.on_partitions_revoked([FIRST])

    assert not bench.assignment._tasks
    assert bench.assignment.held == {}
    bench.assignment.check()


async def test_a_shard_that_was_taken_away_while_it_was_taken_over_is_not_read(
    bench: Bench,
) -> None:
    late = held(FIRST)
    await bench.assignment._place(late)

    assert late.relay.ended == ["stopped"]
    assert bench.assignment.held == {}
    assert bench.consumer.happened == []


# --- taken again ---------------------------------------------------------------------------------


async def test_a_shard_that_is_taken_again_goes_on_from_where_it_stands(bench: Bench) -> None:
    bench.holds(before := held(FIRST, 3))
    bench.takeover.stands_at = {FIRST: 5}
    await bench.assignment.retake(before)

    assert before.relay.ended == ["stopped"]
    assert bench.place(FIRST) == 5
    assert bench.assignment.held[FIRST].lease.epoch == before.lease.epoch + 1
    assert bench.consumer.happened == [("sought", FIRST, 5)]


async def test_a_shard_that_went_while_it_was_taken_again_is_let_go(bench: Bench) -> None:
    bench.holds(before := held(FIRST))
    bench.takeover.in_between = bench.assignment.held.clear
    await bench.assignment.retake(before)

    (again,) = bench.takeover.given
    assert again.relay.ended == ["stopped"]
    assert bench.assignment.held == {}
    assert bench.consumer.happened == []


async def test_who_takes_again_what_another_has_finds_out(bench: Bench) -> None:
    bench.holds(before := held(FIRST))
    bench.takeover.trouble = [Fenced(["ledger-0"])]

    with pytest.raises(Fenced):
        await bench.assignment.retake(before)
