"""A record is shown as it came: JSON as JSON, text as text, bytes as base64, and on one line."""

import json
from datetime import UTC, datetime

import pytest

from cli.records import as_line, as_object, as_words
from consumers.tail import Seen

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def _seen(value: bytes | None, key: bytes | None = b"MSCU1234566") -> Seen:
    headers = (("ce_type", b"releasebus.accept"), ("odd", b"\xff"))
    return Seen("releases.party.v1", 3, 17, AT, key, headers, value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b'{"a":1}', {"value": {"a": 1}}),
        (b'{\n  "a": 1\n}', {"value": {"a": 1}}),
        (b"null", {"value": None}),
        (None, {"value": None}),
        (b'{"a":', {"value_text": '{"a":'}),
        (b"\xff\xfe", {"value_base64": "//4="}),
        (b"", {"value_text": ""}),
    ],
)
def test_a_line_says_what_the_object_says(value: bytes | None, shown: dict[str, object]) -> None:
    line = as_line(_seen(value))

    assert "\n" not in line
    assert json.loads(line) == as_object(_seen(value))
    assert shown.items() <= json.loads(line).items()


def test_nesting_that_breaks_parsers_is_shown_as_text() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000

    assert json.loads(as_line(_seen(deep)))["value_text"] == deep.decode()


def test_a_number_is_shown_letter_by_letter() -> None:
    line = as_line(_seen(b'{"weight":1.50,"big":123456789012345678901234567890}'))

    assert '"value": {"weight":1.50,"big":123456789012345678901234567890}' in line


def test_a_person_reads_time_place_key_and_type_first() -> None:
    first, second = as_words(_seen(b'{"a":1}')).splitlines()

    assert first == "08:30:00 3/17 MSCU1234566 releasebus.accept"
    assert second.strip() == '{"a": 1}'


def test_a_record_without_a_key_is_shown_too() -> None:
    assert as_object(_seen(b"{}", key=None))["key"] is None
    assert " - releasebus.accept" in as_words(_seen(b"{}", key=None))
