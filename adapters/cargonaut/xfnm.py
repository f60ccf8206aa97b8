"""XFNM, the response message of Cargo-XML: how one is written, and what one says of ours."""

from datetime import UTC, datetime
from typing import Final

from lxml import etree

from adapters import safe_xml
from adapters.cargonaut.profile import OURSELVES
from adapters.cargonaut.xml_in import RAM, text
from adapters.safe_xml import Element, Schema
from schemas.unreadable import Unreadable
from schemas.value import Value

RSM: Final = "iata:response:3"
ROOT: Final = f"{{{RSM}}}Response"
SCHEMA: Final = Schema(__package__, "xfnm.xsd")
# A sample of an airline's system; whether Cargonaut's say the same is unverified.
ACCEPTED: Final = frozenset({"accepted", "processed", "received", "acknowledged"})


def about(root: Element) -> str:
    """Return the id of what the response *root* is about, empty where it names none."""
    return text(root.find(f"{{{RSM}}}BusinessHeaderDocument"), "ID")


def refused(root: Element) -> Unreadable | None:
    """Return that something of ours was not taken, or that nobody can tell; None where it was."""
    faults = [each for each in SCHEMA.faults(root) if each.code != "field_unexpected"]
    if faults:
        return faults[0]
    status = text(root.find(f"{{{RSM}}}BusinessHeaderDocument"), "StatusCode")
    if status.lower() in ACCEPTED:
        return None
    sentence = "A document of ours is not accepted there: look up what its response says of it."
    return Unreadable("document_rejected", "BusinessHeaderDocument, StatusCode", sentence)


class Response(Value, frozen=True):
    """An answer of ours to the message *answered* of *receiver*: taken, or not, and *why* not."""

    id: str
    at: datetime
    answered: str
    receiver: str
    why: Unreadable | None = None


def written(response: Response) -> bytes:
    """Return *response* as a document."""
    root = etree.Element(ROOT, nsmap={"rsm": RSM, "ram": RAM})
    header = etree.SubElement(root, f"{{{RSM}}}MessageHeaderDocument")
    _put(header, "ID", response.id)
    _put(header, "Name", "Application acknowledgement and error report")
    _put(header, "TypeCode", "294")
    _put(header, "IssueDateTime", f"{response.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _put(header, "PurposeCode", "Response")
    _put(header, "VersionID", "3.00")
    for name, party in (("SenderParty", OURSELVES), ("RecipientParty", response.receiver)):
        _put(_put(header, name), "PrimaryID", party).set("schemeID", "C")
    business = etree.SubElement(root, f"{{{RSM}}}BusinessHeaderDocument")
    _put(business, "ID", response.answered)
    _put(business, "Name", "Status Message")
    _put(business, "TypeCode", "XFSU")
    _put(business, "StatusCode", "Accepted" if response.why is None else "Rejected")
    if response.why is not None:
        status = etree.SubElement(root, f"{{{RSM}}}ResponseStatus")
        _put(status, "ConditionCode", "Error")
        _put(status, "ReasonCode", response.why.code)
        _put(status, "Reason", response.why.sentence)
        _put(status, "Information", response.why.position)
    return safe_xml.written(root)


def faults(content: bytes) -> tuple[Unreadable, ...]:
    """Return what a receiver would find wrong in a response."""
    root = safe_xml.read(content)
    return (root,) if isinstance(root, Unreadable) else SCHEMA.faults(root)


def _put(parent: Element, name: str, content: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{RAM}}}{name}")
    child.text = content
    return child
