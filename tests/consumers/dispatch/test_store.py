"""Marks, memory and documents of dispatch move together or not at all, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.dispatch import bench
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.documents import partition_for
from consumers.dispatch.store import Mark, Store
from ledger.directory.directory import Directory
from tests.adapters.story import CONTAINER, DIRECTORY, HAULIER, a_day
from tests.consumers.dispatch.counting_system import CountingSystem, an_arrival

NOBODY = Directory()
OTHER = "CPUU1000026"
EVERY = tuple(range(12))


@pytest.fixture(params=["postgres_url", "sqlite_url"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A fresh store on each database."""
    made = Store(request.getfixturevalue(request.param))
    made.create()
    yield made
    made.close()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> CountingSystem:
    """A counting system in the place of the real ones."""
    found = CountingSystem()
    monkeypatch.setattr(bench, "systems_of", lambda _port: (found.system(),))
    return found


def contents(store: Store, partitions: tuple[int, ...] = EVERY) -> list[str]:
    return [document.content.decode() for document in store.unsent(partitions, limit=1000)]


def unreadable(seq: int) -> Arrival:
    return replace(an_arrival(seq), recorded=None, body=b"{}")


def test_a_day_is_stored_as_it_is_rendered(store: Store) -> None:
    facts = a_day().facts
    arrivals = [
        Arrival(each.shard, each.seq, 3, each.seq, each.container, b"", each) for each in facts
    ]

    settled = store.settle(arrivals, DIRECTORY)

    unsent = store.unsent(EVERY, limit=1000)
    assert settled.documents == len(unsent) == len({document.id for document in unsent}) > 60
    assert settled.aside == 0
    seqs = [int(document.id.split(".")[0].rpartition("-")[2]) for document in unsent]
    assert seqs == sorted(seqs)
    assert dict(unsent[0].headers) == {"rb_profile": b"antwerp_cpu/2023-01-16 unverified"}
    assert unsent[0].made_at == facts[0].recorded_at


def test_what_was_told_of_a_container_is_given_again_sent_or_not(store: Store) -> None:
    facts = a_day().facts
    arrivals = [
        Arrival(each.shard, each.seq, 3, each.seq, each.container, b"", each) for each in facts
    ]
    store.settle(arrivals, DIRECTORY)
    unsent = store.unsent(EVERY, limit=1000)
    store.sent(unsent[:10], datetime.now(UTC))
    began = facts[0].recorded_at

    again = store.told("antwerp_cpu", CONTAINER, began)
    hauliers = store.told("antwerp_cpu", CONTAINER, began, HAULIER)

    assert again == unsent
    assert hauliers == tuple(each for each in unsent if each.receiver == HAULIER)
    assert store.told("antwerp_cpu", CONTAINER, began + timedelta(seconds=1)) == ()
    assert store.told("antwerp_cpu", OTHER, began) == store.told("scr", CONTAINER, began) == ()


@pytest.mark.usefixtures("counting")
def test_what_was_seen_is_dropped_and_memory_goes_on(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2)], NOBODY)
    settled = store.settle([an_arrival(1), an_arrival(2), an_arrival(3)], NOBODY)

    assert settled.documents == 1
    assert settled.marks == {"ledger-3": Mark(3, 7)}
    assert contents(store) == ["CPUU1000010 1", "CPUU1000010 2", "CPUU1000010 3"]


@pytest.mark.usefixtures("counting")
def test_nothing_behind_a_gap_is_taken_and_other_shards_are(store: Store) -> None:
    batch = [
        an_arrival(1),
        an_arrival(3),
        an_arrival(1, OTHER, "ledger-5"),
        an_arrival(2),
        an_arrival(4),
    ]

    settled = store.settle(batch, NOBODY)

    assert settled.gaps == {"ledger-3": None}
    assert settled.marks == {"ledger-3": Mark(1, 3), "ledger-5": Mark(1, 3)}
    assert sorted(contents(store)) == ["CPUU1000010 1", "CPUU1000026 1"]


@pytest.mark.usefixtures("counting")
def test_a_gap_after_a_mark_names_the_place_to_look_from(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)

    assert store.settle([an_arrival(3)], NOBODY).gaps == {"ledger-3": Mark(1, 3)}


@pytest.mark.usefixtures("counting")
def test_a_shard_whose_topic_was_cut_begins_only_when_that_is_known(store: Store) -> None:
    assert store.settle([an_arrival(7)], NOBODY).gaps == {"ledger-3": None}
    assert store.settle([an_arrival(7), an_arrival(8)], NOBODY, {"ledger-3"}).gaps == {}
    assert store.settle([an_arrival(10)], NOBODY, {"ledger-3"}).gaps == {"ledger-3": Mark(8, 17)}


@pytest.mark.usefixtures("counting")
def test_nothing_is_kept_of_a_batch_that_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("consumers.dispatch.store._move", broken)
        with pytest.raises(OSError, match="no space"):
            store.settle([an_arrival(1), an_arrival(2)], NOBODY)

    assert contents(store) == []
    assert store.settle([an_arrival(1)], NOBODY).documents == 1
    assert contents(store) == ["CPUU1000010 1"]


@pytest.mark.usefixtures("counting")
def test_of_two_that_settle_the_same_facts_one_does_nothing(store: Store) -> None:
    zombie = Store(store._engine.url.render_as_string(hide_password=False))
    batch = [an_arrival(1), an_arrival(2)]

    store.settle(batch, NOBODY)
    late = zombie.settle(batch, NOBODY)
    zombie.close()

    assert late.documents == 0
    assert contents(store) == ["CPUU1000010 1", "CPUU1000010 2"]


def test_a_fact_that_breaks_the_adapter_holds_up_its_container_alone(
    store: Store, counting: CountingSystem
) -> None:
    counting.broken = {2}
    batch = [an_arrival(1), an_arrival(2), an_arrival(3, OTHER), an_arrival(4)]

    store.settle(batch, NOBODY)
    store.settle([an_arrival(5), an_arrival(6, OTHER)], NOBODY)

    assert sorted(contents(store)) == ["CPUU1000010 1", "CPUU1000026 1", "CPUU1000026 2"]
    assert [(a.arrival.seq, a.system, a.error) for a in store.parked()] == [
        (2, "counting", "KeyError"),
        (4, "counting", "StandsBehind"),
        (5, "counting", "StandsBehind"),
    ]


def test_what_is_put_aside_is_rendered_in_order_once_the_adapter_is_mended(
    store: Store, counting: CountingSystem
) -> None:
    counting.broken = {2, 4}
    store.settle([an_arrival(seq) for seq in (1, 2, 3, 4, 5)], NOBODY)

    counting.broken = {4}
    first = store.resume(NOBODY, "CPUU1000010")
    half_way = contents(store)
    counting.broken = set()
    second = store.resume(NOBODY, "CPUU1000010")

    assert (first.documents, first.aside) == (2, 2)
    assert half_way == [f"CPUU1000010 {count}" for count in (1, 2, 3)]
    assert (second.documents, second.aside) == (2, 0)
    assert contents(store) == [f"CPUU1000010 {count}" for count in (1, 2, 3, 4, 5)]
    assert store.parked() == ()
    store.settle([an_arrival(6)], NOBODY)
    assert contents(store)[-1] == "CPUU1000010 6"


def test_one_systems_trouble_is_not_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = CountingSystem("good"), CountingSystem("bad", broken={1})
    monkeypatch.setattr(bench, "systems_of", lambda _port: (bad.system(), good.system()))

    store.settle([an_arrival(1), an_arrival(2)], NOBODY)

    assert [document.system for document in store.unsent(EVERY, 10)] == ["good", "good"]
    assert [aside.system for aside in store.parked("CPUU1000010")] == ["bad", "bad"]


@pytest.mark.usefixtures("counting")
def test_a_fact_that_cannot_be_read_holds_up_its_container_for_every_system(store: Store) -> None:
    store.settle([an_arrival(1), unreadable(2), an_arrival(3)], NOBODY)

    assert [(aside.arrival.seq, aside.system) for aside in store.parked()] == [
        (2, "*"),
        (3, "counting"),
    ]
    assert contents(store) == ["CPUU1000010 1"]


@pytest.mark.usefixtures("counting")
def test_a_fact_that_the_database_does_not_take_is_put_aside_by_itself(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)
    store.set_aside(an_arrival(2), "DataError")
    store.set_aside(an_arrival(2), "DataError")

    settled = store.settle([an_arrival(2), an_arrival(3)], NOBODY)

    assert settled.marks["ledger-3"].seq == 3
    assert [(a.arrival.seq, a.error) for a in store.parked()] == [
        (2, "DataError"),
        (3, "StandsBehind"),
    ]


@pytest.mark.usefixtures("counting")
def test_documents_are_unsent_until_they_are_marked(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2), an_arrival(1, OTHER, "ledger-5")], NOBODY)
    now = datetime(2025, 4, 1, tzinfo=UTC)

    own, others = (partition_for(each) for each in ("CPUU1000010", OTHER))
    (first,) = store.unsent((own,), limit=1)
    store.sent([first], now)

    assert contents(store, (own,)) == ["CPUU1000010 2"]
    assert contents(store, (others,)) == ["CPUU1000026 1"]
    assert contents(store, tuple({*EVERY} - {own, others})) == []
    waited = store.oldest_unsent(now)
    assert waited == now - first.made_at


@pytest.mark.usefixtures("counting")
def test_what_was_sent_long_ago_is_forgotten_and_what_was_not_is_kept(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2)], NOBODY)
    now = datetime(2025, 4, 1, tzinfo=UTC)
    store.sent(store.unsent(EVERY, limit=1), now)

    assert store.forget(now) == 0
    assert store.forget(now + timedelta(days=1)) == 1
    assert contents(store) == ["CPUU1000010 2"]
    store.sent(store.unsent(EVERY, limit=1), now)
    assert store.oldest_unsent(now) is None


@pytest.mark.usefixtures("counting")
def test_a_lost_mark_makes_no_document_twice(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)
    with store._engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM dispatch_seen"))

    store.settle([an_arrival(1)], NOBODY)

    assert len(contents(store)) == 1


def test_a_text_that_postgresql_does_not_take_is_an_error_not_a_loss(
    postgres_url: str, counting: CountingSystem
) -> None:
    counting.type = "nul\0"
    store = Store(postgres_url)
    store.create()

    with pytest.raises(DBAPIError):
        store.settle([an_arrival(1)], NOBODY)

    assert contents(store) == []
    store.close()


def test_stores_that_begin_at_once_make_the_tables_once(postgres_url: str) -> None:
    stores = [Store(postgres_url) for _ in range(6)]

    with ThreadPoolExecutor(max_workers=len(stores)) as together:
        list(together.map(Store.create, stores))

    assert all(store.parked() == () for store in stores)
    for store in stores:
        store.close()
