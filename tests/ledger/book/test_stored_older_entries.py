"""A book of an older version is read as if it were of now; a newer one stops whoever reads it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from cli.exits import Exit, told_of
from ledger.book import tables
from ledger.book.engine import reading
from ledger.book.read import as_of, entry, history, now
from ledger.book.rebuild import check, restore
from ledger.book.unrelayed import unrelayed
from ledger.book.verify import verify
from schemas.evolution.upcasts import SCHEMA_VERSION, UPCASTS, OfANewerVersion
from schemas.facts import RecordedFact
from schemas.value import Misformed
from tests.ledger.book.log import LEDGER, Clerk
from tests.ledger.book.older import of_the_next_version, written_by_another_version
from tests.schemas.evolution.version_0 import as_version_0, to_version_1

BOX = "CPUU1000010"
LAST = 12  # a whole day makes twelve entries


def stored(clerk: Clerk) -> list[bytes]:
    columns = tables.entry.c
    with reading(clerk.engine) as connection:
        statement = select(columns.body).where(columns.shard == LEDGER).order_by(columns.seq)
        return list(connection.execute(statement).scalars())


def told(clerk: Clerk) -> list[RecordedFact]:
    with reading(clerk.engine) as connection:
        return list(history(connection, BOX))


@pytest.fixture
def day(clerk: Clerk) -> Clerk:
    """A clerk with one whole day in the book."""
    assert clerk.settle(clerk.log.whole_day(BOX))[-1].recorded.seq == LAST
    return clerk


@pytest.fixture
def step_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step from version 0, known for one test."""
    monkeypatch.setitem(UPCASTS, 0, to_version_1)


@pytest.mark.usefixtures("step_0")
def test_a_book_of_an_older_version_tells_the_same_story(day: Clerk) -> None:
    before = told(day)
    older = written_by_another_version(day, as_version_0)

    after = told(day)

    assert [each.schema_version for each in after] == [1] * LAST
    assert [(each.fact, each.stay, each.cause) for each in after] == [
        (each.fact, each.stay, each.cause) for each in before
    ]
    assert stored(day) == older


@pytest.mark.usefixtures("step_0")
def test_its_state_is_what_its_entries_lead_to_and_can_be_made_anew(day: Clerk) -> None:
    older = written_by_another_version(day, as_version_0)

    compared, restored = check(day.engine), restore(day.engine)

    assert compared.sound, compared
    assert not restored.faults
    assert check(day.engine).sound
    assert stored(day) == older


@pytest.mark.usefixtures("step_0")
def test_a_container_of_an_older_version_is_shown_as_of_any_moment(day: Clerk) -> None:
    written_by_another_version(day, as_version_0)

    with reading(day.engine) as connection:
        (stay,) = now(connection, BOX).stays
        (same,) = as_of(connection, BOX, day.log.now + timedelta(days=1)).stays
        last = entry(connection, LEDGER, LAST)

    assert same == stay
    assert last is not None
    assert last.fact.type == "pickup_ended"


@pytest.mark.usefixtures("step_0")
def test_nobody_is_accused_of_having_changed_it(day: Clerk) -> None:
    written_by_another_version(day, as_version_0)

    with reading(day.engine) as connection:
        assert list(verify(connection)) == []


@pytest.mark.usefixtures("step_0")
def test_what_the_relay_still_has_to_publish_goes_out_as_the_bytes_that_it_is(day: Clerk) -> None:
    older = written_by_another_version(day, as_version_0)

    waiting = unrelayed(day.engine, LEDGER, 0)

    assert [each.body for each in waiting] == older
    assert {each.recorded.schema_version for each in waiting} == {1}


def test_without_its_step_an_older_book_is_not_misread(day: Clerk) -> None:
    """That the tests above can fail."""
    written_by_another_version(day, as_version_0)

    with pytest.raises(Misformed):
        told(day)
    assert check(day.engine).rebuilt.faults == LAST


# --- a newer version ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        told,
        lambda clerk: check(clerk.engine),
        lambda clerk: restore(clerk.engine),
        lambda clerk: unrelayed(clerk.engine, LEDGER, 0),
    ],
    ids=["shown", "compared", "made anew", "relayed"],
)
def test_an_entry_of_a_newer_version_stops_whoever_would_misread_it(
    day: Clerk, read: Callable[[Clerk], object]
) -> None:
    newer = written_by_another_version(day, of_the_next_version, first=LAST)

    with pytest.raises(OfANewerVersion) as stopped:
        read(day)

    said = told_of(stopped.value)
    assert said.code is Exit.FOUND
    assert said.sentence.startswith(f"schema version {SCHEMA_VERSION + 1}, and this program knows")
    assert "Upgrade this program" in said.sentence
    assert stored(day) == newer


def test_who_verifies_a_newer_book_is_told_so_and_sees_every_hash_checked(day: Clerk) -> None:
    written_by_another_version(day, of_the_next_version, first=LAST)

    with reading(day.engine) as connection:
        (finding,) = verify(connection)

    assert finding.seq == LAST
    assert finding.what == (
        f"it is of schema version {SCHEMA_VERSION + 1}, this program knows {SCHEMA_VERSION}: "
        "check it with the newest program"
    )
