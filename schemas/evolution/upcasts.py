"""Entries of older schema versions as they are read now: what is stored is never changed.

The bytes of an entry are hashed and signed for ever. So what a later version says otherwise is
said of an older entry while it is read: a step from version k to k + 1 for each version that
needs one. What only adds needs none.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from pydantic_core import from_json

from schemas.value import Misformed

SCHEMA_VERSION = 2
"""The version that is written now; raised by one for the first change after a release."""

Json = dict[str, Any]
Upcast = Callable[[Json], Json]

UPCASTS: dict[int, Upcast] = {}
"""By the version that is read: how its entry would have been written by the next one.

A step is pure, gets the whole entry and returns it changed. The members that a row's columns
repeat (ledger/book/draft.py) keep their values: the columns were written with the entry.
"""


class OfANewerVersion(Exception):
    """A newer version of the bus wrote this entry, and this program could misread it.

    Upgrade this program to the newest that wrote to the ledger, and start it again; nothing in
    the ledger was changed.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"schema version {version}, and this program knows {SCHEMA_VERSION}")
        self.version = version


def upcast(entry: Json) -> Json:
    """Return *entry*, an object as it was read from JSON, as this version would have said it.

    Of a version that is newer, or that is no number, it is returned as it stands. Raises
    Misformed for what is no entry of the version that it names.
    """
    version = entry.get("schema_version")
    if not isinstance(version, int):
        return entry
    for step in range(version, SCHEMA_VERSION):
        if step in UPCASTS:
            entry = {**_after(step, entry), "schema_version": step + 1}
    return entry


def _after(step: int, entry: Json) -> Json:
    try:
        return UPCASTS[step](entry)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Misformed(f"not_of_version_{step}", "$") from error


def upcast_bytes(entry: bytes) -> bytes:
    """Return the JSON of *entry* for reading; *entry* itself where nothing is to be changed.

    Raises Misformed for what is no entry of the version that it names.
    """
    if entry.startswith(_AS_THEY_STAND) or not UPCASTS:
        return entry
    try:
        body = from_json(entry)
    except ValueError:
        return entry  # whoever reads it finds out
    changed = upcast(body) if isinstance(body, dict) else body
    return entry if changed is body else msgspec.json.encode(changed)


def version_of(entry: bytes) -> int | None:
    """Return the schema version that *entry* says it is of, or None where it says none."""
    if entry.startswith(_BEGINNING):
        number = entry[len(_BEGINNING) : entry.find(b",")]
        if number.isdigit():
            return int(number)
    try:
        return _VERSION.decode(entry).schema_version
    except msgspec.DecodeError:
        return None


def newer_than_known(entry: bytes) -> str:
    """Return that *entry* is of a newer version, in words for who checks it, or nothing."""
    version = version_of(entry)
    if version is None or version <= SCHEMA_VERSION:
        return ""
    known = f"this program knows {SCHEMA_VERSION}"
    return f"it is of schema version {version}, {known}: check it with the newest program"


class _Versioned(msgspec.Struct):
    schema_version: int


_VERSION = msgspec.json.Decoder(_Versioned)


# Every entry begins with its version (schemas/facts.py RecordedFact): seldom is more looked at.
_BEGINNING = b'{"schema_version":'
_AS_THEY_STAND = tuple(
    b"%b%d," % (_BEGINNING, version)
    for version in range(max(UPCASTS, default=0) + 1, SCHEMA_VERSION + 1)
)
