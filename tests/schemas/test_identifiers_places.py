"""What is read as a port and as a quay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import Locode, TerminalCode, Unusable, read_locode, read_terminal
from tests.rows import each_row

# cpu.md §1.2: one quay, as the API, EDI and BICS write it.
SPELLINGS = [
    ("1700", "1700"),
    ("K1700", "1700"),
    ("k1700", "1700"),
    ("01700", "1700"),
    ("Kaai1700", "1700"),
    ("KAAI 1700", "1700"),
    ("K-1700", "1700"),
    ("0100", "100"),
    ("00100", "100"),
    ("K0100", "100"),
    ("0524", "524"),
    ("K0913", "913"),
    ("0S913", "S913"),
    ("S913", "S913"),
    ("K0S913", "S913"),
    ("0S869", "S869"),
    ("5049", "5049"),
    ("KRM", "KRM"),
    ("KAAI", "KAAI"),
    ("K", "K"),
    ("ECTDCD", "ECTDCD"),
    ("rwg", "RWG"),
    ("0", "0"),
    ("000", "0"),
]


@each_row(("raw", "value"), SPELLINGS)
def test_the_spellings_of_a_quay_are_one_quay(raw: str, value: str) -> None:
    assert read_terminal(raw) == TerminalCode(raw, value)


@pytest.mark.parametrize(
    ("raw", "written"),
    [("K0100", "0100"), ("524", "0524"), ("01742", "1742"), ("0S913", "S913"), ("KRM", "KRM")],
)
def test_cpu_writes_a_quay_with_four_characters(raw: str, written: str) -> None:
    terminal = read_terminal(raw)

    assert isinstance(terminal, TerminalCode)
    assert terminal.four_characters == written


@given(st.text() | st.text("KAIkai0179S -", max_size=12))
def test_reading_a_quay_twice_changes_nothing(raw: str) -> None:
    once = read_terminal(raw)

    if isinstance(once, TerminalCode):
        assert once.raw == raw
        assert read_terminal(once.value) == TerminalCode(once.value, once.value)
        assert read_terminal(once.four_characters) == TerminalCode(
            once.four_characters, once.value
        )


@given(
    st.sampled_from(["", "K", "k", "Kaai", "KAAI ", "kaai-"]),
    st.integers(0, 3),
    st.integers(1, 999_999),
)
def test_prefix_and_leading_zeros_never_change_the_quay(
    prefix: str, zeros: int, number: int
) -> None:
    quay = str(number)
    raw = f"{prefix}{'0' * zeros}{quay}"

    assert read_terminal(raw) == TerminalCode(raw, quay)


@pytest.mark.parametrize("raw", ["", " - ", "17_00", "1700/2", "K\u0661", "1" * 26, "1" * 100])
def test_what_cannot_be_a_quay_is_told(raw: str) -> None:
    assert isinstance(read_terminal(raw), Unusable)
    assert isinstance(read_locode(raw), Unusable)


@pytest.mark.parametrize("raw", ["BEANR", "beanr", "BE ANR", "BE-ANR"])
def test_a_port_is_read_in_any_spelling(raw: str) -> None:
    assert read_locode(raw) == Locode(raw, "BEANR")


@pytest.mark.parametrize("raw", ["ANTWERP", "BEAN", "B1ANR", "BEAN1", "BEAN0", "12345"])
def test_what_is_not_written_as_a_locode_is_a_finding(raw: str) -> None:
    locode = read_locode(raw)

    assert isinstance(locode, Locode)
    assert [finding.code for finding in locode.findings] == ["locode_format"]


def test_a_locode_may_end_in_digits_from_two() -> None:
    assert read_locode("USNY2") == Locode("USNY2", "USNY2")
    assert Locode("BEANR", "BEANR").country == "BE"


@given(st.text() | st.from_regex(r"[a-zA-Z]{2}[ -]?[a-zA-Z2-9]{3}", fullmatch=True))
def test_reading_a_port_twice_changes_nothing(raw: str) -> None:
    once = read_locode(raw)

    if isinstance(once, Locode):
        assert read_locode(once.value) == Locode(once.value, once.value, once.findings)
