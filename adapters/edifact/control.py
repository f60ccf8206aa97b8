"""CONTRL: what the sender of an interchange is told of its syntax (ISO 9735, part 4).

Told is only what is wrong: an interchange that is accepted (7) is so with everything in it that is
not rejected (4) by itself. Where a message in it cannot even be named it is received (8).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from adapters.edifact.codes import CODES
from adapters.edifact.elements import UNA
from adapters.edifact.findings import Finding, Layer, Rule
from adapters.edifact.items import Group, Interchange, Item, Message
from adapters.edifact.judge import CONTRL, UN, Kind
from adapters.edifact.levels import LEVELS, level_named
from adapters.edifact.marks import REPEATING_SINCE
from adapters.edifact.segments import Segment
from adapters.edifact.service import UNB, UNE, UNG, UNH, UNT, UNZ
from adapters.edifact.syntax import VERSIONS
from adapters.edifact.write import Draft, Envelope, Line, line, spelt, written

REJECTED: Final = "4"
ACCEPTED: Final = "7"
RECEIVED: Final = "8"
"""Data element 0083: syntax 4 has kept only these three, so they are used in every version."""

ENDS: Final = (UNH, UNT)
SERVICE: Final = (UNB, UNG, UNH, "UNS", UNT, UNE, UNZ)
"""Segments that are told by their tag (0013) where they are astray."""

MOST_OF_A_SEGMENT: Final = 99
SYNTAX_3: Final = "3"
FALLBACK_LEVEL: Final = "UNOC"
TEST: Final = ("", "", "", "", "", "1")
"""From the password (S005) on to the test indicator (0035)."""

NOTHING_TOLERATED: Final[frozenset[Rule]] = frozenset()


class GroupReport(Struct, frozen=True):
    """A group and those of its messages in which something was found."""

    group: Group
    messages: tuple[Message, ...]


class Report(Struct, frozen=True):
    """What was found in one interchange; its right messages, and all bodies, are left out."""

    interchange: Interchange
    messages: tuple[Message, ...]
    groups: tuple[GroupReport, ...]
    is_control: bool = False
    """Whether CONTRLs are all that is in it."""


def reports(items: Iterable[Item]) -> Iterator[Report]:
    """Yield a report for each interchange in *items*, when it has ended."""
    loose: list[Message] = []
    grouped: list[Message] = []
    groups: list[GroupReport] = []
    messages, controls = 0, 0
    for item in items:
        match item:
            case Message():
                messages += 1
                controls += item.kind.type == CONTRL
                found = [replace(item, body=())] if item.findings else []
                (grouped if item.in_group else loose).extend(found)
            case Group():
                found_in_group = GroupReport(item, tuple(grouped))
                groups.extend([found_in_group] if item.findings or grouped else [])
                grouped = []
            case Interchange():
                yield Report(item, tuple(loose), tuple(groups), 0 < messages == controls)
                loose, groups, messages, controls = [], [], 0, 0


def is_rejected(item: Item, tolerated: frozenset[Rule] = NOTHING_TOLERATED) -> bool:
    """Tell whether something was found that is not tolerated, and is not alone."""
    return item.unlisted > 0 or any(not found.alone for found in wrong_in(item, tolerated))


def wrong_in(item: Item, tolerated: frozenset[Rule] = NOTHING_TOLERATED) -> tuple[Finding, ...]:
    """Return what was found that is not tolerated, also what rejects nothing beside it."""
    return tuple(found for found in item.findings if found.rule not in tolerated)


def control(
    report: Report, tolerated: frozenset[Rule] = NOTHING_TOLERATED
) -> tuple[Line, ...] | None:
    """Return the segments that answer an interchange, from UCI on.

    None where it cannot be answered, since nothing says whose it is or which, or must not be: a
    CONTRL is never answered by a CONTRL, what stands beside it is. Identifiers are told as they
    came, also wrong ones.
    """
    header = report.interchange.header
    if header is None or report.is_control:
        return None
    if not (header.value(5) and header.value(2) and header.value(3)):
        return None
    nameless = _nameless(report.messages, tolerated)
    interchange = report.interchange
    interchange = replace(interchange, findings=(*interchange.findings, *nameless))
    lines = list(_of_interchange(interchange, header, tolerated))
    if not is_rejected(report.interchange, tolerated) or _is_cut_short(report.interchange):
        for message in report.messages:
            lines.extend(_of_message(message, tolerated))
        for group in report.groups:
            lines.extend(_of_group(group, tolerated))
    return tuple(lines)


def _is_cut_short(interchange: Interchange) -> bool:
    """Tell whether it is rejected for what is below it alone, of which the first is told.

    UNSL's words on 4: the errors are reported at this level or a lower one.
    """
    return any(found.rule is Rule.MORE_WRONG_THAN_TOLD for found in interchange.findings)


def answer(
    report: Report,
    reference: str,
    at: datetime,
    tolerated: frozenset[Rule] = NOTHING_TOLERATED,
) -> bytes | None:
    """Return the whole interchange that answers one; None where it is not to be answered.

    A test is answered by a test, at the level and in the version of the syntax that it came in.
    """
    body = control(report, tolerated)
    header = report.interchange.header
    if body is None or header is None:
        return None
    version = header.value(1, 2) if header.value(1, 2) in VERSIONS else SYNTAX_3
    kind = Kind(CONTRL, "D", "3", UN)
    if version == REPEATING_SINCE:
        kind = Kind(CONTRL, "4", "1", UN)
    level, said = _tellable(body, header.value(1, 1))
    # UCI repeats who sent it to whom, and the answer goes back.
    recipient, sender = said[0].elements[1][0], said[0].elements[2][0]
    further = TEST if header.value(11) not in ("", "0") else ()
    envelope = Envelope(level, version, sender, recipient, at, reference, further)
    return written(envelope, [Draft("1", kind, said)])


def _tellable(body: tuple[Line, ...], name: str) -> tuple[str, tuple[Line, ...]]:
    """Return *body* and the level that it can be told at: the interchange's own where it can.

    What no level has, such as a control character in a reference, is told as a point.
    """
    level = level_named(name)
    said = "".join(spelt(each) for each in body)
    if name in LEVELS and level.is_supported and not level.stranger(said):
        return name, body
    fallback = LEVELS[FALLBACK_LEVEL]
    if said.isascii() and not fallback.stranger(said):
        return FALLBACK_LEVEL, body
    return FALLBACK_LEVEL, tuple(map(_in_ascii, body))


def _in_ascii(said: Line) -> Line:
    def shown(value: str) -> str:
        return "".join(each if " " <= each <= "~" else "." for each in value)

    elements = (
        tuple(tuple(map(shown, composite)) for composite in element) for element in said.elements
    )
    return Line(said.tag, tuple(elements))


def _of_interchange(
    interchange: Interchange, header: Segment, tolerated: frozenset[Rule]
) -> Iterator[Line]:
    yield line("UCI", *_named(header), *_action(interchange, (UNA, UNB, UNZ), tolerated))


def _of_group(report: GroupReport, tolerated: frozenset[Rule]) -> Iterator[Line]:
    header = report.group.header
    nameless = _nameless(report.messages, tolerated)
    group = replace(report.group, findings=(*report.group.findings, *nameless))
    yield line("UCF", *_named(header), *_action(group, (UNG, UNE), tolerated))
    if not is_rejected(report.group, tolerated):
        for message in report.messages:
            yield from _of_message(message, tolerated)


def _of_message(message: Message, tolerated: frozenset[Rule]) -> Iterator[Line]:
    if message.kind.type == CONTRL or not _is_named(message):
        return
    ends = tuple(found for found in message.findings if found.tag in (UNH, UNT))
    named = (message.reference, tuple(message.header.composite(2)))
    # What is tolerated at its ends is not why it is rejected for something in between.
    is_why = any(found.rule not in tolerated for found in ends)
    tells = is_why or (ends and not is_rejected(message, tolerated))
    action = _action(message, ENDS, tolerated) if tells else _verdict(message, tolerated)
    yield line("UCM", *named, *action)
    yield from _segments(found for found in message.findings if found.tag not in (UNH, UNT))


def _is_named(message: Message) -> bool:
    """Tell whether a UCM can say which message is meant: it has to have 0062 and all of S009."""
    kind = message.kind
    return all((message.reference, kind.type, kind.version, kind.release, kind.agency))


def _nameless(messages: Iterable[Message], tolerated: frozenset[Rule]) -> tuple[Finding, ...]:
    """Return what no UCM tells: that messages are rejected which have no name."""
    return tuple(
        Finding(Rule.HEADER_MISSING, each.header.at(), UNH, alone=True)
        for each in messages
        if each.kind.type != CONTRL and not _is_named(each) and is_rejected(each, tolerated)
    )


def _named(header: Segment) -> Iterator[str | tuple[str, ...]]:
    """Yield reference, sender and recipient of an interchange or group, as they came."""
    yield header.value(5)
    yield tuple(header.composite(2))
    yield tuple(header.composite(3))


def _verdict(item: Item, tolerated: frozenset[Rule]) -> Iterator[str | tuple[str, ...]]:
    if is_rejected(item, tolerated):
        yield REJECTED
    else:
        # A message without its header has no name in a UCM: what is accepted leaves it out, and
        # who is let do that is told so, too.
        lost = any(found.alone and found.rule is Rule.HEADER_MISSING for found in item.findings)
        yield RECEIVED if lost else ACCEPTED


def _action(
    item: Item, tags: tuple[str, ...], tolerated: frozenset[Rule]
) -> Iterator[str | tuple[str, ...]]:
    """Yield what becomes of it and its gravest error, with its place if in one of its *tags*."""
    yield from _verdict(item, tolerated)
    if not item.findings:
        return
    own = [each for each in item.findings if each.tag in tags] if tags == ENDS else item.findings
    wrong = [each for each in own if each.rule not in tolerated]
    found = next(iter((*_gravest(wrong), *own)))
    yield CODES[found.rule]
    is_astray = found.alone and found.layer is Layer.ENVELOPE and found.tag in SERVICE
    if found.tag in tags or is_astray:
        yield found.tag
        yield _place(found)


def _gravest(found: Iterable[Finding]) -> list[Finding]:
    """Return what was found, first what rejects, then what was lost."""
    return sorted(found, key=lambda each: (each.alone, each.rule is not Rule.HEADER_MISSING))


def _segments(findings: Iterable[Finding]) -> Iterator[Line]:
    """Yield UCS and UCD: a segment's own error stands in its UCS, those of elements below one."""
    position, count = 0, 0
    for found in findings:
        place = found.place
        if place.element == 0:
            yield line("UCS", str(place.position), CODES[found.rule])
            position, count = 0, 0
            continue
        if place.position != position:
            yield line("UCS", str(place.position))
            position, count = place.position, 0
        count += 1
        if count <= MOST_OF_A_SEGMENT:
            yield line("UCD", CODES[found.rule], _place(found))


def _place(found: Finding) -> tuple[str, ...]:
    """Return S011: the element, the tag counted as the first; the component; the repetition."""
    place = found.place
    if not place.element:
        return ()
    component = str(place.component) if place.component else ""
    occurrence = str(place.occurrence) if place.occurrence else ""
    return (str(place.element + 1), component, occurrence)
