"""A book with two containers whose entries stand between each other, and heads of its chain."""

from collections.abc import Iterator
from itertools import chain, zip_longest

import pytest
from sqlalchemy import Engine

from tests.ledger.book.log import CAST, Clerk, clerk_of, day_of
from tests.ledger.trail.two_boxes import BOX, TwoBoxes, of_the_neighbour


@pytest.fixture(params=["postgresql", "sqlite"])
def two_boxes(request: pytest.FixtureRequest) -> Iterator[TwoBoxes]:
    """The book on each database."""
    clerk = clerk_of(request.getfixturevalue(f"{request.param}_book"))
    yield _written(clerk)
    clerk.book.forget()


@pytest.fixture
def boxes(sqlite_book: Engine) -> Iterator[TwoBoxes]:
    """The book on SQLite, for what does not ask the database."""
    clerk = clerk_of(sqlite_book)
    yield _written(clerk)
    clerk.book.forget()


def _written(clerk: Clerk) -> TwoBoxes:
    said = chain.from_iterable(zip_longest(day_of(BOX), of_the_neighbour()))
    records = [clerk.log.say(*each) for each in said if each is not None]
    book = TwoBoxes(clerk, names={party: f"Company {party[-1]}" for party, _ in CAST})
    for begin in range(0, len(records), 6):
        clerk.settle(records[begin : begin + 6])
        book.sign()
    return book
