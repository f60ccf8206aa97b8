"""Interchanges, groups and messages: what opens and closes them, and whether it fits together.

A message that is wrong is closed alone; the ones beside it are read on as if it were not there.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.holders import Holder, OpenMessage, header_in
from adapters.edifact.items import Group, Interchange, Item, Message
from adapters.edifact.judge import Findings, Judge
from adapters.edifact.segments import Segment
from adapters.edifact.service import (
    UNB,
    UNE,
    UNG,
    UNH,
    UNT,
    UNZ,
    alone,
    behind_in,
    finding_of,
    is_written,
    mismatches,
    unsupported,
    wrong_in,
)
from adapters.edifact.syntax import Syntax
from adapters.edifact.terms import ANYBODY, REFERENCE, Terms, findings_by

FRAME: Final = "UN"
TAG_LENGTH: Final = 3
STRAYS: Final = (Rule.STRAY_CHARACTERS, Rule.BYTE_ORDER_MARK)
"""What is wrong with characters before a segment, and not with the segment."""


class Framing:
    """Puts segments together to messages, groups and interchanges, each told of as it closes."""

    def __init__(self, syntax: Syntax, terms: Terms = ANYBODY, *, keep: bool = True) -> None:
        self._syntax = syntax
        self._terms = terms
        self._keep = keep
        self._interchange: Holder | None = None
        self._group: Holder | None = None
        self._message: OpenMessage | None = None
        self._ended: Holder | None = None
        self._closed: Interchange | None = None
        self._items: list[Item] = []

    def take(self, segments: list[Segment], syntax: Syntax) -> list[Item]:
        """Return what closes with the segments that come next, all of one interchange."""
        self._syntax = syntax
        begun = 0
        perhaps = [n for n, segment in enumerate(segments) if segment.text[:2] == FRAME]
        for number in perhaps:
            segment = segments[number]
            frame = _frame(segment)
            if frame is None:
                continue
            self._take_body(segments[begun:number])
            begun = number + 1
            frame(self, self._without_strays(segment) if segment.faults else segment)
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
        # Without a reference (0020) nothing could be told of it, and no trailer could fit it.
        is_nobodys = not segment.value(REFERENCE)
        holder = self._interchange or (self._ended if is_nobodys else None)
        if holder is not None and holder.begins_again(segment):
            self._take_body([segment])
            return
        self._close_interchange(None)
        self._ended = None
        self._open_interchange(segment)

    def _open_interchange(self, header: Segment | None) -> Holder:
        self._tell_closed()
        opened = self._interchange = Holder(header, self._ended)
        if header is not None:
            opened.findings.add(wrong_in(header, self._syntax))
            opened.findings.add(unsupported(header, self._syntax))
            opened.findings.add(findings_by(self._terms, header))
        return opened

    def _group_header(self, segment: Segment) -> None:
        self._close_message(None)
        names = self._syntax.names_of_group
        if self._group is not None and self._group.begins_again(segment, names):
            self._group.astray(segment)
            return
        self._close_group(None)
        interchange = self._going_on()
        if interchange.holds_messages_alone:
            # No group then: its messages are read on as those before them.
            interchange.tell_mixed(segment)
            return
        if not all(map(segment.value, names)):
            # Nothing could be told of such a group (UCF), so it is none.
            interchange.astray(segment)
            return
        interchange.groups += 1
        self._group = Holder(segment)
        self._group.findings.add(wrong_in(segment, self._syntax))
        if segment.value(5) in interchange.names_of_groups:
            twice = finding_of(Rule.REFERENCE_TWICE, segment, 0, 5, "0048")
            self._group.findings.add([replace(twice, alone=True)])
        interchange.names_of_groups.add(segment.value(5))

    def _message_header(self, segment: Segment) -> None:
        self._begin_message(segment)

    def _begin_message(self, segment: Segment, *faulty: Finding) -> None:
        self._close_message(None)
        interchange = self._going_on()
        if self._group is None and interchange.groups > 0:
            interchange.loose += 1
            interchange.tell_mixed(segment)
        holder = self._group or interchange
        interchange.messages += self._group is not None
        holder.messages += 1
        message = self._message = OpenMessage(segment, Judge(segment, self._syntax))
        findings = message.judge.findings
        findings.add(faulty)
        findings.add(wrong_in(segment, self._syntax, 1))
        if message.reference in interchange.references:
            findings.add([finding_of(Rule.REFERENCE_TWICE, segment, 1, 1, "0062")])
        interchange.references.add(message.reference)
        # What no directory knows says nothing of its group: it is rejected by itself.
        if self._group is not None and message.judge.is_known:
            self._group.take_type(segment, message.judge.kind.type)

    def _going_on(self) -> Holder:
        """Return the interchange that a message or group begins in: no trailer has ended it."""
        interchange = self._interchange or self._open_interchange(None)
        for holder in (interchange, self._group):
            if holder is not None:
                holder.end_of_astray()
                holder.trailer_was_astray()
        return interchange

    # --- what stands in between ----------------------------------------------------------------

    def _take_body(self, segments: list[Segment]) -> None:
        number = 0
        while self._message is None and number < len(segments):
            self._take_outside(segments[number])
            number += 1
        rest = segments[number:] if number else segments
        if self._message is not None and rest:
            self._message.judge.take(rest)
            if self._keep:
                self._message.body.extend(rest)

    def _take_outside(self, segment: Segment) -> None:
        """Tell of a segment that stands in no message, or of characters that stand nowhere."""
        if not segment.text and self._interchange is None and self._closed is not None:
            self._tell_strays(segment)
            return
        holder = self._group or self._interchange or self._open_interchange(None)
        self._tell_strays(segment)
        header = header_in(segment)
        if header is not None:
            missing = Finding(Rule.HEADER_MISSING, segment.at(1), UNH)
            self._begin_message(header, missing)
        elif segment.text:
            holder.astray(segment)

    def _without_strays(self, segment: Segment) -> Segment:
        """Return a segment without characters that stand before it and are none of its own.

        Where a message has no trailer they are not its neighbour's either, and what stands
        behind an interchange is nothing of the next.
        """
        strays = tuple(each for each in segment.faults if each in STRAYS)
        if not strays or not self._is_between(segment.text[:TAG_LENGTH]):
            return segment
        self._tell_strays(replace(segment, faults=strays))
        faults = tuple(each for each in segment.faults if each not in STRAYS)
        return replace(segment, faults=faults)

    def _is_between(self, tag: str) -> bool:
        """Tell whether what stands before a segment of this tag is none of its own."""
        if self._interchange is None and self._closed is None:
            return False
        return self._message is None or tag != UNT

    def _tell_strays(self, segment: Segment) -> None:
        """Tell of what is wrong with characters that stand in no message."""
        found = [replace(finding_of(rule, segment), alone=True) for rule in segment.faults]
        holder = self._group or self._interchange
        if holder is not None:
            holder.findings.add(found)
        elif self._closed is not None:
            self._closed = replace(self._closed, findings=(*self._closed.findings, *found))

    # --- what closes ---------------------------------------------------------------------------

    def _message_trailer(self, segment: Segment) -> None:
        message = self._message
        if message is None:
            self._take_outside(segment)
            return
        self._close_message(segment)
        if self._items[-1].findings:
            # Rejected is the message whose end lost its terminator, and not what follows in it.
            count = segment.number - message.header.number + 1
            self._take_frame(behind_in(segment, count, message.reference))

    def _take_frame(self, segment: Segment | None) -> None:
        if segment is not None:
            _FRAMES[segment.text[:TAG_LENGTH]](self, segment)

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
        closed = Message(
            message.header,
            tuple(body),
            trailer,
            tuple(findings.listed),
            findings.unlisted,
            self._group is not None,
        )
        self._items.append(closed)
        if closed.findings:
            for holder in filter(None, (self._interchange, self._group)):
                holder.take(closed)

    def _group_trailer(self, segment: Segment) -> None:
        self._close_message(None)
        if self._group is None:
            # That of a group among messages, of which was told where it began.
            if self._interchange is None or not self._interchange.mixed:
                self._take_outside(segment)
            return
        self._going_on()
        group = self._group
        behind = behind_in(segment, group.count, group.reference)
        if behind is not None:
            wrong = wrong_in(segment, self._syntax)
            group.findings.add(replace(found, alone=True) for found in wrong)
            segment = alone(segment, group.count, group.reference)
        if group.fits(segment):
            self._close_group(segment)
        else:
            group.trailer = segment
        self._take_frame(behind)

    def _close_group(self, trailer: Segment | None) -> None:
        self._close_message(None)
        group = self._group
        if group is None or group.header is None:
            return
        self._group = None
        group.end_of_astray()
        trailer = group.ended_by(trailer)
        self._check_end(group, trailer, UNE)
        found = group.findings
        self._items.append(
            Group(
                group.header,
                trailer,
                tuple(found.listed),
                group.messages,
                found.unlisted,
                found.unlisted_alone,
            )
        )

    def _interchange_trailer(self, segment: Segment) -> None:
        self._close_message(None)
        interchange = self._interchange
        if interchange is None or (interchange.header is None and not interchange.messages):
            self._close_group(None)
            self._take_end_of_nothing(segment)
            return
        interchange.end_of_astray()
        # In a group it ends the interchange only where nothing more of the group comes.
        ends = interchange.header is None or interchange.fits(segment)
        if ends and self._group is None:
            self._close_interchange(segment)
        else:
            interchange.trailer_was_astray()
            interchange.trailer = segment

    def _take_end_of_nothing(self, segment: Segment) -> None:
        """Tell of a UNZ that ends nothing; of many of them in a row once."""
        closed = self._closed
        if self._interchange is not None or closed is None:
            self._take_outside(segment)
        elif not any(found.tag == UNZ and found.alone for found in closed.findings[-1:]):
            found = replace(finding_of(Rule.OUTSIDE_MESSAGE, segment), alone=True)
            self._closed = replace(closed, findings=(*closed.findings, found))

    def _close_interchange(self, trailer: Segment | None) -> None:
        self._close_group(None)
        interchange = self._interchange
        if interchange is None:
            return
        self._interchange = None
        interchange.end_of_astray()
        trailer = interchange.ended_by(trailer)
        continued = interchange.rest_of(trailer)
        header = interchange.header or continued
        if header is None:
            missing = Finding(Rule.HEADER_MISSING, Place(), UNB)
            interchange.findings.listed.insert(0, missing)
        if header is not None or trailer is not None:
            self._check_end(interchange, trailer, UNZ)
        self._ended = interchange if interchange.header is not None else self._ended
        found = interchange.findings
        self._closed = Interchange(
            header,
            trailer,
            tuple(found.listed),
            interchange.groups,
            interchange.messages,
            self._syntax.repeating,
            found.unlisted,
            found.unlisted_alone,
            continued is not None,
        )

    def _tell_closed(self) -> None:
        """Tell of the last interchange; until then stray characters behind it are still its."""
        if self._closed is not None:
            self._items.append(self._closed)
            self._closed = None

    # --- what service segments say -------------------------------------------------------------

    def _check_end(self, opened: Holder, trailer: Segment | None, tag: str) -> None:
        """Find what is wrong with how a group or an interchange ends."""
        header, findings = opened.header, opened.findings
        if trailer is None:
            place = header.at() if header else Place()
            findings.add([Finding(Rule.TRAILER_MISSING, place, tag)])
        elif not (is_written(trailer, opened.count, opened.reference) and not findings.listed):
            findings.add(wrong_in(trailer, self._syntax))
            findings.add(opened.mismatches(trailer))
        if opened.count == 0 and header is not None:
            findings.add([finding_of(Rule.NOTHING_INSIDE, header)])

    def _check_trailer(
        self, trailer: Segment, count: int, reference: str, findings: Findings, position: int
    ) -> None:
        """Find where a message's trailer does not say what it closes; *position* is its place."""
        if is_written(trailer, count, reference) and not findings.listed:
            return
        findings.add(wrong_in(trailer, self._syntax, position))
        findings.add(mismatches(trailer, count, reference, position))


_FRAMES: Final[Mapping[str, Callable[[Framing, Segment], None]]] = {
    UNB: Framing._interchange_header,  # noqa: SLF001  a table of this class's own methods
    UNG: Framing._group_header,  # noqa: SLF001  the same
    UNH: Framing._message_header,  # noqa: SLF001  the same
    UNT: Framing._message_trailer,  # noqa: SLF001  the same
    UNE: Framing._group_trailer,  # noqa: SLF001  the same
    UNZ: Framing._interchange_trailer,  # noqa: SLF001  the same
}


def _frame(segment: Segment) -> Callable[[Framing, Segment], None] | None:
    """Return what to do with a segment of the envelope, None for any other."""
    text = segment.text
    return _FRAMES.get(text[:TAG_LENGTH]) if text[TAG_LENGTH : TAG_LENGTH + 1] in "+:" else None
