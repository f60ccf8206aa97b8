"""What may be stored of what Portbase says: no PIN, key, token, card or driver gets past this."""

import hashlib
from typing import Final

from adapters.portbase.wire import Heard
from adapters.portbase.wire_release import CommercialReleaseStatus
from adapters.portbase.wire_tracking import TrackedBill
from adapters.portbase.wire_visit import VisitAnswer
from schemas.plain_identity import names_its_secret, words_show_a_secret
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

# A PIN release is the other way out of a terminal (identity_scr_portbase.md §C.4 [B14]); HCN
# knows drivers and their trucks; the keys of the interfaces (§C.5, §C.6) go in headers, and would
# be as bad in a body.
_PEOPLE: Final = frozenset(
    {"phone", "mobile", "telephone", "tel", "gsm", "card", "badge", "plate"}
)
_KEYS: Final = frozenset({"secret", "token", "authorization", "authorisation"})
_ACCESS_KEY: Final = ("accesskey", "apikey")
# That an event has to do with a PIN is a kind, too, and nothing is read of it.
_KNOWN: Final = members_of(Heard, CommercialReleaseStatus, TrackedBill, VisitAnswer) - {
    "eventType"
}
# What people write freely.
_FREE: Final = frozenset(
    {"comment", "comments", "description", "note", "notes", "reason", "remark", "remarks", "text"}
)


def redact(data: bytes) -> bytes:
    """Return *data* without identities and secrets; untouched where there are none.

    Values are replaced, never hashed: nine digits are guessed in seconds (design.md §8). What
    cannot be taken apart is replaced as a whole, by a digest.
    """
    if not data:
        return data
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return canonical({WHOLE: f"sha256:{hashlib.sha256(data).hexdigest()}"})
    if not isinstance(content, dict | list):
        # A number or a word by itself may be a code: of one even a digest tells (decision 0016).
        return canonical({WHOLE: REDACTED})
    clean = _clean(content)
    return data if clean == content else canonical(clean)


def without_redacted(content: JsonValue) -> JsonValue:
    """Return *content* without what was redacted: a name alone is no secret."""
    if isinstance(content, list):
        return [without_redacted(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {name: without_redacted(value) for name, value in content.items() if value != REDACTED}


def _clean(content: JsonValue, *, free: bool = False) -> JsonValue:
    if isinstance(content, list):
        named = lists_a_secret(content)
        return [_hidden(each) if named else _clean(each, free=free) for each in content]
    if isinstance(content, dict):
        secret = hidden_by_kind(content, _KNOWN)
        return {
            name: _hidden(value) if name in secret else _shown(name, value)
            for name, value in content.items()
        }
    # That there is none, or whether there is one, is no secret.
    if content is None or isinstance(content, bool):
        return content
    # A number that means something of its own is a secret only where it says so itself.
    shows = words_show_a_secret if free else names_its_secret
    return REDACTED if shows(str(content)) else content


def _shown(name: str, value: JsonValue) -> JsonValue:
    words = words_of(name)
    return (
        _hidden(value) if _hides(name, words) else _clean(value, free=not _FREE.isdisjoint(words))
    )


def _hidden(value: JsonValue) -> JsonValue:
    return value if value is None or isinstance(value, bool) else REDACTED


def _hides(name: str, words: list[str]) -> bool:
    together = "".join(words)
    return (
        names_a_secret(words)
        or names_a_code(words)
        or names_a_person(words)
        or not (_PEOPLE | _KEYS).isdisjoint(words)
        or any(part in together for part in _ACCESS_KEY)
        or len(name) > LONGEST_NAME
    )
