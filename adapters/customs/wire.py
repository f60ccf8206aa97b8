"""The two messages as ccrm.xsd has them: with it and words.toml all of the profile."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lxml import etree

from adapters import safe_xml
from adapters.safe_xml import Caps, Element, Schema
from schemas.unreadable import Unreadable

NAMESPACE: Final = "urn:releasebus:assumed:ccrm:1"
REDACTED: Final = f"{{{NAMESPACE}}}Redacted"
"""What takes the place of bytes that cannot be taken apart; `why` says why not."""
NOT_XML: Final = frozenset(
    {"too_large", "not_xml", "doctype", "too_deep", "too_many", "encoding_unknown"}
)
"""Why bytes cannot be taken apart (adapters/safe_xml.py)."""
STATUS: Final = "CCRM06ContainerStatus"
ACKNOWLEDGEMENT: Final = "CCRM07ContainerStatusAcknowledgement"
CAPS: Final = Caps(size_bytes=64 * 1024, depth=8, nodes=500)
"""A message has a dozen elements, and at most forty bills of lading."""

_SCHEMA: Final = Schema(__package__, "ccrm.xsd")
_UNPREFIXED: Final[Any] = {None: NAMESPACE}  # its stubs know no namespace without a prefix
_blanks = re.compile(r"[ \t\r\n]+").split
# As the schema has it, for what is not as the schema has it.
_identifies = re.compile(r"[A-Za-z0-9._:-]{1,100}").fullmatch


class Result(StrEnum):
    """What became of a message."""

    LINKED = "Linked"
    NOT_LINKED = "NotLinked"
    REFUSED = "Refused"
    OVERTAKEN = "Overtaken"


@dataclass(frozen=True, slots=True)
class StatusTold:
    """One container's status, as it came; `beside` are names that nobody knows."""

    identification: str
    prepared_at: datetime
    port: str
    terminal: str
    equipment: str
    status: str
    bills: tuple[str, ...] = ()
    stay_number: str | None = None
    vessel_imo: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What is answered to one message: `identification` is the answer's own."""

    identification: str
    at: datetime | None
    of: str
    result: Result
    equipment: str = ""
    code: str = ""
    words: str = ""


def status_in(root: Element) -> StatusTold | Unreadable:
    """Return what *root* says, or the first thing that is not as the schema has it."""
    faults = _faults(root, STATUS)
    if faults:
        return faults[0]
    prepared = _text(root, "PreparationDateTime")
    try:
        # XSD lets a day end at 24:00, and have any offset: no time of ours does.
        at = datetime.fromisoformat(prepared)
    except ValueError:
        sentence = "The time of preparation is none that can be read."
        return Unreadable("field_invalid", "PreparationDateTime", sentence)
    return StatusTold(
        identification=_text(root, "MessageIdentification"),
        prepared_at=at,
        port=_text(root, "Port"),
        terminal=_text(root, "Terminal"),
        equipment=_text(root, "EquipmentNumber"),
        status=_text(root, "CustomsStatus"),
        bills=tuple(_plain(each) for each in root.iterfind(_named("BillOfLading"))),
        stay_number=_text(root, "StayNumber") or None,
        vessel_imo=_text(root, "VesselImo") or None,
        beside=tuple(_name(each) for each in root if each.tag != _named(_name(each))),
    )


def identification_in(root: Element) -> str:
    """Return what the message in *root* calls itself, empty where it names nothing to answer to.

    Asked of what is not as the schema has it, so that its sender hears of that.
    """
    named = _text(root, "MessageIdentification")
    return named if root.tag == _named(STATUS) and _identifies(named) else ""


def equipment_in(root: Element) -> str:
    """Return the container that *root* names, empty where it names none."""
    return _text(root, "EquipmentNumber") if root.tag == _named(STATUS) else ""


def written(told: Acknowledged) -> bytes:
    """Return the acknowledgement as XML."""
    root = etree.Element(_named(ACKNOWLEDGEMENT), nsmap=_UNPREFIXED)
    for name, text in (
        ("MessageIdentification", told.identification),
        ("PreparationDateTime", "" if told.at is None else told.at.isoformat()),
        ("ReferencedMessageIdentification", told.of),
        ("EquipmentNumber", told.equipment),
        ("Result", told.result.value),
    ):
        if text:
            etree.SubElement(root, _named(name)).text = text
    if told.code:
        reason = etree.SubElement(root, _named("Reason"), code=told.code)
        reason.text = told.words
    return safe_xml.written(root)


def faults_of(data: bytes) -> tuple[Unreadable, ...]:
    """Return what a reader of the profile would find wrong in an acknowledgement."""
    root = safe_xml.read(data, CAPS)
    return (root,) if isinstance(root, Unreadable) else _faults(root, ACKNOWLEDGEMENT)


def _faults(root: Element, name: str) -> tuple[Unreadable, ...]:
    why = root.get("why", "")
    if root.tag == REDACTED and why in NOT_XML:
        sentence = "It was no XML that is taken, and only a digest of it was kept."
        return (Unreadable(why, "before it was redacted", sentence),)
    if root.tag != _named(name):
        sentence = "It is no message that is known, or not of this schema's namespace."
        return (Unreadable("message_unknown", "line 1", sentence),)
    return _SCHEMA.faults(root)


def _text(root: Element, name: str) -> str:
    found = root.find(_named(name))
    return "" if found is None else _plain(found)


def _plain(element: Element) -> str:
    """Return the text as XML Schema collapses it, which knows four blanks and Python many."""
    return " ".join(filter(None, _blanks("".join(map(str, element.itertext())))))


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
