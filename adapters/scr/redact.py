"""What may be stored of what SCR says: no PIN, no token, no card gets past this."""

import hashlib
import re
from typing import Final

from schemas.plain_identity import plain_identity, words_show_a_secret
from schemas.secret_names import DRIVER_WORDS, LONGEST_NAME, names_a_secret, words_of
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE

REDACTED: Final = "[redacted]"
WHOLE: Final = "redacted"
"""The only member of what takes the place of a body that cannot be taken apart."""

# Where SCR puts its token when headers cannot be read: the member's name is not public (S11).
_TOKENS: Final = frozenset({"token", "jwt", "authorization", "bearer"})
_is_token = re.compile(
    r"(?:[Bb]earer\s+)?eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
).search

# What stands in these is an identifier, an address or the like, and may well be nine digits long.
_KNOWN: Final = frozenset(
    {
        *("blNumber", "portOfLoading", "portOfDestination", "vessel", "agent", "stayNumber"),
        *("lloydsNumber", "voyageNumber", "lineCode", "containerNumber", "containerStatus"),
        *("pickupLocation", "pickupLoCode", "turnInLocation", "turnInLoCode"),
        *("termsAndConditions", "validFrom", "validUntil", "isoTypeCode", "loadStatus"),
        *("moveType", "address", "createdAt", "updatedAt", "owner", "creator", "previousOwner"),
        *("nextOwner", "release", "event", "organization", "vat"),
    }
)


def redact(data: bytes) -> bytes:
    """Return *data* without secrets; untouched where there are none.

    Values are replaced, never hashed: a PIN is guessed in no time (design.md §8). What cannot be
    taken apart, or still shows a secret then, is replaced as a whole, by a digest.
    """
    if not data:
        return data
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson) or not isinstance(content, dict | list):
        return _digest(data)
    clean = _clean(content)
    if plain_identity(_without_redacted(clean)) is not None:
        return _digest(data)
    return data if clean == content else canonical(clean)


def _digest(data: bytes) -> bytes:
    return canonical({WHOLE: f"sha256:{hashlib.sha256(data).hexdigest()}"})


def _clean(content: JsonValue, name: str = "") -> JsonValue:
    if isinstance(content, list):
        return [_clean(each, name) for each in content]
    if isinstance(content, dict):
        return {own: _of_member(own, value) for own, value in content.items()}
    if not isinstance(content, str) or content == REDACTED:
        return content
    shows = _is_token(content) or (name not in _KNOWN and words_show_a_secret(content))
    return REDACTED if shows else content


def _of_member(name: str, value: JsonValue) -> JsonValue:
    # Whether there is a PIN is no secret: `pinRetrieved` (identity_scr_portbase.md §B.4).
    if value is None or isinstance(value, bool):
        return value
    return REDACTED if _is_secret(name) else _clean(value, name)


def _is_secret(name: str) -> bool:
    words = words_of(name)
    named = names_a_secret(words) or not (DRIVER_WORDS | _TOKENS).isdisjoint(words)
    # No member of SCR's has so long a name: what its end may say is not looked for.
    return named or len(name) > LONGEST_NAME


def _without_redacted(content: JsonValue) -> JsonValue:
    """Return *content* without what was taken out of it: its name alone tells nothing."""
    if isinstance(content, list):
        return [_without_redacted(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {name: _without_redacted(value) for name, value in content.items() if value != REDACTED}
