"""An empty, migrated book on each database, for tests that write into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from tests.books import new_sqlite_book
from tests.engines import PostgresAtHand
from tests.ledger.book.tampering import emptied


@pytest.fixture(scope="session")
def migrated_url(postgres: PostgresAtHand) -> Iterator[str]:
    """A migrated PostgreSQL database, emptied for each test: quicker than making one."""
    with postgres.fresh_database() as url:
        engine = open_book(url)
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture
def postgresql_book(migrated_url: str) -> Iterator[Engine]:
    engine = open_book(migrated_url)
    with engine.begin() as connection:
        # A test may have left a session that holds locks: that is what it was about.
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        emptied(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_book(tmp_path: Path) -> Iterator[Engine]:
    engine = new_sqlite_book(tmp_path / "book.db")
    yield engine
    engine.dispose()
