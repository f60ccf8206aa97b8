"""The envelope of a record: read back as written, and unreadable with a place otherwise."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import (
    MAX_ATTRIBUTE_LENGTH,
    REQUIRED,
    Envelope,
    headers_of,
    read_envelope,
    read_time,
    written_time,
)
from schemas.unreadable import Unreadable

TIME = datetime(2026, 3, 1, 8, tzinfo=UTC)
SOUND = Envelope("id-1", "urn:releasebus:x", "releasebus.accept", TIME)

TEXTS = st.text(min_size=1, max_size=80).filter(str.strip)
ENVELOPES = st.builds(
    Envelope,
    id=TEXTS,
    source=TEXTS,
    type=TEXTS,
    time=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(  # noqa: DTZ001 - Hypothesis wants bounds without a zone; UTC is put on
        lambda naive: naive.replace(tzinfo=UTC)
    ),
    subject=st.just("") | TEXTS,
    dataschema=st.just("") | TEXTS,
    content_type=TEXTS,
)


def with_header(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    """A sound record's headers, with this one instead of its own."""
    kept = [header for header in headers_of(SOUND) if header[0] != name]
    return [*kept, (name, value)]


def problem(headers: list[tuple[str, bytes | None]]) -> tuple[str, str]:
    read = read_envelope(headers)
    assert isinstance(read, Unreadable)
    return read.code, read.position


@given(ENVELOPES)
def test_what_is_written_is_read_back(envelope: Envelope) -> None:
    assert read_envelope(headers_of(envelope)) == envelope


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_header_that_is_missing_or_empty_is_named(name: str) -> None:
    without = [header for header in headers_of(SOUND) if header[0] != name]

    assert problem([*without]) == ("header_missing", f"header {name}")
    for empty in (b"", None):
        assert problem(with_header(name, empty)) == ("header_missing", f"header {name}")


@pytest.mark.parametrize(
    ("name", "value", "reason", "position"),
    [
        ("ce_id", b"x" * (MAX_ATTRIBUTE_LENGTH + 1), "header_too_long", "header ce_id"),
        ("ce_id", b"ab\xff", "header_not_text", "header ce_id, byte 2"),
        ("anything", b"\xff", "header_not_text", "header anything, byte 0"),
        ("ce_specversion", b"0.3", "specversion_unknown", "header ce_specversion"),
        ("ce_time", b"yesterday", "time_unreadable", "header ce_time"),
        ("ce_time", b"2026-03-01T08:00:00", "time_unreadable", "header ce_time"),
        ("ce_time", b"0001-01-01T00:00:00+14:00", "time_unreadable", "header ce_time"),
        ("ce_time", b"9999-12-31T23:59:59-14:00", "time_unreadable", "header ce_time"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(
    name: str, value: bytes, reason: str, position: str
) -> None:
    assert problem(with_header(name, value)) == (reason, position)


def test_a_header_given_twice_is_unreadable_whatever_it_says() -> None:
    twice = [*headers_of(SOUND), ("ce_id", b"id-1")]

    assert problem([*twice]) == ("header_given_twice", "header ce_id")


def test_the_longest_attribute_fits() -> None:
    read = read_envelope(with_header("ce_id", b"x" * MAX_ATTRIBUTE_LENGTH))

    assert isinstance(read, Envelope)


def test_headers_of_others_are_let_pass() -> None:
    assert read_envelope([*headers_of(SOUND), ("traceparent", b"00-1")]) == SOUND


def test_a_record_without_content_type_is_json() -> None:
    read = read_envelope([h for h in headers_of(SOUND) if h[0] != "content-type"])

    assert isinstance(read, Envelope)
    assert read.content_type == "application/json"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-01T08:00:00Z", TIME),
        ("2026-03-01T09:00:00+01:00", TIME),
        ("2026-03-01T08:00:00.250000Z", TIME + timedelta(milliseconds=250)),
        ("2026-03-01", None),
        ("", None),
    ],
)
def test_times_are_read_as_utc(text: str, time: datetime | None) -> None:
    assert read_time(text) == time


def test_times_are_written_in_utc_with_microseconds() -> None:
    brussels = TIME.astimezone(timezone(timedelta(hours=1)))

    assert written_time(brussels) == "2026-03-01T08:00:00.000000Z"


@given(st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=20)), max_size=8))
def test_no_headers_raise(headers: list[tuple[str, bytes | None]]) -> None:
    assert isinstance(read_envelope(headers), Unreadable | Envelope)
