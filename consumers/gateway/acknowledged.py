"""What partners answer to what they were told, read from their CONTRL and APERAK."""

from collections.abc import Iterator
from typing import Final

from adapters.edifact.control import ACCEPTED, REJECTED
from adapters.edifact.items import Message
from adapters.edifact.judge import CONTRL
from adapters.edifact.meaning.acknowledge import ACKNOWLEDGED, APERAK, NOT_ACCEPTED
from adapters.edifact.partners import Partner
from adapters.edifact.partners.partner import OWN_NUMBER
from adapters.edifact.segments import Segment
from consumers.gateway.handled import Acknowledged
from consumers.gateway.ids import safe

LONGEST_REFERENCE = 35
"""Of 0020 that is looked at: ours have 14, and a key of a table takes no megabyte."""

VERDICTS: Final = {"UCI": 4, "UCF": 4, "UCM": 3}
"""Where in a segment of CONTRL it stands what became of what it is about (0083)."""

REFUSING: Final = frozenset({"3", REJECTED, "6"})
"""0083 of what was not taken. Syntax 3 also has 3, a lower level rejected, and 6, UNB and UNZ are.

We write none of the two, but a partner may. 8 says only that it came: not taken is then another's
word, in a UCM or an APERAK.
"""

NAMING: Final = (OWN_NUMBER, "RFF")
FUNCTION, ANSWER = 3, 4
"""Where in BGM of an APERAK 1225 and 4343 stand."""


def acknowledged(message: Message, partner: Partner) -> Iterator[Acknowledged]:
    """Yield what of ours a CONTRL or APERAK answers, and how.

    A CONTRL names an interchange by its UCI (0020, 0083). An APERAK names what it answers as the
    partner's file says, and its BGM (1225, 4343) whether that was taken, by the codes that our own
    APERAK has; where it says neither, an error (ERC) tells that it was not.
    """
    if message.kind.type != CONTRL:
        yield from _of_aperak(message, partner)
        return
    refused = any(
        each.value(VERDICTS[each.tag]) in REFUSING for each in message.body if each.tag in VERDICTS
    )
    for each in message.body:
        if each.tag == "UCI":
            yield Acknowledged(CONTRL, (_spelt(each.value(1)),), _verdict(refused=refused))


def _of_aperak(message: Message, partner: Partner) -> Iterator[Acknowledged]:
    named = dict(map(_named, (each for each in reversed(message.body) if each.tag in NAMING)))
    names = (named.get(qualifier, "") for qualifier in partner.aperak_references)
    known = tuple(dict.fromkeys(_spelt(each) for each in names if each))
    refused = _is_refusal(message)
    if known or refused:
        yield Acknowledged(APERAK, known, _verdict(refused=refused))


def _named(segment: Segment) -> tuple[str, str]:
    """Return by which qualifier it names something, and what."""
    if segment.tag == OWN_NUMBER:
        return OWN_NUMBER, segment.value(2)
    return segment.value(1), segment.value(1, 2)


def _is_refusal(message: Message) -> bool:
    said = [each for each in message.body if each.tag == "BGM"]
    if any(_says(each, NOT_ACCEPTED) for each in said):
        return True
    if any(_says(each, ACKNOWLEDGED) for each in said):
        return False
    return any(each.tag == "ERC" for each in message.body)


def _says(header: Segment, codes: tuple[str, str, str]) -> bool:
    return header.value(FUNCTION) == codes[1] or header.value(ANSWER) == codes[2]


def _verdict(*, refused: bool) -> str:
    return REJECTED if refused else ACCEPTED


def _spelt(reference: str) -> str:
    return safe(reference[:LONGEST_REFERENCE])
