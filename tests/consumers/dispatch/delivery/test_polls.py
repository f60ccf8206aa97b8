"""Of what nothing is to be asked nothing is read either, until its memory changes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from adapters.contract import Memory, Request
from consumers.dispatch.remembered import remember
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from tests.adapters.fake_portbase import PORTBASE
from tests.consumers.dispatch.delivery.test_polling import BUG, DONE, EVERY, poll

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = Store(sqlite_url)
    made.create()
    yield made
    made.close()


def note(store: Store, memory: Mapping[str, Memory]) -> None:
    with store._engine.begin() as connection:
        remember(connection, DISPATCH, {("portbase", each): own for each, own in memory.items()})


def read(store: Store, partitions: tuple[int, ...] = EVERY) -> list[str]:
    """Return about what the system is looked up in one round, whether asked or not."""
    found: list[str] = []

    def noted(correlation_id: str, memory: Memory) -> tuple[Request, ...]:
        found.append(correlation_id)
        return poll(correlation_id, memory)

    functions = replace(PORTBASE.functions, poll=noted)
    store.polls.ask(replace(PORTBASE, functions=functions), partitions, "", NOW)
    return found


def test_what_is_settled_is_read_again_only_once_it_changed(store: Store) -> None:
    note(store, {"BL1": "1", "BL2": DONE, "BL3": BUG})
    assert read(store) == ["BL1", "BL2", "BL3"]
    assert read(store) == ["BL1", "BL3"]  # our own bug settles nothing

    note(store, {"BL1": DONE})
    assert read(store) == ["BL1", "BL3"]
    assert read(store) == ["BL3"]

    note(store, {"BL2": "2"})
    assert read(store) == ["BL2", "BL3"]


def test_what_belongs_to_another_process_is_settled_by_it(store: Store) -> None:
    ids = [f"BL{number}" for number in range(30)]
    note(store, dict.fromkeys(ids, DONE))
    mine, others = read(store, EVERY[:5]), read(store, EVERY[5:])

    assert sorted([*mine, *others]) == sorted(ids)
    assert read(store) == []


def test_what_changes_while_it_is_looked_up_is_not_settled(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(store, {"BL1": DONE})
    page = store.polls._page
    monkeypatch.setattr(
        store.polls,
        "_page",
        lambda *asked: [each._replace(changed_at=each.changed_at - 1) for each in page(*asked)],
    )

    assert read(store) == read(store) == ["BL1"]


def test_the_round_reads_by_an_index(store: Store) -> None:
    with store._engine.begin() as connection:
        asked: list[tuple[str, tuple[object, ...]]] = []
        sa.event.listen(connection, "before_cursor_execute", lambda *a: asked.append(a[2:4]))
        store.polls._page(connection, "portbase", "")
        statement, values = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()

    assert any("USING INDEX dispatch_touched_open" in row[-1] for row in plan), plan
