"""What a CONTRL tells of groups: references over all of them, counts, and none of another's."""

from pathlib import Path

import pytest

from adapters.edifact.control import control, is_rejected, reports
from adapters.edifact.read import read
from adapters.edifact.write import spelt

CORPUS = Path(__file__).parent / "corpus"
UNB = "UNB+UNOA:3+TERMINAL+AGENT+261128:1200+REF1'"
NAMED = "APERAK:D:95B:UN"


def group(reference: str, *messages: str) -> str:
    header = f"UNG+APERAK+TERMINAL+AGENT+261128:1200+{reference}+UN+D:95B'"
    return f"{header}{''.join(messages)}UNE+{len(messages)}+{reference}'"


def aperak(reference: str) -> str:
    return f"UNH+{reference}+{NAMED}'BGM+313+X+9'UNT+3+{reference}'"


def told(data: str) -> list[str]:
    """What is told of each interchange, in one line."""
    found = (control(each) or () for each in reports(read([data.encode()])))
    return ["".join(f"{spelt(each)}'" for each in lines) for lines in found]


def test_a_reference_that_is_used_twice_is_found_in_a_group_and_in_the_next() -> None:
    again = f"UCM+1+{NAMED}+4+26+UNH+2'"
    uci, ucf = "UCI+REF1+TERMINAL+AGENT+7'", "UCF+{}+TERMINAL+AGENT+7'"

    assert told(UNB + group("G1", aperak("1"), aperak("1")) + "UNZ+1+REF1'") == [
        uci + ucf.format("G1") + again
    ]
    assert told(UNB + group("G1", aperak("1")) + group("G2", aperak("1")) + "UNZ+2+REF1'") == [
        uci + ucf.format("G2") + again
    ]


def test_a_group_among_messages_may_be_counted_as_one_of_them() -> None:
    data = UNB + aperak("1") + group("G1", aperak("2"), aperak("3")) + "UNZ+2+REF1'"
    (found,) = reports(read([data.encode()]))

    assert not is_rejected(found.interchange)


@pytest.mark.parametrize(("said", "is_lost"), [(2, False), (3, False), (4, True)])
@pytest.mark.parametrize("group_is_first", [True, False])
def test_messages_of_a_group_that_are_counted_one_by_one_are_none_that_was_lost(
    said: int, *, is_lost: bool, group_is_first: bool
) -> None:
    parts = (group("G1", aperak("2"), aperak("3")), aperak("1"))
    both = UNB + "".join(parts if group_is_first else reversed(parts))
    (found,) = told(f"{both}UNZ+{said}+REF1'")

    assert found.startswith(f"UCI+REF1+TERMINAL+AGENT+{8 if is_lost else 7}+")


def test_of_an_interchange_the_next_one_tells_nothing() -> None:
    first = UNB + group("G1", f"UNH+1+{NAMED}'UNT+2+1'") + "UNZ+1+REF1'"
    second = UNB.replace("REF1", "REF2") + aperak("1").replace("BGM", "BGX") + "UNZ+1+REF2'"

    assert ["UCF" in each for each in told(first + second)] == [True, False]


def test_of_a_repeated_element_it_is_told_which_occurrence_is_wrong() -> None:
    data = (CORPUS / "repeated_element_of_syntax_4.edi").read_text().replace("CF*CA", "CF*CABBB")
    (lines,) = told(data)

    assert "UCD+39+2::2'" in lines
