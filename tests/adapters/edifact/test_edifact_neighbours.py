"""Whatever two pieces of an envelope stand between two messages: neither of them is lost.

Chance would need millions of interchanges to meet each pair (fuzz.py); here are all of them.
"""

import random
from itertools import product

import pytest

from adapters.edifact.directory import directory
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, draft_of, written
from consumers.gateway.opened import opened
from tests.adapters.edifact.fuzz import AT, STRICT, in_pieces, sound_in
from tests.adapters.edifact.made import Maker

pytestmark = [pytest.mark.searches, pytest.mark.timeout(300)]

OWN = b"UNB+UNOA:3+TERMINAL+AGENT+261128:1200+REF1'"
BETWEEN = (
    b"UNH+M+CODECO:D:95B:UN'", b"UNX+M+CODECO:D:95B:UN'", b"UNB+M+CODECO:D:95B:UN'",
    b"UNB'M+CODECO:D:95B:UN'", b"UNH\x1dM+CODECO:D:95B:UN'", b"UNH'", OWN,
    b"UNB+UNOA:3+TERMINAL+AGENT+261128:1200'", b"UNA:+.? '", b"BGM+36+1+9'DTM+7:2026:602'",
    b"UNT+4+M'", b"UNT'", b"UNE+1+G'", b"UNE'", b"UNG'", b"UNS+D'", b"UNZ+1+REF1'", b"UNZ+3+REF1'",
    b"UNZ'", b"UNZx'", b"U'", b"?+", b"\r\n", b"\x00'",
)  # fmt: skip
ENDS = (b"UNZ+2+REF1'", b"UNZ+3+REF1'")
"""What stands between was a message, or not: only one of them tells what was sent."""
GROUP = b"UNG+CODECO+TERMINAL+AGENT+261128:1200+G1+UN+D:95B'"
GROUP_ENDS = (b"UNE+2+G1'UNZ+1+REF1'", b"UNE+3+G1'UNZ+1+REF1'")


def is_sent_again(between: tuple[bytes, ...]) -> bool:
    """Tell whether an interchange ends and comes again: it stands or falls for itself."""
    ended, again = between
    return ended.startswith(b"UNZ") and ended != b"UNZx'" and again == OWN


PAIRS = tuple(each for each in product(BETWEEN, repeat=2) if not is_sent_again(each))


@pytest.mark.parametrize(
    ("begins", "ends"), [(b"", ENDS), (GROUP, GROUP_ENDS)], ids=["messages", "a group"]
)
def test_between_two_messages_no_two_pieces_of_an_envelope_take_one_of_them(
    begins: bytes, ends: tuple[bytes, bytes]
) -> None:
    drafts = _drafts()
    head, first, last = _parts(drafts)

    for pair in PAIRS:
        came = [b"".join((head, begins, first, *pair, last, end)) for end in ends]
        assert [] in [_lost(data, drafts) for data in came], pair


def test_it_does_not_matter_where_pieces_of_an_envelope_are_cut() -> None:
    head, first, last = _parts(_drafts())
    chance = random.Random(1)

    for pair in PAIRS:
        data = b"".join((head, first, *pair, last, ENDS[1]))
        assert list(read(in_pieces(data, chance))) == list(read([data])), pair


def _drafts() -> list[Draft]:
    maker = Maker(directory("D95B"), 5)
    made = [(name, maker.draft("CODECO")) for name in ("FIRST", "LAST")]
    return [Draft(name, draft.kind, draft.body) for name, draft in made]


def _parts(drafts: list[Draft]) -> tuple[bytes, bytes, bytes]:
    """Return the header of an interchange and two messages, without its end."""
    envelope = Envelope("UNOA", "3", ("TERMINAL",), ("AGENT",), AT, "REF1")
    both = written(envelope, drafts)
    at, again = both.index(b"UNH+FIRST"), both.index(b"UNH+LAST")
    return both[:at], both[at:again], both[again : -len(ENDS[0])]


def _lost(data: bytes, drafts: list[Draft]) -> list[str]:
    """Return which neighbours are not taken as they were written."""
    found = {
        message.reference: message for each in opened([data], STRICT) for message in sound_in(each)
    }
    return [
        draft.reference
        for draft in drafts
        if draft.reference not in found or draft_of(found[draft.reference]) != draft
    ]
