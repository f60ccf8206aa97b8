"""A file of any size, read in flat memory: first what CONTRL tells of it, then its messages.

An interchange is judged as a whole, and that only its end allows; so the file is read twice. Of
the first reading nothing is kept but what is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import structs

from adapters.edifact.control import GroupReport, Report, is_rejected
from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.items import Group, Interchange, Item, Message
from adapters.edifact.judge import CONTRL
from adapters.edifact.partners import Partner
from adapters.edifact.read import read
from adapters.edifact.segments import Segment
from adapters.edifact.service import UNB
from consumers.gateway.opened import Opened, first_alone, from_partner, terms_of
from schemas.topics import LARGEST_INTERCHANGE
from schemas.unreadable import Unreadable

TOLD_IN_FULL: Final = 20_000
"""So many findings are told of an interchange before each further message has its first alone."""
MOST_WRONG: Final = 50_000
"""So many messages and groups of one interchange are told of; more than that rejects it whole."""
MOST_WRONG_BYTES: Final = 4 * 1024 * 1024
"""So long are their headers together, which CONTRL repeats: the whole answer has 11 MiB."""
BLOCK_BYTES: Final = 64 * 1024

MOST_OF_A_MESSAGE: Final = LARGEST_INTERCHANGE + BLOCK_BYTES
"""A message without an end is as long as what was read, which is a block more."""

MESSAGE_TOO_LARGE = Unreadable(
    "too_large", "message", f"One message alone has more than {LARGEST_INTERCHANGE} bytes."
)
NO_INTERCHANGE = Unreadable(
    "no_interchange", "byte 0", "No interchange begins in it: there is no UNB that can be read."
)


@dataclass(slots=True)
class Outline:
    """One interchange without its messages; `groups_rejected` are by their order in it."""

    opened: Opened
    groups_rejected: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Outlining:
    lenient: frozenset[Rule]
    loose: list[Message] = field(default_factory=list)
    grouped: list[Message] = field(default_factory=list)
    groups: list[GroupReport] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    messages: int = 0
    sound: int = 0
    sound_in_group: int = 0
    told: int = 0
    wrong: int = 0
    wrong_bytes: int = 0
    is_cut_short: bool = False
    number: int = 0
    controls: int = 0

    def take(self, item: Item, partner: Partner) -> Outline | None:
        """Take what closes next; return the outline of an interchange that has ended."""
        match item:
            case Message():
                self.message(item)
            case Group():
                self.group(item)
            case Interchange():
                return self.interchange(item, partner)
        return None

    def message(self, message: Message) -> None:
        """Count a message, and keep what is wrong with it."""
        self.messages += 1
        self.controls += message.kind.type == CONTRL
        is_wrong = is_rejected(message, self.lenient)
        self.sound += not is_wrong
        self.sound_in_group += message.in_group and not is_wrong
        if message.findings:
            self._tell(message, is_wrong=is_wrong)

    def _tell(self, message: Message, *, is_wrong: bool) -> None:
        self.told += len(message.findings)
        if self.told > TOLD_IN_FULL:
            if not is_wrong:
                return  # accepted with all that is not told
            message = first_alone(message, self.lenient)
        if self._has_room(message.header, is_wrong=is_wrong):
            (self.grouped if message.in_group else self.loose).append(message)

    def _has_room(self, header: Segment, *, is_wrong: bool) -> bool:
        """Tell whether one more is told of; what is wrong and is not, rejects the whole."""
        self.wrong += is_wrong
        self.wrong_bytes += len(header.text)
        has_room = self.wrong <= MOST_WRONG and self.wrong_bytes <= MOST_WRONG_BYTES
        self.is_cut_short = self.is_cut_short or (is_wrong and not has_room)
        return has_room

    def group(self, group: Group) -> None:
        """Close a group; what is sound in one that is rejected is not taken."""
        is_wrong = is_rejected(group, self.lenient)
        if is_wrong:
            self.rejected.add(self.number)
            self.sound -= self.sound_in_group
        is_told = bool(group.findings or self.grouped)
        if is_told and self._has_room(group.header, is_wrong=is_wrong or bool(self.grouped)):
            self.groups.append(GroupReport(group, tuple(self.grouped)))
        self.number, self.sound_in_group, self.grouped = self.number + 1, 0, []

    def interchange(self, interchange: Interchange, partner: Partner) -> Outline:
        """Return what was found of an interchange that has ended."""
        is_control = 0 < self.messages == self.controls
        if self.is_cut_short:
            interchange = _cut_short(interchange)
        report = Report(interchange, tuple(self.loose), tuple(self.groups), is_control)
        opened = from_partner(Opened(report, (), self.messages, self.sound), partner)
        return Outline(opened, frozenset(self.rejected))


def _cut_short(interchange: Interchange) -> Interchange:
    """Return it rejected as a whole, whatever is tolerated: what is not told would be accepted."""
    place = interchange.header.at() if interchange.header else Place()
    found = (*interchange.findings, Finding(Rule.MORE_WRONG_THAN_TOLD, place, UNB))
    return structs.replace(interchange, findings=found, unlisted=interchange.unlisted + 1)


def outlined(blocks: Iterable[bytes], partner: Partner) -> Iterator[Outline | Unreadable | None]:
    """Yield an outline for each interchange, None from time to time, or once why it cannot be.

    None is yielded so that whoever reads it can do something else meanwhile.
    """
    counted = _Counted(blocks)
    found, headers = _Outlining(partner.lenient), 0
    for item in read(counted, terms_of(partner), keep=False):
        if isinstance(item, Message) and _size(item, counted.read) > MOST_OF_A_MESSAGE:
            yield MESSAGE_TOO_LARGE
            return
        outline = found.take(item, partner)
        if outline is not None:
            headers += outline.opened.header is not None
            found = _Outlining(partner.lenient)
        yield outline
    if not headers:
        yield NO_INTERCHANGE


def _size(message: Message, read_so_far: int) -> int:
    """Return how many bytes a message has; one without an end all up to where was read."""
    end = read_so_far if message.trailer is None else message.trailer.byte
    return end - message.header.byte


class _Counted:
    """Blocks, and how many bytes of them were read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.read += len(block)
            yield block


@dataclass(frozen=True, slots=True)
class Begins:
    """An interchange begins; its messages come behind it, where they are taken."""

    outline: Outline


def told_apart(
    blocks: Iterable[bytes], outlines: list[Outline], partner: Partner
) -> Iterator[Begins | Message | None]:
    """Yield each interchange of the second reading, and each of its messages that is sound.

    None stands for what is not taken.
    """
    following = iter(outlines)
    current, group = next(following), 0
    yield Begins(current)
    for item in read(blocks, terms_of(partner)):
        match item:
            case Message():
                in_rejected = item.in_group and group in current.groups_rejected
                yield None if in_rejected or is_rejected(item, partner.lenient) else item
            case Group():
                group += 1
            case Interchange():
                coming = next(following, None)
                current, group = coming or current, 0
                yield None if coming is None else Begins(coming)


def with_messages(outline: Outline, messages: Iterable[Message]) -> Opened:
    """Return the interchange with some of its messages."""
    return replace(outline.opened, sound=tuple(messages))
