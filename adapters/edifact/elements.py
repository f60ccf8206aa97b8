"""What is wrong with one segment: every element and component against its layout.

The careful way, for segments that no pattern takes (adapters/edifact/layouts.py).
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from adapters.edifact.directory import Component, Element, Layout
from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.segments import Composite, Segment
from adapters.edifact.syntax import Syntax

MOMENT: Final = 4
"""The element of UNB and UNG that holds date and time (S004)."""

UNA: Final = "UNA"
OF_UNA: Final = frozenset({Rule.UNA_CUT_SHORT, Rule.UNA_MARK_UNUSABLE, Rule.UNA_DECIMAL_UNUSABLE})
"""Rules of what stands before the header, which is where they are seen."""

_NUMBER: Final = re.compile(r"-?([0-9]*)(?:([.,])([0-9]*))?")
_ALPHABETIC: Final = re.compile(r"[^\W\d_]|\ ")
_DAY: Final = re.compile("[0-9]{6}|[0-9]{8}")
_CLOCK: Final = re.compile("[0-9]{4}")


class _Spot(Struct, frozen=True):
    """Where the eye is: a segment, its position in the message, and an element of it."""

    segment: Segment
    position: int
    element: int = 0
    component: int = 0
    occurrence: int = 0
    item: str = ""

    def finding(self, rule: Rule, expected: str = "", found: str = "") -> Finding:
        """Return that *rule* is broken here."""
        place = Place(
            self.segment.byte,
            self.segment.number,
            self.position,
            self.element,
            self.component,
            self.occurrence,
        )
        return Finding(rule, place, self.segment.tag, self.item, expected, found)


def faults_of(segment: Segment, position: int = 0) -> Iterator[Finding]:
    """Yield what the tokenizer saw in the characters of a segment, and in its tag."""
    spot = _Spot(segment, position)
    for rule in segment.faults:
        found = spot.finding(rule)
        yield replace(found, tag=UNA) if rule in OF_UNA else found
    if ":" in segment.text.partition("+")[0]:
        yield spot.finding(Rule.EXPLICIT_NESTING)


def strangers_in(
    segment: Segment, syntax: Syntax, position: int = 0, layout: Layout | None = None
) -> Iterator[Finding]:
    """Yield the first character of each component that is not of the interchange's level."""
    if not syntax.level.stranger(segment.text):
        return
    yield from _stranger(_Spot(segment, position), syntax, syntax.level.stranger(segment.tag))
    known = layout.elements if layout else ()
    for number, element in enumerate(segment.elements, 1):
        composite = known[number - 1] if number <= len(known) else None
        values = [value for each in element for value in each]
        for inside, value in enumerate(values, 1):
            spot = _named(_Spot(segment, position, number), composite, inside, len(values))
            yield from _stranger(spot, syntax, syntax.level.stranger(value))


def _named(spot: _Spot, element: Element | None, inside: int, count: int) -> _Spot:
    """Return the spot of a component, with its number where the layout tells it."""
    if element is None:
        return _moved(spot, component=inside if count > 1 else 0)
    if not element.composite:
        return _moved(spot, item=element.item)
    known = inside <= len(element.components)
    item = element.components[inside - 1].item if known else element.item
    return _moved(spot, component=inside, item=item)


def _stranger(spot: _Spot, syntax: Syntax, stranger: str) -> Iterator[Finding]:
    if stranger:
        yield spot.finding(Rule.CHARACTER_NOT_IN_LEVEL, syntax.level.name, _code(stranger))


def findings_in(
    segment: Segment, layout: Layout, syntax: Syntax, position: int = 0
) -> Iterator[Finding]:
    """Yield everything that is wrong with a segment, from its first character to its last."""
    yield from faults_of(segment, position)
    yield from strangers_in(segment, syntax, position, layout)
    elements = segment.elements
    for number, element in enumerate(layout.elements, 1):
        spot = _Spot(segment, position, number, item=element.item)
        given = elements[number - 1] if number <= len(elements) else ()
        yield from _in_element(element, given, syntax, spot)
    first_too_many = len(layout.elements)
    for number, given in enumerate(elements[first_too_many:], first_too_many + 1):
        # Separators at the end that nothing follows change no value (0085 has 45 for syntax 4).
        if any(map(any, given)):
            expected, found = str(len(layout.elements)), str(len(elements))
            spot = _Spot(segment, position, number)
            yield spot.finding(Rule.TOO_MANY_ELEMENTS, expected, found)
            return


def _in_element(
    element: Element, given: tuple[Composite, ...], syntax: Syntax, spot: _Spot
) -> Iterator[Finding]:
    if not any(map(any, given)):
        if element.mandatory:
            yield spot.finding(Rule.ELEMENT_MISSING)
        return
    if len(given) > element.at_most:
        yield spot.finding(Rule.ELEMENT_REPEATED, str(element.at_most), str(len(given)))
    for occurrence, composite in enumerate(given, 1):
        here = _moved(spot, occurrence=occurrence if len(given) > 1 else 0)
        yield from _in_composite(element, composite, syntax, here)


def _in_composite(
    element: Element, composite: Composite, syntax: Syntax, spot: _Spot
) -> Iterator[Finding]:
    known = len(element.components)
    for number, component in enumerate(element.components, 1):
        here = _moved(spot, component=number, item=component.item) if element.composite else spot
        value = composite[number - 1] if number <= len(composite) else ""
        if value:
            yield from _in_value(component, value, syntax, here)
        elif component.mandatory:
            yield here.finding(Rule.COMPONENT_MISSING)
    if any(composite[known:]):
        here = _moved(spot, component=known + 1)
        yield here.finding(Rule.TOO_MANY_COMPONENTS, str(known), str(len(composite)))


def _moved(spot: _Spot, *, component: int = 0, occurrence: int = 0, item: str = "") -> _Spot:
    return _Spot(
        spot.segment,
        spot.position,
        spot.element,
        component or spot.component,
        occurrence or spot.occurrence,
        item or spot.item,
    )


def _in_value(component: Component, value: str, syntax: Syntax, spot: _Spot) -> Iterator[Finding]:
    form, length = component.format, len(value)
    match form.kind:
        case "n":
            number = _NUMBER.fullmatch(value)
            if number is None:
                yield spot.finding(Rule.WRONG_KIND_OF_CHARACTER, str(form))
            else:
                length = len(number[1]) + len(number[3] or "")
                yield from _in_number(number, syntax, spot)
        case "a" if not all(map(_ALPHABETIC.fullmatch, value)):
            yield spot.finding(Rule.WRONG_KIND_OF_CHARACTER, str(form))
    if length > form.longest:
        yield spot.finding(Rule.TOO_LONG, str(form), str(length))
    elif length < form.shortest:
        yield spot.finding(Rule.TOO_SHORT, str(form), str(length))
    elif component.codes and value not in component.codes:
        yield spot.finding(Rule.NOT_IN_CODE_LIST, ", ".join(component.codes))


def _in_number(number: re.Match[str], syntax: Syntax, spot: _Spot) -> Iterator[Finding]:
    whole, mark, fraction = number.groups()
    if mark and mark != syntax.decimal:
        yield spot.finding(Rule.DECIMAL_MARK_NOT_AS_ADVISED, syntax.decimal, mark)
    if not whole or fraction == "":
        yield spot.finding(Rule.DIGIT_MISSING)


def moment_in(segment: Segment) -> Iterator[Finding]:
    """Yield that the date and time of a header (S004) is on no calendar and no clock.

    One of the wrong length is found as such already.
    """
    day, clock = (*segment.composite(MOMENT), "", "")[:2]
    spot = _Spot(segment, 0, MOMENT)
    if _DAY.fullmatch(day) and not _is_day(day):
        yield _moved(spot, component=1, item="0017").finding(Rule.NO_SUCH_MOMENT)
    if _CLOCK.fullmatch(clock) and not _is_clock(clock):
        yield _moved(spot, component=2, item="0019").finding(Rule.NO_SUCH_MOMENT)


def _is_day(day: str) -> bool:
    century = day[:-4]
    year = int(century) + (2000 if len(century) == len("yy") else 0)
    month, date = int(day[-4:-2]), int(day[-2:])
    if not 1 <= month <= len(_DAYS):
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= date <= _DAYS[month - 1] + (leap and month == FEBRUARY)


_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FEBRUARY: Final = 2


def _is_clock(clock: str) -> bool:
    return int(clock[:2]) < 24 and int(clock[2:]) < 60  # noqa: PLR2004  hours and minutes


def _code(character: str) -> str:
    """Name a character without repeating what stands around it; an undecoded byte as such."""
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:  # noqa: PLR2004  surrogateescape
        return f"byte {point - 0xDC00:02X}"
    return f"U+{point:04X}"
