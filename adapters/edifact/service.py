"""What one segment of the envelope says by itself, and whether a trailer says what it closes."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from adapters.edifact.elements import findings_in, moment_in
from adapters.edifact.findings import Finding, Rule
from adapters.edifact.segments import Segment
from adapters.edifact.syntax import Syntax

UNB, UNG, UNH, UNT, UNE, UNZ = "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"
TAG_LENGTH: Final = 3
MOST_COUNTED: Final = 999_999
MOST_DIGITS: Final = 18
"""Of a count; the standard has at most 10."""

FOLLOWING: Final = {"UNG+", "UNH+", "UNE+", "UNZ+"}
"""How what may follow a trailer in the same interchange begins."""

MOST_SPOILT: Final = 2
"""So many characters stand for a terminator: another in its place, or itself and its release."""

COUNTED: Final = {UNT: ("0074", "0062"), UNE: ("0060", "0048"), UNZ: ("0036", "0020")}
"""Which data elements of a trailer are count and reference."""


def wrong_in(segment: Segment, syntax: Syntax, position: int = 0) -> Iterator[Finding]:
    """Yield what is wrong with a service segment by itself."""
    service = syntax.service
    tag = segment.text[:TAG_LENGTH]
    if segment.faults or not syntax.patterns(service)[tag](segment.text):
        yield from findings_in(segment, service.layouts[tag], syntax, position)
    if tag in (UNB, UNG):
        yield from moment_in(segment)


def unsupported(header: Segment, syntax: Syntax) -> Iterator[Finding]:
    """Yield that the level or the version of the syntax is none that can be read here."""
    if not syntax.level_is_supported:
        named = header.value(1, 1)
        yield Finding(Rule.LEVEL_NOT_SUPPORTED, header.at(0, 1, 1), UNB, "0001", "", named)
    if not syntax.is_supported:
        named = header.value(1, 2)
        yield Finding(Rule.VERSION_NOT_SUPPORTED, header.at(0, 1, 2), UNB, "0002", "", named)


def is_written(trailer: Segment, count: int, reference: str) -> bool:
    """Tell whether a trailer is written as it is to be, so that nothing more has to be looked at.

    Only of what is right so far: a reference that is not would be found at both ends.
    """
    right = _said(trailer, count, reference)
    return trailer.text == right and count <= MOST_COUNTED and not trailer.faults


def mismatches(
    trailer: Segment, count: int, reference: str, position: int = 0
) -> Iterator[Finding]:
    """Yield where a trailer does not say what it closes: count, then reference."""
    said, found = trailer.value(1), trailer.value(2)
    counted, named = COUNTED[trailer.tag]
    if number_in(said) != count:
        place = trailer.at(position, 1)
        yield Finding(Rule.COUNT_DIFFERS, place, trailer.tag, counted, str(count), said)
    if found != reference:
        place = trailer.at(position, 2)
        yield Finding(Rule.REFERENCE_DIFFERS, place, trailer.tag, named, reference, found)


def behind_in(trailer: Segment, count: int, reference: str) -> Segment | None:
    """Return the service segment that follows in *trailer*'s own, whose terminator was lost.

    Or became another character, or is released. Only where *trailer* says what it closes, and
    nothing but such a segment can stand behind that.
    """
    said = _said(trailer, count, reference)
    if not trailer.text.startswith(said):
        return None
    rest = trailer.text[len(said) :].lstrip("\r\n")
    for at in range(MOST_SPOILT + 1):
        if rest[at : at + TAG_LENGTH + 1] in FOLLOWING:
            return replace(trailer, text=rest[at:], faults=())
    return None


def alone(trailer: Segment, count: int, reference: str) -> Segment:
    """Return *trailer* without what stands behind it, and what is wrong with it by that."""
    return replace(trailer, text=_said(trailer, count, reference), faults=())


def _said(trailer: Segment, count: int, reference: str) -> str:
    return f"{trailer.text[:TAG_LENGTH]}+{count}+{reference}"


def number_in(said: str) -> int | None:
    """Return the number that a trailer says, None where it says none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None


def finding_of(
    rule: Rule,
    segment: Segment,
    position: int = 0,
    element: int = 0,
    item: str = "",
    expected: str = "",
    found: str = "",
) -> Finding:
    """Return that a rule is broken in *segment*."""
    return Finding(rule, segment.at(position, element), segment.tag, item, expected, found)
