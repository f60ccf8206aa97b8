"""What an airport's system says of an air consignment: status only, and no right moves by it.

A consignment goes by its air waybill, which stands where a container's number does: eleven digits
that no container has (docs/decisions/0026-an-air-consignment-is-a-file-of-its-own.md).
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.air import MOST_PIECES, AirStep
from schemas.messages import ContainerMessage, PartyRef, Text, Wire

Pieces = Annotated[int, Field(ge=0, le=MOST_PIECES)]
MOST_DISCREPANCIES = 40


class AirCount(Wire):
    """With how many pieces a step came about so far, and when last."""

    step: AirStep
    pieces: Pieces
    at: AwareDatetime | None = None


class ObserveConsignment(ContainerMessage):
    """How an air consignment stands at its airport: everything that its system has told so far.

    `container` is the air waybill's number. `pieces` are those of the whole waybill, none where
    it was not told. `held` are pieces that customs took and have not cleared since.
    `discrepancies` are the codes of what is said to be wrong with it; `notified` is the consignee
    or agent who was told that it is there.
    """

    TYPE: ClassVar[str] = "releasebus.observe_consignment"

    pieces: Pieces | None = None
    counts: Annotated[tuple[AirCount, ...], Field(max_length=len(AirStep))] = ()
    held: Pieces = 0
    origin: Text | None = None
    destination: Text | None = None
    discrepancies: Annotated[tuple[Text, ...], Field(max_length=MOST_DISCREPANCIES)] = ()
    notified: PartyRef | None = None
    confirmed_at: AwareDatetime | None = None


AIR_MESSAGES = (ObserveConsignment,)
