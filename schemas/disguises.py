"""Bytes that nobody could read, without the dress they came in: to look for what they may hide."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

COMPRESSED = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xfd7zXZ",
    b"\x04\x22\x4d\x18",
)
"""How gzip, zip, Zstandard, bzip2, xz and LZ4 begin."""

# In linear time, both: of a run of backslashes only the first begins, and behind the padding
# nothing is allowed that may stand before it.
_escape = re.compile(rb"(?<!\\)\\+u([0-9a-fA-F]{4})")
_coded = re.compile(rb"[A-Za-z0-9+/_\-\s]+={0,2}").fullmatch
_hex = re.compile(rb"(?:[0-9a-fA-F]{2})+").fullmatch


def is_compressed(data: bytes) -> bool:
    """Tell whether *data* looks packed: then nothing of it can be seen."""
    return data.startswith(COMPRESSED)


def disguises(data: bytes) -> Iterator[bytes]:
    """Yield *data* as it came, and what it says in UTF-16, escaped, percent-coded, coded whole."""
    bare = data.replace(b"\0", b"")
    yield bare
    if b"\\u" in bare:
        yield _escape.sub(lambda found: chr(int(found[1], 16)).encode(errors="replace"), bare)
    if b"%" in bare:
        yield unquote_to_bytes(bare)
    stripped = bare.strip()
    if _hex(stripped):
        yield bytes.fromhex(stripped.decode())
    if len(stripped) > 1 and _coded(stripped):
        yield from _in_base64(stripped)


def _in_base64(coded: bytes) -> Iterator[bytes]:
    try:
        yield b64decode(coded.replace(b"-", b"+").replace(b"_", b"/") + b"==")
    except binascii.Error:
        return
