"""What the gateway keeps: everything of a batch or nothing, each interchange once for ever."""

import random
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from consumers.gateway import store as storing
from consumers.gateway import tables
from consumers.gateway.came import Came
from consumers.gateway.desk import Desk
from consumers.gateway.handled import CONTRL, LETTER, LOG, Handled
from consumers.gateway.store import GatewayStore, _there
from ledger.book.engine import reading
from producers.interchanges import LargeFile, file_record, interchange_record
from tests.consumers.gateway.interchanges import QUAY, codeco, desk, interchange, partner, record

ONE = interchange(codeco("1"))
TWO = interchange(codeco("1"), codeco("2", container="CSQU3054383"), reference="REF2")
ALL = range(12)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[GatewayStore]:
    """A store of its own."""
    found = GatewayStore(database_url)
    found.create()
    yield found
    found.close()


def kinds(store: GatewayStore) -> list[str]:
    return [each.system for each in store.unsent(ALL, 100)]


def test_what_a_record_comes_to_waits_in_its_order_until_it_is_sent(store: GatewayStore) -> None:
    store.settle(desk(), [record(TWO)])
    waiting = store.unsent(ALL, 100)
    store.sent(waiting[:1], NOW)

    assert [each.system for each in waiting] == [CONTRL, LOG, LOG]
    assert store.unsent(ALL, 100) == waiting[1:]
    assert store.unsent([4], 100) == ()


def test_a_record_that_is_read_again_after_a_crash_changes_nothing(store: GatewayStore) -> None:
    first = store.settle(desk(), [record(ONE)])
    waiting = store.unsent(ALL, 100)
    again = store.settle(desk(), [record(ONE), record(ONE)])

    assert len(first) == 1
    assert again == ()
    assert store.unsent(ALL, 100) == waiting


def test_an_interchange_that_comes_a_second_time_is_only_answered(store: GatewayStore) -> None:
    store.settle(desk(), [record(ONE)])
    store.settle(desk(), [record(ONE, offset=1)])
    in_one_batch = store.settle(desk(), [record(TWO, offset=2), record(TWO, offset=3)])

    assert kinds(store) == [CONTRL, LOG, CONTRL, CONTRL, LOG, LOG, CONTRL]
    assert [each.repeated for each in in_one_batch] == [0, 1]


def test_no_more_is_asked_at_once_than_a_database_takes(store: GatewayStore) -> None:
    with reading(store._engine) as connection:
        assert _there(connection, tables.interchange.c.identity, map(str, range(70_000))) == set()


def test_no_transaction_stands_open_while_a_batch_is_dealt_with(
    store: GatewayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database ends one that stands idle, the batch would be dealt with anew, for ever."""
    taken: list[int] = []
    settled = Desk.settled

    def watched(at: Desk, came: Came, seen: Collection[str]) -> Handled:
        pool = store._engine.pool
        assert isinstance(pool, QueuePool)
        taken.append(pool.checkedout())
        return settled(at, came, seen)

    monkeypatch.setattr(Desk, "settled", watched)
    store.settle(desk(), [record(ONE)])

    assert taken == [0]
    assert kinds(store) == [CONTRL, LOG]


@pytest.mark.searches
def test_a_record_of_many_headers_asks_no_more_than_a_database_takes(store: GatewayStore) -> None:
    """Else the same batch would fail for ever, and nobody behind it come to his turn."""
    batch = [
        record(b"".join(b"UNB+A+A+A++%x'" % each for each in range(n, n + 40_000)), offset=n)
        for n in (0, 40_000)
    ]
    settled = store.settle(desk(), batch)

    assert [(each.rejected, len(each.problems)) for each in settled] == [(0, 40_000)] * 2


@pytest.mark.parametrize("name", ["recipient", "reference"])
def test_names_too_long_for_a_key_of_a_table_are_kept_all_the_same(
    store: GatewayStore, name: str
) -> None:
    """A partner may be let write values that are too long; a table's key takes 2,700 bytes."""
    long = "".join(f"{each:x}" for each in range(5_000)).upper()
    came = interchange(codeco("1")).replace(
        b"RELEASEBUS" if name == "recipient" else b"REF1", long.encode()
    )
    answered = interchange(
        f"UNH+1+CONTRL:D:3:UN'UCI+{long}+B+A+7'UNT+3+1'", reference="REF2", asks=False
    )
    at = desk(partner('lenient = ["too_long"]'))
    first = store.settle(at, [record(came)])
    again = store.settle(at, [record(came, offset=1), record(answered, offset=2)])

    assert [(len(each.identities), each.repeated) for each in (*first, *again)] == [
        (1, 0),
        (0, 1),
        (1, 0),
    ]


def test_the_same_delivery_at_another_place_is_not_even_answered(store: GatewayStore) -> None:
    headers = interchange_record("quay", ONE, QUAY, name="file 1").headers
    store.settle(desk(), [record(ONE, headers=headers), record(ONE, headers=headers, offset=1)])

    assert kinds(store) == [CONTRL, LOG]


def test_a_dead_letter_that_is_replayed_is_looked_at_anew(store: GatewayStore) -> None:
    headers = interchange_record("quay", ONE, QUAY).headers
    store.settle(desk(), [record(ONE, headers=headers, key=b"nobody")])
    store.settle(desk(), [record(ONE, headers=headers, offset=1)])

    assert kinds(store) == [LETTER, CONTRL, LOG]


def test_where_another_process_settles_it_at_the_same_time_nothing_is_kept_twice(
    store: GatewayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.settle(desk(), [record(ONE)])
    waiting = store.unsent(ALL, 100)
    monkeypatch.setattr(storing, "_done", lambda *_: set())

    with pytest.raises(IntegrityError):
        store.settle(desk(), [record(ONE)])
    assert store.unsent(ALL, 100) == waiting


def test_where_the_database_fails_in_the_middle_nothing_is_kept(
    store: GatewayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise DBAPIError("INSERT", {}, OSError("full"))

    with monkeypatch.context() as patched:
        patched.setattr(storing, "_insert_new", fails)
        with pytest.raises(DBAPIError):
            store.settle(desk(), [record(ONE)])
    assert store.unsent(ALL, 100) == ()
    store.settle(desk(), [record(ONE)])
    assert kinds(store) == [CONTRL, LOG]


def test_characters_that_no_text_column_takes_are_kept_all_the_same(store: GatewayStore) -> None:
    odd = interchange(codeco("1"), reference="A\x00B\u00e9")
    store.settle(desk(), [record(odd), record(odd, offset=1)])
    store.settle(desk(), [record(b"\x00", key=b"\x00\xff", offset=2)])

    assert kinds(store).count(LETTER) >= 1


def test_a_senders_id_may_be_longer_than_a_key_of_a_table(store: GatewayStore) -> None:
    """PostgreSQL would refuse it, again and again, and everything behind it would wait."""
    chance = random.Random(1)
    made = interchange_record("quay", ONE, QUAY)
    long = bytes(chance.choices(range(33, 127), k=9_000))
    headers = tuple((name, long if name == "ce_id" else value) for name, value in made.headers)
    once, again = (record(ONE, headers=headers, offset=offset) for offset in (0, 1))
    store.settle(desk(), [once, record(TWO, offset=2)])

    assert kinds(store) == [CONTRL, LOG, CONTRL, LOG, LOG]
    assert store.settle(desk(), [again]) == ()  # the same delivery


def test_what_was_sent_long_ago_is_forgotten_and_that_it_was_seen_is_not(
    store: GatewayStore,
) -> None:
    store.settle(desk(), [record(ONE)])
    store.sent(store.unsent(ALL, 100), NOW)

    assert store.forget(NOW + timedelta(days=1)) == 2
    assert [each.repeated for each in store.settle(desk(), [record(ONE, offset=5)])] == [1]


@pytest.mark.parametrize(("days", "repeated"), [(399, 1), (401, 0)])
def test_that_it_was_seen_is_known_for_longer_than_anybody_brings_it_again(
    store: GatewayStore, days: int, repeated: int
) -> None:
    """Else what a partner brings again in the next year would be a second release."""
    store.settle(desk(), [record(ONE)])
    store.sent(store.unsent(ALL, 100), NOW)
    store.forget(datetime.now(UTC) + timedelta(days=days))

    assert [each.repeated for each in store.settle(desk(), [record(ONE, offset=5)])] == [repeated]
    # The record itself, brought again: it is known as long.
    again = store.settle(desk(), [record(ONE)])
    assert len(again) == (0 if repeated else 1)


@pytest.mark.parametrize(("days", "known"), [(399, True), (401, False)])
def test_a_file_that_is_done_is_known_as_long(
    store: GatewayStore, days: int, *, known: bool
) -> None:
    file = LargeFile(sha256="0" * 64, size=1, name="a.edi")
    made = file_record("quay", file, QUAY)
    store.settle(desk(), [record(made.value, headers=made.headers)])
    (kept,) = store.files.open()
    store.files.end(kept, None)
    store.forget(datetime.now(UTC) + timedelta(days=days))

    ended = store.files.ended("quay", file.sha256)
    assert (ended is not None and not ended.refused) == known


def test_a_file_that_is_under_way_is_never_forgotten(store: GatewayStore) -> None:
    made = file_record("quay", LargeFile(sha256="0" * 64, size=1, name="a.edi"), QUAY)
    store.settle(desk(), [record(made.value, headers=made.headers)])
    store.forget(datetime.now(UTC) + timedelta(days=4000))

    assert len(store.files.open()) == 1


def test_the_store_lies_where_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    found = GatewayStore(f"sqlite:///{file}")
    found.create()
    found.create()
    found.close()

    assert file.is_file()
