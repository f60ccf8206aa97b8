"""Nobody who collects, is notified or hands over is named, and no free words or secrets pass."""

import hashlib
import re
from importlib import resources
from typing import Final

from lxml import etree

from adapters import safe_xml
from adapters.cargonaut import fsu
from adapters.safe_xml import Element
from schemas.plain_identity import names_its_secret, reference_shows_a_secret
from schemas.secret_names import (
    LONGEST_NAME,
    names_a_code,
    names_a_person,
    names_a_secret,
    words_of,
)
from schemas.unreadable import Unreadable
from schemas.value import altered

REDACTED: Final = "REDACTED"
"""In letters that Cargo-IMP has."""
WORDS: Final = f"OSI/{REDACTED}"
UNREAD: Final = "UNREAD"
"""Stands for a line that is no status: it may be anything."""
_digested = re.compile(rb"redacted ([a-z_]{1,40}) sha256:[0-9a-f]{64}").fullmatch
_is_equipment = re.compile(r"ULD(?:/[A-Z]{3}[A-Z0-9]{4,9})+").fullmatch
# Numbers of messages and waybills, which may be nine digits and no card.
_NUMBERS: Final = frozenset({"ID", "Reference", "ConversationID", "IssueDateTime"})
_is_number = re.compile(r"[A-Za-z0-9_.:+-]{1,70}").fullmatch
_FREE: Final = frozenset({"Content", "Description", "StatusDescription", "Contact", "Signatory"})
_OF_PERSONS: Final = ("Contact", "Communication", "Person")
_named_in_xsd = re.compile(r'<xs:(?:element|attribute) name="([A-Za-z]+)"').findall
_OWN: Final = resources.files(__package__)
_KNOWN: Final = frozenset(
    name
    for xsd in ("datamodel.xsd", "xfsu.xsd", "xfnm.xsd")
    for name in _named_in_xsd(_OWN.joinpath(xsd).read_text(encoding="utf-8"))
)
"""What stands under any other name, of element or attribute, may be anything: nobody reads it."""
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def redact(data: bytes) -> bytes:
    """Return *data* without people and secrets; untouched where there are none.

    What cannot be taken apart is replaced as a whole, by a digest and why.
    """
    if not data or _digested(data):
        return data
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _xml(data)
    return _text(data)


def why_digested(data: bytes) -> str:
    """Return why *data* is the digest of what could not be read; empty where it is none."""
    found = _digested(data)
    return found.group(1).decode() if found else ""


def _whole(data: bytes, code: str) -> bytes:
    return f"redacted {code} sha256:{hashlib.sha256(data).hexdigest()}".encode()


# --- FSU text -----------------------------------------------------------------------------------


def _text(data: bytes) -> bytes:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return _whole(data, "not_fsu")
    read = fsu.read(text)
    if isinstance(read, Unreadable):
        return _whole(data, read.code)
    clean = altered(read, statuses=tuple(_status(each) for each in read.statuses))
    unread = f"{UNREAD}{fsu.LINE_END}" * len(read.unread)
    return data if _same(read, clean, text) else (fsu.written(clean) + unread).encode()


def _same(read: fsu.Fsu, clean: fsu.Fsu, text: str) -> bool:
    lines = [each.rstrip() for each in text.splitlines() if each.strip()]
    own = [*fsu.written(read).splitlines(), *[UNREAD] * len(read.unread)]
    return read == clean and lines == own


def _status(status: fsu.Status) -> fsu.Status:
    equipment = tuple(line for line in status.more if _is_equipment(line))
    free = (WORDS,) if len(equipment) < len(status.more) else ()
    return altered(status, name=REDACTED if status.name else "", more=(*equipment, *free))


# --- Cargo-XML ----------------------------------------------------------------------------------


def _xml(data: bytes) -> bytes:
    root = safe_xml.read(data)
    if isinstance(root, Unreadable):
        return _whole(data, root.code)
    if _shows("", etree.QName(root).namespace):
        return _whole(data, "message_unknown")
    declared = safe_xml.without_namespaces(root, lambda text: _shows("", text))
    changed = [declared, *[_clean(each) for each in list(root.iter())]]
    hides = b"<!--" in data or data.count(b"<?") > data.lstrip(b"\xef\xbb\xbf").startswith(
        b"<?xml"
    )
    return safe_xml.written(root) if any(changed) or hides else data


def _clean(element: Element) -> bool:
    """Take what is secret or a person's out of *element*; tell whether anything was."""
    name = _local(element.tag)
    changed = [_clean_attribute(element, each) for each in sorted(map(str, element.attrib))]
    stands = (element.text or "").strip() not in {"", REDACTED}
    if stands and (_is_hidden(element, name) or _shows(name, element.text)):
        element.text = REDACTED
        changed.append(True)
    if (element.tail or "").strip():
        element.tail = None
        changed.append(True)
    if _shows("", name):
        element.tag = etree.QName(REDACTED).text
        changed.append(True)
    return any(changed)


def _clean_attribute(element: Element, name: str) -> bool:
    text = element.get(name, "")
    known = name in _KNOWN or name.startswith(_INSTANCE)
    if text == REDACTED or (known and not _shows("", text)):
        return False
    element.set(name, REDACTED)
    return True


def _is_hidden(element: Element, name: str) -> bool:
    above = element.getparent()
    of = "" if above is None else _local(above.tag)
    named = name == "Name" and of.endswith("Party")
    inside = any(
        any(part in _local(each.tag) for part in _OF_PERSONS)
        for each in (element, *element.iterancestors())
    )
    secret = any(_is_secret(_local(each.tag)) for each in (element, *element.iterancestors()))
    return named or inside or secret or name in _FREE or name not in _KNOWN


def _is_secret(name: str) -> bool:
    words = words_of(name)
    named = names_a_secret(words) or names_a_code(words) or names_a_person(words)
    return named or len(name) > LONGEST_NAME


def _shows(name: str, text: str | None) -> bool:
    if not text or text == REDACTED:
        return False
    numbers = name in _NUMBERS and _is_number(text.strip())
    return names_its_secret(text) if numbers else reference_shows_a_secret(text)


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
