"""Rows of PostgreSQL lie as they are described, in databases made before, too."""

import pytest
from sqlalchemy import Connection, text

from ledger.book.engine import open_book
from ledger.book.layout import LAYOUT, lay_out
from ledger.book.migrate import migrate


def options(connection: Connection) -> dict[str, set[str]]:
    found = connection.execute(
        text("SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL")
    )
    return {name: set(given) for name, given in found if name in LAYOUT}


def test_a_new_database_is_laid_out_and_an_older_one_when_it_is_opened_again(
    postgres_url: str,
) -> None:
    engine = open_book(postgres_url)
    migrate(engine)
    described = {table: set(given) for table, given in LAYOUT.items()}
    with engine.begin() as connection:
        assert options(connection) == described
        for table in LAYOUT:
            connection.execute(text(f"ALTER TABLE {table} RESET (fillfactor, toast_tuple_target)"))
        assert options(connection) == {}
    migrate(engine)
    with engine.connect() as connection:
        assert options(connection) == described
    engine.dispose()


def test_what_is_laid_out_is_not_locked_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_book(postgres_url)
    migrate(engine)
    monkeypatch.setattr("ledger.book.layout.layout_of", None)
    with engine.begin() as connection:
        lay_out(connection)
    engine.dispose()
