"""What Cargonaut says of an air waybill: statuses in Cargo-XML, a delivery as text of Cargo-IMP.

Made up as adapters/cargonaut/README.md has it, and nobody has confirmed that.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from adapters.cargonaut.fsu import MONTHS

AIRLINE: Final = "020"
ORIGIN: Final = "FRA"
CHECKED_BY: Final = 7


@dataclass(frozen=True, slots=True)
class Waybill:
    """An air waybill of `pieces`, by its eleven digits, on its way to the airport *to*."""

    number: str
    pieces: int
    to: str = "AMS"

    @property
    def dashed(self) -> str:
        """Its number as messages have it."""
        return f"{self.number[:3]}-{self.number[3:]}"


def waybill_number(chance: Random) -> str:
    """Return the number of a waybill: airline, seven digits, and those modulo seven behind."""
    serial = chance.randrange(10_000_000)
    return f"{AIRLINE}{serial:07}{serial % CHECKED_BY}"


def xfsu(
    waybill: Waybill,
    message: str,
    code: str,
    at: datetime,
    pieces: int | None = None,
    notified: tuple[str, str] | None = None,
) -> bytes:
    """Return the status message *message*: what came about with *pieces*, with all where None.

    *at* is in the airport's own time, with its offset; *notified* is a party's code and name.
    """
    whole = pieces is None or pieces == waybill.pieces
    count = waybill.pieces if pieces is None else pieces
    content = XFSU.format(
        message=message,
        issued=at.isoformat(),
        all=waybill.pieces,
        waybill=waybill.dashed,
        origin=ORIGIN,
        to=waybill.to,
        code=code,
        count=count,
        split="T" if whole else "P",
        at=f"{at:%Y-%m-%dT%H:%M:%S}",
        party="" if notified is None else NOTIFIED.format(code=notified[0], name=notified[1]),
    )
    return content.encode()


def fsu(waybill: Waybill, code: str, at: datetime, name: str) -> bytes:
    """Return that it came about with all pieces, as text; *at* is in the airport's own time."""
    month = MONTHS[at.month - 1]
    lines = (
        "FSU/14",
        f"{waybill.dashed}{ORIGIN}{waybill.to}/T{waybill.pieces}",
        f"{code}/{at:%d}{month}{at:%H%M}/{waybill.to}/T{waybill.pieces}/{name}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


XFSU: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<rsm:StatusMessage xmlns:rsm="iata:statusmessage:1" xmlns:ram="iata:datamodel:3">
  <rsm:MessageHeaderDocument>
    <ram:ID>{message}</ram:ID>
    <ram:Name>Status Message</ram:Name>
    <ram:TypeCode>XFSU</ram:TypeCode>
    <ram:IssueDateTime>{issued}</ram:IssueDateTime>
    <ram:PurposeCode>Creation</ram:PurposeCode>
    <ram:VersionID>3.00</ram:VersionID>
    <ram:SenderParty><ram:PrimaryID schemeID="C">CARGONAUT</ram:PrimaryID></ram:SenderParty>
    <ram:RecipientParty><ram:PrimaryID schemeID="C">RELEASEBUS</ram:PrimaryID></ram:RecipientParty>
  </rsm:MessageHeaderDocument>
  <rsm:BusinessHeaderDocument><ram:ID>1</ram:ID></rsm:BusinessHeaderDocument>
  <rsm:MasterConsignment>
    <ram:PieceQuantity>{all}</ram:PieceQuantity>
    <ram:TotalPieceQuantity>{all}</ram:TotalPieceQuantity>
    <ram:TransportSplitDescription>T</ram:TransportSplitDescription>
    <ram:TransportContractDocument><ram:ID>{waybill}</ram:ID></ram:TransportContractDocument>
    <ram:OriginLocation><ram:ID>{origin}</ram:ID></ram:OriginLocation>
    <ram:FinalDestinationLocation><ram:ID>{to}</ram:ID></ram:FinalDestinationLocation>
    <ram:ReportedStatus>
      <ram:ReasonCode>{code}</ram:ReasonCode>
      <ram:AssociatedStatusConsignment>
        <ram:PieceQuantity>{count}</ram:PieceQuantity>
        <ram:TransportSplitDescription>{split}</ram:TransportSplitDescription>
        <ram:SpecifiedLogisticsTransportMovement>
          <ram:SpecifiedLocation><ram:ID>{to}</ram:ID></ram:SpecifiedLocation>
          <ram:SpecifiedEvent>
            <ram:OccurrenceDateTime>{at}</ram:OccurrenceDateTime>
            <ram:DateTimeTypeCode>A</ram:DateTimeTypeCode>
          </ram:SpecifiedEvent>
        </ram:SpecifiedLogisticsTransportMovement>{party}
      </ram:AssociatedStatusConsignment>
    </ram:ReportedStatus>
  </rsm:MasterConsignment>
</rsm:StatusMessage>
"""
NOTIFIED: Final = """
        <ram:NotifiedParty>
          <ram:PrimaryID>{code}</ram:PrimaryID>
          <ram:Name>{name}</ram:Name>
        </ram:NotifiedParty>"""
