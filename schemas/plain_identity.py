"""The guard against plain secrets: no driver, PIN or token may lie open in a message."""

import re
import unicodedata
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator

from schemas.disguises import disguises, is_compressed
from schemas.json_path import item, member
from schemas.messages import SealedDriver
from schemas.secret_kinds import KIND_WORDS
from schemas.secret_names import DRIVER_WORDS, names_a_secret, visible, words_of
from schemas.secret_words import has_its_words, near_its_words
from schemas.strict_json import JsonValue
from schemas.unreadable import Unreadable

SHORTEST = 5
"""Fewer characters name no secret beside a value, as `pin-1` does, however they are coded."""
# A sealed box is an ephemeral public key (32 bytes), a tag (16) and what is sealed.
_SHORTEST_SEALED = 32 + 16 + 1

# What tells who a driver is, said beside the sealed identity.
_PERSONAL_WORDS = frozenset(
    (
        "birth",
        "birthday",
        "card",
        "email",
        "firstname",
        "identification",
        "identity",
        "lastname",
        "licence",
        "license",
        "mobile",
        "name",
        "number",
        "passport",
        "phone",
        "surname",
    )
)
# An alias is the driver's name among colleagues, not the number on the card.
_is_number = re.compile(r"[0-9](?:[ ./-]?[0-9]){5}").search

# For bytes that no JSON could be made of, where nobody can tell names from values.
_names_a_secret = re.compile(
    rb"(?i:alfa.?pass|alpha.?pass|driver|chauffeur|tct|(?<![a-z])pins?(?![a-z])"
    rb"|pin.?code|code.?pin|pin.?number|one.?time.?(?:code|pass)|verification.?code"
    rb"|(?<![a-z])otps?(?![a-z])|(?<![a-z])(?:p([.\- ])i\1n|t([.\- ])c\2t)(?![a-z])"
    rb"|code (?:de |d.{1,3})(?:sortie|retrait|acc.{1,2}s|enl.{1,2}vement)"
    rb"|(?:toegangs|ophaal|afhaal|uitgangs|abhol|zugangs|ausfahrt|freigabe)code"
    # A code or a card is one where its number follows: `"code": "1742"` is a member's name.
    rb"|(?<![a-z])(?:bearer|passwor[dt])[ :=]{1,3}[\x21-\x7e]{4}"
    rb"|(?<![a-z])(?:codes?|cards?|carte|karte|kaart|badge|token)"
    rb"[ :=#]{1,3}[0-9](?:[ ./-]?[0-9]){3})"
    # In capitals it may end or begin a longer name, which shipping does not.
    rb"|Pins?(?![a-z])|PIN(?!G)|(?<![A-Za-z])pins?(?=[A-Z])|Otp|OTP"
)
# In words that mean something of their own, such as a bill of lading's number or a firm's name,
# the name of a secret is a word by itself, or a part of one where capitals part it: ALPINE,
# SPINNAKER and HLCUSHA2403OTP12 name none.
_says_a_secret = re.compile(
    rb"(?i:(?<![a-z0-9])(?:e|encrypted|container|release|terminal|pick.?up|exit|gate)?"
    rb"(?:pin|tct|otp)s?(?:.?(?:codes?|nr|no|nummer|number|waarde|value))?(?![a-z])"
    rb"|code.?(?:pin|tct)(?![a-z])|alfa.?pass|alpha.?pass"
    rb"|one.?time.?(?:code|pass)|verification.?code"
    rb"|(?<![a-z])(?:p([.\- ])i\1n|t([.\- ])c\2t)(?![a-z])"
    rb"|code (?:de |d.{1,3})(?:sortie|retrait|acc.{1,2}s|enl.{1,2}vement)"
    rb"|(?:toegangs|ophaal|afhaal|uitgangs|abhol|zugangs|ausfahrt|freigabe)code"
    rb"|(?<![a-z])(?:bearer|passwor[dt])[ :=]{1,3}[\x21-\x7e]{4}"
    rb"|(?<![a-z])(?:codes?|cards?|carte|karte|kaart|badge|token)"
    rb"[ :=#]{1,3}[0-9](?:[ .,_/-]?[0-9]){3}"
    # A firm may be called Driver24, or Driver Logistics 2000: a person's number follows at once,
    # or has six digits.
    rb"|(?:driver|chauffeur)s?[ :=#]{1,3}[a-z./-]{0,3}[0-9]"
    rb"|(?:driver|chauffeur)[^0-9]{1,40}[0-9](?:[ ./-]?[0-9]){5})"
    rb"|(?<=[a-z])(?:P(?:in|IN)|T(?:ct|CT)|O(?:tp|TP))s?(?![a-z])"
    rb"|(?<![A-Za-z0-9])(?:P(?:in|IN)|pin|T(?:ct|CT)|tct|O(?:tp|TP)|otp)(?=[A-Z][a-z])"
)
# Of one word, which may be any number, nothing but a secret and its name; a PIN has eight digits
# at most, and an Alfapass nine.
_is_named_secret = re.compile(
    rb"(?i:(?:e|code)?(?:pin|tct|otp|alfapass|alphapass|driver)s?(?:codes?|nr|no|number)?[0-9]{3,9})"
).fullmatch
_is_one_word = re.compile(rb"[A-Za-z0-9]+").fullmatch
# Nine digits that stand alone are an Alfapass (cpu.md §1.2, E11), or a DUNS: nobody can tell.
_looks_like_a_card = re.compile(rb"(?<![A-Za-z0-9])[0-9](?:[ ./-]?[0-9]){8}(?![A-Za-z0-9])").search
# A TCT has letters and digits; a container's number or an NxtPort id beside its name is none.
_may_be_its_value = re.compile(
    rb"(?<![A-Za-z0-9])(?!(?:[A-Z]{4}[0-9]{7}|NXT[0-9]{11,12})(?![A-Za-z0-9]))"
    rb"(?=[A-Za-z./-]{0,40}[0-9])[A-Za-z0-9](?:[./-]?[A-Za-z0-9]){2}"
).search
# Nor has a PIN that is told digit by digit, or in pairs, three of anything in a row.
_may_be_its_digits = re.compile(rb"(?<![A-Za-z0-9])[0-9](?:[ .,/_-]{0,2}[0-9]){3}").search
# Whose number it may be, nobody can tell; behind letters it is a container's, an organisation's.
_somebodys_number = re.compile(r"(?<![A-Za-z0-9])[0-9](?:[ ./-]?[0-9]){3}").search

_SECRET = "A PIN, token or card number may not lie open in a message."  # noqa: S105  no secret, a sentence
_NOT_SEALED = "The driver is not sealed for the terminal."


def plain_identity(content: JsonValue, path: str = "$") -> Unreadable | None:
    """Return where *content* shows a person's identity or a secret in plain, or None.

    Told by the names of members, and by kinds that say what stands beside them is one, as CPu's
    `"identificationType": "Alfapass"` does (cpu.md §2.4).
    """
    if isinstance(content, list):
        places = ((item(path, index), "", value) for index, value in enumerate(content))
    elif isinstance(content, dict):
        places = ((member(path, name), name, value) for name, value in content.items())
    else:
        return None
    for place, name, value in places:
        found = _at(place, name, value) or plain_identity(value, place)
        if found is not None:
            return found
    return None


def may_show_identity(data: bytes) -> bool:
    """Tell whether bytes that are no message look as if they held an identity or a secret.

    Looked through are the dresses that a faulty sender puts them in (disguises.py); what is
    packed may hold anything.
    """
    return is_compressed(data) or any(
        _looks_secret(seen) or _looks_like_a_card(seen) for seen in disguises(data)
    )


def may_be_a_number(text: str) -> bool:
    """Tell whether *text* has four digits or more in a row with no letter before them.

    Where a name or a free word is expected, that may be a card, a PIN or a code.
    """
    return _somebodys_number(unicodedata.normalize("NFKC", text)) is not None


def shows_a_secret(text: str) -> bool:
    """Tell whether a few free words show a card, a PIN or a code: a number, and what it is.

    A number alone is one too: nobody is known by it that could be told.
    """
    if not may_be_a_number(text):
        return False
    return may_show_identity(text.encode()) or not any(each.isalpha() for each in text)


def words_show_a_secret(text: str) -> bool:
    """Tell whether words that people write freely show a card, a PIN, a TCT or a code."""
    return shows_a_secret(text) or reference_shows_a_secret(text)


def reference_shows_a_secret(text: str) -> bool:
    """Tell as much of a reference or a name, which may well be a number and no more.

    Shown is one where its name stands beside a value, or where nine digits stand alone.
    """
    return not _is_too_short(text) and any(
        _looks_like_a_card(seen) or _says_itself(seen) for seen in _undisguised(text)
    )


def names_its_secret(text: str) -> bool:
    """Tell as much of a number that means something of its own, and may be nine digits long.

    Shown is a secret then only where its name stands beside a value, as in `PIN 47 11`.
    """
    return not _is_too_short(text) and any(map(_says_itself, _undisguised(text)))


def _is_too_short(text: str) -> bool:
    # Of half a megabyte of small numbers it is asked of each. A letter that is none of ASCII's
    # may stand for several.
    return len(text) < SHORTEST and text.isascii()


def _undisguised(text: str) -> Iterator[bytes]:
    """Yield what *text* says, however it is coded; of a number no bytes are made that are none."""
    # A firm called Pépin names no PIN: without its accents it is one word.
    came = disguises(visible(text).encode(errors="replace"))
    yield next(came)
    yield from (seen for seen in came if _is_text(seen))


def _is_text(data: bytes) -> bool:
    try:
        return all(each.isprintable() or each.isspace() for each in data.decode())
    except UnicodeDecodeError:
        return False


def _says_itself(data: bytes) -> bool:
    if not has_its_words(data):
        return False
    if _is_one_word(data):
        return _is_named_secret(data) is not None
    return any(map(_says_it_here, near_its_words(data)))


def _says_it_here(data: bytes) -> bool:
    if _says_a_secret.search(data) is None:
        return False
    return _may_be_its_value(data) is not None or _may_be_its_digits(data) is not None


def _looks_secret(data: bytes) -> bool:
    return any(_names_a_secret.search(each) for each in near_its_words(data))


def unsealed(driver: SealedDriver, path: str) -> Unreadable | None:
    """Return why *driver* shows who the driver is, or None where it is sealed indeed."""
    if not _is_sealed(driver.ciphertext):
        return _plain(f"{path}.ciphertext", _NOT_SEALED)
    return _told_beside(driver.alias, driver.model_extra or {}, path)


def _at(path: str, name: str, value: JsonValue) -> Unreadable | None:
    # That there is a PIN is no secret: SCR's `pinRetrieved` (cpu.md §2.7).
    if not name or value is None or isinstance(value, bool):
        return None
    words = words_of(name)
    if names_a_secret(words):
        return _plain(path, _SECRET)
    if isinstance(value, str) and not KIND_WORDS.isdisjoint(words):
        return _plain(path, _SECRET) if names_a_secret(words_of(value)) else None
    return None if DRIVER_WORDS.isdisjoint(words) else _driver_fault(path, value)


def _driver_fault(path: str, value: JsonValue) -> Unreadable | None:
    if not isinstance(value, dict) or not {"key_id", "mask"} <= value.keys():
        return _plain(path, _NOT_SEALED)
    ciphertext, mask, alias = (value.get(name) for name in ("ciphertext", "mask", "alias"))
    if not isinstance(ciphertext, str) or not _is_sealed(ciphertext):
        return _plain(f"{path}.ciphertext", _NOT_SEALED)
    if not isinstance(mask, str) or not re.fullmatch(r"\*{2}.{0,2}", mask):
        return _plain(f"{path}.mask", _NOT_SEALED)
    return _told_beside(alias, value.keys() - SealedDriver.model_fields.keys(), path)


def _told_beside(alias: object, names: Iterable[str], path: str) -> Unreadable | None:
    if alias is not None and _is_number(str(alias)):
        return _plain(f"{path}.alias", _SECRET)
    for name in sorted(names):
        if not _PERSONAL_WORDS.isdisjoint(words_of(name)):
            return _plain(member(path, name), _NOT_SEALED)
    return None


def _is_sealed(ciphertext: str) -> bool:
    try:
        return len(b64decode(ciphertext, validate=True)) >= _SHORTEST_SEALED
    except (NotBase64, ValueError):
        return False


def _plain(path: str, sentence: str) -> Unreadable:
    return Unreadable("plain_identity", path, sentence, sensitive=True)
