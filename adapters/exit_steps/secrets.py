"""No TCT passes: six digits that open a gate, tied to a container (edifact_france.md §A.3).

It is made when an exit is authorised and goes by e-mail to whoever organises the transport: the
bus never needs one. Where one comes all the same, in a member or in words, it is taken out and
nothing is made of it: of a million codes each hash is guessed in a second.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from schemas.plain_identity import may_be_a_number, names_its_secret, reference_shows_a_secret
from schemas.secret_kinds import hidden_by_kind, lists_a_secret
from schemas.secret_names import (
    LONGEST_NAME,
    names_a_code,
    names_a_person,
    names_a_secret,
    words_of,
)
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE

REDACTED: Final = "[redacted]"
WHOLE: Final = "redacted"
"""The only member of what takes the place of a body that cannot be taken apart."""

# Who drives and how to reach him is nobody's business but the terminal's (design.md §8).
_PERSONS: Final = frozenset(
    {"phone", "mobile", "telephone", "email", "mail", "card", "badge", "token", "licence",
     "license", "plate"}
)  # fmt: skip
# Six digits by themselves, or in two threes; behind a letter they are a number of something else.
_six_digits = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9]{6}|[0-9]{3}[ ._\-][0-9]{3}"
    r"|(?<![0-9],)[0-9]{3},[0-9]{3}(?!,[0-9]))(?![0-9])"
).search
# Or parted in any other way, with nothing before or behind that would make it a longer number.
_in_groups = re.compile(
    r"(?<![A-Za-z0-9])(?<![0-9][ .,_\-])[0-9](?:[ .,_\-]?[0-9]){5}(?![ .,_\-]?[0-9])"
).finditer
_is_day_or_decimal = re.compile(
    r"(?:0[1-9]|[12][0-9]|3[01])[.\-](?:0[1-9]|1[0-2])[.\-]2[0-9]"
    r"|20[0-9]{2}-(?:0[1-9]|1[0-2])|[0-9]+[.,][0-9]+|[0-9][ ,.][0-9]{3}[.,][0-9]{2}"
).fullmatch
# The ids of our requests, which come back with the answers, and the digests of what was taken out.
_is_id = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|sha256:[0-9a-f]{64}").fullmatch
_is_piece = re.compile(r"[0-9]{1,3}").fullmatch
_TCT_DIGITS: Final = 6
_MINUS: Final = "\N{MINUS SIGN}"
_TARIFF: Final = "commodityCode"
_BILLS: Final = frozenset({"connaissements", "bills", "billOfLading", "billsOfLading", "blNumber"})
"""Numbers of bills of lading may have nine digits, or six behind a mark: `MRS/123456`. Six and no
more are no carrier's."""
# Of S)ONE (§A.2), of Ci5 and of the template: what these say they say whatever stands beside them.
_KNOWN: Final = frozenset(
    {
        *("HandlingUnit", "Events", "Reference", "Spi", "FreightFamily", "AlertDate", "AlertType"),
        *("Direction", "Location", "State", "Type", "alertDate", "alertType", "direction"),
        *("location", "state", "items", "events", "reference", "spi", "pswId", "freightFamily"),
        *("customsFlag", "huLocation", "place", "actors", "freightAgent", "freightForwarder"),
        *("trackingId", "trackedHandlingUnits", "transportOrderNumber", "customerOrderId"),
        *("externalReference", "status", "subErrors", "code", "message", "id"),
        *("etape", "etat", "date", "conteneur", "port", "terminal", "passage", "connaissements"),
        *("agent", "transitaire", "transporteur", "mode", "demande", "statut"),
        *("container", "bills", "holder", "request", "accepted", "at"),
    }
)
_NUMBERS: Final = frozenset(
    {"total", "returned", "first", "limit", "offset", "value", "weight", "volume", "quantity"}
)
"""Members whose numbers of six digits are a count or a weight, as `commodityCode` is a heading of
the tariff (§A.2). A text of theirs may still be a code."""


def redact(data: bytes) -> bytes:
    """Return *data* without secrets and people; untouched where there are none.

    What cannot be taken apart is replaced as a whole, by a digest.
    """
    if not data:
        return data
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return canonical({WHOLE: f"sha256:{hashlib.sha256(data).hexdigest()}"})
    if not isinstance(content, dict | list) and may_be_a_number(str(content)):
        # A number by itself may be a code: of one even a digest tells (decision 0016). What S)ONE
        # answers to a call that makes a tracking is its id, and begins with letters.
        return canonical({WHOLE: REDACTED})
    clean = _clean(content)
    return data if clean == content else canonical(clean)


def words_without(text: str) -> str:
    """Return free words, or that they were taken out because a secret shows in them."""
    return REDACTED if shows_a_code(text) else text


def shows_a_code(text: str) -> bool:
    """Tell whether a TCT, PIN or card may stand in *text*; a time or an id of ours shows none."""
    if _is_time(text) or _is_id(text):
        return False
    visible = _visible(text)
    grouped = any(not _is_day_or_decimal(each.group()) for each in _in_groups(visible))
    return grouped or _six_digits(visible) is not None or reference_shows_a_secret(visible)


def _visible(text: str) -> str:
    """Return *text* as it is read: digits of any script as ours, any dash as a hyphen."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(_as_read(each) for each in plain if unicodedata.category(each) != "Cf")


def _as_read(letter: str) -> str:
    if unicodedata.category(letter) == "Pd" or letter == _MINUS:
        return "-"
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _spells_a_code(content: Sequence[JsonValue]) -> bool:
    """Tell whether the parts of a list are six digits together, each one, two or three of them."""
    parts = [_visible(str(each)).strip() for each in content if not isinstance(each, bool)]
    told = len(parts) == len(content) > 1 and all(_is_piece(each) for each in parts)
    return told and len("".join(parts)) == _TCT_DIGITS


def _clean(content: JsonValue, name: str = "") -> JsonValue:
    match content:
        case dict():
            return _clean_members(content)
        case list():
            told = name not in _NUMBERS and _spells_a_code(content)
            named = told or lists_a_secret(content)
            return [_hidden(each) if named else _clean(each, name) for each in content]
        case str() if name in _BILLS:
            return REDACTED if _is_no_bill(content) else content
        case str() if name != _TARIFF and shows_a_code(content):
            return REDACTED
        case int() | float() if not isinstance(content, bool) and name not in _NUMBERS:
            return REDACTED if _six_digits(str(content)) else content
        case _:
            return content


def _is_no_bill(text: str) -> bool:
    alone = _six_digits(_visible(text))
    return names_its_secret(text) or (
        alone is not None and alone.group() == _visible(text).strip()
    )


def _clean_members(content: Mapping[str, JsonValue]) -> JsonValue:
    secret = hidden_by_kind(content, _KNOWN)
    return {
        REDACTED if shows_a_code(name) else name: _hidden(value)
        if name in secret
        else _of_member(name, value)
        for name, value in content.items()
    }


def _of_member(name: str, value: JsonValue) -> JsonValue:
    return _hidden(value) if _is_secret(name) else _clean(value, name)


def _hidden(value: JsonValue) -> JsonValue:
    # That there is none, or whether there is one, is no secret.
    return value if value is None or isinstance(value, bool) else REDACTED


def _is_secret(name: str) -> bool:
    words = words_of(name)
    named = names_a_secret(words) or names_a_code(words) or names_a_person(words)
    return named or not _PERSONS.isdisjoint(words) or len(name) > LONGEST_NAME


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text and ":" in text
