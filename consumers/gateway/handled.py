"""What one record of edi.in.v1 comes to: messages for the log, answers, what is not taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRecord

from adapters.edifact.control import REJECTED
from producers.interchanges import LargeFile
from producers.records import Record
from schemas.unreadable import Unreadable

LOG, CONTRL, APERAK, LETTER = "log", "contrl", "aperak", "letter"


@dataclass(frozen=True, slots=True)
class Made:
    """One record to be put on Kafka, and what kind of thing it is."""

    kind: str
    record: Record


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A partner's answer to what it was told, by CONTRL or APERAK.

    `names` are what it names that by, the likeliest first: of a CONTRL the reference of the
    interchange (0020), of an APERAK that, the message's (0062) or the document's number (1004).
    """

    by: str
    names: tuple[str, ...]
    verdict: str

    @property
    def reference(self) -> str:
        """What it is called where nothing is known by any of the names."""
        return self.names[0] if self.names else ""

    @property
    def is_refusal(self) -> bool:
        """Tell whether all of it, or a part, was not taken."""
        return self.verdict == REJECTED


@dataclass(slots=True)
class Handled:
    """What was made of one record; stored whole, or not at all.

    `deliveries` are what the record is known by. `identities` are the interchanges whose messages
    were taken, by ids.spelt_identity. `answers` counts CONTRL and APERAK among `made`, `repeated`
    interchanges that had been before, `rejected` messages that were not taken, `empty`
    interchanges without a message. `file` is one that
    `announcement`, the record, says is to be taken from its folder.
    """

    deliveries: tuple[str, ...]
    partner: str
    partition: int
    offset: int
    made: list[Made] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    problems: list[Unreadable] = field(default_factory=list)
    answers: int = 0
    messages: int = 0
    rejected: int = 0
    repeated: int = 0
    file: LargeFile | None = None
    announcement: ConsumerRecord[Any, Any] | None = None
    empty: int = 0

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield what is counted of it (I1), by name."""
        for kind in (LOG, CONTRL, APERAK, LETTER):
            yield kind, sum(each.kind == kind for each in self.made)
        yield "acknowledged", len(self.acknowledged)
        yield "rejected", self.rejected
        yield "repeated", self.repeated
