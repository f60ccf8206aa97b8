"""XFSU, the status message of Cargo-XML: against a schema of ours, then what it tells."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from adapters.cargonaut.told import Event, Told, airport_of, in_utc, is_whole
from adapters.cargonaut.xml_in import all_under, text, under
from adapters.safe_xml import Element, Schema
from schemas.identifiers import Unusable, read_waybill
from schemas.unreadable import Unreadable

RSM: Final = "iata:statusmessage:1"
ROOT: Final = f"{{{RSM}}}StatusMessage"
SCHEMA: Final = Schema(__package__, "xfsu.xsd")
UNEXPECTED: Final = "field_unexpected"
"""What nobody knows is a finding; everything else that the schema finds is a fault."""


def read(root: Element) -> Told | Unreadable:
    """Return what the status message *root* tells, or the first that is wrong with it."""
    faults = SCHEMA.faults(root)
    fault = next((each for each in faults if each.code != UNEXPECTED), None)
    if fault is not None:
        return fault
    header = root.find(f"{{{RSM}}}MessageHeaderDocument")
    consignment = root.find(f"{{{RSM}}}MasterConsignment")
    if consignment is None:
        return _missing("MasterConsignment")
    waybill = read_waybill(text(consignment, "TransportContractDocument", "ID"))
    if isinstance(waybill, Unusable):
        return Unreadable("identifier_unusable", "TransportContractDocument", waybill.reason)
    destination = text(consignment, "FinalDestinationLocation", "ID")
    events = tuple(_events(consignment, destination))
    wrong = next((each for each in events if isinstance(each, Unreadable)), None)
    if wrong is not None:
        return wrong
    pieces = text(consignment, "TotalPieceQuantity")
    message, sender = envelope(root)
    return Told(
        waybill=waybill.value,
        events=tuple(each for each in events if isinstance(each, Event)),
        pieces=int(pieces) if pieces.isdecimal() else None,
        origin=text(consignment, "OriginLocation", "ID"),
        destination=destination,
        notified=_notified(consignment),
        issued_at=_moment(text(header, "IssueDateTime"), "", destination),
        id=message,
        sender=sender,
        findings=tuple(f"unexpected_element: {each.position}" for each in faults),
    )


def envelope(root: Element) -> tuple[str, str]:
    """Return a message's id and its sender, each empty where it is not there."""
    header = root.find(f"{{{RSM}}}MessageHeaderDocument")
    return text(header, "ID"), text(header, "SenderParty", "PrimaryID")


def _events(consignment: Element, destination: str) -> Iterator[Event | Unreadable]:
    for status in all_under(consignment, "ReportedStatus"):
        for part in all_under(status, "AssociatedStatusConsignment"):
            yield _event(text(status, "ReasonCode"), part, destination)


def _event(code: str, part: Element, destination: str) -> Event | Unreadable:
    pieces = text(part, "PieceQuantity")
    # Behind an element that nobody knows, the schema has looked no further.
    if not code or not pieces.isdecimal():
        return _missing("ReasonCode" if not code else "PieceQuantity")
    movement = under(part, "SpecifiedLogisticsTransportMovement")
    place = text(movement, "SpecifiedLocation", "ID") or destination
    happened = text(movement, "SpecifiedEvent", "OccurrenceDateTime")
    arrived = text(movement, "ArrivalEvent", "ArrivalOccurrenceDateTime")
    return Event(
        code=code,
        pieces=int(pieces),
        whole=is_whole(text(part, "TransportSplitDescription")),
        place=place,
        at=_moment(happened or arrived, place, destination),
        flight=text(movement, "ID"),
        discrepancy=text(part, "DiscrepancyDescriptionCode"),
    )


def _notified(consignment: Element) -> str:
    codes = (
        text(part, "NotifiedParty", "PrimaryID")
        for status in all_under(consignment, "ReportedStatus")
        for part in all_under(status, "AssociatedStatusConsignment")
    )
    return next(filter(None, codes), "")


def _moment(written: str, place: str, destination: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(written)
    except ValueError:
        return None
    return in_utc(local, airport_of(place, destination))


def _missing(name: str) -> Unreadable:
    return Unreadable("field_missing", name, "Something that has to stand in it is missing.")
