"""The service characters: what the UNA advises, and what stands there where it is malformed."""

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from adapters.edifact import segments as s
from adapters.edifact.findings import Rule
from adapters.edifact.terms import IDENTIFYING

ENOUGH: Final = 64
"""So many characters of an interchange tell its marks, level and version."""

FURTHEST: Final = 4096
"""No further than this is an interchange looked for behind what is none."""

LONGEST_HEADER: Final = 512
"""No further than this is looked for what a header names; the longest of syntax 4 has some 400."""

BYTE_ORDER_MARK: Final = "\u00ef\u00bb\u00bf"
"""UTF-8's, its bytes taken one by one."""

BLANK: Final = " \t\r\n\x00\x1a"
"""What may stand behind the last segment; the last is how old systems end a file."""

# Six marks, or fewer of which the last can end segments: a line break behind six is none of them.
_UNA: Final = re.compile(r"UNA(.{3,5}?[^ \r\n]|.{6})[\r\n]{0,4}(?=UNB)", re.DOTALL)
_UNA_LENGTH: Final = 9
_LONGEST_UNA: Final = _UNA_LENGTH + 4
_BEGINS: Final = re.compile(r"[A-Z]{3}[+:\x1d]|UN[AB]")
INTERCHANGE: Final = re.compile(r"UN[AB][^A-Z0-9]")
_UNB: Final = re.compile(r"UNB([^A-Za-z0-9])([A-Z]{4})([^A-Za-z0-9])(\w)", re.ASCII)
_MARKS_CUT_SHORT: Final = 4
REPEATING_SINCE: Final = "4"
"""The version of the syntax since which elements may be repeated."""


class Marks(Struct, frozen=True):
    """The service characters of an interchange; empty where one is not used."""

    component: str = s.COMPONENT
    element: str = s.ELEMENT
    decimal: str = "."
    release: str = s.RELEASE
    repetition: str = s.REPETITION
    terminator: str = s.TERMINATOR


USUAL: Final = Marks()
# UNOB's own separators, the information separators of ISO 646 (ISO 9735-1, annex A).
CONTROL: Final = Marks("\x1f", "\x1d", ".", s.RELEASE, "", "\x1c")


class Advice(Struct, frozen=True):
    """How an interchange is to be read: what precedes its first segment, and what that told."""

    skip: int
    marks: Marks = USUAL
    level: str = ""
    version: str = ""
    faults: tuple[Rule, ...] = ()

    @property
    def repeating(self) -> bool:
        """Tell whether elements may be repeated: since syntax 4."""
        return self.version == REPEATING_SINCE

    @property
    def is_usual(self) -> bool:
        """Tell whether segments already stand as Segment.text spells them."""
        marks = replace(self.marks, decimal=USUAL.decimal)
        return marks == USUAL or (not self.repeating and replace(marks, repetition="*") == USUAL)


def begins_at(text: str, at: int, *, final: bool) -> bool | None:
    """Tell whether an interchange begins at *at*: by a UNA and its header, or by that alone.

    None where more has to be seen first. A header that does not name sender, recipient and
    reference begins none: it may stand in a free text, whose message goes on behind it.
    """
    una = _UNA.match(text, at)
    start = una.end() if una else at
    header = _UNB.match(text, start)
    if header is None:
        return None if not final and len(text) - at < ENOUGH else False
    marks = _advised(una[1])[0] if una else CONTROL if header[1] == CONTROL.element else USUAL
    furthest = start + LONGEST_HEADER
    end = _end_of_header(marks.terminator).search(text, header.end(), furthest)
    if end is None and not final and len(text) < furthest:
        return None
    said = text[start : end.start() if end else furthest].split(header[1])
    names = (each.lstrip("\r\n")[:1] for each in said)
    first = [*names, *[""] * max(IDENTIFYING)]
    return all(first[n] not in ("", header[3]) for n in IDENTIFYING)


@lru_cache(maxsize=256)
def _end_of_header(terminator: str) -> re.Pattern[str]:
    """Return what ends a header: its mark, or that another begins on a line of its own."""
    return re.compile(rf"[\r\n]UN[AB]|(?<!\?){re.escape(terminator)}")


def advice_in(text: str, *, final: bool) -> Advice | None:
    """Return how the interchange at the beginning of *text* is to be read.

    None where more of it has to be seen first; *final* says that there is no more. What is
    returned does not depend on how much more there is.
    """
    start, faults = _start(text[:FURTHEST])
    seen = (FURTHEST if start is None else start + _LONGEST_UNA) + ENOUGH
    if not final and len(text) < seen:
        return None
    if start is None:
        return Advice(0, faults=faults)
    una = _UNA.match(text, start)
    marks = USUAL
    if una is not None:
        marks, found = _advised(una[1])
        start, faults = una.end(), (*faults, *found)
    elif text.startswith("UNA", start):
        marks, found = _advised(text[start + 3 : start + _UNA_LENGTH])
        start, faults = start + _UNA_LENGTH, (*faults, *found)
    elif text.startswith(f"UNB{CONTROL.element}", start):
        marks = CONTROL
    return _with_header(text, Advice(start, marks, faults=faults))


def _start(text: str) -> tuple[int | None, tuple[Rule, ...]]:
    """Return where the first segment begins, None where none does, and what precedes it."""
    at, faults = 0, []
    if text.startswith(BYTE_ORDER_MARK):
        at = len(BYTE_ORDER_MARK)
        faults.append(Rule.BYTE_ORDER_MARK)
    at = len(text) - len(text[at:].lstrip(BLANK))
    if _BEGINS.match(text, at):
        return at, tuple(faults)
    found = INTERCHANGE.search(text, at)
    faults.append(Rule.STRAY_CHARACTERS)
    return (found.start(), tuple(faults)) if found else (None, ())


def _advised(said: str) -> tuple[Marks, list[Rule]]:
    """Return the marks of a UNA, and what is wrong with it."""
    faults = []
    if len(said) < _UNA_LENGTH - 3:
        # Seen: without the reserved place, or without decimal mark and that (jade's, C.9).
        faults.append(Rule.UNA_CUT_SHORT)
        said = said.ljust(_MARKS_CUT_SHORT, " ")
        decimal = said[2] if said[2] in ".," else "."
        release = next((mark for mark in said[2:-1] if mark not in ".,"), s.RELEASE)
        said = f"{said[:2]}{decimal}{release} {said[-1]}"
    component, element, decimal, release, reserved, terminator = tuple(said)
    if decimal not in ".,":
        faults.append(Rule.UNA_DECIMAL_UNUSABLE)
        decimal = "."
    marks = Marks(component, element, decimal, release.strip(), reserved.strip(), terminator)
    if not _usable(marks):
        faults.append(Rule.UNA_MARK_UNUSABLE)
        marks = replace(USUAL, decimal=decimal)
    return marks, faults


def _usable(marks: Marks) -> bool:
    separating = (marks.component, marks.element, marks.terminator)
    clear = all(not mark.isalnum() and not _is_blank(mark) for mark in separating)
    return clear and not marks.release.isalnum() and _are_told_apart(marks)


def _are_told_apart(marks: Marks) -> bool:
    used = [m for m in (marks.component, marks.element, marks.terminator, marks.release) if m]
    return len({*used}) == len(used)


def _is_blank(mark: str) -> bool:
    # To Python the information separators are blank, too; to UNOB they are what separates.
    return mark.isspace() and not "\x1c" <= mark <= "\x1f"


def _with_header(text: str, advice: Advice) -> Advice:
    """Return the advice with what the header itself shows: the separators in use, level, version.

    Lines may be broken anywhere (staedi's sample), so the look ahead leaves breaks out.
    """
    ahead = text[advice.skip : advice.skip + ENOUGH].replace("\r", "").replace("\n", "")
    header = _UNB.match(ahead.lstrip(BLANK))
    if header is None:
        return advice
    element, level, component, version = header.groups()
    marks = advice.marks
    faults = advice.faults
    shown = replace(marks, element=element, component=component)
    # A header cut short, `UNB'`, shows what ends it, not what separates.
    if shown != marks and _are_told_apart(shown):
        marks, faults = shown, (*faults, Rule.SEPARATORS_NOT_AS_ADVISED)
    if version != REPEATING_SINCE:
        # Before syntax 4 the place is reserved, and what stands there means nothing.
        marks = replace(marks, repetition="")
    return Advice(advice.skip, marks, level, version, faults)
