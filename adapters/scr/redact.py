"""What may be stored of what SCR says: no PIN, no token, no card gets past this."""

import hashlib
import re
from typing import Final

from adapters.scr.wire import Said
from schemas.plain_identity import (
    names_its_secret,
    plain_identity,
    reference_shows_a_secret,
    words_show_a_secret,
)
from schemas.secret_kinds import hidden_by_kind, lists_a_secret, members_of
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

# Where SCR puts its token when headers cannot be read: the member's name is not public (S11).
_TOKENS: Final = frozenset({"token", "jwt", "authorization", "bearer"})
_PEOPLE: Final = frozenset(
    {"phone", "mobile", "telephone", "tel", "gsm", "card", "badge", "plate"}
)
_KEYS: Final = ("apikey", "accesskey", "secret")
# A JWT (RFC 7519). In linear time: of a run of its letters only the first begins, and none of the
# run is given back.
_is_token = re.compile(
    r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*eyJ[A-Za-z0-9_-])[A-Za-z0-9_-]++\.[A-Za-z0-9_-]++\."
).search

# What stands in these is an identifier, an address or the like, and may well be nine digits long:
# it is a secret only where it says so itself. All else is free words (§B.4).
_KNOWN: Final = frozenset(
    {
        *("blNumber", "portOfLoading", "portOfDestination", "agent", "stayNumber"),
        *("lloydsNumber", "voyageNumber", "lineCode", "containerNumber"),
        *("pickupLocation", "pickupLoCode", "turnInLoCode"),
        *("validFrom", "validUntil", "isoTypeCode", "version"),
        *("address", "createdAt", "updatedAt", "owner", "creator", "previousOwner"),
        *("nextOwner", "release", "event", "organization", "vat"),
    }
)
_OWN: Final = members_of(Said) | _KNOWN
# A number by itself is mostly a weight or a count, but not under these words.
_OF_CODES: Final = frozenset(
    {"code", "codes", "comment", "conditions", "note", "notes", "remark", "remarks", "text"}
)


def redact(data: bytes) -> bytes:
    """Return *data* without secrets; untouched where there are none.

    Values are replaced, never hashed: a PIN is guessed in no time (design.md §8). What cannot be
    taken apart, or still shows a secret then, is replaced as a whole, by a digest.
    """
    if not data:
        return data
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return _digest(data)
    if not isinstance(content, dict | list):
        # A number or a word by itself may be a code: of one even a digest tells (decision 0016).
        return canonical({WHOLE: REDACTED})
    clean = _clean(content)
    if plain_identity(_without_redacted(clean)) is not None:
        return _digest(data)
    return data if clean == content else canonical(clean)


def _digest(data: bytes) -> bytes:
    return canonical({WHOLE: f"sha256:{hashlib.sha256(data).hexdigest()}"})


def _clean(content: JsonValue, name: str = "") -> JsonValue:
    if isinstance(content, list):
        named = lists_a_secret(content)
        return [_hidden(each) if named else _clean(each, name) for each in content]
    if isinstance(content, dict):
        secret = hidden_by_kind(content, _OWN)
        return {
            own: _hidden(value) if own in secret else _of_member(own, value)
            for own, value in content.items()
        }
    if content is None or isinstance(content, bool) or content == REDACTED:
        return content
    text = str(content)
    shows = _is_token(text) or _shows(name, text, written=isinstance(content, str))
    return REDACTED if shows else content


def _shows(name: str, text: str, *, written: bool) -> bool:
    if name in _KNOWN:
        return names_its_secret(text)
    free = written or not _OF_CODES.isdisjoint(words_of(name))
    return words_show_a_secret(text) if free else reference_shows_a_secret(text)


def _of_member(name: str, value: JsonValue) -> JsonValue:
    return _hidden(value) if _is_secret(name) else _clean(value, name)


def _hidden(value: JsonValue) -> JsonValue:
    # Whether there is a PIN is no secret: `pinRetrieved` (identity_scr_portbase.md §B.4).
    return value if value is None or isinstance(value, bool) else REDACTED


def _is_secret(name: str) -> bool:
    words = words_of(name)
    together = "".join(words)
    named = (
        names_a_secret(words)
        or names_a_code(words)
        or names_a_person(words)
        or not (_TOKENS | _PEOPLE).isdisjoint(words)
        or any(each in together for each in _KEYS)
    )
    # No member of SCR's has so long a name: what its end may say is not looked for.
    return named or len(name) > LONGEST_NAME


def _without_redacted(content: JsonValue) -> JsonValue:
    """Return *content* without what was taken out of it: its name alone tells nothing."""
    if isinstance(content, list):
        return [_without_redacted(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {name: _without_redacted(value) for name, value in content.items() if value != REDACTED}
