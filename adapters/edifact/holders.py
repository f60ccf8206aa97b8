"""What has not ended: a message, what holds messages, and what is astray in that."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from adapters.edifact.findings import Finding, Layer, Rule
from adapters.edifact.items import Message
from adapters.edifact.judge import Findings, Judge, kind_of
from adapters.edifact.segments import Segment
from adapters.edifact.service import (
    UNE,
    UNG,
    UNH,
    UNT,
    finding_of,
    is_written,
    mismatches,
    number_in,
)
from adapters.edifact.terms import IDENTIFYING, identity_of

SERVICE: Final = "UN"
BREAKS_A_FRAME: Final = frozenset({Rule.CUT_OFF, Rule.SEGMENT_TOO_LONG})
"""Rules besides those of the envelope by which a message may have taken its neighbour's place."""


class OpenMessage:
    """A message that has begun and not ended."""

    def __init__(self, header: Segment, judge: Judge) -> None:
        self.header = header
        self.reference = header.value(1)
        self.judge = judge
        self.body: list[Segment] = []


class Holder:
    """An interchange or a group that has begun.

    `before` is the interchange that has just ended, of one that begins without a header.
    `trailer` is one that came and does not fit: the end of it, unless messages follow; `passed`
    is one that messages followed.
    """

    def __init__(self, header: Segment | None, before: "Holder | None" = None) -> None:
        self.header = header
        self.before = before
        self.reference = header.value(5) if header else ""
        self.references: set[str] = before.references if before else set()
        self.names_of_groups: set[str] = before.names_of_groups if before else set()
        self.findings = Findings()
        self.groups = 0
        self.messages = 0
        self.loose = 0
        self.mixed = False
        self.type = ""
        self.trailer: Segment | None = None
        self.passed: Segment | None = None
        self._broken = 0
        self._ends_of_groups = 0
        self._astray: list[Segment] = []
        self._ends = ""
        self._said = 0

    @property
    def count(self) -> int:
        """How many it holds, as its trailer counts them."""
        return self.groups or self.messages

    @property
    def holds_messages_alone(self) -> bool:
        """Tell whether it holds messages in no group, also what a trailer had parted from it."""
        parts = (self, self.before) if self.before and not self.header else (self,)
        return any(each.messages for each in parts) and not any(each.groups for each in parts)

    def begins_again(self, header: Segment, names: Iterable[int] = IDENTIFYING) -> bool:
        """Tell whether *header* is this one's own once more, or none that begins anything.

        What begins something has its *names*, the elements that an answer has to repeat.
        """
        own = self.header
        if not all(map(header.value, names)):
            return True
        if own is None or self.trailer is not None:
            return False
        return header.text == own.text or identity_of(header) == identity_of(own)

    def fits(self, trailer: Segment) -> bool:
        """Tell whether *trailer* says what is closed by it."""
        if is_written(trailer, self.count, self.reference):
            return True
        counts = number_in(trailer.value(1)) == self.count
        return counts and (self.header is None or trailer.value(2) == self.reference)

    def take(self, message: Message) -> None:
        """Take note of a message that has closed: of a broken one nobody knows what it counts."""
        self._broken += any(
            found.layer is Layer.ENVELOPE or found.rule in BREAKS_A_FRAME
            for found in message.findings
        )

    def take_type(self, header: Segment, told: str) -> None:
        """Take the type of one of a group's messages: all are to be of one."""
        if self.type and told != self.type and not self.mixed:
            self.mixed = True
            rule = Rule.TYPES_MIXED_IN_GROUP
            self.findings.add([finding_of(rule, header, 0, 2, "0065", self.type)])
        self.type = self.type or told

    def tell_mixed(self, header: Segment) -> None:
        """Tell that an interchange has messages in groups and others in none."""
        if not self.mixed:
            self.mixed = True
            found = finding_of(Rule.GROUPS_AND_MESSAGES_MIXED, header)
            self.findings.add([replace(found, alone=True)])

    # --- what is in no message -------------------------------------------------------------------

    def astray(self, segment: Segment) -> None:
        """Take a segment that stands in no message; those in a row are told of together."""
        if not self._astray:
            self._astray = [segment]
        self._said += segment.tag[:2] != SERVICE
        self._ends_of_groups += segment.tag == UNE
        if segment.tag == UNT:
            self._ends = segment.value(2)
            self._astray = [*self._astray[:1], segment]

    def end_of_astray(self) -> None:
        """Tell of the segments in a row that stood in no message, if there were any."""
        if not self._astray:
            return
        first, last = self._astray[0], self._astray[-1]
        if self._said and last.tag == UNT:
            # A body and its end: it was a message, and its header is broken.
            found = Finding(
                Rule.HEADER_MISSING, first.at(), UNH, "0062", found=self._ends, alone=True
            )
        else:
            found = Finding(Rule.OUTSIDE_MESSAGE, first.at(), first.tag, alone=True)
        self.findings.add([found])
        self._broken += self._said > 0
        self._astray, self._ends, self._said = [], "", 0

    def trailer_was_astray(self) -> None:
        """Tell that the trailer that came did not end it: messages follow."""
        if self.trailer is not None:
            told, self.trailer, self.passed = self.trailer, None, self.trailer
            self.findings.add([Finding(Rule.OUTSIDE_MESSAGE, told.at(), told.tag, alone=True)])

    def ended_by(self, trailer: Segment | None) -> Segment | None:
        """Return by what it ends: also by a trailer too early that says what is there."""
        found = trailer or self.trailer
        if found is None and self.passed is not None and self.fits(self.passed):
            found = self.passed
        self.trailer = found
        return found

    def rest_of(self, trailer: Segment | None) -> Segment | None:
        """Return the header of the interchange that this one is the rest of, None where of none.

        A trailer that fits ended the one before, and what is behind it has no header: but its own
        *trailer* names the same reference (0020), or messages have none, and name no other.
        """
        before = self.before
        if before is None or before.header is None or self.header is not None:
            return None
        if trailer is None and not self.messages:
            return None
        if trailer is not None and trailer.value(2) != before.reference:
            return None
        end = before.trailer
        if end is not None:
            found = Finding(Rule.OUTSIDE_MESSAGE, end.at(), end.tag, alone=True)
            self.findings.listed.insert(0, found)
        return before.header

    # --- what its trailer says -------------------------------------------------------------------

    def mismatches(self, trailer: Segment) -> Iterator[Finding]:
        """Yield where *trailer* does not say what it closes.

        A count that does not fit rejects nothing where what is broken inside explains it.
        """
        reference = self.reference if self.header else trailer.value(2)
        for found in mismatches(trailer, self.count, reference):
            weighed = self._weighed(found, trailer) if found.rule is Rule.COUNT_DIFFERS else found
            if weighed is None:
                continue
            yield weighed
            if weighed.alone and self._has_lost(number_in(trailer.value(1)) or 0):
                tag = UNG if self.groups else UNH
                yield Finding(Rule.HEADER_MISSING, trailer.at(), tag, alone=True)

    def _has_lost(self, said: int) -> bool:
        """Tell whether more is said to be in it than anything tells of."""
        told = self.count + sum(each.rule is Rule.HEADER_MISSING for each in self.findings.listed)
        return said > max(told, self.groups + self.loose) and said != self.messages

    def _weighed(self, found: Finding, trailer: Segment) -> Finding | None:
        """Return that a count differs, alone where that follows from something else."""
        said = number_in(trailer.value(1))
        if said is None:
            return found
        # All of an interchange that a UNZ parted in two, or the second part alone.
        counts = {self.count, self.count + (self.before.count if self.before else 0)}
        if said in counts:
            return None
        slack = self._broken + self.messages * self.mixed
        # An UNE alone: its UNG is broken, and what is counted are groups.
        as_groups = 0 < said == self._ends_of_groups
        is_explained = any(abs(said - each) <= slack for each in counts)
        return replace(found, alone=as_groups or is_explained)


def header_in(segment: Segment) -> Segment | None:
    """Return the message header that *segment* is but for its tag, None where it is none.

    What has a reference and names a message of a directory behind it is nothing else.
    """
    kind = kind_of(segment)
    names = (kind.type, kind.version, kind.agency)
    if not (segment.value(1) and all(each.isalnum() for each in names)):
        return None
    if not (kind.type.isalpha() and kind.release[:1].isdigit()):
        return None
    return replace(segment, text=UNH + segment.text[len(segment.tag) :])
