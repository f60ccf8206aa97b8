"""The quick way and the careful way agree on a segment: patterns take only what is right."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.edifact.directory import Layout, directory
from adapters.edifact.elements import findings_in
from adapters.edifact.layouts import squeezed
from adapters.edifact.marks import USUAL, Advice
from adapters.edifact.segments import Segment
from adapters.edifact.syntax import syntax_of
from adapters.edifact.write import spelt
from tests.adapters.edifact.made import Maker
from tests.rows import each_row

LEVELS = ("UNOA", "UNOB", "UNOC", "UNOY", "")
SPOILING = "+:?*'.,-aZ9 é\x01\x7f\udc80\ud7ff家" + "9" * 8
LAYOUTS = [
    (name, layout)
    for name in ("D95B", "D00B", "service_3", "service_4")
    for layout in directory(name).layouts.values()
]


def spoilt(text: str, chance: random.Random) -> str:
    """A segment with some characters put in, taken out or doubled, its tag left alone."""
    for _ in range(chance.choice((0, 1, 1, 2))):
        at = chance.randint(3, len(text))
        piece = chance.choice(("", chance.choice(SPOILING), text[at : at + 9] * 2))
        text = text[:at] + piece + text[at + chance.choice((0, 1)) :]
    return text


def agree(name: str, layout: Layout, chance: random.Random, advice: Advice) -> bool:
    """Whether the pattern took a segment; it must be right then."""
    syntax = syntax_of(advice)
    maker = Maker(directory(name), chance.randrange(2**32))
    text = spoilt(spelt(maker.line(layout.tag)), chance)
    segment = Segment(text, 1, 0, repeating=syntax.repeating)
    taken = syntax.patterns(directory(name))[layout.tag](squeezed(text)) is not None
    found = [*findings_in(segment, layout, syntax)]
    assert not (taken and found), (text, found)
    return taken


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), level=st.sampled_from(LEVELS), version=st.sampled_from("34"))
def test_what_a_pattern_takes_nothing_is_wrong_with(seed: int, level: str, version: str) -> None:
    chance = random.Random(seed)

    for name, layout in chance.sample(LAYOUTS, 12):
        agree(name, layout, chance, Advice(0, USUAL, level, version))


def test_all_that_is_right_is_taken_the_quick_way() -> None:
    chance = random.Random(7)
    plain = [
        (name, layout, Maker(directory(name), chance.randrange(2**32)).line(layout.tag))
        for name, layout in LAYOUTS
    ]
    syntax = syntax_of(Advice(0, USUAL, "UNOA", "3"))
    left = [
        spelt(line)
        for name, layout, line in plain
        if not syntax.patterns(directory(name))[layout.tag](squeezed(spelt(line)))
    ]

    assert left == []


@each_row(
    ("text", "is_taken"),
    [
        ("CNT+16:1", True),
        ("CNT+16:-12.5", True),
        ("CNT+16:123456789012345678", True),
        ("CNT+16:-12345678901234567.8", True),
        ("CNT+16:1234567890123456789", False),
        ("CNT+16:12345678901234567.89", False),
        ("CNT+16:.5", False),
        ("CNT+16:5.", False),
        ("CNT+16:5,0", False),
        ("CNT+16:+5", False),
        ("CNT+16:1.2.3", False),
        ("CNT+16", False),
        ("CNT", False),
        ("CNT+", False),
        ("CNT+16:1:KGM:", False),
        ("CNT+16:1:", True),
        ("CNT+1?+:1", True),
        ("CNT+1??:1", True),
        ("CNTX+16:1", False),
        ("CNT:1+16:1", False),
        ("cnt+16:1", False),
        ("CNT+:", False),
    ],
)
def test_numbers_and_separators_as_the_standard_has_them(text: str, is_taken: bool) -> None:  # noqa: FBT001  the expected column of the table
    syntax = syntax_of(Advice(0, USUAL, "UNOA", "3"))
    found = syntax.patterns(directory("D95B"))["CNT"](squeezed(text))

    assert (found is not None) is is_taken
