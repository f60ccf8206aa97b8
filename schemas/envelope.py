"""The CloudEvents 1.0 envelope of every record, in Kafka's binary mode."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from schemas.json_path import header_named
from schemas.unreadable import Unreadable
from schemas.value import Value

SPEC_VERSION = "1.0"
JSON = "application/json"
MAX_ATTRIBUTE_LENGTH = 255
ORGANISATION_SOURCE = "urn:releasebus:organisation:"
"""The ce_source of what an organisation says is this and its NxtPort id."""
REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time")

Header = tuple[str, bytes]


class Envelope(Value, frozen=True):
    """Who says what, when and about what (CloudEvents 1.0, Kafka protocol binding §3.2).

    `time` is when it happened at the source; it is for display and never orders anything.
    """

    id: str
    source: str
    type: str
    time: datetime
    subject: str = ""
    dataschema: str = ""
    content_type: str = JSON


def headers_of(envelope: Envelope) -> tuple[Header, ...]:
    """Return the record headers that carry *envelope*."""
    return (
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_time", written_time(envelope.time).encode()),
        ("content-type", envelope.content_type.encode()),
        *((("ce_subject", envelope.subject.encode()),) if envelope.subject else ()),
        *((("ce_dataschema", envelope.dataschema.encode()),) if envelope.dataschema else ()),
    )


def texts_of(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str] | Unreadable:
    """Return the headers as text; a name given twice or bytes that are no text are unreadable."""
    texts: dict[str, str] = {}
    for name, value in headers:
        if name in texts:
            sentence = "The header is given twice."
            return Unreadable("header_given_twice", header_named(name), sentence)
        try:
            texts[name] = (value or b"").decode()
        except UnicodeDecodeError as error:
            return Unreadable(
                "header_not_text",
                f"{header_named(name)}, byte {error.start}",
                "The header is not UTF-8 text.",
            )
    return texts


def read_envelope(headers: Sequence[tuple[str, bytes | None]]) -> Envelope | Unreadable:
    """Return the envelope in *headers*, or why it cannot be read."""
    texts = texts_of(headers)
    if isinstance(texts, Unreadable):
        return texts
    return envelope_in(texts)


def envelope_in(texts: dict[str, str]) -> Envelope | Unreadable:
    """Return the envelope in header texts, or why it cannot be read."""
    for name in REQUIRED:
        if not texts.get(name):
            sentence = "The header is missing or empty."
            return Unreadable("header_missing", f"header {name}", sentence)
        if len(texts[name]) > MAX_ATTRIBUTE_LENGTH:
            sentence = "The header exceeds 255 characters."
            return Unreadable("header_too_long", f"header {name}", sentence)
    if texts["ce_specversion"] != SPEC_VERSION:
        return Unreadable(
            "specversion_unknown", "header ce_specversion", "Only CloudEvents 1.0 is understood."
        )
    time = read_time(texts["ce_time"])
    if time is None:
        return Unreadable(
            "time_unreadable",
            "header ce_time",
            "The time is not RFC 3339 with an offset, such as 2026-03-01T08:00:00Z.",
        )
    return Envelope(
        id=texts["ce_id"],
        source=texts["ce_source"],
        type=texts["ce_type"],
        time=time,
        subject=texts.get("ce_subject", ""),
        dataschema=texts.get("ce_dataschema", ""),
        content_type=texts.get("content-type", JSON) or JSON,
    )


@lru_cache(maxsize=1024)  # all facts of a batch have one time, and each is told to many
def written_time(time: datetime) -> str:
    """Return *time* in RFC 3339, UTC, with microseconds."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(text: str) -> datetime | None:
    """Return the RFC 3339 time in *text* as UTC, or None where it is none or has no offset."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is None:
        return None
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return None
