"""That a dead letter was handled is noted once, on both databases."""

from datetime import timedelta

from ledger.book.engine import reading
from ledger.book.letters import Handled, handled, mark_handled
from ledger.book.state import state_hash
from tests.ledger.book.log import NOW, Clerk

FIRST, SECOND = Handled(NOW, "rang them"), Handled(NOW + timedelta(days=1), "rang again")


def test_the_first_note_stands_and_is_read_as_it_was_written(clerk: Clerk) -> None:
    with clerk.engine.begin() as connection:
        assert mark_handled(connection, (3, 17), FIRST) is None
    with clerk.engine.begin() as connection:
        assert mark_handled(connection, (3, 17), SECOND) == FIRST
        assert mark_handled(connection, (3, 18), SECOND) is None

    with reading(clerk.engine) as connection:
        assert handled(connection) == {(3, 17): FIRST, (3, 18): SECOND}


def test_what_is_noted_of_letters_is_no_part_of_the_ledgers_state(clerk: Clerk) -> None:
    with clerk.engine.connect() as connection:
        before = state_hash(connection)
    with clerk.engine.begin() as connection:
        mark_handled(connection, (0, 0), FIRST)

    with clerk.engine.connect() as connection:
        assert state_hash(connection) == before
