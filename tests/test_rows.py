"""A table that is played in one test finds what a test for each row would."""

from pathlib import Path

import pytest

from tests.rows import each_row


def test_every_row_is_played_and_each_that_breaks_is_told_by_its_name(tmp_path: Path) -> None:
    played = []

    @each_row("number, wanted", [(1, 1), pytest.param(2, 3, id="the second"), (3, 4), (4, 4)])
    @each_row("letter", ["a", "b"])
    def holds(tmp_path: Path, number: int, wanted: int, letter: str) -> None:
        played.append((tmp_path.exists(), number, letter))
        assert number == wanted

    with pytest.raises(BaseExceptionGroup) as told:
        holds(tmp_path=tmp_path)

    assert played == [(True, number, letter) for number in (1, 2, 3, 4) for letter in "ab"]
    notes = [error.__notes__ for error in told.value.exceptions]
    assert notes == [["in the row the second"], ["in the row (3, 4)"]]


def test_who_raises_nothing_where_it_had_to_is_told_too() -> None:
    @each_row("number", [1])
    def raises(number: int) -> None:
        with pytest.raises(ValueError, match="x"):
            assert number

    with pytest.raises(BaseExceptionGroup, match="1 of 1 rows of raises"):
        raises()


def test_a_table_without_rows_is_no_test() -> None:
    with pytest.raises(ValueError, match="no row of number"):
        each_row("number", [])


def test_a_row_that_is_marked_is_no_row() -> None:
    with pytest.raises(ValueError, match="make it another test"):
        each_row("number", [pytest.param(1, marks=pytest.mark.skip)])


@each_row("number", [1, 2], ids=["one", "two"])
def test_what_a_table_gives_is_no_fixture(number: int, tmp_path: Path) -> None:
    assert number
    assert tmp_path.is_dir()
