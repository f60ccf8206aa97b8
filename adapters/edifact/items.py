"""What an interchange consists of, each told of when it ends: messages, groups, itself."""

from typing import TypeAlias

from msgspec import Struct

from adapters.edifact.findings import Finding
from adapters.edifact.judge import Kind, kind_of
from adapters.edifact.segments import Segment


class Message(Struct, frozen=True):
    """One message as it came; without trailer where none ended it.

    `body` is empty where it was not to be kept. Of `findings` there are at most 999, and
    `unlisted` more.
    """

    header: Segment
    body: tuple[Segment, ...]
    trailer: Segment | None
    findings: tuple[Finding, ...]
    unlisted: int = 0
    in_group: bool = False

    @property
    def reference(self) -> str:
        """Its reference (0062)."""
        return self.header.value(1)

    @property
    def kind(self) -> Kind:
        """What it says it is."""
        return kind_of(self.header)


class Group(Struct, frozen=True):
    """A functional group, told of behind its messages; `unlisted_alone` are findings besides."""

    header: Segment
    trailer: Segment | None
    findings: tuple[Finding, ...]
    messages: int
    unlisted: int = 0
    unlisted_alone: int = 0

    @property
    def reference(self) -> str:
        """Its reference (0048)."""
        return self.header.value(5)


class Interchange(Struct, frozen=True):
    """An interchange, told of behind everything in it; without header where none began it.

    `continues` tells that it is the rest of the one before it, behind a UNZ in the middle.
    """

    header: Segment | None
    trailer: Segment | None
    findings: tuple[Finding, ...]
    groups: int
    messages: int
    repeating: bool = False
    unlisted: int = 0
    unlisted_alone: int = 0
    continues: bool = False

    @property
    def reference(self) -> str:
        """Its reference (0020)."""
        return self.header.value(5) if self.header else ""


Item: TypeAlias = Message | Group | Interchange


def unlisted_in(item: Item) -> int:
    """Return how many findings there are besides those that are listed."""
    alone = 0 if isinstance(item, Message) else item.unlisted_alone
    return item.unlisted + alone
