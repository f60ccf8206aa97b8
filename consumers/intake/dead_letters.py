"""A dead letter: the record untouched, and in headers of its own what was wrong with it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiokafka import ConsumerRecord

from producers.records import Record
from schemas.envelope import Header, written_time
from schemas.json_path import may_be_shown
from schemas.plain_identity import (
    may_be_a_number,
    may_show_identity,
    reference_shows_a_secret,
    words_show_a_secret,
)
from schemas.secret_names import DRIVER_WORDS, names_a_secret, words_of
from schemas.signatures import SIGNATURE
from schemas.strict_json import UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import CONTAINER_PARTITIONS, DEAD_LETTERS, within
from schemas.unreadable import Unreadable


def dead_letter(
    record: ConsumerRecord[Any, Any], why: Unreadable, now: datetime, namespace: str
) -> Record:
    """Return the dead letter of *record*: key, headers and bytes as they came.

    A value that may hold an identity, a PIN or a one-time code in plain is kept as a digest
    only. Of a value that is no more than a number or a list of them, of a key or a header even a
    digest would tell: there `[redacted]` stands instead.
    """
    value = record.value
    content = None if value is None else read_json(value, max_bytes=len(value))
    nameless = value is not None and _is_nameless(content)
    redacted = value is not None and (
        nameless
        or why.sensitive
        or _hides_in_a_name(content)
        or _hides_in_text(content)
        or may_show_identity(value)
    )
    if nameless:
        value = REDACTED
    elif value is not None and redacted:
        value = b"sha256:" + hashlib.sha256(value).hexdigest().encode()
    return Record(
        topic=within(namespace, DEAD_LETTERS).name,
        partition=record.partition % CONTAINER_PARTITIONS,
        key=None if record.key is None else _shown(record.key),
        value=value,
        headers=(
            *(_shown_header(name, came) for name, came in record.headers),
            *_headers(record, why, now, redacted=redacted),
        ),
    )


REDACTED = b"[redacted]"
_WORDS = (["reason"], ["note"])
"""How the names of members begin that hold what people write freely: `reasonForAction`."""

_Fits = Callable[[str], object]
_KNOWN: Mapping[str, _Fits] = {
    "ce_id": lambda _: True,  # the sender's own name for it, which every answer repeats
    "ce_time": re.compile(r"\d{4}-\d\d-\d\d([T ][0-9:.,]+)?(Z|[+-][0-9:]+)?").fullmatch,
    SIGNATURE: re.compile(r"[A-Za-z0-9_-]{20,}\.\.[A-Za-z0-9_-]{80,}").fullmatch,
}
"""Headers whose numbers are nobody's, as long as they look as they have to."""


def _is_nameless(content: object) -> bool:
    """Tell whether a value is JSON without a name that would tell what it says."""
    return not isinstance(content, dict | UnreadableJson)


def _hides_in_a_name(content: object) -> bool:
    """Tell whether a member is called by what is not sure to be a name, and may be a secret."""
    if isinstance(content, dict):
        return any(
            not may_be_shown(name) or _hides_in_a_name(each) for name, each in content.items()
        )
    return isinstance(content, list) and any(map(_hides_in_a_name, content))


def _hides_in_text(content: object) -> bool:
    """Tell whether a text shows a secret that the log would not repeat, at any depth."""
    if isinstance(content, str):
        return reference_shows_a_secret(content)
    if isinstance(content, list):
        return any(map(_hides_in_text, content))
    return isinstance(content, dict) and any(
        (isinstance(each, str) and words_of(name)[:1] in _WORDS and words_show_a_secret(each))
        or _hides_in_text(each)
        for name, each in content.items()
    )


def _shown_header(name: str, came: bytes | None) -> Header:
    words = words_of(name)
    secret = names_a_secret(words) or not DRIVER_WORDS.isdisjoint(words)
    shown = name if may_be_shown(name) else REDACTED.decode()
    if not came:
        return shown, came  # type: ignore[return-value]  # a header may have no value at all
    return shown, REDACTED if secret else _shown(came, _KNOWN.get(name))


def _shown(came: bytes, known: _Fits | None = None) -> bytes:
    """Return a key or a header's value as it may stay, also where it is no text."""
    text = came.replace(b"\0", b"").decode(errors="replace")
    if known is not None and known(text):
        return came
    return REDACTED if may_be_a_number(text) or may_show_identity(came) else came


def _headers(
    record: ConsumerRecord[Any, Any], why: Unreadable, now: datetime, *, redacted: bool
) -> list[tuple[str, bytes]]:
    told = {
        "dlq-original-topic": record.topic,
        "dlq-original-partition": str(record.partition),
        "dlq-original-offset": str(record.offset),
        "dlq-original-timestamp": str(record.timestamp),
        "dlq-reason-code": why.code,
        "dlq-position": why.position,
        "dlq-error": why.sentence,
        "dlq-redacted": str(redacted).lower(),
        "dlq-first-failed-at": written_time(now),
    }
    return [(name, text.encode()) for name, text in told.items()]
