"""Nothing that customs say names a person: what looks like one, or a PIN, is taken out before."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from adapters import safe_xml
from adapters.customs.wire import CAPS
from adapters.customs.wire import REDACTED as WHOLE
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

REDACTED: Final = "[redacted]"
_DECLARATION: Final = b"<?xml"
_is_digest = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_NUMBERS: Final = frozenset(
    {"MessageIdentification", "StayNumber", "BillOfLading", "ReferencedMessageIdentification"}
)
"""Elements that hold a number of something that is no card: a bill of lading of nine digits."""


def redact(data: bytes) -> bytes:
    """Return *data* without secrets; untouched where there are none.

    What cannot be taken apart is replaced as a whole, by a digest. Comments and processing
    instructions are dropped, which nobody reads.
    """
    if not data:
        return data
    root = safe_xml.read(data, CAPS)
    if isinstance(root, Unreadable):
        return _digest(data, root.code)
    if _shows("", etree.QName(root).namespace):
        return _digest(data, "message_unknown")
    declared = safe_xml.without_namespaces(root, lambda text: _shows("", text))
    changed = [declared, *[_clean(each) for each in list(root.iter())], _clean_beside(root)]
    return safe_xml.written(root) if any(changed) or _hides(data) else data


def _digest(data: bytes, why: str) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    return safe_xml.written(etree.Element(WHOLE, {"why": why, "digest": f"sha256:{digest}"}))


def _clean(element: Element) -> bool:
    """Take what is secret out of *element* and behind it; tell whether anything was."""
    name = _local(element.tag)
    found = [_clean_attribute(element, each) for each in sorted(map(str, element.attrib))]
    if _is_secret(name) and (element.text != REDACTED or len(element)):
        tail = element.tail
        element.clear()
        element.text, element.tail = REDACTED, tail
        found.append(True)
    elif _shows(name, element.text) or (element.attrib and _shows_together(element)):
        for each in map(str, element.attrib):
            element.set(each, REDACTED)
        element.text = REDACTED
        found.append(True)
    if _shows("", element.tail):
        element.tail = REDACTED
        found.append(True)
    if _is_secret(name) and any(each.isdigit() for each in name):
        element.tag = WHOLE
        found.append(True)
    return any(found)


def _clean_beside(root: Element) -> bool:
    """Take out what no member of the message says, where its parts show a secret together."""
    own = etree.QName(root).namespace
    beside = [each for each in root if len(each) or etree.QName(each).namespace != own]
    parts = [text for each in beside for text in _said_in(each)]
    if not (names_its_secret(" ".join(parts)) or names_its_secret("".join(parts))):
        return False
    for each in beside:
        tail = each.tail
        each.clear()  # its attributes, too
        each.text, each.tail = REDACTED, tail
    return True


def _said_in(element: Element) -> Iterator[str]:
    """Yield what stands in *element* in order, its attributes before its text."""
    for each in element.iter():
        yield from map(str, each.attrib.values())
        yield each.text or ""
        yield (each.tail or "") if each is not element else ""


def _shows_together(element: Element) -> bool:
    said = [text for text in (*element.attrib.values(), element.text or "") if text != REDACTED]
    return element.tag != WHOLE and names_its_secret(" ".join(map(str, said)))


def _clean_attribute(element: Element, name: str) -> bool:
    text = element.get(name, "")
    if text == REDACTED or _is_digest(text):
        return False
    if not (_is_secret(_local(name)) or _shows("", text)):
        return False
    element.set(name, REDACTED)
    return True


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _is_secret(name: str) -> bool:
    words = words_of(name)
    named = names_a_secret(words) or names_a_code(words) or names_a_person(words)
    return named or len(name) > LONGEST_NAME


def _shows(name: str, text: str | None) -> bool:
    if not text or text == REDACTED:
        return False
    numbers = name in _NUMBERS and text.strip().isalnum()
    return names_its_secret(text) if numbers else reference_shows_a_secret(text)


def _hides(data: bytes) -> bool:
    """Tell whether something stands in *data* that no reader hears: a comment, an instruction."""
    return b"<!--" in data or data.count(b"<?") > data.startswith(_DECLARATION)
