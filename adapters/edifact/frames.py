"""Interchanges, groups and messages: what opens and closes them, and whether it fits together.

A message that is wrong is closed alone; the ones beside it are read on as if it were not there.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from adapters.edifact.elements import findings_in, moment_in
from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.items import Group, Interchange, Item, Message
from adapters.edifact.judge import Findings, Judge
from adapters.edifact.segments import Segment
from adapters.edifact.syntax import Syntax
from adapters.edifact.terms import ANYBODY, Terms, findings_by

UNB, UNG, UNH, UNT, UNE, UNZ = "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"
FRAME: Final = "UN"
TAG_LENGTH: Final = 3
MOST_COUNTED: Final = 999_999


class _Open:
    """What has begun and not ended: an interchange, a group or a message."""

    def __init__(self, header: Segment | None) -> None:
        self.header = header
        self.reference = header.value(5) if header else ""
        self.findings = Findings()
        self.groups = 0
        self.messages = 0
        self.mixed = False
        self.type = ""
        self.references: set[str] = set()


class _OpenMessage:
    """A message that has begun and not ended."""

    def __init__(self, header: Segment, judge: Judge) -> None:
        self.header = header
        self.reference = header.value(1)
        self.judge = judge
        self.body: list[Segment] = []


class Framing:
    """Puts segments together to messages, groups and interchanges, each told of as it closes."""

    def __init__(self, syntax: Syntax, terms: Terms = ANYBODY, *, keep: bool = True) -> None:
        self._syntax = syntax
        self._terms = terms
        self._keep = keep
        self._interchange: _Open | None = None
        self._group: _Open | None = None
        self._message: _OpenMessage | None = None
        self._closed: Interchange | None = None
        self._items: list[Item] = []

    def take(self, segments: list[Segment], syntax: Syntax) -> list[Item]:
        """Return what closes with the segments that come next, all of one interchange."""
        self._syntax = syntax
        begun = 0
        for number, segment in enumerate(segments):
            frame = _frame(segment) if segment.text[:2] == FRAME else None
            if frame is None:
                continue
            self._take_body(segments[begun:number])
            begun = number + 1
            frame(self, segment)
        self._take_body(segments[begun:])
        return self._told()

    def end(self) -> list[Item]:
        """Return what is still open, closed without trailers."""
        self._close_interchange(None)
        self._tell_closed()
        return self._told()

    def _told(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    # --- what opens ----------------------------------------------------------------------------

    def _interchange_header(self, segment: Segment) -> None:
        self._close_interchange(None)
        self._open_interchange(segment)

    def _open_interchange(self, header: Segment | None) -> _Open:
        self._tell_closed()
        opened = self._interchange = _Open(header)
        if header is None:
            opened.findings.add([Finding(Rule.HEADER_MISSING, Place(), UNB)])
        else:
            self._check(header, opened.findings)
            opened.findings.add(_unsupported(header, self._syntax))
            opened.findings.add(findings_by(self._terms, header))
        return opened

    def _group_header(self, segment: Segment) -> None:
        self._close_group(None)
        interchange = self._interchange or self._open_interchange(None)
        if interchange.messages > 0 and interchange.groups == 0:
            self._tell_mixed(interchange, segment)
        interchange.groups += 1
        self._group = _Open(segment)
        self._check(segment, self._group.findings)

    def _message_header(self, segment: Segment) -> None:
        self._close_message(None)
        interchange = self._interchange or self._open_interchange(None)
        if self._group is None and interchange.groups > 0:
            self._tell_mixed(interchange, segment)
        holder = self._group or interchange
        interchange.messages += self._group is not None
        holder.messages += 1
        message = self._message = _OpenMessage(segment, Judge(segment, self._syntax))
        findings = message.judge.findings
        self._check(segment, findings, 1)
        if message.reference in interchange.references:
            findings.add([_finding(Rule.REFERENCE_TWICE, segment, 1, 1, "0062")])
        interchange.references.add(message.reference)
        if self._group is not None:
            self._check_type(self._group, segment, message.judge.kind.type)

    def _check_type(self, group: _Open, segment: Segment, told: str) -> None:
        if group.type and told != group.type and not group.mixed:
            group.mixed = True
            group.findings.add(
                [_finding(Rule.TYPES_MIXED_IN_GROUP, segment, 0, 2, "0065", group.type)]
            )
        group.type = group.type or told

    def _tell_mixed(self, interchange: _Open, segment: Segment) -> None:
        if not interchange.mixed:
            interchange.mixed = True
            interchange.findings.add([_finding(Rule.GROUPS_AND_MESSAGES_MIXED, segment)])

    # --- what stands in between ----------------------------------------------------------------

    def _take_body(self, segments: list[Segment]) -> None:
        if self._message is not None and segments:
            self._message.judge.take(segments)
            if self._keep:
                self._message.body.extend(segments)
            return
        for segment in segments:
            self._take_outside(segment)

    def _take_outside(self, segment: Segment) -> None:
        """Tell of a segment that stands in no message, or of characters that stand nowhere."""
        stray = [_finding(rule, segment) for rule in segment.faults]
        if not segment.text and self._interchange is None and self._closed is not None:
            self._closed = replace(self._closed, findings=(*self._closed.findings, *stray))
            return
        holder = self._group or self._interchange or self._open_interchange(None)
        holder.findings.add(stray)
        if segment.text:
            holder.findings.add([_finding(Rule.OUTSIDE_MESSAGE, segment)])

    # --- what closes ---------------------------------------------------------------------------

    def _message_trailer(self, segment: Segment) -> None:
        if self._message is None:
            self._take_outside(segment)
        else:
            self._close_message(segment)

    def _close_message(self, trailer: Segment | None) -> None:
        message = self._message
        if message is None:
            return
        self._message = None
        judge = message.judge
        judge.end()
        if trailer is None:
            place = message.header.at(1)
            judge.findings.add([Finding(Rule.TRAILER_MISSING, place, UNT)])
        else:
            count = trailer.number - message.header.number + 1
            self._check_trailer(trailer, count, message.reference, judge.findings, count)
        body = message.body
        if body and not body[-1].text:
            body.pop()
        findings = judge.findings
        self._items.append(
            Message(
                message.header,
                tuple(body),
                trailer,
                tuple(findings.listed),
                findings.unlisted,
                self._group is not None,
            )
        )

    def _group_trailer(self, segment: Segment) -> None:
        self._close_message(None)
        if self._group is None:
            self._take_outside(segment)
        else:
            self._close_group(segment)

    def _close_group(self, trailer: Segment | None) -> None:
        self._close_message(None)
        group = self._group
        if group is None or group.header is None:
            return
        self._group = None
        self._check_end(group, trailer, UNE, group.messages)
        listed, unlisted = tuple(group.findings.listed), group.findings.unlisted
        self._items.append(Group(group.header, trailer, listed, group.messages, unlisted))

    def _interchange_trailer(self, segment: Segment) -> None:
        if self._interchange is None:
            self._open_interchange(None)
        self._close_interchange(segment)

    def _close_interchange(self, trailer: Segment | None) -> None:
        self._close_group(None)
        interchange = self._interchange
        if interchange is None:
            return
        self._interchange = None
        if interchange.header is not None or trailer is not None:
            count = interchange.groups or interchange.messages
            self._check_end(interchange, trailer, UNZ, count)
        self._closed = Interchange(
            interchange.header,
            trailer,
            tuple(interchange.findings.listed),
            interchange.groups,
            interchange.messages,
            self._syntax.repeating,
            interchange.findings.unlisted,
        )

    def _tell_closed(self) -> None:
        """Tell of the last interchange; until then stray characters behind it are still its."""
        if self._closed is not None:
            self._items.append(self._closed)
            self._closed = None

    # --- what service segments say -------------------------------------------------------------

    def _check(self, segment: Segment, findings: Findings, position: int = 0) -> None:
        """Find what is wrong with a service segment by itself."""
        service = self._syntax.service
        tag = segment.text[:TAG_LENGTH]
        if segment.faults or not self._syntax.patterns(service)[tag](segment.text):
            layout = service.layouts[tag]
            findings.add(findings_in(segment, layout, self._syntax, position))
        if tag in (UNB, UNG):
            findings.add(moment_in(segment))

    def _check_end(self, opened: _Open, trailer: Segment | None, tag: str, count: int) -> None:
        """Find what is wrong with how a group or an interchange ends."""
        header, findings = opened.header, opened.findings
        if trailer is None:
            place = header.at() if header else Place()
            findings.add([Finding(Rule.TRAILER_MISSING, place, tag)])
        else:
            reference = opened.reference if header else trailer.value(2)
            self._check_trailer(trailer, count, reference, findings)
        if count == 0 and header is not None:
            findings.add([_finding(Rule.NOTHING_INSIDE, header)])

    def _check_trailer(
        self, trailer: Segment, count: int, reference: str, findings: Findings, position: int = 0
    ) -> None:
        """Find where a trailer does not say what it closes; *position* is its place there."""
        right = f"{trailer.text[:TAG_LENGTH]}+{count}+{reference}"
        if trailer.text == right and count <= MOST_COUNTED and not findings.listed:
            return
        self._check(trailer, findings, position)
        findings.add(_mismatches(trailer, count, reference, position))


_FRAMES: Final[Mapping[str, Callable[[Framing, Segment], None]]] = {
    UNB: Framing._interchange_header,  # noqa: SLF001  a table of this class's own methods
    UNG: Framing._group_header,  # noqa: SLF001  the same
    UNH: Framing._message_header,  # noqa: SLF001  the same
    UNT: Framing._message_trailer,  # noqa: SLF001  the same
    UNE: Framing._group_trailer,  # noqa: SLF001  the same
    UNZ: Framing._interchange_trailer,  # noqa: SLF001  the same
}


_COUNTED: Final = {UNT: ("0074", "0062"), UNE: ("0060", "0048"), UNZ: ("0036", "0020")}


def _frame(segment: Segment) -> Callable[[Framing, Segment], None] | None:
    """Return what to do with a segment of the envelope, None for any other."""
    text = segment.text
    return _FRAMES.get(text[:TAG_LENGTH]) if text[TAG_LENGTH : TAG_LENGTH + 1] in "+:" else None


def _mismatches(trailer: Segment, count: int, reference: str, position: int) -> Iterator[Finding]:
    """Yield where a trailer does not say what it closes: count, then reference."""
    said, found = trailer.value(1), trailer.value(2)
    counted, named = _COUNTED[trailer.tag]
    if not said.isdecimal() or int(said) != count:
        yield _finding(Rule.COUNT_DIFFERS, trailer, position, 1, counted, str(count), said)
    if found != reference:
        yield _finding(Rule.REFERENCE_DIFFERS, trailer, position, 2, named, reference, found)


def _unsupported(header: Segment, syntax: Syntax) -> Iterator[Finding]:
    """Yield that the level or the version of the syntax is none that can be read here."""
    if not syntax.level_is_supported:
        named = header.value(1, 1)
        yield Finding(Rule.LEVEL_NOT_SUPPORTED, header.at(0, 1, 1), UNB, "0001", "", named)
    if not syntax.is_supported:
        named = header.value(1, 2)
        yield Finding(Rule.VERSION_NOT_SUPPORTED, header.at(0, 1, 2), UNB, "0002", "", named)


def _finding(
    rule: Rule,
    segment: Segment,
    position: int = 0,
    element: int = 0,
    item: str = "",
    expected: str = "",
    found: str = "",
) -> Finding:
    return Finding(rule, segment.at(position, element), segment.tag, item, expected, found)
