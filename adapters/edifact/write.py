"""Values into the bytes of an interchange: one way to write each, and every mark released."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from msgspec import Struct

from adapters.edifact import segments as s
from adapters.edifact.items import Message
from adapters.edifact.judge import Kind
from adapters.edifact.levels import level_named
from adapters.edifact.marks import REPEATING_SINCE
from adapters.edifact.segments import Element, Segment

Part = TypeVar("Part", str, tuple[str, ...], Element)
NOTHING: Final = ""


class NotInLevel(Exception):
    """A value has a character that the interchange's level has not.

    Write the interchange at a level that has it (UNOC, UNOY), or spell the value otherwise.
    """


class Line(Struct, frozen=True):
    """A segment to be written: its tag, and what its elements hold."""

    tag: str
    elements: tuple[Element, ...] = ()


class Draft(Struct, frozen=True):
    """A message to be written, without header and trailer: they follow from it."""

    reference: str
    kind: Kind
    body: tuple[Line, ...]


class Envelope(Struct, frozen=True):
    """What stands around messages.

    `sender` and `recipient` are code, qualifier and address, as far as they are there. `further`
    are the elements behind the reference (0020), from the password on.
    """

    level: str
    version: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    at: datetime
    reference: str
    further: tuple[str, ...] = ()


def line(tag: str, *elements: str | tuple[str, ...]) -> Line:
    """Return a segment whose elements stand once: a value each, or components."""
    composites = ((each,) if isinstance(each, str) else each for each in elements)
    return Line(tag, _trimmed((composite,) for composite in composites))


def line_of(segment: Segment) -> Line:
    """Return what a segment says, without what nothing is said by: empty values at the end."""
    return Line(segment.tag, _trimmed(segment.elements))


def draft_of(message: Message) -> Draft:
    """Return what a message says."""
    return Draft(message.reference, message.kind, tuple(map(line_of, message.body)))


def written(envelope: Envelope, messages: Iterable[Draft]) -> bytes:
    """Return an interchange of *messages*; NotInLevel where one cannot be written."""
    repeating = envelope.version == REPEATING_SINCE
    reserved = s.REPETITION if repeating else " "
    lines: list[str] = []
    count = 0
    for count, message in enumerate(messages, 1):  # noqa: B007  it is told behind the last
        lines.extend(_message(message, repeating=repeating))
    header = spelt(_header(envelope), repeating=repeating)
    trailer = spelt(line("UNZ", str(count), envelope.reference), repeating=repeating)
    whole = s.TERMINATOR.join([header, *lines, trailer, NOTHING])
    advice = f"UNA{s.COMPONENT}{s.ELEMENT}.{s.RELEASE}{reserved}{s.TERMINATOR}"
    return advice.encode("ascii") + _encoded(whole, envelope.level)


def spelt(said: Line, *, repeating: bool = False) -> str:
    """Return a segment as Segment.text has it."""
    marks = s.RELEASE + s.ELEMENT + s.COMPONENT + s.TERMINATOR
    marks += s.REPETITION if repeating else NOTHING
    released = str.maketrans({mark: s.RELEASE + mark for mark in marks})
    elements = (
        s.REPETITION.join(
            s.COMPONENT.join(value.translate(released) for value in composite)
            for composite in element
        )
        for element in _trimmed(said.elements)
    )
    return s.ELEMENT.join((said.tag, *elements))


def _header(envelope: Envelope) -> Line:
    day = f"{envelope.at:%Y%m%d}"
    if envelope.version != REPEATING_SINCE:
        day = day.removeprefix(day[:2])
    return line(
        "UNB",
        (envelope.level, envelope.version),
        envelope.sender,
        envelope.recipient,
        (day, f"{envelope.at:%H%M}"),
        envelope.reference,
        *envelope.further,
    )


def _message(message: Draft, *, repeating: bool) -> Iterator[str]:
    kind = message.kind
    said = (kind.type, kind.version, kind.release, kind.agency, kind.association)
    count = str(len(message.body) + 2)
    yield spelt(line("UNH", message.reference, said), repeating=repeating)
    for each in message.body:
        yield spelt(each, repeating=repeating)
    yield spelt(line("UNT", count, message.reference), repeating=repeating)


def _trimmed(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return *elements* without empty components, repetitions and elements at the end."""
    short = [_short(tuple(_short(composite) for composite in element)) for element in elements]
    return _short(tuple(short))


def _short(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    count = len(parts)
    while count and not parts[count - 1]:
        count -= 1
    return parts[:count]


def _encoded(text: str, name: str) -> bytes:
    level = level_named(name)
    if stranger := level.stranger(text):
        raise NotInLevel(f"U+{ord(stranger):04X} at level {name}")
    try:
        return text.encode(level.codec or "ascii")
    except UnicodeEncodeError as error:
        raise NotInLevel(f"U+{ord(text[error.start]):04X} at level {name}") from error
