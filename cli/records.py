"""How a record is shown: as an object for programs, as lines for a person."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeVar

from pydantic_core import from_json

from cli.voice import harmless
from cli.words import line_of, with_remedy
from consumers.tail import Seen
from schemas.envelope import written_time
from schemas.facts import RECORDED
from schemas.reasons import Missing, Reason
from schemas.value import Misformed
from schemas.words import Language, explained

OfLedger = TypeVar("OfLedger", Reason, Missing)


def as_object(record: Seen) -> dict[str, Any]:
    """Return *record* as an object: what is JSON as such, what is text as text, else base64."""
    return {**_frame(record), **_value(record.value)}


def _frame(record: Seen) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "at": written_time(record.at),
        "key": _text(record.key),
        "headers": {name: _text(value) for name, value in record.headers},
    }


def _is_json(value: bytes) -> bool:
    try:
        from_json(value)
    except ValueError:
        return False
    return True


def as_line(record: Seen) -> str:
    """Return *record* as a line of JSON, its value letter by letter where that is JSON."""
    value = record.value
    if value is None or b"\n" in value or not _is_json(value) or "value" not in _value(value):
        return json.dumps(as_object(record), ensure_ascii=False)
    frame = json.dumps(_frame(record), ensure_ascii=False)
    return f'{frame[:-1]}, "value": {value.decode()}}}'


def as_words(record: Seen, language: Language = Language.EN) -> str:
    """Return *record* as a person reads it: as it came, and what its reasons mean."""
    headers = {name: _text(value) for name, value in record.headers}
    kind = headers.get("ce_type", "")
    place = f"{record.partition}/{record.offset}"
    key = harmless(_text(record.key) or "-")
    head = f"{record.at:%H:%M:%S} {place} {key} {harmless(kind or '')}".rstrip()
    value = _value(record.value)
    content = value.get("value")
    body = json.dumps(content, ensure_ascii=False) if "value" in value else str(value)
    return "\n    ".join([head, body, *meaning(content, language)])


def meaning(content: Any, language: Language) -> Iterator[str]:
    """Yield what the ledger says in *content*, in words: what happened, and what it lacks."""
    if not isinstance(content, dict):
        return
    if "cause" in content and "fact" in content:
        try:
            yield line_of(RECORDED.read(json.dumps(content).encode()), {}, language).said
        except Misformed:
            return
    answer = content.get("answer")
    for refused in _known(Reason, [answer.get("reason")] if isinstance(answer, dict) else []):
        yield with_remedy(refused, language)
    for lack in _known(Missing, content.get("missing")):
        yield f"- {explained(lack).sentence(language)}"


def _known(kind: type[OfLedger], values: Any) -> Iterator[OfLedger]:
    """Yield the reasons among *values*, which may be anything."""
    for value in values if isinstance(values, list) else ():
        if isinstance(value, str) and value in set(kind):
            yield kind(value)


def _value(value: bytes | None) -> dict[str, Any]:
    if value is None:
        return {"value": None}
    with suppress(ValueError, RecursionError):
        content = json.loads(value)
        json.dumps(content, ensure_ascii=False).encode()  # half of a character is none
        return {"value": content}
    try:
        return {"value_text": value.decode()}
    except UnicodeDecodeError:
        return {"value_base64": base64.b64encode(value).decode()}


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode(errors="backslashreplace")
