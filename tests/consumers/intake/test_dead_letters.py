"""A dead letter keeps what came, byte for byte, and says what was wrong in headers of its own."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from consumers.intake.dead_letters import dead_letter
from schemas.topics import CONTAINER_PARTITIONS
from schemas.unreadable import Unreadable
from tests.consumers.intake.records import CARRIER, came

WHY = Unreadable("truncated", "line 1, column 3 (byte 2)", "The message stops before its end.")
NOW = datetime(2026, 3, 1, 9, 0, 0, 5, timezone(timedelta(hours=1)))
HEADERS: Any = (("ce_id", b"\xff\xfe"), ("ce_id", b"again"), ("empty", b""), ("none", None))


def test_bytes_and_headers_are_untouched_and_what_was_wrong_stands_behind_them() -> None:
    record = came(CARRIER, b"{\x00\xff", HEADERS, key=b"\xff\x00", partition=5, offset=17)

    letter = dead_letter(record, WHY, NOW, "t1.")

    assert (letter.topic, letter.partition) == ("t1.dead-letters.v1", 5)
    assert (letter.key, letter.value) == (b"\xff\x00", b"{\x00\xff")
    assert letter.headers == (
        *HEADERS,
        ("dlq-original-topic", CARRIER.encode()),
        ("dlq-original-partition", b"5"),
        ("dlq-original-offset", b"17"),
        ("dlq-original-timestamp", str(record.timestamp).encode()),
        ("dlq-reason-code", b"truncated"),
        ("dlq-position", b"line 1, column 3 (byte 2)"),
        ("dlq-error", b"The message stops before its end."),
        ("dlq-redacted", b"false"),
        ("dlq-first-failed-at", b"2026-03-01T08:00:00.000005Z"),
    )


@pytest.mark.parametrize("value", [None, b""])
def test_nothing_stays_nothing(value: bytes | None) -> None:
    letter = dead_letter(came(CARRIER, value, key=None), WHY, NOW, "")

    assert (letter.key, letter.value) == (None, value)


@pytest.mark.parametrize(
    ("value", "sensitive"),
    [(b'{"number": 1}', True), (b'{"driver": 1}', False), (b'{"PIN_CODE": 1}', False)],
)
def test_what_may_show_a_person_is_a_digest(value: bytes, *, sensitive: bool) -> None:
    why = Unreadable("truncated", "value", "It stops.", sensitive=sensitive)

    letter = dead_letter(came(CARRIER, value), why, NOW, "")

    assert letter.value == b"sha256:" + hashlib.sha256(value).hexdigest().encode()
    assert dict(letter.headers)["dlq-redacted"] == b"true"


def test_an_input_with_more_partitions_than_the_dead_letters_finds_its_place() -> None:
    record = came(CARRIER, partition=CONTAINER_PARTITIONS + 1)

    assert dead_letter(record, WHY, NOW.astimezone(UTC), "").partition == 1
