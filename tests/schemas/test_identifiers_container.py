"""What is read as a container number, and what is odd about one (ISO 6346)."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.identifiers import ContainerNumber, Unusable, check_digit, read_container
from tests.rows import each_row

letters = st.text(string.ascii_uppercase, min_size=3, max_size=3)
digits = st.text(string.digits, min_size=6, max_size=6)
first_tens = st.builds("".join, st.tuples(letters, st.sampled_from("UJZ"), digits))
valid_numbers = first_tens.map(lambda first: f"{first}{check_digit(first)}")

# The weights of ISO 6346 written out, so that the product does not check itself.
LETTERS = {
    "A": 10, "B": 12, "C": 13, "D": 14, "E": 15, "F": 16, "G": 17, "H": 18, "I": 19,
    "J": 20, "K": 21, "L": 23, "M": 24, "N": 25, "O": 26, "P": 27, "Q": 28, "R": 29,
    "S": 30, "T": 31, "U": 32, "V": 34, "W": 35, "X": 36, "Y": 37, "Z": 38,
}  # fmt: skip


def remainder(first_ten: str) -> int:
    values = [LETTERS.get(character) or int(character) for character in first_ten]
    weighted: int = sum(value * 2**place for place, value in enumerate(values))
    return weighted % 11


def codes(raw: str) -> list[str]:
    number = read_container(raw)
    assert isinstance(number, ContainerNumber)
    return [finding.code for finding in number.findings]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("CSQU3054383", "CSQU3054383"),
        ("csqu3054383", "CSQU3054383"),
        ("CSQU 305438 3", "CSQU3054383"),
        ("CSQU-305438-3", "CSQU3054383"),
        ("CSQU.305438.3", "CSQU3054383"),
        ("CSQU 305438/3", "CSQU3054383"),
        ("\tCSQU\u00a0305438\u20113\n", "CSQU3054383"),
    ],
)
def test_the_ways_people_write_a_number_are_one_number(raw: str, value: str) -> None:
    assert read_container(raw) == ContainerNumber(raw, value)


@each_row(
    ("raw", "expected"),
    [
        ("CSQU3054383", []),
        ("MSCU7029147", []),
        ("HBMU2699709", ["container_check_digit"]),
        ("TTTT1234567", ["container_category", "container_check_digit"]),
        ("CSQR3054383", ["container_category", "container_check_digit"]),
        ("CSQR3054381", ["container_category"]),
        ("CSQU32345690", ["container_format"]),
        ("CSQR32345690", ["container_format", "container_category"]),
        ("12345678901", ["container_format"]),
        ("CSQ", ["container_format"]),
    ],
)
def test_findings_are_told_apart(raw: str, expected: list[str]) -> None:
    assert expected == codes(raw)


@each_row(
    ("raw", "word"),
    [
        ("", "empty"),
        (" -./ ", "characters"),
        (" - . ", "empty"),
        ("ABCD12345678901234", "17"),
        ("A" * 1_000_000, "64"),
        ("CSQU/3054383", "characters"),
        ("CSQU305438_3", "characters"),
        ("CSQU30543\u0668\u0663", "characters"),
        ("\u017fSQU3054383", "characters"),
        ("\u0131SQU3054383", "characters"),
        ("CSQU3054383\x00", "characters"),
    ],
)
def test_what_cannot_be_a_key_is_told_with_a_reason(raw: str, word: str) -> None:
    answer = read_container(raw)

    assert isinstance(answer, Unusable)
    assert word in answer.reason


def test_seventeen_characters_still_fit() -> None:
    assert codes("A1" * 8 + "A") == ["container_format"]


def test_the_finding_says_the_expected_digit() -> None:
    number = read_container("HBMU2699709")

    assert isinstance(number, ContainerNumber)
    assert number.findings[0].sentence == "The check digit is 9; ISO 6346 gives 2."


@given(first_tens)
def test_the_check_digit_is_that_of_the_standard(first_ten: str) -> None:
    assert remainder(first_ten) % 10 == check_digit(first_ten)


def test_a_remainder_of_ten_is_the_digit_zero() -> None:
    assert remainder("TTTU000009") == 10
    assert check_digit("TTTU000009") == 0


@given(valid_numbers)
def test_a_valid_number_has_no_findings_and_stays_as_it_is(number: str) -> None:
    assert read_container(number) == ContainerNumber(number, number)


@given(valid_numbers, st.integers(4, 10), st.sampled_from(string.digits))
def test_every_wrong_digit_is_found(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assume(wrong != number)
    # The one blindness of the standard: remainders 0 and 10 have the same digit.
    assume({remainder(number[:10]), remainder(wrong[:10])} != {0, 10})

    assert codes(wrong) == ["container_check_digit"]


@given(st.text() | st.text("CSQUJZ0123456789 -./abü", max_size=20) | valid_numbers)
def test_reading_twice_changes_nothing(raw: str) -> None:
    once = read_container(raw)
    if isinstance(once, Unusable):
        assert read_container(raw) == once
        return

    assert read_container(once.value) == ContainerNumber(once.value, once.value, once.findings)
    assert once.raw == raw
    assert 1 <= len(once.value) <= 17
    assert set(once.value) <= set(string.ascii_uppercase + string.digits)


@pytest.mark.parametrize("raw", ["000000012", "0000-000.12", "4711", "1234567890"])
def test_a_card_or_a_pin_is_no_container(raw: str) -> None:
    found = read_container(raw)
    assert isinstance(found, Unusable)
    assert raw not in found.reason
