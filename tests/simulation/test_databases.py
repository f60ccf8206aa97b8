"""A day is one and the same state on SQLite and PostgreSQL, stored and rebuilt."""

import pytest

from tests.simulation.campaign import Wanted
from tests.simulation.databases import on_postgres, on_sqlite, one_state

pytestmark = pytest.mark.searches  # whole days, four times each

DAYS = [
    Wanted(seed=11, containers=60, in_the_evening=True),
    Wanted(seed=11, containers=60),
    Wanted(seed=11, containers=500, in_the_evening=True),
]


@pytest.mark.parametrize("wanted", DAYS)
def test_a_day_is_one_state_on_both_databases_stored_and_rebuilt(
    wanted: Wanted, postgres_url: str
) -> None:
    sqlite, postgresql = on_sqlite(wanted), on_postgres(wanted, postgres_url)

    assert sqlite.verdict == postgresql.verdict
    assert sqlite.verdict.findings == []
    assert sqlite.sound
    assert postgresql.sound
    assert sqlite.broken_places == postgresql.broken_places == 0
    assert one_state(sqlite, postgresql)
    assert sqlite.rows == postgresql.rows
    assert (sqlite.rows["waiting"] > 0) is wanted.in_the_evening


def test_another_day_is_another_state() -> None:
    assert not one_state(on_sqlite(Wanted(1, 5)), on_sqlite(Wanted(2, 5)))
