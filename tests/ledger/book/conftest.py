"""A migrated book on each database: what is true of one has to be true of the other."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.engines import engines_of_this_run
from tests.ledger.book.log import Clerk, clerk_of

ON_SQLITE_TOO = [pytest.mark.searches] if engines_of_this_run().database.is_real else []
"""Where there is no PostgreSQL, SQLite is all there is, and tried at once."""


@pytest.fixture(params=["postgresql", pytest.param("sqlite", marks=ON_SQLITE_TOO)])
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
