"""What a trail's file holds, line by line: JSON Lines that a third party can check by itself."""

from typing import TypeAlias
from unicodedata import category

from schemas.heads import Head
from schemas.value import Form, Moment, Value, always

FORMAT = "releasebus.trail"
VERSION = 1
CONTROL = "Cc"
# Unicode's categories of what moves a cursor, clears a screen, or turns round what is read.
STEERING = frozenset({CONTROL, "Cf", "Cs", "Zl", "Zp"})


class About(Value, frozen=True, kw_only=True, tag_field="line", tag="about"):
    """The first line: what this is, in a sentence for a person, then of what and when.

    `entries` is how many are shown. `keys` are the public keys (hex) by their ids, and `names`
    what the parties are called: both for convenience, nothing proves them.
    """

    about: str
    format: str = always(default=FORMAT)
    version: int = always(default=VERSION)
    container: str
    taken_at: Moment
    entries: int
    keys: dict[str, str]
    names: dict[str, str]


class After(Value, frozen=True, kw_only=True, tag_field="line", tag="after"):
    """A stretch of a shard's chain begins behind entry `seq`, whose hash is `hash` (hex)."""

    shard: str
    seq: int
    hash: str


class Shown(Value, frozen=True, kw_only=True, tag_field="line", tag="entry"):
    """An entry of the container: `bytes` is UTF-8 to the byte, salt and hash are hex.

    Its hash is SHA-256(hash before + SHA-256(salt + bytes)).
    """

    seq: int
    salt: str
    hash: str
    bytes: str


class Others(Value, frozen=True, kw_only=True, tag_field="line", tag="others"):
    """Entries of other containers from `first` on: SHA-256(salt + bytes) of each, no salts."""

    first: int
    digests: tuple[str, ...]


class Closed(Value, frozen=True, kw_only=True, tag_field="line", tag="head"):
    """The stretch ends at a head that the bus signed (schemas/heads.py)."""

    head: Head


class End(Value, frozen=True, kw_only=True, tag_field="line", tag="end"):
    """The last line: SHA-256 (hex) of all bytes before it, signed where the key was at hand."""

    digest: str
    key_id: str | None = None
    signature: str | None = None


Line: TypeAlias = About | After | Shown | Others | Closed | End
LINE: Form[Line] = Form(Line)


def steers(text: str) -> bool:
    """Tell whether *text* holds control characters, which no name or number has."""
    return any(category(each) == CONTROL for each in text)


def plain(text: str) -> str:
    """Return *text* as it may be shown: what would steer the screen is replaced."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if category(each) in STEERING else each for each in text
    )


def signed_end(digest: str) -> bytes:
    """Return the bytes that are signed for a whole file."""
    return f"releasebus trail\n{digest}".encode()
