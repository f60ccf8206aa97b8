"""A record of edi.in.v1 taken apart: its interchanges, and which of their messages are sound."""

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from adapters.edifact.control import Report, is_rejected, reports, wrong_in
from adapters.edifact.findings import Finding, Rule
from adapters.edifact.items import Group, Interchange, Item, Message
from adapters.edifact.partners import Partner
from adapters.edifact.read import read
from adapters.edifact.segments import Segment
from adapters.edifact.terms import Terms, findings_by, identity_of


@dataclass(frozen=True, slots=True)
class Opened:
    """One interchange as it came.

    `report` is what CONTRL tells; `sound` are the messages that nothing rejects but what may be
    wrong with the interchange as a whole; `in_all` is how many messages it has, `sound_in_all`
    how many of them are sound: of a large file `sound` are some of them.
    """

    report: Report
    sound: tuple[Message, ...]
    in_all: int
    sound_in_all: int

    @property
    def header(self) -> Segment | None:
        """Its UNB; None where none began it."""
        return self.report.interchange.header

    @property
    def asks_for_control(self) -> bool:
        """Tell whether its sender asks for a CONTRL (0031)."""
        return self.header is not None and self.header.value(9) == "1"

    def around(self, message: Message) -> Iterator[Finding]:
        """Yield what was found of the interchange and of the group that *message* stands in."""
        yield from self.report.interchange.findings
        # They stand in their order, and may be 80,000.
        groups, own = self.report.groups, message.header.byte
        before = bisect_left(groups, own, key=lambda each: each.group.header.byte)
        for each in groups[max(before - 1, 0) : before]:
            trailer = each.group.trailer
            if trailer is not None and own < trailer.byte:
                yield from each.group.findings

    def wrong(self, tolerated: frozenset[Rule]) -> tuple[Item, ...]:
        """Return what is rejected, and what holds something that was found and not tolerated."""
        interchange = self.report.interchange
        if is_rejected(interchange, tolerated):
            return (interchange,)
        holders: tuple[Item, ...] = (interchange, *(each.group for each in self.report.groups))
        beside = (each for each in holders if not is_rejected(each, tolerated))
        astray = (each for each in beside if wrong_in(each, tolerated))
        return (*self.rejected(tolerated), *astray)

    def rejected(self, tolerated: frozenset[Rule]) -> tuple[Item, ...]:
        """Return what is rejected: the interchange alone, else groups and messages."""
        if is_rejected(self.report.interchange, tolerated):
            return (self.report.interchange,)
        found: list[Item] = list(self.report.messages)
        for each in self.report.groups:
            is_whole = is_rejected(each.group, tolerated)
            found.extend([each.group] if is_whole else each.messages)
        return tuple(each for each in found if is_rejected(each, tolerated))


def opened(chunks: Iterable[bytes], partner: Partner) -> Iterator[Opened]:
    """Yield the interchanges in *chunks*, judged by what is agreed with *partner*.

    Whatever the bytes are, nothing raises.
    """
    for each in _each(read(chunks, terms_of(partner)), partner.lenient):
        yield from_partner(each, partner)


def from_partner(opened: Opened, partner: Partner) -> Opened:
    """Return *opened* with the finding that *partner* is not called so, if it is not."""
    return _with(opened, _from(opened.report.interchange, partner))


def judged(
    chunks: Iterable[bytes], partner: Partner
) -> Iterator[tuple[Interchange, tuple[Group, ...]]]:
    """Yield each interchange in *chunks*, with those of its groups in which something was found.

    Messages are let go, so that a file of any size can be looked at before it is taken.
    """
    groups: list[Group] = []
    for item in read(chunks, terms_of(partner), keep=False):
        match item:
            case Group() if item.findings:
                groups.append(item)
            case Interchange():
                yield _from(item, partner), tuple(groups)
                groups = []
            case _:
                pass


def terms_of(partner: Partner) -> Terms:
    """Return what is agreed with *partner* of interchanges, but for how it is called."""
    return Terms(takes_tests=partner.takes_tests)


def come_again(opened: Opened) -> Opened:
    """Return *opened* with the finding that it came before (CONTRL's 26)."""
    return _with(opened, once_more(opened.report.interchange))


def once_more(interchange: Interchange) -> Interchange:
    """Return *interchange* with the finding that it came before."""
    header = interchange.header
    if header is None:
        return interchange
    return _found_by(Terms(seen=frozenset({identity_of(header)})), interchange, header)


def shortened(opened: Opened, tolerated: frozenset[Rule]) -> Opened:
    """Return *opened* with one finding a message, the first that counts: for a short CONTRL."""

    def short(message: Message) -> Message:
        return first_alone(message, tolerated)

    groups = tuple(
        replace(each, messages=tuple(map(short, each.messages))) for each in opened.report.groups
    )
    messages = tuple(map(short, opened.report.messages))
    report = replace(opened.report, messages=messages, groups=groups)
    return dataclasses.replace(opened, report=report)


def first_alone(message: Message, tolerated: frozenset[Rule]) -> Message:
    """Return *message* with the first finding that counts; where none does, with the first.

    It may be wrong all the same: what was found of it and not listed is not tolerated.
    """
    counts = [each for each in message.findings if each.rule not in tolerated]
    return replace(message, findings=tuple((counts or list(message.findings))[:1]))


def _with(opened: Opened, interchange: Interchange) -> Opened:
    report = replace(opened.report, interchange=interchange)
    return dataclasses.replace(opened, report=report)


def _from(interchange: Interchange, partner: Partner) -> Interchange:
    """Return *interchange* with the finding that *partner* is not called so, if it is not."""
    header = interchange.header
    if header is None or partner.is_called(header.value(2), header.value(2, 2)):
        return interchange
    return _found_by(Terms(senders=frozenset()), interchange, header)


def _found_by(terms: Terms, interchange: Interchange, header: Segment) -> Interchange:
    return replace(interchange, findings=(*interchange.findings, *findings_by(terms, header)))


def is_twice(opened: Opened) -> bool:
    """Tell whether it is known to have come before."""
    findings = opened.report.interchange.findings
    return any(found.rule is Rule.INTERCHANGE_TWICE for found in findings)


def _each(items: Iterator[Item], lenient: frozenset[Rule]) -> Iterator[Opened]:
    held: list[Item] = []
    loose: list[Message] = []
    grouped: list[Message] = []
    for item in items:
        held.append(item)
        match item:
            case Message():
                (grouped if item.in_group else loose).append(item)
            case Group():
                loose.extend([] if is_rejected(item, lenient) else grouped)
                grouped = []
            case Interchange():
                (report,) = reports(held)
                sound = tuple(each for each in loose if not is_rejected(each, lenient))
                count = sum(isinstance(each, Message) for each in held)
                yield Opened(report, sound, count, len(sound))
                held, loose, grouped = [], [], []
