"""Which bill of lading numbers a message names."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import read_bills


def test_numbers_are_trimmed_raised_sorted_and_named_once() -> None:
    assert read_bills([" bl2 ", "BL1", "bl1", "", "  "]) == ("BL1", "BL2")


def test_a_single_text_is_one_number() -> None:
    assert read_bills("bltest0001") == ("BLTEST0001",)


def test_no_numbers_are_no_numbers() -> None:
    assert read_bills([]) == ()


@given(st.lists(st.text()))
def test_reading_twice_changes_nothing_and_order_does_not_matter(numbers: list[str]) -> None:
    once = read_bills(numbers)

    assert read_bills(once) == once
    assert read_bills(reversed(numbers)) == once
    assert list(once) == sorted(set(once))
