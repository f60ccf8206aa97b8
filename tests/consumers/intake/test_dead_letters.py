"""A dead letter keeps what came, byte for byte, and says what was wrong in headers of its own."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from consumers.intake.dead_letters import dead_letter
from schemas.topics import CONTAINER_PARTITIONS
from schemas.unreadable import Unreadable
from tests.consumers.intake.records import CARRIER, came
from tests.rows import each_row

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


@pytest.mark.parametrize("value", [b'"417093628"', b"417093628", b"[4711]", b'[{"a": "4711"}]'])
def test_of_what_has_no_name_not_even_a_digest_is_kept(value: bytes) -> None:
    letter = dead_letter(came(CARRIER, value), WHY, NOW, "")

    assert letter.value == b"[redacted]"
    assert dict(letter.headers)["dlq-redacted"] == b"true"


@each_row(
    ("name", "value", "kept"),
    [
        ("ce_id", b"417093628", True),
        ("ce_time", b"2026-03-01T08:00:00Z", True),
        ("ce_time", b"4170-93-62", True),
        ("ce_time", b"417093628", False),
        ("ce_subject", b"MSCU7029147", True),
        ("ce_subject", b"417093628", False),
        ("ce_subject", "\uff14\uff11\uff17\uff10\uff19".encode(), False),
        ("ce_source", b"urn:releasebus:organisation:NXT21000000001", True),
        ("ce_source", b"urn:releasebus:organisation:417093628", False),
        ("alfapass-number", b"Jan", False),
        ("x-driver", b"Jan", False),
        ("x-note", b"pin is in here", False),
        ("x-note", b"4-1-7-0", False),
        ("x-note", b"\xff4170", False),
        ("x-note", b"\xff\xfe", True),
        ("rb_signature", b"a" * 40 + b".." + b"1" * 86, True),
        ("rb_signature", b"417093628", False),
    ],
)
def test_of_headers_and_keys_nothing_stays_that_may_be_a_persons_number(
    name: str, value: bytes, *, kept: bool
) -> None:
    letter = dead_letter(came(CARRIER, b"{", [(name, value)]), WHY, NOW, "")

    assert letter.headers[0] == (name, value if kept else b"[redacted]")


def test_a_key_or_a_name_that_may_be_a_number_is_not_shown() -> None:
    headers = (("417093628", b"x"), ("7Q4Z9XWB", b""), ("ce-note", b""))

    letter = dead_letter(came(CARRIER, b"{", headers, key=b"417093628"), WHY, NOW, "")

    assert letter.key == b"[redacted]"
    assert [name for name, _ in letter.headers[:3]] == ["[redacted]", "[redacted]", "ce-note"]


@each_row(
    ("content", "kept"),
    [
        (b'{"note": "4711"}', False),
        (b'{"note_to_terminal": "4711"}', False),
        (b'{"parts": [{"noteToTerminal": "4711"}]}', False),
        (b'{"reasonForAction": "4711"}', False),
        (b'{"bill": "4711"}', True),
        (b'{"note": "come by barge"}', True),
    ],
)
def test_of_words_that_people_write_a_bare_code_goes_to_no_letter(
    content: bytes, *, kept: bool
) -> None:
    letter = dead_letter(came(CARRIER, content), WHY, NOW, "")

    assert (letter.value == content) is kept
    assert dict(letter.headers)["dlq-redacted"] == str(not kept).lower().encode()
