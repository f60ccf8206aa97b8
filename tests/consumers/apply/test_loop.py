"""The loop feeds every record once and in order, whatever goes wrong; it never skips one."""

import logging
from typing import Any

import psycopg
import psycopg.errors
import pytest
import sqlalchemy.exc
from aiokafka.errors import KafkaConnectionError

from consumers.apply import loop as module
from consumers.apply.loop import Overtaken
from ledger.book.lease import Fenced
from schemas.logged import NotOfTheLog
from schemas.topics import DIRECTORY_LOG, LEDGER_LOG
from tests.consumers.apply.fakes import FIRST, SECOND, Bench, fetched, held, no_place

AWAY = psycopg.OperationalError("the server closed the connection")


def not_taken() -> Exception:
    return sqlalchemy.exc.DataError("INSERT", {}, ValueError("no such character"))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A loop that holds both shards, at the start of their logs."""
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.0,))
    bench = Bench()
    bench.holds(held(FIRST), held(SECOND))
    return bench


# --- from the place on ---------------------------------------------------------------------------


async def test_what_is_fetched_is_settled_and_handed_on(bench: Bench) -> None:
    await bench.feed(fetched(FIRST, 0, 1) | fetched(SECOND, 0), fetched(FIRST, 2))

    assert bench.book.settled == [("ledger-0/0", "ledger-0/1", "ledger-1/0"), ("ledger-0/2",)]
    assert (bench.place(FIRST), bench.place(SECOND)) == (3, 1)
    assert bench.relay(FIRST).offered == [(1, 2), (3,)]
    assert bench.relay(SECOND).offered == [(1,)]


async def test_both_logs_are_read(bench: Bench) -> None:
    await bench.feed()

    ((*topics, listener),) = bench.consumer.did("subscribed")
    assert topics == [LEDGER_LOG.name, DIRECTORY_LOG.name]
    assert listener is bench.assignment


async def test_a_record_below_the_stored_place_is_dropped(bench: Bench) -> None:
    bench.holds(held(FIRST, 5))
    await bench.feed(fetched(FIRST, 3, 4, 5, 6), fetched(FIRST, 4, 5))

    assert bench.book.settled == [("ledger-0/5", "ledger-0/6")]
    assert bench.consumer.did("sought") == []


async def test_records_above_the_place_are_looked_for_once_and_then_they_are_a_gap(
    bench: Bench,
) -> None:
    bench.holds(held(FIRST, 5))
    await bench.feed(fetched(FIRST, 7, 8))
    assert bench.book.settled == []
    assert bench.consumer.did("sought") == [(FIRST, 5)]

    await bench.feed(fetched(FIRST, 7, 8))
    assert bench.book.settled == [("ledger-0/7", "ledger-0/8")]
    assert bench.consumer.did("sought") == [(FIRST, 5)]


async def test_what_the_second_look_finds_is_not_missed_and_the_next_gap_is_looked_for_anew(
    bench: Bench,
) -> None:
    bench.holds(held(FIRST, 5))
    await bench.feed(fetched(FIRST, 7, 8), fetched(FIRST, 5, 6, 7, 8), fetched(FIRST, 11))

    assert bench.book.settled == [tuple(f"ledger-0/{offset}" for offset in (5, 6, 7, 8))]
    assert bench.consumer.did("sought") == [(FIRST, 5), (FIRST, 9)]


async def test_a_gap_in_one_shard_does_not_hold_the_other_up(bench: Bench) -> None:
    await bench.feed(fetched(FIRST, 3) | fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-1/0",)]


async def test_what_is_not_in_hand_is_not_touched(bench: Bench) -> None:
    bench.holds(held(SECOND))
    await bench.feed(fetched(FIRST, 0), fetched(FIRST, 1) | fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-1/0",)]


async def test_without_a_place_yet_there_is_nothing_to_do(bench: Bench) -> None:
    await bench.feed(no_place(), fetched(FIRST, 0))

    assert bench.book.settled == [("ledger-0/0",)]


# --- trouble -------------------------------------------------------------------------------------


async def test_trouble_pauses_polls_on_and_tries_the_same_batch_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.book.trouble = [AWAY, AWAY]
    with caplog.at_level(logging.WARNING):
        await bench.feed(fetched(FIRST, 0, 1) | fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-0/0", "ledger-0/1", "ledger-1/0")]
    assert len(bench.consumer.did("idle")) == 2
    assert bench.consumer.did("paused")[:1] == bench.consumer.did("resumed")[:1]
    assert bench.consumer.paused == set()
    assert "in trouble" in caplog.text


async def test_after_trouble_the_row_tells_whether_the_commit_was_done(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    bench.takeover.stands_at = {FIRST: 2}  # it was, and the answer was lost
    await bench.feed(fetched(FIRST, 0, 1), fetched(FIRST, 2))

    assert [each.partition for each in bench.takeover.retaken] == [FIRST]
    assert bench.book.settled == [("ledger-0/2",)]
    assert ("sought", FIRST, 2) in bench.consumer.happened


async def test_only_the_shards_of_the_batch_are_taken_again(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    await bench.feed(fetched(SECOND, 0))

    assert [each.partition for each in bench.takeover.retaken] == [SECOND]


async def test_what_was_taken_away_in_the_meantime_is_left_to_its_new_owner(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    bench.consumer.while_idle.append(lambda: bench.assignment.held.pop(FIRST))
    await bench.feed(fetched(FIRST, 0) | fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-1/0",)]


async def test_when_all_was_taken_away_the_batch_is_let_go(bench: Bench) -> None:
    bench.book.trouble = [AWAY] * 100
    bench.consumer.while_idle.append(bench.assignment.held.clear)
    await bench.feed(fetched(FIRST, 0), fetched(SECOND, 0))

    assert bench.book.settled == []


async def test_trouble_in_taking_again_is_waited_out_too(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    bench.takeover.trouble = [AWAY, KafkaConnectionError("away"), TimeoutError()]
    await bench.feed(fetched(FIRST, 0))

    assert bench.book.settled == [("ledger-0/0",)]
    assert len(bench.consumer.did("idle")) == 4


async def test_what_came_in_hand_while_it_waited_is_left_running(bench: Bench) -> None:
    def taken_over() -> None:
        bench.assignment.held[SECOND] = held(SECOND)
        bench.consumer.assigned.add(SECOND)

    bench.holds(held(FIRST))
    bench.book.trouble = [AWAY]
    bench.consumer.while_idle.append(taken_over)
    await bench.feed(fetched(FIRST, 0), fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-0/0",), ("ledger-1/0",)]
    assert not [each for each in bench.consumer.did("paused") if SECOND in each]


async def test_waiting_does_not_wake_what_was_taken_away(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    bench.consumer.while_idle.append(lambda: bench.assignment.held.pop(FIRST))
    await bench.feed(fetched(SECOND, 0))

    assert bench.consumer.did("resumed") == [(SECOND,)]


# --- data that the book does not take ------------------------------------------------------------


async def test_a_batch_that_is_not_taken_is_settled_record_by_record_and_the_one_is_parked(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.book.refuses = {1: not_taken()}
    with caplog.at_level(logging.WARNING):
        await bench.feed(fetched(FIRST, 0, 1, 2) | fetched(SECOND, 0))

    assert bench.book.settled == [("ledger-0/0",), ("ledger-0/2",), ("ledger-1/0",)]
    assert bench.book.parked == [("ledger-0/1", "DataError")]
    assert bench.relay(FIRST).offered == [(1,), (2,), (3,)]
    assert "record by record" in caplog.text


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_record_that_is_over_a_limit_of_the_database_is_no_trouble_and_is_parked(
    bench: Bench, *, wrapped: bool
) -> None:
    limited: Exception = psycopg.errors.ProgramLimitExceeded("index row size 2720 exceeds 2704")
    if wrapped:
        limited = sqlalchemy.exc.OperationalError("INSERT", {}, limited)
    bench.book.refuses = {1: limited}
    await bench.feed(fetched(FIRST, 0, 1, 2))

    assert bench.book.settled == [("ledger-0/0",), ("ledger-0/2",)]
    assert bench.book.parked == [("ledger-0/1", type(limited).__name__)]


async def test_trouble_while_parking_is_waited_out(bench: Bench) -> None:
    bench.book.refuses = {0: not_taken()}
    # The batch and the record alone are refused by name; the trouble comes where it is parked.
    park = bench.book.settle_broken

    def away_once(*_: Any) -> Any:
        bench.book.settle_broken = park
        raise AWAY

    bench.book.settle_broken = away_once
    await bench.feed(fetched(FIRST, 0))

    assert bench.book.parked == [("ledger-0/0", "DataError")]
    assert bench.place(FIRST) == 1


async def test_what_not_even_parking_puts_right_ends_the_process_and_skips_nothing(
    bench: Bench,
) -> None:
    bench.book.refuses = {1: NotOfTheLog("written by others")}
    with pytest.raises(NotOfTheLog):
        await bench.feed(fetched(FIRST, 0, 1, 2))

    assert bench.book.settled == [("ledger-0/0",)]
    assert bench.book.parked == []
    assert bench.place(FIRST) == 1


# --- overtaken -----------------------------------------------------------------------------------


async def test_who_is_fenced_is_overtaken_and_settles_nothing_more(bench: Bench) -> None:
    bench.book.trouble = [Fenced(["ledger-0"])]
    with pytest.raises(Overtaken, match="ledger-0"):
        await bench.feed(fetched(FIRST, 0), fetched(SECOND, 0))

    assert bench.book.settled == []


async def test_who_finds_another_owner_after_trouble_is_overtaken(bench: Bench) -> None:
    bench.book.trouble = [AWAY]
    bench.takeover.trouble = [Fenced(["ledger-0"])]
    with pytest.raises(Overtaken):
        await bench.feed(fetched(FIRST, 0))

    assert bench.book.settled == []


async def test_a_takeover_that_broke_ends_the_loop(bench: Bench) -> None:
    bench.takeover.trouble = [KeyError("our own mistake")]
    await bench.assignment.on_partitions_assigned([FIRST])

    with pytest.raises(KeyError, match="our own mistake"):
        await bench.feed(*[fetched(SECOND, offset) for offset in range(100)])


# --- handing on ----------------------------------------------------------------------------------


async def test_a_failed_relay_leads_to_taking_the_shard_again(bench: Bench) -> None:
    failed = bench.assignment.held[FIRST]
    failed.relay.failure = KafkaConnectionError("fenced, or away")
    await bench.feed(fetched(FIRST, 0) | fetched(SECOND, 0))

    assert bench.takeover.retaken == [failed]
    assert failed.relay.ended == ["stopped"]
    assert failed.relay.offered == []
    assert bench.relay(FIRST).offered == [(1,)]


async def test_a_relay_that_failed_for_another_owner_is_overtaken(bench: Bench) -> None:
    bench.assignment.held[FIRST].relay.failure = KafkaConnectionError("fenced")
    bench.takeover.trouble = [Fenced(["ledger-0"])]
    with pytest.raises(Overtaken):
        await bench.feed(fetched(FIRST, 0))


async def test_a_full_relay_is_waited_for_without_leaving_the_group(bench: Bench) -> None:
    relay = bench.relay(FIRST)
    relay.has_room = False
    bench.consumer.while_idle.extend([lambda: None, lambda: setattr(relay, "has_room", True)])
    await bench.feed(fetched(FIRST, 0))

    assert len(bench.consumer.did("idle")) == 2
    assert relay.offered == [(1,)]


async def test_a_relay_that_fails_while_it_is_full_is_offered_nothing(bench: Bench) -> None:
    relay = bench.relay(FIRST)
    relay.has_room = False
    error = KafkaConnectionError("away")
    bench.consumer.while_idle.append(lambda: setattr(relay, "failure", error))
    await bench.feed(fetched(FIRST, 0), fetched(FIRST, 1))

    # The table has the first: whoever takes the shard again publishes it from there.
    assert relay.offered == []
    assert len(bench.takeover.retaken) == 1
    assert bench.relay(FIRST).offered == [(1,)]
    assert bench.book.settled == [("ledger-0/0",), ("ledger-0/1",)]


async def test_what_was_settled_under_an_older_lease_is_not_handed_on(bench: Bench) -> None:
    before = bench.assignment.held[FIRST]
    settle = bench.book.settle

    def taken_again(leases: Any, records: Any) -> Any:
        settled = settle(leases, records)
        bench.assignment.held[FIRST] = held(FIRST, 1, epoch=7)
        return settled

    bench.book.settle = taken_again
    await bench.feed(fetched(FIRST, 0))

    # Whoever took it again has published it from the table.
    assert before.relay.offered == bench.relay(FIRST).offered == []
    assert bench.place(FIRST) == 1
    assert bench.assignment.held[FIRST].lease.epoch == 7


async def test_a_batch_without_entries_offers_nothing(bench: Bench) -> None:
    settle = bench.book.settle

    def in_silence(leases: Any, records: Any) -> Any:
        settled = settle(leases, records)
        settled.entries["ledger-0"] = ()
        return settled

    bench.book.settle = in_silence
    await bench.feed(fetched(FIRST, 0))

    assert bench.relay(FIRST).offered == []
    assert bench.place(FIRST) == 1
