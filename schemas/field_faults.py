"""What is wrong with a member of a message, in the field's words instead of pydantic's."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from schemas.json_path import path_of
from schemas.unreadable import Unreadable

RFC_3339 = "is no time in RFC 3339, such as 2026-03-01T08:00:00Z"

# By pydantic's type of error; what stands in braces are limits of ours, never content.
_WRONG = {
    "missing": "is missing",
    "string_type": "is no text",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "has characters that may not stand in it, such as a line break",
    "enum": "is none of {expected}",
    "tuple_type": "is no array",
    "too_short": "has fewer than {min_length} items",
    "too_long": "has more than {max_length} items",
    "model_type": "is no object",
    "bool_type": "is neither true nor false",
    "datetime_type": RFC_3339,
    "datetime_parsing": RFC_3339,
    "timezone_aware": "has no offset from UTC, such as Z or +01:00",
}

_WORDS = {
    "at": "time",
    "bills_of_lading": "list of bills of lading",
    "code": "code of the party or terminal",
    "codes": "list of codes",
    "container": "container number",
    "expires_at": "expiry date",
    "overruled": "mark that the terminal overruled",
    "picked_up_by": "party that picked up",
    "release_identification": "release identification of the agent",
    "release_to": "party that the release goes to",
    "scheme": "kind of the code",
    "terminal": "terminal code",
    "terminals": "list of terminals",
    "valid_from": "date from which the release holds",
}


def fault_of(error: ValidationError) -> Unreadable:
    """Return the first fault that *error* tells of."""
    faults = error.errors(include_url=False, include_input=False)
    first = faults[0]
    code = "field_missing" if first["type"] == "missing" else "field_invalid"
    wrong = _wrong(first["type"], first.get("ctx", {}))
    more = f" It has {len(faults)} faults, this is the first." if len(faults) > 1 else ""
    return Unreadable(code, path_of(first["loc"]), f"The {_named(first['loc'])} {wrong}.{more}")


def invalid(path: str, name: str, wrong: str) -> Unreadable:
    """Return that the member *name* at *path* is *wrong*, such as `is empty`."""
    return Unreadable("field_invalid", path, f"The {_named((name,))} {wrong}.")


def _wrong(kind: str, limits: Mapping[str, Any]) -> str:
    return _WRONG.get(kind, "cannot be read").format_map(limits)


def _named(location: tuple[str | int, ...]) -> str:
    """Return what people call the member at *location*; of an array, its items."""
    if not location:
        return "message"
    last = location[-1]
    if isinstance(last, int):
        return f"item {last} of the {_named(location[:-1])}"
    return _WORDS.get(last, last.replace("_", " "))
