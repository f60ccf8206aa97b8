"""The lease: one writer a shard, whoever was overtaken finds out, a stopped one is ended."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.exc import DBAPIError

from ledger.book import lease as lease_module
from ledger.book import tables
from ledger.book.chain import GENESIS
from ledger.book.lease import (
    Fenced,
    NotOpened,
    StillHeld,
    fence,
    mark_relayed,
    open_shard,
    retake,
    take,
)
from tests.ledger.book.log import DIRECTORY, LEDGER, NOW, Clerk, accept

BOX = "CPUU1000010"


@pytest.fixture(autouse=True)
def quick_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "LOCK_SECONDS", 0.2)


@contextmanager
def holding_the_row(engine: Engine) -> Iterator[int]:
    """A session that locked the shard's row and was stopped; yields its pid."""
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            text("UPDATE shard SET owner = 'stopped' WHERE shard = :s"), {"s": LEDGER}
        )
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        try:
            yield pid
        finally:
            connection.invalidate()
            transaction.close()


def is_alive(engine: Engine, pid: int) -> bool:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid}
        )
        return found.first() is not None


def test_a_shard_begins_where_its_log_begins(engine: Engine) -> None:
    open_shard(engine, LEDGER, 40)
    open_shard(engine, LEDGER, 70)
    lease = take(engine, LEDGER, "me")

    assert (lease.epoch, lease.next_offset, lease.next_seq) == (1, 40, 1)
    assert (lease.head, lease.relayed_seq) == (GENESIS, 0)


def test_a_shard_that_was_never_opened_cannot_be_taken(engine: Engine) -> None:
    with pytest.raises(NotOpened):
        take(engine, LEDGER, "me")


def test_taking_raises_the_epoch_and_knows_what_was_committed_last(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    taken = take(clerk.engine, LEDGER, "successor")

    settled = clerk.leases[LEDGER]
    assert taken.epoch == settled.epoch + 1
    assert (taken.next_offset, taken.next_seq, taken.head, taken.recorded_at) == (
        settled.next_offset,
        settled.next_seq,
        settled.head,
        NOW,
    )


def test_retaking_finds_out_whether_the_last_commit_was_done(clerk: Clerk) -> None:
    before = clerk.leases[LEDGER]
    clerk.settle(clerk.log.whole_day(BOX))
    again = retake(clerk.engine, before, "me")

    assert again.epoch == before.epoch + 1
    assert again.next_offset == 9


def test_retaking_what_another_has_taken_is_fenced_and_changes_nothing(clerk: Clerk) -> None:
    mine = clerk.leases[LEDGER]
    others = take(clerk.engine, LEDGER, "another")
    with pytest.raises(Fenced):
        retake(clerk.engine, mine, "me")

    with clerk.engine.connect() as connection:
        row = connection.execute(select(tables.shard).where(tables.shard.c.shard == LEDGER)).one()
    assert (row.epoch, row.owner) == (others.epoch, "another")


@pytest.mark.parametrize("column", ["epoch", "next_offset", "next_seq"])
def test_the_fence_compares_epoch_and_place(clerk: Clerk, column: str) -> None:
    with clerk.engine.begin() as connection:
        fence(connection, list(clerk.leases.values()))
        further = tables.shard.c[column] + 1
        moved = update(tables.shard).where(tables.shard.c.shard == LEDGER)
        connection.execute(moved.values({column: further}))
    with pytest.raises(Fenced) as fenced, clerk.engine.begin() as connection:
        fence(connection, list(clerk.leases.values()))

    assert fenced.value.shards == {LEDGER}


@pytest.mark.parametrize("turned", [False, True])
def test_shards_are_locked_in_the_order_of_their_names_whatever_the_batch_brings_first(
    clerk: Clerk, *, turned: bool
) -> None:
    """Two processes that lock the same two rows in two orders wait for each other."""
    locked: list[str] = []

    def seen(*said: Any) -> None:
        *_, given, _context, _many = said
        each_row = given if isinstance(given, list) else [given]
        locked.extend(name for row in each_row for name in clerk.leases if name in repr(row))

    event.listen(clerk.engine, "before_cursor_execute", seen)
    try:
        with clerk.engine.begin() as connection:
            names = sorted(clerk.leases, reverse=turned)
            fence(connection, [clerk.leases[name] for name in names])
    finally:
        event.remove(clerk.engine, "before_cursor_execute", seen)

    assert locked == [DIRECTORY, LEDGER]


def test_two_processes_cannot_be_past_the_fence_at_once(postgresql_book: Engine) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    lease = take(postgresql_book, LEDGER, "me")
    passed = threading.Event()

    def second() -> None:
        with postgresql_book.begin() as connection:
            fence(connection, [lease])
            passed.set()

    with postgresql_book.begin() as connection:
        fence(connection, [lease])
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not passed.wait(0.5)
    waiting.join(10)
    assert passed.is_set()


def test_a_session_stopped_with_the_row_in_hand_is_ended(postgresql_book: Engine) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    with holding_the_row(postgresql_book) as pid:
        lease = take(postgresql_book, LEDGER, "successor")

        assert lease.epoch == 1
        assert not is_alive(postgresql_book, pid)
        again = retake(postgresql_book, lease, "successor")
    with holding_the_row(postgresql_book):
        assert retake(postgresql_book, again, "successor").epoch == 3


def test_opening_a_shard_does_not_wait_for_an_owner_stopped_with_the_row_in_hand(
    postgresql_book: Engine,
) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    with holding_the_row(postgresql_book):
        opening = threading.Thread(target=open_shard, args=(postgresql_book, LEDGER, 0))
        opening.start()
        opening.join(5)

        assert not opening.is_alive()
    opening.join(10)


def test_a_session_stopped_in_the_middle_of_copy_is_ended(postgresql_book: Engine) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    mine = take(postgresql_book, LEDGER, "stopped")
    with postgresql_book.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        connection.begin()
        fence(connection, [mine])
        with (
            pytest.raises(psycopg.OperationalError),
            raw.cursor() as cursor,
            cursor.copy("COPY waiting FROM STDIN"),
        ):
            assert take(postgresql_book, LEDGER, "successor").epoch == mine.epoch + 1
        connection.invalidate()


def test_a_row_that_cannot_be_freed_is_told(
    postgresql_book: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    monkeypatch.setattr(lease_module, "_end_session_that_holds", lambda *_: None)
    monkeypatch.setattr(lease_module, "TAKE_ATTEMPTS", 2)
    with holding_the_row(postgresql_book) as pid:
        with pytest.raises(StillHeld):
            take(postgresql_book, LEDGER, "successor")

        assert is_alive(postgresql_book, pid)


def test_a_session_that_only_reads_the_row_is_left_alone(postgresql_book: Engine) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    with postgresql_book.begin() as reader:
        reader.execute(select(tables.shard)).all()
        with holding_the_row(postgresql_book):
            take(postgresql_book, LEDGER, "successor")
        assert reader.execute(text("SELECT 1")).scalar_one() == 1


def test_an_owner_stopped_between_two_statements_loses_its_session(
    postgresql_book: Engine,
) -> None:
    open_shard(postgresql_book, LEDGER, 0)
    with postgresql_book.connect() as connection:
        connection.begin()
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
        fence(connection, [])
        time.sleep(0.5)
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT 1"))


def test_the_relays_mark_moves_forward_and_only_for_the_owner(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    lease = clerk.leases[LEDGER]
    mark_relayed(clerk.engine, [(lease, 5)])
    mark_relayed(clerk.engine, [(lease, 3)])
    assert retake(clerk.engine, lease, "me").relayed_seq == 5

    mark_relayed(clerk.engine, [(lease, 9)])
    assert take(clerk.engine, LEDGER, "me").relayed_seq == 5


def test_a_take_over_between_two_batches_costs_the_predecessor_its_next_commit(
    clerk: Clerk,
) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    take(clerk.engine, LEDGER, "successor")
    clerk.log.pass_by(timedelta(minutes=1))
    with pytest.raises(Fenced):
        clerk.say("NXT21000000002", accept(BOX))
