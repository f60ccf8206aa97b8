"""A segment, and the values in it."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from adapters.edifact.findings import Place, Rule

Composite: TypeAlias = tuple[str, ...]
"""The components of an element; of a simple one its only value."""

Element: TypeAlias = tuple[Composite, ...]
"""What an element holds, once for each time that it is repeated (syntax 4)."""

COMPONENT: Final = ":"
ELEMENT: Final = "+"
RELEASE: Final = "?"
REPETITION: Final = "*"
TERMINATOR: Final = "'"

_TAG: Final = re.compile(r"[^+:]*")
_PARTS: Final = re.compile(r"\?(.?)|([+:*])|([^?+:*]+)", re.DOTALL)


class Segment(Struct, frozen=True, gc=False):
    """One segment as it came.

    `text` is spelt with the standard's own service characters `:+?'` (and `*` where `repeating`),
    whichever were in use; the terminator is left off. `number` counts from 1 in the interchange,
    `byte` from 0 in what was read. `faults` are rules that its characters break.
    """

    text: str
    number: int
    byte: int
    repeating: bool = False
    faults: tuple[Rule, ...] = ()

    @property
    def tag(self) -> str:
        """What kind of segment it is."""
        found = _TAG.match(self.text)
        return found[0] if found else ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing in it is released or repeated, so that its marks are where it parts."""
        return RELEASE not in self.text and not (self.repeating and REPETITION in self.text)

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements behind the tag; what is left out at the end is not there."""
        if not self.is_plain:
            return _carefully_split(self.text, repeating=self.repeating)
        pieces = self.text.split(ELEMENT)[1:]
        return tuple((tuple(piece.split(COMPONENT)),) for piece in pieces)

    def value(self, element: int, component: int = 1) -> str:
        """Return one value, both counted from 1; empty where it is left out."""
        composite = self.composite(element)
        return composite[component - 1] if component <= len(composite) else ""

    def composite(self, element: int) -> Sequence[str]:
        """Return the components of one element; none where it is left out."""
        if not self.is_plain:
            elements = self.elements
            return elements[element - 1][0] if element <= len(elements) else ()
        pieces = self.text.split(ELEMENT, element + 1)
        return pieces[element].split(COMPONENT) if element < len(pieces) else ()

    def at(self, position: int = 0, element: int = 0, component: int = 0) -> Place:
        """Return a place in this segment."""
        return Place(self.byte, self.number, position, element, component)


def _carefully_split(text: str, *, repeating: bool) -> tuple[Element, ...]:
    elements: list[list[list[str]]] = [[[""]]]
    for released, mark, plain in _PARTS.findall(text):
        if mark == ELEMENT:
            elements.append([[""]])
        elif mark == COMPONENT:
            elements[-1][-1].append("")
        elif mark and repeating:
            elements[-1].append([""])
        else:
            elements[-1][-1][-1] += released or mark or plain
    return tuple(tuple(tuple(each) for each in element) for element in elements[1:])
