"""Values that nobody may find again: what they look like in every dress that bytes wear."""

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

CARD, PIN, TCT, ONE_TIME_CODE = "417093628", "90417365", "7Q4Z9XWB", "58391467"
CANARIES = {"card": CARD, "PIN": PIN, "TCT": TCT, "one-time code": ONE_TIME_CODE}
SHORTEST_CODED = 8
"""Of base64: fewer characters would be found by chance."""


def seen_in(data: bytes) -> list[str]:
    """Return which canaries stand in *data*, and in what dress; none where all is well."""
    bare = data.replace(b"\0", b"")  # UTF-16, either way round
    lower = data.lower()
    return [
        f"{what} ({dress})"
        for what, dress, needle, cased in _needles()
        if needle in (data if cased else lower) or (dress == "plain" and needle in bare)
    ]


@cache
def _needles() -> tuple[tuple[str, str, bytes, bool], ...]:
    return tuple(
        (what, dress, needle if cased else needle.lower(), cased)
        for what, value in CANARIES.items()
        for dress, needle, cased in _dresses(value)
    )


def _dresses(value: str) -> Iterator[tuple[str, bytes, bool]]:
    data = value.encode()
    yield "plain", data, True
    yield "hex", data.hex().encode(), False
    yield "escaped", "".join(f"\\u{ord(each):04x}" for each in value).encode(), False
    yield "escaped twice", "".join(f"\\\\u{ord(each):04x}" for each in value).encode(), False
    yield "percent", "".join(f"%{ord(each):02x}" for each in value).encode(), False
    yield "full width", _wide(value).encode(), True
    yield "full width, escaped", json.dumps(_wide(value))[1:-1].encode(), False
    yield "grouped", "-".join(value[at : at + 3] for at in range(0, len(value), 3)).encode(), True
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, data, usedforsecurity=False)
        yield f"{name} in hex", digest.hexdigest().encode(), False
        yield f"{name} in base64", base64.b64encode(digest.digest()).rstrip(b"="), True
        yield f"{name}, raw", digest.digest(), True
    for text, dress in ((data, "base64"), (value.encode("utf-16-le"), "base64 of UTF-16")):
        yield from ((dress, each, True) for each in _in_base64(text))
        yield from ((f"url {dress}", each, True) for each in _in_base64(text, url=True))


def _in_base64(data: bytes, *, url: bool = False) -> Iterator[bytes]:
    """Yield how *data* looks in base64 of something longer, wherever in it it stands."""
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    for before in range(3):
        coded = encode(b"\0" * before + data).rstrip(b"=")
        # The first and the last characters depend on what stands beside it.
        sure = coded[(0, 2, 3)[before] : len(coded) - 1]
        if len(sure) >= SHORTEST_CODED:
            yield sure


def _wide(value: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in value)


def percent(text: str) -> str:
    """Return *text* as a form has it, every character coded."""
    return "".join(f"%{each:02X}" for each in text.encode()) or quote(text)


def escaped(text: str) -> str:
    """Return *text* as JSON may have it, every character an escape."""
    return "".join(f"\\u{ord(each):04x}" for each in text)
