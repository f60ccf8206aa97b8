"""Whose turn it is: in order within a correlation id, and nobody waits for another's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from adapters.contract import Memory, Parties, Rendered, Request
from consumers.dispatch import bench
from consumers.dispatch.delivery.targets import NOWHERE, Target, Targets
from consumers.dispatch.documents import (
    POLLED,
    document_of,
    keep_documents,
    partition_for,
    row_of,
)
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from ledger.book.engine import open_book
from ledger.directory.directory import Directory
from schemas.facts import RecordedFact
from tests.consumers.dispatch.counting_system import CountingSystem, an_arrival
from tests.consumers.dispatch.delivery.made import to

NOBODY = Directory()
FIRST, OTHER = "CPUU1000010", "CPUU1000026"
HERE = Target("here", "counting", url="https://here.example.org")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTITIONS = tuple(range(12))
OTHERS = tuple(each for each in PARTITIONS if each != partition_for(FIRST))


@pytest.fixture(params=["postgres_url", "sqlite_url"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of each kind; a system that counts stands for the real ones."""
    system = CountingSystem().system()
    monkeypatch.setattr(bench, "systems_of", lambda _port: (system,))
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    yield from opened(url, to(HERE))


def opened(url: str, targets: Targets) -> Iterator[Store]:
    made = Store(url, targets=targets)
    made.create()
    yield made
    made.close()


def due(store: Store, now: datetime = NOW, limit: int = 100) -> list[str]:
    found = store.lanes.due("here", PARTITIONS, now, limit)
    return [each.document.content.decode() for each in found]


def poll(url: str, count: int) -> None:
    """Store so many calls that only ask, of different correlation ids."""
    asked = [Request(f"p{each}", "GET", "", f"C{each}", content=b"asked") for each in range(count)]
    rows = [
        row_of(document_of(each, "counting", "counting.poll", each.id, NOW), "counting")
        for each in asked
    ]
    engine = open_book(url)
    with engine.begin() as connection:
        keep_documents(connection, DISPATCH, rows, to(HERE), POLLED)
    engine.dispose()


def test_of_each_correlation_id_the_first_is_due(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2), an_arrival(3, OTHER)], NOBODY)

    assert due(store) == [f"{FIRST} 1", f"{OTHER} 1"]
    assert due(store, limit=1) == [f"{FIRST} 1"]


def test_of_the_documents_of_one_fact_the_first_is_due(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = CountingSystem().system()

    def twice(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
        first = counting.functions.render(recorded, parties, memory)
        (document,) = first.documents
        second = replace(document, id=f"{document.id}.2", content=b"its second")
        return replace(first, documents=(document, second))

    system = replace(counting, functions=replace(counting.functions, render=twice))
    monkeypatch.setattr(bench, "systems_of", lambda _port: (system,))
    for store in opened(url, to(HERE)):
        store.settle([an_arrival(1)], NOBODY)

        assert due(store) == [f"{FIRST} 1"]
        store.lanes.ended(store.lanes.due("here", PARTITIONS, NOW, 1)[0], NOW, 200)
        assert due(store) == ["its second"]


def test_the_next_is_due_when_the_one_before_is_taken_or_rejected(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2), an_arrival(3)], NOBODY)

    for status, following in ((200, [f"{FIRST} 2"]), (422, [f"{FIRST} 3"]), (200, [])):
        (first,) = store.lanes.due("here", PARTITIONS, NOW, 1)
        store.lanes.ended(first, NOW, status)
        assert due(store) == following


def test_what_was_brought_in_vain_waits_its_time_and_holds_up_its_own_alone(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2), an_arrival(3, OTHER)], NOBODY)
    first = store.lanes.due("here", PARTITIONS, NOW, 1)[0]

    store.lanes.again(first, NOW + timedelta(minutes=1), "it answers 503")

    assert due(store) == [f"{OTHER} 1"]
    # Who was never brought comes first: what is always in vain would else stand before it.
    assert due(store, NOW + timedelta(minutes=2)) == [f"{OTHER} 1", f"{FIRST} 1"]
    again = store.lanes.due("here", PARTITIONS, NOW + timedelta(minutes=2), 2)[1]
    assert again.attempts == 1


def test_what_was_put_off_and_is_due_stands_before_all_that_is_only_asked(
    url: str, store: Store
) -> None:
    store.settle([an_arrival(1)], NOBODY)
    store.lanes.again(store.lanes.due("here", PARTITIONS, NOW, 1)[0], NOW, "it answers 503")
    poll(url, 100)

    assert due(store, limit=4) == [f"{FIRST} 1", *["asked"] * 3]
    assert due(store, limit=1) == [f"{FIRST} 1"]


def test_what_is_always_in_vain_leaves_a_place_to_what_is_asked_and_what_is_new_none(
    url: str, store: Store
) -> None:
    boxes = [f"CPUU10000{number}0" for number in range(1, 6)]
    store.settle([an_arrival(seq, box) for seq, box in enumerate(boxes, 1)], NOBODY)
    poll(url, 100)
    assert due(store, limit=4) == [f"{box} 1" for box in boxes[:4]]

    for each in store.lanes.due("here", PARTITIONS, NOW, 5):
        store.lanes.again(each, NOW, "it lets nobody in")

    assert due(store, limit=4) == [*(f"{box} 1" for box in boxes[:3]), "asked"]


def test_nothing_is_due_of_a_partition_that_is_anothers(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)

    assert store.lanes.due("here", OTHERS, NOW, 100) == ()
    assert store.lanes.due("here", (), NOW, 100) == ()


def test_what_waits_is_told_by_target(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2)], NOBODY)
    first = store.lanes.due("here", PARTITIONS, NOW, 1)[0]
    assert store.lanes.waiting()[0].attempts == 0

    store.lanes.again(first, NOW + timedelta(minutes=1), "it answers 503")

    (waiting,) = store.lanes.waiting()
    assert (waiting.target, waiting.documents, waiting.attempts) == ("here", 2, 1)
    assert waiting.error == "it answers 503"
    assert waiting.oldest == first.document.made_at


def test_what_was_rejected_is_told_the_latest_first(store: Store) -> None:
    store.settle([an_arrival(1), an_arrival(2)], NOBODY)
    for minutes, status in enumerate((422, 409)):
        (first,) = store.lanes.due("here", PARTITIONS, NOW, 1)
        store.lanes.ended(first, NOW + timedelta(minutes=minutes), status)

    assert [each.status for each in store.lanes.rejected(10)] == [409, 422]
    assert [each.status for each in store.lanes.rejected(1)] == [409]
    assert store.lanes.waiting() == ()


def test_for_whom_nobody_brings_nothing_is_kept(url: str) -> None:
    for targets in (NOWHERE, to(Target("here", "counting", "NXT2", url="https://x.org"))):
        for store in opened(url, targets):
            store.settle([an_arrival(1)], NOBODY)
            assert store.lanes.waiting() == ()


def test_what_was_seen_before_is_not_brought_again(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)
    (first,) = store.lanes.due("here", PARTITIONS, NOW, 1)
    store.lanes.ended(first, NOW, 200)

    store.settle([an_arrival(1)], NOBODY)

    assert due(store) == []


def test_a_document_is_kept_until_it_was_brought(store: Store) -> None:
    store.settle([an_arrival(1)], NOBODY)
    store.sent(store.unsent(PARTITIONS, 10), NOW)
    later = NOW + timedelta(days=60)

    assert store.forget(later) == 0
    (first,) = store.lanes.due("here", PARTITIONS, NOW, 1)
    store.lanes.ended(first, NOW + timedelta(days=40), 200)
    assert store.forget(NOW + timedelta(days=30)) == 0
    assert store.forget(later) == 1
    assert store.lanes.waiting() == ()


def test_a_store_of_before_there_were_deliveries_has_none(url: str) -> None:
    engine = open_book(url)
    with engine.begin() as connection:
        DISPATCH.metadata.create_all(connection)
        connection.execute(sa.text("DROP TABLE dispatch_delivery"))
    engine.dispose()
    store = Store(url)
    try:
        assert store.lanes.waiting() == ()
        assert store.lanes.rejected(10) == ()
    finally:
        store.close()
