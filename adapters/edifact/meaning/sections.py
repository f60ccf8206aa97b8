"""A message taken apart by what its segments are about: the whole of it, or one equipment."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from adapters.edifact.findings import Place
from adapters.edifact.items import Message
from adapters.edifact.segments import Segment

GOODS = frozenset({"GID", "CNI"})
"""What begins goods or a consignment: what is said below them is not said of the message."""


class Section(Struct, frozen=True):
    """Segments that belong together; of an equipment its EQD stands first.

    `number` counts the equipments of a message from 1, 0 for its head.
    """

    number: int
    segments: tuple[Segment, ...]

    def all(self, tag: str, qualifier: str = "") -> Iterator[Segment]:
        """Yield its segments of *tag*, only those of *qualifier* where that is given."""
        for segment in self.segments:
            if segment.text.startswith(tag) and qualifier in ("", segment.value(1)):
                yield segment

    def first(self, tag: str, qualifier: str = "") -> Segment | None:
        """Return the first of them."""
        return next(self.all(tag, qualifier), None)


class Sections(Struct, frozen=True):
    """One message: its head, and each equipment or status in it."""

    header: Segment
    head: Section
    parts: tuple[Section, ...]
    counts: tuple[Segment, ...]

    def place(self, segment: Segment, element: int = 0, component: int = 0) -> Place:
        """Return where something stands in the message."""
        position = segment.number - self.header.number + 1
        return segment.at(position, element, component)

    def top(self) -> Segment:
        """Return the segment that says what the message is."""
        return self.head.first("BGM") or self.header


def by_equipment(message: Message) -> Sections:
    """Return *message* with a part for each EQD."""
    return _cut(message, "EQD")


def by_status(message: Message) -> Sections:
    """Return *message*, an IFTSTA, with a part for each STS, and each EQD that it is said of.

    Of these parts the STS stands first, and what is said behind it of all the equipments.
    """
    whole = _cut(message, "STS")
    said = (segments for part in whole.parts for segments in _by_container(part.segments))
    parts = tuple(Section(number, segments) for number, segments in enumerate(said, 1))
    return replace(whole, parts=parts)


def _by_container(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, ...]]:
    begins = [place for place, each in enumerate(segments) if each.tag == "EQD"]
    if not begins:
        yield segments
        return
    for begin, end in pairwise((*begins, len(segments))):
        yield (*segments[: begins[0]], *segments[begin:end])


def _cut(message: Message, begins: str) -> Sections:
    head: list[Segment] = []
    parts: list[list[Segment]] = []
    counts: list[Segment] = []
    into: list[Segment] | None = head
    for segment in message.body:
        tag = segment.tag
        if tag == begins:
            into = [segment]
            parts.append(into)
            continue
        if tag == "CNT":
            counts.append(segment)
        if tag in GOODS:
            into = None
        if into is not None:
            into.append(segment)
    made = tuple(Section(number, tuple(each)) for number, each in enumerate(parts, 1))
    return Sections(message.header, Section(0, tuple(head)), made, tuple(counts))
