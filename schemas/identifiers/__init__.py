"""Identifiers of the field: as they came, in one spelling, and what is odd about them."""

from schemas.identifiers.bills import read_bills
from schemas.identifiers.container import ContainerNumber, check_digit, read_container
from schemas.identifiers.findings import IdentifierFinding, Unusable
from schemas.identifiers.party import PartyCode, Scheme, read_party_code, scheme_named
from schemas.identifiers.places import Locode, TerminalCode, read_locode, read_terminal
from schemas.identifiers.vessel import VesselImo, read_imo
from schemas.identifiers.waybill import WaybillNumber, read_waybill

__all__ = [
    "ContainerNumber",
    "IdentifierFinding",
    "Locode",
    "PartyCode",
    "Scheme",
    "TerminalCode",
    "Unusable",
    "VesselImo",
    "WaybillNumber",
    "check_digit",
    "read_bills",
    "read_container",
    "read_imo",
    "read_locode",
    "read_party_code",
    "read_terminal",
    "read_waybill",
    "scheme_named",
]
