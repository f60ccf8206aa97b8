"""What was agreed about interchanges: who may send, whether tests are taken, what was seen."""

from collections.abc import Iterator
from typing import Final, TypeAlias

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

REFERENCE: Final = 5
"""The element of UNB and UNG that is the reference."""

IDENTIFYING: Final = (2, 3, REFERENCE)
"""The elements of UNB and UNG that are sender, recipient and reference."""


def identity_of(header: Segment) -> Seen:
    """Return what an interchange is known by.

    The reference (0020) alone comes again, since its counters wrap: so date and time go with it.
    """
    parts = ((*header.composite(n), "", "", "")[:3] for n in (2, 3, 4))
    sender, recipient, (day, clock, _) = parts
    return (*sender, *recipient, header.value(5), day, clock)


def findings_by(terms: Terms, header: Segment) -> Iterator[Finding]:
    """Yield where the header of an interchange is not as agreed."""
    if terms.senders is not None and header.value(2) not in terms.senders:
        yield Finding(Rule.SENDER_UNKNOWN, header.at(0, 2, 1), header.tag, "0004")
    if not terms.takes_tests and header.value(11) not in ("", "0"):
        yield Finding(Rule.TEST_NOT_TAKEN, header.at(0, 11), header.tag, "0035")
    if terms.seen and identity_of(header) in terms.seen:
        yield Finding(Rule.INTERCHANGE_TWICE, header.at(0, 5), header.tag, "0020")
