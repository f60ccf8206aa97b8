"""Many rows at once stand as they were handed over, on both databases."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, select
from sqlalchemy.exc import DBAPIError

from ledger.book import bulk, tables
from ledger.book.bulk import Values, append, prepare_staging, remove, select_in, upsert
from ledger.book.engine import open_book
from tests.books import new_sqlite_book
from tests.chance import examples

BOTTOM, TOP = -(2**63), 2**63 - 1
ROWS: list[Values] = [
    ("ledger-0", b"", BOTTOM, "", 0, ""),
    ("ledger-0", b"\x00\xff", TOP, "é\t\n\\N'\"{},", TOP, "🚢" * 100),
]


def rows_in(engine: Engine, table: Table) -> list[Values]:
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns))
        return [tuple(row) for row in found]


def test_rows_stand_as_they_were_appended(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, tables.waiting, ROWS)

    assert rows_in(engine, tables.waiting) == ROWS


def test_nulls_and_truths_stand_as_they_were_appended(engine: Engine) -> None:
    row = ("r", "s", 0, *"bcdefghi", True, False, 0, None, "{}", None, False)
    with engine.begin() as connection:
        append(connection, tables.stay, [row])

    assert rows_in(engine, tables.stay) == [row]


@pytest.fixture(params=[0, 100], ids=["through staging", "as JSON"])
def few_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are put in the place of others, once as many and once as few."""
    monkeypatch.setattr(bulk, "FEW_ROWS", request.param)


@pytest.mark.usefixtures("few_rows")
def test_a_row_that_is_there_is_replaced_and_another_is_added(engine: Engine) -> None:
    with engine.connect() as connection:
        with connection.begin():
            prepare_staging(connection, [tables.organisation])
        for rows in ([("a", 1, "old"), ("b", 2, "old")], [("b", 3, "new"), ("c", 4, "new")]):
            with connection.begin():
                upsert(connection, tables.organisation, rows)

    assert rows_in(engine, tables.organisation) == [
        ("a", 1, "old"),
        ("b", 3, "new"),
        ("c", 4, "new"),
    ]


@pytest.mark.usefixtures("few_rows")
def test_a_row_stands_as_it_was_put_whatever_its_values(engine: Engine) -> None:
    state = '{"said": "\\"é\N{SNOWMAN}\N{CRAB}\\\\n\\u0041\n\\"", "none": null}'
    rows = [
        ("r1", "s", 0, *"bcdefghi", True, False, 2**60, None, state, "o", True),
        ("r2", "s", 1, *"bcdefghi", False, True, 0, -1, "", None, False),
    ]
    with engine.connect() as connection:
        with connection.begin():
            prepare_staging(connection, [tables.stay])
        for state_before in ("before", "between"):
            with connection.begin():
                upsert(
                    connection,
                    tables.stay,
                    [(*row[:-3], state_before, None, False) for row in rows],
                )
        with connection.begin():
            upsert(connection, tables.stay, rows)

    assert rows_in(engine, tables.stay) == rows


@pytest.mark.usefixtures("few_rows")
def test_staging_outlives_a_batch_that_was_rolled_back(engine: Engine) -> None:
    with engine.connect() as connection:
        with connection.begin():
            prepare_staging(connection, [tables.organisation])
        rolled_back = connection.begin()
        upsert(connection, tables.organisation, [("a", 1, "lost")])
        rolled_back.rollback()
        with connection.begin():
            upsert(connection, tables.organisation, [("a", 2, "kept")])

    assert rows_in(engine, tables.organisation) == [("a", 2, "kept")]


def test_rows_are_removed_by_their_whole_key(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, tables.bill, [("b1", "r1"), ("b1", "r2"), ("b2", "r1")])
        remove(connection, tables.bill, [("b1", "r1"), ("b2", "r2")])

    assert rows_in(engine, tables.bill) == [("b1", "r2"), ("b2", "r1")]


def test_nothing_is_said_of_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, tables.bill, [])
        upsert(connection, tables.bill, [])
        remove(connection, tables.bill, [])
        columns = tables.bill.c
        assert list(select_in(connection, [columns.bill], columns.bill, [])) == []


def test_a_key_that_stands_already_is_refused(engine: Engine) -> None:
    with (
        pytest.raises((DBAPIError, psycopg.IntegrityError)),
        engine.begin() as connection,
    ):
        append(connection, tables.bill, [("b", "r"), ("b", "r")])

    assert rows_in(engine, tables.bill) == []


def test_more_keys_than_sqlite_takes_at_once_are_all_looked_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SQLITE_KEYS_AT_ONCE", 2)
    names = [f"bill {number}" for number in range(5)]
    with engine.begin() as connection:
        append(connection, tables.bill, [(name, "r") for name in names])
        found = select_in(connection, [tables.bill.c.bill], tables.bill.c.bill, [*names, "no"])
        assert sorted(row.bill for row in found) == names


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One database for all of Hypothesis's examples, each of which is rolled back."""
    if request.param == "postgresql":
        engine = open_book(request.getfixturevalue("migrated_url"))
    else:
        engine = new_sqlite_book(tmp_path_factory.mktemp("shared") / "book.db")
    yield engine
    engine.dispose()


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@settings(max_examples=examples(30))
@given(keys=st.sets(st.binary(max_size=20), min_size=1, max_size=5), text=TEXTS)
def test_any_key_finds_its_row_and_no_other(shared: Engine, keys: set[bytes], text: str) -> None:
    columns = tables.waiting.c
    with shared.connect() as connection, connection.begin() as transaction:
        connection.execute(tables.waiting.delete())
        rows = [("s", key, 0, text, 0, "") for key in keys]
        append(connection, tables.waiting, rows)
        by_key = select_in(connection, [columns.message_key], columns.message_key, keys)
        assert {row.message_key for row in by_key} == keys
        by_text = select_in(connection, [columns.container], columns.container, [text])
        assert {row.container for row in by_text} == {text}
        other = select_in(connection, [columns.container], columns.container, [f"{text}x"])
        assert not list(other)
        transaction.rollback()
