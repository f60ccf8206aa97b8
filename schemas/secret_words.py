"""Where in bytes a secret may be named: its words are quickly found, and it is sought there."""

import re
from collections.abc import Iterator

ITS_WORDS = (
    *(b"pass", b"driver", b"chauffeur", b"tct", b"pin", b"code", b"otp", b"card"),
    *(b"carte", b"karte", b"kaart", b"badge", b"token", b"bearer"),
    *(b"p.i.n", b"p-i-n", b"p i n", b"t.c.t", b"t-c-t", b"t c t"),
)
"""One of these is in whatever plain_identity.py finds: to look for words is far quicker."""

SHORT = 4096
NEAR = 200
"""Bytes before and behind a word: more than any name of a secret and its value take."""
MOST_NEAR = 512 * 1024

_any_word = re.compile(b"|".join(map(re.escape, ITS_WORDS))).finditer
_TOO_MUCH = b"PIN 4711"


def has_its_words(data: bytes) -> bool:
    """Tell whether a secret may be named in *data* at all."""
    lower = data.lower()
    for word in ITS_WORDS:  # noqa: SIM110  any() takes twice as long, and each value comes here
        if word in lower:
            return True
    return False


def near_its_words(data: bytes) -> Iterator[bytes]:
    """Yield the pieces of *data* that may name a secret: all of it where it is short.

    Of long bytes it is what stands near the words. So ten megabytes are looked through in the time
    that reading them takes, and not in seven seconds; where the words are everywhere there is too
    much to look at, and what is yielded says that a secret is there.
    """
    if not has_its_words(data):
        return
    if len(data) <= SHORT:
        yield data
        return
    left = MOST_NEAR
    for begin, end in _places(data.lower()):
        left -= end - begin
        if left < 0:
            yield _TOO_MUCH
            return
        yield data[begin:end]


def _places(lower: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the words stand, with what is near them; neighbours are one place."""
    place: tuple[int, int] | None = None
    for found in _any_word(lower):
        begin, end = max(0, found.start() - NEAR), found.end() + NEAR
        if place is not None and begin > place[1]:
            yield place
            place = None
        place = (begin if place is None else place[0], end)
        if end - place[0] > MOST_NEAR:
            break
    if place is not None:
        yield place
