"""One message of JSON, read strictly: what other readers let pass in silence is refused here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from json import JSONEncoder
from math import isfinite
from typing import TypeAlias

from pydantic_core import from_json

from schemas.unreadable import Unreadable

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

MAX_DEPTH = 64
MAX_INTEGER_DIGITS = 40
"""No identifier, count or weight of the field is longer; 128 bits fit."""

_BEYOND_INTEGERS = 10**MAX_INTEGER_DIGITS
_LONGEST_PATH = 200
_WHITESPACE = b" \t\r\n"
# Larger than any count of members, so that a sum with it never equals one.
_SUSPECT = 1 << 62


@dataclass(frozen=True, slots=True)
class UnreadableJson(Unreadable):
    """Why bytes are no message, and where.

    `line` and `column` count from 1, in characters; `byte_offset` counts from 0. `path` names
    the member (`$.carrier.code`), empty where none is known.
    """

    line: int
    column: int
    byte_offset: int
    path: str = ""


def read(
    data: bytes | None, *, max_bytes: int, max_depth: int = MAX_DEPTH
) -> JsonValue | UnreadableJson:
    """Return the JSON value in *data*, or why it is none.

    Refused beyond RFC 8259: a name given twice in an object, lone surrogates, numbers that
    overflow, integers of more than 40 digits, and more than *max_depth* (at most 200) objects
    and arrays inside each other.
    """
    if not data:
        return _unreadable("empty", b"", 0)
    if len(data) > max_bytes:
        return _unreadable("too_large", data, max_bytes)
    try:
        value: JsonValue = from_json(data, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        return _explained(data, str(error), max_depth=max_depth)
    nested = value if type(value) is dict or type(value) is list else [value]
    members = _members(nested, max_depth)
    # As many members kept as names written: no name was given twice.
    if members == _most_names(data) or members == _names(data):
        return value
    return _fault_within(data, max_depth=max_depth) or value


def check(
    data: bytes | None, *, max_bytes: int, max_depth: int = MAX_DEPTH
) -> UnreadableJson | None:
    """Return why `read` refuses *data*, or None: for whoever lets pydantic read it afterwards."""
    value = read(data, max_bytes=max_bytes, max_depth=max_depth)
    return value if isinstance(value, UnreadableJson) else None


_encode = JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
    sort_keys=True,
    separators=(",", ":"),
).encode


def canonical(value: JsonValue) -> bytes:
    """Return the one way to write *value*: names sorted by code point, no spaces, UTF-8.

    Not RFC 8785: numbers are written as Python writes them (`1.0`, `1e+16`). Raises ValueError
    for NaN, infinity and lone surrogates, none of which `read` lets in.
    """
    return _encode(value).encode()


def _members(nested: Iterable[JsonValue], depth: int) -> int:
    """Return how many members the objects in *nested* keep; _SUSPECT and more if out of bounds."""
    if depth < 1:
        return _SUSPECT
    members = 0
    if isinstance(nested, dict):
        members = len(nested)
        nested = nested.values()
    for item in nested:
        kind = type(item)
        if kind is str:
            continue
        if kind is dict or kind is list:
            members += _members(item, depth - 1)  # type: ignore[arg-type]  # a value is any JSON here
        elif _number_fault(item):
            return _SUSPECT
    return members


def _most_names(data: bytes) -> int:
    """Return a number that the names in valid JSON do not exceed: most often, theirs.

    Each name ends in `":` once white space is gone; so do texts that begin with a colon.
    """
    return data.translate(None, _WHITESPACE).count(b'":')


def _names(data: bytes) -> int:
    """Return how many names stand in valid JSON: the colons outside of texts."""
    # Pairs of backslashes go first, so that a quote behind one closes its text.
    unescaped = data.replace(rb"\\", b"").replace(rb"\"", b"")
    return b"".join(unescaped.split(b'"')[::2]).count(b":")


def _number_fault(value: JsonValue) -> str:
    """Return what is wrong with *value* where it is a number, or nothing."""
    if isinstance(value, float):
        return "" if isfinite(value) else "number_too_large"
    if isinstance(value, int) and not -_BEYOND_INTEGERS < value < _BEYOND_INTEGERS:
        return "integer_too_long"
    return ""


# --- what is wrong, and where: for messages under suspicion only --------------------------------

_SENTENCES = {
    "empty": "There is no message: the value is empty.",
    "too_large": "The message is larger than is taken.",
    "byte_order_mark": "The message begins with a byte order mark.",
    "not_utf8": "The message is not UTF-8 text.",
    "null_bytes": "The message has null bytes, which no JSON has; it may be UTF-16.",
    "truncated": "The message stops before its end.",
    "malformed": "This is not JSON.",
    "not_a_number": "NaN and Infinity are no JSON numbers.",
    "number_too_large": "The number is too large to calculate with.",
    "integer_too_long": f"The integer has more than {MAX_INTEGER_DIGITS} digits.",
    "lone_surrogate": "An escape in the text is half of a surrogate pair.",
    "duplicate_key": "The name is given twice in its object.",
    "too_deep": "Objects and arrays are nested too deep.",
}

# What jiter says, without the position behind it.
_CODES = {
    "number out of range": "integer_too_long",
    "lone leading surrogate in hex escape": "lone_surrogate",
    "unexpected end of hex escape": "lone_surrogate",
}
_IN_PLAIN_WORDS = {
    "trailing comma": "A comma stands before the end of an object or array.",
    "trailing characters": "Something follows the end of the message.",
    "key must be a string": "A name is not in double quotes.",
    "control character (\\u0000-\\u001F) found while parsing a string": (
        "A control character in a text is not escaped, or the text has no closing quote."
    ),
    "invalid escape": "A backslash in a text is followed by what JSON does not know.",
    "invalid number": "A number is not written as JSON writes numbers.",
    "expected `:`": "A name is not followed by a colon.",
    "expected `,` or `}`": "A member is not followed by a comma or a closing brace.",
    "expected `,` or `]`": "An item is not followed by a comma or a closing bracket.",
}
_place_told = re.compile(r"(.*) at line (\d+) column (\d+)").fullmatch
_not_a_number = re.compile(rb"NaN|Infinity").match


def _unreadable(
    code: str, data: bytes, offset: int, *, path: str = "", sentence: str = ""
) -> UnreadableJson:
    line = data.count(b"\n", 0, offset) + 1
    line_start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[line_start:offset].decode(errors="replace")) + 1
    position = f"line {line}, column {column} (byte {offset})"
    return UnreadableJson(
        code=code,
        position=f"{position}, {path}" if path else position,
        sentence=sentence or _SENTENCES[code],
        line=line,
        column=column,
        byte_offset=offset,
        path=path,
    )


def _explained(data: bytes, message: str, *, max_depth: int) -> UnreadableJson:
    """Return what the parser's *message* means for *data*."""
    no_text = _fault_of_text(data)
    if no_text is not None:
        return no_text
    said, offset = _said(data, message)
    if said.startswith("EOF") or offset >= len(data):
        code = "truncated" if data.strip(_WHITESPACE) else "empty"
        return _unreadable(code, data, len(data))
    if said.startswith("recursion limit"):
        # The parser gives up at 200, also where *max_depth* would let more in.
        return _fault_within(data, max_depth=max_depth) or _unreadable("too_deep", data, offset)
    if _not_a_number(data, offset):
        return _unreadable("not_a_number", data, offset)
    code = _CODES.get(said, "malformed")
    return _unreadable(code, data, offset, sentence=_IN_PLAIN_WORDS.get(said, ""))


def _fault_of_text(data: bytes) -> UnreadableJson | None:
    if data.startswith(b"\xef\xbb\xbf"):
        return _unreadable("byte_order_mark", data, 0)
    if b"\0" in data:
        return _unreadable("null_bytes", data, data.index(b"\0"))
    try:
        data.decode()
    except UnicodeDecodeError as error:
        cut_off = error.reason == "unexpected end of data"
        return _unreadable("truncated" if cut_off else "not_utf8", data, error.start)
    return None


def _said(data: bytes, message: str) -> tuple[str, int]:
    """Return the parser's *message* without the position in it, and that as a byte offset."""
    told = _place_told(message)
    if told is None:
        return message, 0
    line, column = int(told[2]), int(told[3])
    line_start = len(data) - len(data.split(b"\n", line - 1)[-1])
    return told[1], line_start + max(column - 1, 0)


_token = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|-?[0-9][-+.0-9Ee]*')
# A name longer or with a row of digits may be somebody's number rather than a name.
_may_be_shown = re.compile(r"(?!.*[0-9]{4})[A-Za-z_$@][A-Za-z0-9_$@:.-]{0,63}").fullmatch


@dataclass(slots=True)
class _Object:
    names: set[str] = field(default_factory=set)
    at: str = ""
    awaits_name: bool = True


@dataclass(slots=True)
class _Array:
    at: int = 0


def _fault_within(data: bytes, *, max_depth: int) -> UnreadableJson | None:
    """Return the first fault that makes valid JSON unreadable, or None."""
    inside: list[_Object | _Array] = []
    for token in _token.finditer(data):
        code = _fault_of(token[0], inside, max_depth=max_depth)
        if code:
            return _unreadable(code, data, token.start(), path=_path(inside))
    return None


def _fault_of(token: bytes, inside: list[_Object | _Array], *, max_depth: int) -> str:
    """Take one *token*, entering and leaving what it opens and closes; return its fault."""
    here = inside[-1] if inside else None
    match token[:1]:
        case b'"':
            if isinstance(here, _Object) and here.awaits_name:
                return _taken_name(from_json(token), here)
        case b"," | b":":
            _move_on(token, here)
        case b"}" | b"]":
            inside.pop()
        case b"{" | b"[":
            if len(inside) == max_depth:
                return "too_deep"
            inside.append(_Object() if token == b"{" else _Array())
        case _:
            return _number_fault(from_json(token))
    return ""


def _move_on(token: bytes, here: _Object | _Array | None) -> None:
    if isinstance(here, _Array):
        here.at += 1
    elif here is not None:
        here.awaits_name = token == b","


def _taken_name(name: str, here: _Object) -> str:
    here.at = name
    if name in here.names:
        return "duplicate_key"
    here.names.add(name)
    return ""


def _path(inside: list[_Object | _Array]) -> str:
    """Return the path of the member that a walk is at, without names that may be personal."""
    path = "$"
    for here in inside:
        if isinstance(here, _Array):
            path += f"[{here.at}]"
        elif here.names:
            path += f".{here.at if _may_be_shown(here.at) else '…'}"
    return path if len(path) <= _LONGEST_PATH else f"…{path[-_LONGEST_PATH:]}"
