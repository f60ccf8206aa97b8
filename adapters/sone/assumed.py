"""The steps that no public interface of S)ONE's asks for, as calls of our own.

All of it is INFERRED from what its users fill in (edifact_france.md §A.4, §A.5), and stands in
this module alone: a contract with SOGET takes its place without touching anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from schemas import messages as m
from schemas.messages import ContainerMessage, Modality

STEPS_PATH: Final = "/steps/v1"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask for: the object of S)ONE's, and what is to become of it.

    Where one message asks for several, the answer to the one that `decides` ends the request; a
    refusal of any does.
    """

    object: str
    action: str
    decides: bool = True

    @property
    def kind(self) -> str:
        """What the document is called."""
        return f"{self.object}-{self.action}"


DELIVERY_ORDER: Final = "bon-a-delivrer"
IDENTIFICATION: Final = "identification-transporteur"
EXIT: Final = "demande-de-sortie"
INVALIDATION: Final = "invalidation-de-sortie"

ORGANISED: Final = frozenset({IDENTIFICATION, EXIT, INVALIDATION})
"""Objects that agent or forwarder asks for, not the haulier (§A.4): here on the haulier's word."""

ASKS: Final[Mapping[type[ContainerMessage], tuple[Ask, ...]]] = {
    m.Release: (Ask(DELIVERY_ORDER, "creer"),),
    m.Update: (Ask(DELIVERY_ORDER, "modifier"),),
    m.Block: (Ask(DELIVERY_ORDER, "bloquer"),),
    m.Unblock: (Ask(DELIVERY_ORDER, "debloquer"),),
    m.Delete: (Ask(DELIVERY_ORDER, "supprimer"),),
    m.Revoke: (Ask(DELIVERY_ORDER, "reprendre"),),
    m.Transfer: (Ask(DELIVERY_ORDER, "transmettre"),),
    m.Accept: (Ask(DELIVERY_ORDER, "accepter"),),
    m.Decline: (Ask(DELIVERY_ORDER, "refuser"),),
    m.AssignPickup: (Ask(IDENTIFICATION, "creer", decides=False), Ask(EXIT, "creer")),
    m.UpdatePickup: (Ask(IDENTIFICATION, "modifier"),),
    # A comment is mandatory (§A.4).
    m.RevokePickup: (Ask(INVALIDATION, "creer"),),
    m.SetMeansOfTransport: (Ask(IDENTIFICATION, "modifier"),),
}

# Mode 2 rail, 3 road, 8 inland waterway (§A.4, as Recommendation 19).
MODES: Final[Mapping[Modality, int | None]] = {
    Modality.RAIL: 2,
    Modality.TRUCK: 3,
    Modality.BARGE: 8,
    Modality.UNKNOWN: None,
}

ACCEPTED: Final = frozenset({"accepté", "valide"})
REFUSED: Final = frozenset({"refusé", "rejeté", "invalide"})
PENDING: Final = frozenset({"brouillon", "soumis"})
"""Statuses of an answer, in any case; what is none of them is not guessed."""

NO_COMMENT: Final = "Sans motif."


class Told(BaseModel):
    """What is written to S)ONE: exact names, nothing else, and no member without a value."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True
    )


class ActorTold(Told):
    """An actor: by its code at S)ONE where it has one, and by its name (§A.4: code or label)."""

    code: str | None = None
    name: str


class UnitTold(Told):
    """The handling unit; `spi` only once S)ONE has told it."""

    reference: str
    spi: str | None = None


class PlaceTold(Told):
    """Where the unit is taken in charge."""

    place: str
    location: str | None = None


class StepAsked(Told):
    """One call for a step."""

    external_reference: str
    handling_unit: UnitTold
    place: PlaceTold
    requester: ActorTold
    recipient: ActorTold | None = None
    carrier: ActorTold | None = None
    bills_of_lading: tuple[str, ...] = ()
    release_reference: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    mode: int | None = None
    comment: str | None = None


class TrackUnit(Told):
    """The body of `POST /track-handling-unit` (§A.2)."""

    spi: str | None = None
    reference: str
    way: str
    place: str | None = None
    agent_code: str | None = None
    url: str
    external_reference: str | None = None


class TrackDocument(Told):
    """The body of `POST /track-document` (§A.2)."""

    document_reference: str
    way: str
    place: str | None = None
    agent_code: str | None = None
    url: str


class OrderEvent(Told):
    """A stage of a transport order; of an import's four names two are public."""

    type: str
    location: str | None = None


class OrderContainer(Told):
    """A container of a transport order: its number must be one of ISO 6346:1995."""

    reference: str
    bill_of_lading: str | None = None
    events: tuple[OrderEvent, ...] = ()


class OrderAsked(Told):
    """The part `order` of `POST /customer-orders`; the carrier's and number's names INFERRED."""

    transport_order_number: str
    processing_indicator: str
    contractor: ActorTold
    carrier: ActorTold
    containers: tuple[OrderContainer, ...]


class OrderChanged(Told):
    """The body of a PUT that changes an order's state (INFERRED)."""

    status: str
    comment: str | None = None
