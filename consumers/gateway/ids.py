"""What things are called so that the same interchange gives the same names whenever it comes."""

from hashlib import sha256
from urllib.parse import quote

from adapters.edifact.segments import Segment
from adapters.edifact.terms import identity_of
from schemas.envelope import MAX_ATTRIBUTE_LENGTH

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_IDENTITY = 1000
"""Letters; PostgreSQL refuses a key of some 2,700 bytes."""

OF_ANSWERS = "C"
"""How the references of answers begin (0020); those of what is told begin with a digit."""


def spelt_identity(header: Segment) -> str:
    """Return what an interchange is known by, in letters that any table and header takes.

    Sender, recipient, reference (0020), date and time, each escaped: no value can reach into the
    next one's place. What is longer than an index takes, from a partner that may write values
    that are too long, is a digest.
    """
    return bounded(_identity(header))


def bounded(told: str) -> str:
    """Return *told*, and where it is longer than a key of a table may be, its digest."""
    if len(told) <= LONGEST_IDENTITY:
        return told
    return f"sha256:{sha256(told.encode()).hexdigest()}"


def _identity(header: Segment) -> str:
    return "/".join(safe(each) for each in identity_of(header))


def message_id(header: Segment, reference: str, position: str, *, nth: int = 1) -> str:
    """Return the ce_id of one message to the bus.

    *reference* is that of the message (0062), *position* its place in that message. *nth* tells
    messages apart that have one reference, where a partner is let do that. What is too long for
    a ce_id is a digest.
    """
    again = f"~{nth}" if nth > 1 else ""
    # The tilde is a letter of references, too (UNOC), and nothing else that a URL has to escape.
    own = safe(reference).replace("~", "%7E")
    told = f"edi:{_identity(header)}/{own}{again}/{safe(position)}"
    if len(told) <= MAX_ATTRIBUTE_LENGTH:
        return told
    return f"edi:{sha256(told.encode()).hexdigest()}"


MOST_ANSWERS = 5_000
"""To one record: as many as it has messages, of the shortest that anybody writes (200 bytes).

`answer_reference` has a place for 46,656; from one more on it would be longer than 0020 may be.
"""


def answer_reference(partition: int, offset: int, place: int) -> str:
    """Return the reference (0020, an..14) of an answer to the record that stands there.

    *place* counts the answers to that record, of which there are at most MOST_ANSWERS. Follows
    from where the record stands, so whoever makes the answer again gives it the same one.
    """
    return f"{OF_ANSWERS}{_base36(partition, 2)}{_base36(offset, 8)}{_base36(place, 3)}"


def told_reference(shard: str, seq: int, place: int) -> str:
    """Return the reference of what a partner is told of the fact *seq* of *shard*.

    *place* counts what it is told of that one fact.
    """
    number = int(shard.rpartition("-")[2])
    return f"{number:03}{_base36(seq, 10)}{_base36(place, 1)}"


def _base36(number: int, width: int) -> str:
    digits, left = "", number
    while left:
        left, rest = divmod(left, len(DIGITS))
        digits = DIGITS[rest] + digits
    if len(digits) > width:
        raise OverflowError(f"{number} takes more than {width} letters of a reference")
    return digits.rjust(width, DIGITS[0])


def safe(value: str) -> str:
    """Return *value* in letters that any table and header takes, one spelling for each."""
    return quote(value, safe="", errors="backslashreplace")
