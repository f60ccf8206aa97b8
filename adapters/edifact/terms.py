"""What was agreed about interchanges: who may send, whether tests are taken, what was seen."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from adapters.edifact.findings import Finding, Rule
from adapters.edifact.segments import Segment

Seen: TypeAlias = tuple[str, ...]
"""What tells one interchange from all others: sender, recipient, reference, date and time."""


class Terms(Struct, frozen=True):
    """What is agreed; of `senders` None takes anybody."""

    senders: frozenset[str] | None = None
    takes_tests: bool = True
    seen: frozenset[Seen] = frozenset()


ANYBODY = Terms()


def identity_of(header: Segment) -> Seen:
    """Return what an interchange is known by.

    The reference (0020) alone comes again, since its counters wrap: so date and time go with it.
    """
    values = (header.value(2, n) for n in (1, 2, 3))
    others = (header.value(3, n) for n in (1, 2, 3))
    return (*values, *others, header.value(5), header.value(4, 1), header.value(4, 2))


def findings_by(terms: Terms, header: Segment) -> Iterator[Finding]:
    """Yield where the header of an interchange is not as agreed."""
    if terms.senders is not None and header.value(2) not in terms.senders:
        yield Finding(Rule.SENDER_UNKNOWN, header.at(0, 2, 1), header.tag, "0004")
    if not terms.takes_tests and header.value(11) not in ("", "0"):
        yield Finding(Rule.TEST_NOT_TAKEN, header.at(0, 11), header.tag, "0035")
    if terms.seen and identity_of(header) in terms.seen:
        yield Finding(Rule.INTERCHANGE_TWICE, header.at(0, 5), header.tag, "0020")
