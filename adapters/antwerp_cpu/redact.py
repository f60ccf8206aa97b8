"""What may be stored of a CPu body: no driver's card, telephone or PIN gets past this."""

import hashlib
from collections.abc import Mapping
from typing import Final

from adapters.antwerp_cpu import codes
from adapters.antwerp_cpu.wire_in import Asked
from schemas.plain_identity import names_its_secret, plain_identity
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
SEALED: Final = "driver"
WHOLE: Final = "redacted"
"""The only member of what takes the place of a body that cannot be taken apart."""

# Members that name a person or are a secret, whatever stands around them: `alfapassNumber`
# (cpu.md §4.2 rows 13, 14), `alfaPassIdentification` (§2.6), `mobilePhoneNumber` (§2.4),
# `encryptedPin` (§2.7). `encryptedAlfapassNumber` is for the terminal alone, and goes, too.
_TELEPHONES_AND_CARDS: Final = frozenset(
    {"phone", "mobile", "telephone", "tel", "gsm", "card", "badge", "plate"}
)

_CODE: Final = "identificationcode"
_KIND: Final = "identificationtype"
_KNOWN: Final = members_of(Asked)
# A release is found by it: of what stands in it nothing is taken out (decision 0016).
_MATCHED: Final = frozenset({"releaseIdentification"})


def redact(data: bytes) -> bytes:
    """Return *data* without identities and secrets; untouched where there are none.

    Values are replaced, never hashed: nine digits are guessed in seconds (design.md §8). What
    cannot be taken apart is replaced as a whole, by a digest.
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
    return data if clean == content else canonical(clean)


def _digest(data: bytes) -> bytes:
    return canonical({WHOLE: f"sha256:{hashlib.sha256(data).hexdigest()}"})


def _clean(content: JsonValue, name: str = "", *, person: bool = False) -> JsonValue:
    person = person or _plain(name) == "pickupparty"
    if isinstance(content, list):
        named = lists_a_secret(content)
        return [
            _hidden("", each) if named else _clean(each, name, person=person) for each in content
        ]
    if isinstance(content, str):
        return REDACTED if name not in _MATCHED and names_its_secret(content) else content
    if not isinstance(content, dict):
        return content
    names_a_party = not person and _names_a_party(content)
    secret = hidden_by_kind(content, _KNOWN)
    return {
        own: _hidden(own, value)
        if own in secret or _is_secret(own) or (_plain(own) == _CODE and not names_a_party)
        else _clean(value, own, person=person)
        for own, value in content.items()
    }


def _hidden(name: str, value: JsonValue) -> JsonValue:
    # That there is none, or whether there is one, is no secret (`pinRetrieved`, cpu.md §2.7).
    if value is None or isinstance(value, bool):
        return value
    # Nor is a driver whom only the terminal can open (sealing.py).
    return value if name == SEALED and plain_identity({name: value}) is None else REDACTED


def _names_a_party(content: Mapping[str, JsonValue]) -> bool:
    """Tell whether the code in *content* is of one of CPu's kinds for companies (cpu.md §1.2)."""
    kinds = [value for name, value in content.items() if _plain(name) == _KIND]
    return len(kinds) == 1 and isinstance(kinds[0], str) and codes.scheme_of(kinds[0]) is not None


def _is_secret(name: str) -> bool:
    words = words_of(name)
    person = names_a_person(words) or not _TELEPHONES_AND_CARDS.isdisjoint(words)
    # No member of CPu's has so long a name: what its end may say is not looked for.
    return person or names_a_secret(words) or names_a_code(words) or len(name) > LONGEST_NAME


def _plain(name: str) -> str:
    return "".join(words_of(name))
