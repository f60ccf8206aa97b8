"""A record is shown as it came: JSON as JSON, text as text, bytes as base64, and on one line."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.records import as_line, as_object, as_words, meaning
from consumers.tail import Seen
from schemas.reasons import Missing, Reason
from schemas.words import Language, explained
from tests.rows import each_row

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
        (b'{"a":"\\ud800"}', {"value_text": '{"a":"\\ud800"}'}),
        (b"\xff\xfe", {"value_base64": "//4="}),
        (b"", {"value_text": ""}),
    ],
)
def test_a_line_says_what_the_object_says(value: bytes | None, shown: dict[str, object]) -> None:
    line = as_line(_seen(value))

    assert "\n" not in line
    assert json.loads(line) == as_object(_seen(value))
    assert shown.items() <= json.loads(line).items()


@pytest.mark.parametrize("value", [b'{"a":"\\ud800"}', b'"\\udc00"', b"\xed\xa0\x80"])
def test_half_a_character_is_shown_and_stops_no_tail(value: bytes) -> None:
    """Whoever prints it would break on it: no terminal and no file takes one."""
    for line in (as_line(_seen(value)), as_words(_seen(value))):
        assert line.encode()


def test_a_sender_steers_nobodys_terminal() -> None:
    words = as_words(_seen(b'"\x1b[31m"', key=b"MSCU\x1b[5m\r"))

    assert "\x1b" not in words
    assert "\r" not in words


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


CORPUS = Path(__file__).parents[1] / "schemas" / "corpus" / "v1"


def _of_the_corpus(name: str) -> bytes:
    return (CORPUS / "outputs" / name).read_bytes()


@pytest.mark.parametrize("language", Language)
def test_a_refusal_on_an_outbox_is_told_in_the_language_asked_for(language: Language) -> None:
    told = as_words(_seen(_of_the_corpus("notice_refused.json")), language)

    words = explained(Reason.NOT_THE_HOLDER)
    assert words.sentence(language) in told
    assert words.who_can_fix(language) in told


def test_what_a_container_lacks_is_told_a_line_each() -> None:
    content = json.loads(_of_the_corpus("notice_applied.json"))

    assert list(meaning(content, Language.FR)) == [
        f"- {explained(Missing.NO_PICKUP_ASSIGNED).sentence(Language.FR)}"
    ]


@pytest.mark.parametrize("language", Language)
def test_every_fact_is_told_in_every_language(language: Language) -> None:
    for file in sorted(CORPUS.parent.glob("v*/facts/*.json")):
        told = json.loads(file.read_bytes())
        said, *_ = meaning(told, language)

        assert said, file.stem
        # A key's id is what it is, with all the letters of base64url.
        key = told["fact"].get("key") or {"id": ""}
        said = said.replace(key["id"], "")
        assert not re.search(r"[{}_]|releasebus", said), said


@each_row(
    "content",
    [None, 7, "x", [], {}, {"answer": None}, {"answer": {"reason": "none_of_ours"}},
     {"answer": {"reason": ["x"]}}, {"missing": 3}, {"missing": ["?", {}]},
     {"cause": {}, "fact": {}}],
)  # fmt: skip
def test_what_the_ledger_did_not_write_has_no_meaning(content: object) -> None:
    assert list(meaning(content, Language.DE)) == []
