"""What a file says in our own words, a line each, read as the bus itself reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from adapters.contract import Part
from cli.exits import Exit, Told
from schemas.envelope import ORGANISATION_SOURCE, SPEC_VERSION, envelope_in, written_time
from schemas.facts import RecordedFact
from schemas.facts import read as read_fact
from schemas.identifiers import Scheme, Unusable, read_party_code
from schemas.json_path import member
from schemas.messages import PartyRef
from schemas.reading import read_message
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import Misformed

Line: TypeAlias = Mapping[str, JsonValue]

MESSAGE: Final = "a message of the bus"
FACT: Final = "a fact of ledger.facts.v1"
NEITHER: Final = "no message of the bus, which has a type and data"
OF_A_MESSAGE: Final = ("type", "data", "id", "organisation")
NOBODY: Final = "SENDER"
JSON_THAT_NOBODY_TAKES: Final = frozenset(
    {"duplicate_key", "integer_too_long", "lone_surrogate", "number_too_large", "too_deep"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """The messages or the facts, in their order, and what of the file is left out."""

    parts: tuple[Part, ...] = ()
    facts: tuple[RecordedFact, ...] = ()
    left_out: tuple[str, ...] = ()


def said_in(data: bytes, now: datetime) -> Said | None:
    """Return what *data* says, or None where nothing in it is a message or a fact of ours.

    The first that is tells which of the two they are. Raises Told, in the bus's own words, for
    a line that it would refuse, and for JSON that no system takes either.
    """
    whole = read_json(data, max_bytes=MEBIBYTE)
    lines = _each_line(data) if isinstance(whole, UnreadableJson) else [(1, whole)]
    kind = next((kind for kind in (_kind(line) for _, line in lines) if kind != NEITHER), None)
    if kind is not None:
        return _said(lines, kind, now)
    if isinstance(whole, UnreadableJson) and whole.code in JSON_THAT_NOBODY_TAKES:
        raise Told(f"FILE, {whole.position}: {whole.sentence}", Exit.USAGE)
    return None


def _each_line(data: bytes) -> list[tuple[int, JsonValue | UnreadableJson]]:
    lines = enumerate(data.splitlines(), 1)
    return [(n, read_json(line, max_bytes=MEBIBYTE)) for n, line in lines if line.strip()]


def _kind(line: JsonValue | UnreadableJson) -> str:
    if not isinstance(line, dict):
        return NEITHER
    if "cause" in line:
        return FACT
    return MESSAGE if {"type", "data"} <= line.keys() else NEITHER


def _said(
    lines: Sequence[tuple[int, JsonValue | UnreadableJson]], kind: str, now: datetime
) -> Said:
    parts, facts, left_out = list[Part](), list[RecordedFact](), list[str]()
    for number, line in lines:
        if isinstance(line, UnreadableJson):
            raise Told(f"Line {number}, column {line.column}: {line.sentence}", Exit.USAGE)
        if not isinstance(line, dict) or _kind(line) != kind:
            left_out.append(f"Line {number} is left out: it is {_kind(line)}.")
        elif kind == FACT:
            facts.append(_fact(number, line))
        else:
            parts.append(_message(number, line, now))
            left_out += _left_out(number, line)
    return Said(tuple(parts), tuple(facts), tuple(left_out))


def _fact(number: int, line: Line) -> RecordedFact:
    try:
        return read_fact(canonical(dict(line)))
    except Misformed as error:
        raise Told(f"Line {number} is no fact of ledger.facts.v1: {error}.", Exit.USAGE) from error


def _message(number: int, line: Line, now: datetime) -> Part:
    speaks = _text(number, line, "organisation", "")
    headers = {
        "ce_id": _text(number, line, "id", f"line-{number}"),
        "ce_source": f"{ORGANISATION_SOURCE}{speaks or NOBODY}",
        "ce_type": _text(number, line, "type", ""),
        "ce_specversion": SPEC_VERSION,
        "ce_time": written_time(now),
    }
    envelope = envelope_in(headers)
    if isinstance(envelope, Unreadable):
        raise _refused(number, envelope)
    read = read_message(envelope, canonical(line["data"]))
    if isinstance(read, Unreadable):
        raise _refused(number, read)
    return Part(read.message, envelope.id, read.findings, on_behalf_of=_speaker(number, speaks))


def _speaker(number: int, speaks: str) -> PartyRef | None:
    if not speaks:
        return None
    read = read_party_code(Scheme.NXTPORT, speaks)
    if isinstance(read, Unusable):
        raise Told(f"Line {number}, $.organisation: {read.reason}", Exit.USAGE)
    return PartyRef(scheme=Scheme.NXTPORT, code=read.value)


def _text(number: int, line: Line, name: str, otherwise: str) -> str:
    came = line.get(name, otherwise)
    if not isinstance(came, str):
        raise Told(f"Line {number}, $.{name}: This is no text.", Exit.USAGE)
    return came


def _refused(number: int, why: Unreadable) -> Told:
    return Told(f"Line {number}, {why.position}: {why.sentence}", Exit.USAGE)


def _left_out(number: int, line: Line) -> list[str]:
    unread = (name for name in line if name not in OF_A_MESSAGE)
    known = ", ".join(OF_A_MESSAGE)
    return [
        f"Line {number}, {member('$', name)} is left out: a line has {known}." for name in unread
    ]
