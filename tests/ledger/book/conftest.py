"""A migrated book on each database: what is true of one has to be true of the other."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.ledger.book.log import Clerk, clerk_of


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
