"""The order of segments: what may follow, what is then missing, and how often."""

import pytest

from adapters.edifact.directory import TableBroken, directory, names
from adapters.edifact.directory import _nodes as nodes_of  # the notation of the tables
from adapters.edifact.directory import _Words as Words
from adapters.edifact.read import read
from adapters.edifact.structure import compiled
from tests.adapters.edifact.told import told
from tests.rows import each_row

BODIES = [
    # A COREOR D.95B, its segments by tag, and what is wrong with their order.
    ("BGM TDT NAD CNT", ""),
    ("BGM FTX RFF TDT RFF LOC DTM NAD CTA RFF DTM NAD CNT", ""),
    ("BGM TDT NAD EQD RFF CNT", ""),
    ("BGM TDT NAD GID NAD MEA SGP SGP GID EQD RFF TDT NAD EQD RFF CNT", ""),
    ("", "-BGM@1 -TDT@1 -NAD@1 -CNT@1"),
    ("BGM", "-TDT@2 -NAD@2 -CNT@2"),
    ("TDT NAD CNT", "-BGM@1"),
    ("BGM NAD CNT", "-TDT@2"),
    ("BGM TDT CNT", "-NAD@3"),
    ("BGM TDT NAD", "-CNT@4"),
    ("BGM TDT NAD EQD CNT", "-RFF@5"),
    ("BGM TDT NAD EQD TSR CNT", "-RFF@5"),
    ("BGM TDT NAD EQD EQD RFF CNT", "-RFF@5"),
    ("BGM TDT TDT NAD CNT", "!TDT@4"),
    ("BGM BGM TDT NAD CNT", "+BGM@3"),
    ("BGM TDT NAD CNT CNT", "+CNT@6"),
    ("BGM DTM TDT NAD CNT", "!DTM@3"),
    ("BGM TDT LOC RFF NAD CNT", "!RFF@5"),
    ("BGM TDT NAD CNT EQD RFF", "!EQD@6 !RFF@7"),
    ("BGM TDT NAD XXX CNT", "!XXX@5"),
]
MARKS = {
    "segment_missing": "-",
    "segment_not_here": "!",
    "segment_repeated": "+",
    "group_repeated": "*",
}

FILLED = {"EQD": "EQD+CN", "RFF": "RFF+BM:1"}
"""Of which there are many: so that their order alone is told of, and all of it."""


def order_of(body: str, message: str = "COREOR:D:95B:UN") -> str:
    """What is wrong with the order of a body alone, by position."""
    tags = body.split()
    said = [FILLED.get(tag, tag) for tag in tags]
    whole = "".join(f"{each}'" for each in ("UNH+1+" + message, *said, f"UNT+{len(tags) + 2}+1"))
    found = next(read([whole.encode()])).findings
    return " ".join(
        f"{MARKS[each.rule]}{each.tag}@{each.place.position}"
        for each in found
        if each.rule in MARKS
    )


@each_row(("body", "expected"), BODIES)
def test_the_order_of_a_coreor(body: str, expected: str) -> None:
    # SG1 may stand once, so a second TDT begins it a second time.
    assert order_of(body) == expected.replace("!TDT@4", "*TDT@4")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("BGM TDT NAD " + "EQD RFF " * 999 + "CNT", ""),
        ("BGM TDT NAD " + "EQD RFF " * 1000 + "CNT", "*EQD@2003"),
        ("BGM TDT NAD EQD " + "RFF " * 10 + "CNT", "+RFF@15"),
        ("BGM TDT NAD EQD " + "RFF " * 9 + "EQD " + "RFF " * 9 + "CNT", ""),
        # The same where what begins the group anew lacks what it has to say.
        ("BGM TDT NAD EQD " + "RFF " * 9 + "EQD+ " + "RFF " * 9 + "CNT", ""),
        ("BGM TDT " + "NAD " * 10 + "CNT", "*NAD@13"),
    ],
)
def test_repetitions_are_counted_anew_in_each_group(body: str, expected: str) -> None:
    assert order_of(body) == expected


def test_a_body_of_d00b_sent_as_d95b_fails_on_its_order() -> None:
    body = "BGM DTM TDT DTM LOC NAD EQD RFF CNT"

    assert order_of(body, "COREOR:D:00B:UN") == ""
    assert order_of(body, "COREOR:D:95B:UN") == "!DTM@3 !LOC@6"


def test_every_message_of_every_directory_is_there_and_can_be_walked() -> None:
    wanted = {"COREOR", "CODECO", "COARRI", "COPINO", "COPARN", "COPRAR", "IFTSTA", "APERAK"}

    for name in names():
        there = directory(name)
        assert there.messages.keys() >= ({"CONTRL"} if name.startswith("service") else wanted)
        for nodes in there.messages.values():
            tags = compiled(nodes).tags - {"UNH", "UNT"}
            assert tags <= there.layouts.keys()


def test_control_messages_are_checked_by_the_version_of_the_syntax() -> None:
    for level, day, kind in (("UNOA:3", "261128", "D:3"), ("UNOC:4", "20261128", "4:1")):
        whole = (
            f"UNB+{level}+A+B+{day}:1200+1'UNH+1+CONTRL:{kind}:UN'UCI+1+B+A+4+13+UNB+2:1'"
            "UCM+1'UNT+4+1'UNZ+1+1'"
        )
        lines = [line for item in read([whole.encode()]) for line in told(item)]

        assert "element_missing UCM 0083 4/3:3:0" in lines


@pytest.mark.parametrize("written", ["BGM X1", "BGM M1 FTX C1", "SG1 M1 [BGM M1 FTX C9]"])
def test_a_table_that_is_not_written_as_the_others_is_told_of(written: str) -> None:
    with pytest.raises(TableBroken):
        list(nodes_of(Words(written)))
