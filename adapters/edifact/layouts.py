"""Layouts of segments compiled to patterns: what a pattern takes is right in every respect.

It says nothing of what it does not take: that is explained by adapters/edifact/elements.py, which
may still find nothing wrong with it. Most segments are right, and for them this is all the work.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, TypeAlias

from adapters.edifact.directory import Component, Element, Format, Layout
from adapters.edifact.levels import Level

Fits: TypeAlias = Callable[[str], object]

SQUEEZED: Final = "%"
"""What stands for a released service character: in every level, and no digit, letter or mark."""

_RELEASED: Final = re.compile(r"\?([+:?*'])")


class Patterns(dict[str, Fits]):
    """The pattern of each segment of a directory, at one level and with one decimal mark."""

    def __init__(self, layouts: Mapping[str, Layout], level: Level, decimal: str) -> None:
        super().__init__()
        self._layouts = layouts
        self._level = level
        self._decimal = decimal

    def __missing__(self, tag: str) -> Fits:
        """Compile it when it is first asked for; a segment without layout fits nothing."""
        layout = self._layouts.get(tag)
        if layout is None:
            return _fits_nothing
        written = _segment(layout, self._level.characters, re.escape(self._decimal))
        self[tag] = re.compile(written).fullmatch
        return self[tag]


def _fits_nothing(_text: str) -> object:
    return None


def squeezed(text: str) -> str:
    """Return *text* with a single character for each released one, for a pattern to look at."""
    return _RELEASED.sub(SQUEEZED, text)


def _segment(layout: Layout, characters: str, decimal: str) -> str:
    parts = [(_element(each, characters, decimal), each.mandatory) for each in layout.elements]
    return layout.tag + _row(parts, r"\+", begins_with_mark=True)


def _element(element: Element, characters: str, decimal: str) -> str:
    parts = [(_value(each, characters, decimal), each.mandatory) for each in element.components]
    row = _row(parts, ":", begins_with_mark=False)
    # Also where every component may be left out, not all of them may.
    return rf"(?=:*[^:+]){row}" if element.mandatory else row


def _row(parts: list[tuple[str, bool]], mark: str, *, begins_with_mark: bool) -> str:
    """Return parts in a row: each may be empty, and the rest left out, unless it is mandatory."""
    written, needed = "", False
    for number, (part, mandatory) in reversed([*enumerate(parts)]):
        needed = needed or mandatory
        own = part if mandatory else f"(?:{part})?"
        separator = mark if number or begins_with_mark else ""
        written = f"{separator}{own}{written}"
        if separator and not needed:
            written = f"(?:{written})?"
    return written


def _value(component: Component, characters: str, decimal: str) -> str:
    if component.codes:
        return f"(?:{'|'.join(map(re.escape, component.codes))})"
    return _characters(component.format, characters, decimal)


@cache
def _characters(form: Format, characters: str, decimal: str) -> str:
    times = f"{{{form.shortest},{form.longest}}}"
    match form.kind:
        case "n":
            # Mark and sign are not counted (ISO 9735, 10.1).
            whole = f"[0-9]{times}"
            short_enough = f"(?=[0-9{decimal}]{_with_mark(form)}(?![0-9{decimal}]))"
            return f"-?(?:{short_enough}[0-9]+{decimal}[0-9]+|{whole})"
        case "a":
            return f"(?:(?=[A-Za-z ]){characters}){times}"
        case _:
            return f"{characters}{times}"


def _with_mark(form: Format) -> str:
    return f"{{{form.shortest + 1},{form.longest + 1}}}"
