"""Air waybill numbers: one spelling, and a check digit that is a finding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import Unusable, WaybillNumber, read_container, read_waybill


@pytest.mark.parametrize(
    "raw", ["020-12345675", "02012345675", "020 1234 5675", " 020-1234 5675", "020\u201312345675"]
)
def test_a_waybill_is_spelt_one_way(raw: str) -> None:
    read = read_waybill(raw)

    assert isinstance(read, WaybillNumber)
    assert (read.value, read.shown, read.findings) == ("02012345675", "020-12345675", ())


# identity_scr_portbase.md §D: the last of eight is the first seven modulo seven.
@pytest.mark.parametrize(
    ("number", "expected"),
    [("020-12345675", 5), ("157-53806270", 0), ("157-41266466", 6), ("810-87309320", 0)],
)
def test_the_check_digit_is_the_seven_before_it_modulo_seven(number: str, expected: int) -> None:
    for digit in range(10):
        read = read_waybill(f"{number[:-1]}{digit}")
        assert isinstance(read, WaybillNumber)
        found = [finding.code for finding in read.findings]
        assert found == ([] if digit == expected else ["waybill_check_digit"])


@pytest.mark.parametrize(
    "raw",
    [
        *("", "020-1234567", "020-123456755", "02O-12345675", "MSCU7029147", "020/12345675"),
        *("9" * 65, "\u0660" * 11),
    ],
)
def test_what_has_not_eleven_digits_is_no_waybill(raw: str) -> None:
    read = read_waybill(raw)

    assert isinstance(read, Unusable)
    assert not raw or raw not in read.reason


@given(st.from_regex(r"[0-9]{3}-[0-9]{8}", fullmatch=True))
def test_a_waybill_is_a_key_that_no_sound_container_has(raw: str) -> None:
    read, container = read_waybill(raw), read_container(raw)

    assert isinstance(read, WaybillNumber)
    assert not isinstance(container, Unusable)
    assert container.value == read.value
    assert [finding.code for finding in container.findings] == ["container_format"]
