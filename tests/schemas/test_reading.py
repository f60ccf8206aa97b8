"""What is read as a message, and what is told of bytes that are none."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.envelope import headers_of, read_envelope
from schemas.logged import Attestation, log_headers, read_logged
from schemas.messages import Accept, RegisterOrganisation
from schemas.reading import ReadMessage, canonical_bytes, read_message, wrong_key
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from tests.chance import examples
from tests.rows import each_row
from tests.schemas.samples import ALONE, NAMES, SEALED, envelope, read, sample, told, written

# --- bad input gets a dead letter with position and reason ------------------------------------

RELEASE = written(sample("release"))
DEEP = b'{"container":' + b"[" * 10_000 + b"]" * 10_000 + b"}"

NO_JSON = [
    ("truncated", RELEASE[:-9], "truncated", "line 1, column 134 (byte 133)"),
    ("nothing", b"", "empty", "line 1, column 1 (byte 0)"),
    ("no value at all", None, "empty", "line 1, column 1 (byte 0)"),
    ("Latin-1", RELEASE.replace(b"AGT", b"AG\xc9"), "not_utf8", "line 1, column 131 (byte 130)"),
    ("UTF-16", RELEASE.decode().encode("utf-16-le"), "null_bytes", "line 1, column 2 (byte 1)"),
    (
        "a name given twice",
        b'{"container":"MSCU7029147","container":"MSCU7029148"}',
        "duplicate_key",
        "line 1, column 28 (byte 27), $.container",
    ),
    ("NaN", b'{"container":NaN}', "not_a_number", "line 1, column 14 (byte 13)"),
    (
        "nested 10,000 deep",
        DEEP,
        "too_deep",
        "line 1, column 77 (byte 76), $.container" + "[0]" * 63,
    ),
    (
        "10 MB",
        b'{"container":"' + b"x" * 10 * MEBIBYTE + b'"}',
        "too_large",
        "line 1, column 1048577 (byte 1048576)",
    ),
    (
        "a raw line break in a text",
        RELEASE.replace(b"1742", b"17\n42"),
        "malformed",
        "line 2, column 1 (byte 62)",
    ),
    (
        "half of a surrogate pair",
        RELEASE.replace(b"1742", rb"\ud800"),
        "lone_surrogate",
        "line 1, column 66 (byte 65)",
    ),
]


@each_row(
    ("value", "code", "position"), [row[1:] for row in NO_JSON], ids=[row[0] for row in NO_JSON]
)
def test_bytes_that_are_no_json_are_told_with_their_place(
    value: bytes | None, code: str, position: str
) -> None:
    got = told("release", value)

    assert (got.code, got.position, got.sensitive) == (code, position, False)


def test_a_type_that_nobody_knows_is_told_by_its_header() -> None:
    got = told("realease", sample("release"))

    assert (got.code, got.position) == ("type_unknown", "header ce_type")
    assert not got.sensitive


def test_the_limit_of_a_topic_is_the_limit_of_its_messages() -> None:
    spaced = b" " * 2 * MEBIBYTE + RELEASE

    assert told("release", spaced).code == "too_large"
    assert isinstance(
        read_message(envelope("release"), spaced, max_bytes=4 * MEBIBYTE), ReadMessage
    )


BAD_HEADERS = [
    ("bytes that are no text", {"ce_id": b"\xff\xfe"}, "header_not_text", "header ce_id, byte 0"),
    ("no value", {"ce_source": None}, "header_missing", "header ce_source"),
    ("a time of no time", {"ce_time": b"yesterday"}, "time_unreadable", "header ce_time"),
    (
        "a time without offset",
        {"ce_time": b"2026-03-01T08:00"},
        "time_unreadable",
        "header ce_time",
    ),
    (
        "a time before the first",
        {"ce_time": b"0001-01-01T00:00:00+01:00"},
        "time_unreadable",
        "header ce_time",
    ),
    ("an id without end", {"ce_id": b"1" * 256}, "header_too_long", "header ce_id"),
    (
        "another version",
        {"ce_specversion": b"0.3"},
        "specversion_unknown",
        "header ce_specversion",
    ),
]


@pytest.mark.parametrize(
    ("spoilt", "code", "position"),
    [row[1:] for row in BAD_HEADERS],
    ids=[row[0] for row in BAD_HEADERS],
)
def test_headers_that_are_no_envelope_are_told(
    spoilt: dict[str, bytes | None], code: str, position: str
) -> None:
    headers: dict[str, bytes | None] = dict(headers_of(envelope("release")))

    got = read_envelope([*(headers | spoilt).items()])

    assert isinstance(got, Unreadable)
    assert (got.code, got.position) == (code, position)


# --- the record key ---------------------------------------------

KEYS = [
    ("accept", b"MSCU7029147", None),
    ("accept", b"mscu 702914-7", None),
    ("accept", b"MSCU7029148", "wrong_key"),
    ("accept", b"\xff", "wrong_key"),
    ("accept", b"MSCU7029147" * 100, "wrong_key"),
    ("accept", b"", "key_missing"),
    ("accept", None, "key_missing"),
    ("register_organisation", b"nxt21000000002", None),
    ("register_organisation", b"NXT21000000003", "wrong_key"),
    ("resume", b"MSCU7029147", None),
    ("resume", b"mscu 702914-7", None),
    ("resume", b"MSCU7029148", "wrong_key"),
    ("tick", None, None),
]


@each_row(("name", "key", "code"), KEYS)
def test_a_record_stands_under_its_own_key(name: str, key: bytes | None, code: str | None) -> None:
    got = wrong_key(key, read(name, sample(name)).message)

    assert (got.code if got else None) == code
    if got is not None:
        assert (got.position, got.sensitive) == ("record key", False)


def test_a_driver_under_a_wrong_key_is_kept_as_a_digest_only() -> None:
    got = wrong_key(b"MSCU7029148", read("assign_pickup", sample("assign_pickup")).message)

    assert got is not None
    assert got.sensitive


# --- whatever comes ---------------------------------------------

LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["MSCU7029147", "2026-03-01T08:00:00+01:00", "9999-12-31T23:59:59Z", SEALED]),
)
NAME = st.text(max_size=20) | st.sampled_from(["driver", "code", "scheme", "pin"])


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return inner | st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3)


JSON = _around(_around(LEAF))


@given(st.sampled_from(NAMES) | st.text(), st.binary())
def test_no_bytes_whatever_raise_anything(name: str, value: bytes) -> None:
    assert isinstance(read_message(envelope(name), value), ReadMessage | Unreadable)


@st.composite
def spoilt_messages(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid message, some of its members replaced, some put beside them, some bytes changed."""
    name = draw(st.sampled_from(NAMES))
    content = dict(sample(name))
    for member in draw(st.sets(st.sampled_from(sorted(content)), max_size=2)):
        content[member] = draw(JSON)
    content |= draw(st.dictionaries(NAME, JSON, max_size=2))
    value = bytearray(
        json.dumps(content, ensure_ascii=draw(st.booleans())).encode(errors="replace")
    )
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        value[draw(st.integers(0, len(value) - 1))] = draw(st.integers(0, 255))
    return name, bytes(value)


@settings(max_examples=examples(300))
@given(spoilt_messages())
def test_what_is_read_stands_on_the_log_as_it_was_read(spoilt: tuple[str, bytes]) -> None:
    name, value = spoilt

    got = read_message(envelope(name), value)

    if isinstance(got, Unreadable):
        return
    stands = canonical_bytes(got.message)
    again = read_message(envelope(name), stands)
    assert isinstance(again, ReadMessage)
    assert again.message == got.message
    assert canonical_bytes(again.message) == stands
    assert not [finding for finding in again.findings if "unknown" in finding]
    headers = log_headers(
        envelope(name), Attestation("NXT1", "off", "t/0/0", findings=got.findings)
    )
    logged = read_logged(headers, stands)
    assert logged.message == got.message
    assert logged.attestation.findings == got.findings


CANARY = "KANARIE"


@st.composite
def messages_with_a_canary(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A message with a text that must never be repeated in one place, and a fault in another."""
    name = draw(st.sampled_from(NAMES))
    content = dict(sample(name))
    where, wrong = draw(st.permutations([*sorted(content), "bills_of_lading"]))[:2]
    content[wrong] = draw(JSON)
    content[where] = draw(
        st.sampled_from(
            [CANARY, f"{CANARY}\n", CANARY * 99, [CANARY], {CANARY: CANARY}, {"code": CANARY}]
        )
    )
    return name, content


@settings(max_examples=examples(300))
@given(messages_with_a_canary())
def test_what_is_told_of_a_fault_never_repeats_the_content(
    message: tuple[str, dict[str, Any]],
) -> None:
    name, content = message

    got = read_message(envelope(name), written(content))

    if isinstance(got, Unreadable):
        assert CANARY not in got.sentence
        assert CANARY not in got.position.replace(f".{CANARY}", "")


@given(
    st.lists(
        st.tuples(st.sampled_from(["ce_id", "ce_type", "ce_time", "x"]), st.none() | st.binary())
    )
)
def test_no_headers_whatever_raise_anything(headers: list[tuple[str, bytes | None]]) -> None:
    read_envelope(headers)


@given(st.none() | st.binary() | st.text().map(str.encode))
def test_no_key_whatever_raises_anything(key: bytes | None) -> None:
    wrong_key(key, Accept(container="MSCU7029147", port="BEANR"))
    organisation = ALONE["register_organisation"]
    wrong_key(key, RegisterOrganisation.model_validate(organisation))


def test_every_type_has_a_sample_that_reads_without_a_finding() -> None:
    assert {name: read(name, sample(name)).findings for name in NAMES} == dict.fromkeys(NAMES, ())
