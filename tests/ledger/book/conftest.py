"""A migrated book on each database: what is true of one has to be true of the other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from tests.engines import PostgresAtHand
from tests.ledger.book.log import Clerk, clerk_of
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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("book") / "book.db"
    engine = open_book(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_book(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    file = tmp_path / "book.db"
    shutil.copy(migrated_file, file)
    engine = open_book(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A book on PostgreSQL, and then one on SQLite."""
    book: Engine = request.getfixturevalue(f"{request.param}_book")
    return book


@pytest.fixture
def clerk(engine: Engine) -> Iterator[Clerk]:
    """A clerk with the cast registered."""
    clerk = clerk_of(engine)
    yield clerk
    clerk.book.forget()
