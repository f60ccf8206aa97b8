"""What did not change for long is forgotten, and nothing else is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from consumers.dispatch import remembered
from consumers.dispatch.remembered import REMEMBERED, remember
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from ledger.book.moments import micros
from schemas.topics import LEDGER_FACTS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
M, T = DISPATCH.memory.c, DISPATCH.touched.c


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    made.create()
    with made._engine.begin() as connection:
        for table in (DISPATCH.memory, DISPATCH.touched):
            connection.execute(sa.delete(table))
    yield made
    made.close()


def note(store: Store, *bills: str, ago: timedelta = timedelta(0)) -> None:
    with store._engine.begin() as connection:
        remember(connection, DISPATCH, {("portbase", bill): "1" for bill in bills})
        changed = sa.update(DISPATCH.touched).where(T.correlation_id.in_(bills))
        connection.execute(changed.values(changed_at=micros(NOW - ago)))


def known(store: Store) -> list[str]:
    with store._engine.begin() as connection:
        found = sorted(connection.execute(sa.select(M.correlation_id)).scalars())
        assert found == sorted(connection.execute(sa.select(T.correlation_id)).scalars())
    return found


def test_what_did_not_change_for_long_is_forgotten_in_portions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "FORGOTTEN_AT_ONCE", 2)
    minute = timedelta(minutes=1)
    note(store, "BL1", "BL2", "BL3", ago=REMEMBERED + minute)
    note(store, "BL4", ago=REMEMBERED - minute)
    note(store, "BL5", ago=REMEMBERED + minute)
    note(store, "BL5")

    store.forget(NOW)
    assert len(known(store)) == 3
    store.forget(NOW)
    assert known(store) == ["BL4", "BL5"]
    store.forget(NOW)
    assert known(store) == ["BL4", "BL5"]


def test_what_changes_while_it_is_waited_for_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(store, "BL1", "BL2", ago=REMEMBERED + timedelta(minutes=1))

    def holds(connection: sa.Connection, _keys: object) -> None:
        now = sa.update(DISPATCH.touched).where(T.correlation_id == "BL1")
        connection.execute(now.values(changed_at=micros(NOW)))

    monkeypatch.setattr(remembered, "_hold", holds)
    store.forget(NOW)

    assert known(store) == ["BL1"]


def test_it_is_remembered_as_long_as_the_ledgers_facts_are_on_their_topic() -> None:
    assert timedelta(days=LEDGER_FACTS.retention_days or 0) == REMEMBERED


def test_what_a_store_of_before_remembers_counts_from_now_on(store: Store) -> None:
    note(store, "BL1", "BL2", ago=timedelta(days=5))
    with store._engine.begin() as connection:
        connection.execute(sa.delete(DISPATCH.touched).where(T.correlation_id == "BL1"))

    store.create()

    assert known(store) == ["BL1", "BL2"]
    with store._engine.begin() as connection:
        at = sa.select(T.changed_at).where(T.correlation_id == "BL2")
        assert connection.execute(at).scalar() == micros(NOW - timedelta(days=5))
