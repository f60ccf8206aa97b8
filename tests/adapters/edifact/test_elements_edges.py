"""Edges that planted bugs got past: of values, of the UNA, of CONTRL's length, of a table."""

import pytest

from adapters.edifact.directory import Group, directory
from adapters.edifact.items import Message
from adapters.edifact.marks import advice_in
from adapters.edifact.read import read
from adapters.edifact.segments import Segment
from adapters.edifact.service import is_written, number_in
from tests.adapters.edifact.test_control import in_one_line, report
from tests.adapters.edifact.told import told_in


def moment(day: str, clock: str = "1200", level: str = "UNOC:4") -> list[str]:
    text = (
        f"UNB+{level}+A+B+{day}:{clock}+1'UNH+1+APERAK:D:95B:UN'BGM+313+X+9'ERC+1'UNT+4+1'UNZ+1+1'"
    )
    return [each.split()[0] for each in told_in([text.encode()])]


@pytest.mark.parametrize(
    ("day", "clock", "found"),
    [
        ("20000229", "1200", []),
        ("20240229", "1200", []),
        ("19000229", "1200", ["no_such_moment"]),
        ("20260229", "1200", ["no_such_moment"]),
        ("20260228", "2359", []),
        ("20260228", "2400", ["no_such_moment"]),
        ("20260228", "2360", ["no_such_moment"]),
    ],
)
def test_a_moment_is_on_the_calendar_and_on_the_clock(
    day: str, clock: str, found: list[str]
) -> None:
    assert moment(day, clock) == found


def test_the_release_mark_of_a_una_without_decimal_mark_stands_third() -> None:
    advice = advice_in("UNA:+!'UNB+UNOA:3+A+B", final=True)

    assert advice is not None
    assert advice.marks.release == "!"


def body(segment: str) -> list[str]:
    text = f"UNB+UNOA:3+A+B+261128:1200+1'UNH+1+APERAK:D:95B:UN'{segment}'ERC+1'UNT+4+1'UNZ+1+1'"
    return [each.split()[0] for each in told_in([text.encode()])]


@pytest.mark.parametrize(
    ("segment", "found"),
    [
        ("BGM+313+X+9", []),
        ("BGM+313+X+9++++++", []),
        ("BGM+313+X+9++++++X", ["too_many_elements"]),
        ("BGM+313::::::::+X+9", []),
        ("BGM+313::::::::X+X+9", ["too_many_components"]),
    ],
)
def test_separators_that_nothing_follows_are_none_too_many(segment: str, found: list[str]) -> None:
    assert body(segment) == found


def test_no_more_than_ninety_nine_elements_of_a_segment_are_told() -> None:
    text = f"UNB+UNOA:3+A+B+261128:1200+1'UNH+1+APERAK:D:41A:UN'FTX{'+a' * 120}'UNT+3+1'UNZ+1+1'"
    (message,) = (each for each in read([text.encode()]) if isinstance(each, Message))

    assert len(message.findings) > 120
    assert (in_one_line(report(text.encode())) or "").count("UCD+") == 99


@pytest.mark.parametrize(
    ("name", "message", "group", "trigger", "at_most"),
    [
        # Written once more, so that a slip in a table shows.
        ("D00B", "COARRI", "SG6", "EQD", 9999),
        ("D00B", "COARRI", "SG4", "NAD", 9),
        ("D00B", "COARRI", "SG2", "TDT", 1),
        ("D95B", "COREOR", "SG1", "TDT", 1),
    ],
)
def test_a_group_may_stand_as_often_as_the_directory_says(
    name: str, message: str, group: str, trigger: str, at_most: int
) -> None:
    groups = {
        each.name: each for each in directory(name).messages[message] if isinstance(each, Group)
    }

    assert (groups[group].tag, groups[group].at_most) == (trigger, at_most)


@pytest.mark.parametrize(
    ("said", "number"),
    [("3", 3), ("0003", 3), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("-3", None), ("", None),
     ("\N{ARABIC-INDIC DIGIT THREE}", None), ("\N{SUPERSCRIPT TWO}", None)],
)  # fmt: skip
def test_a_count_is_written_in_the_digits_of_the_standard(said: str, number: int | None) -> None:
    assert number_in(said) == number


@pytest.mark.parametrize(("count", "is_right"), [(999_999, True), (1_000_000, False)])
def test_a_count_longer_than_its_trailer_takes_is_looked_at(count: int, *, is_right: bool) -> None:
    trailer = Segment(f"UNZ+{count}+REF1", 1, 0)

    assert is_written(trailer, count, "REF1") is is_right
