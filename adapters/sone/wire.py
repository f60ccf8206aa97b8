"""What S)ONE says, as it stands on the wire (edifact_france.md §A.2): exact names, and no more.

Webhooks are written in Pascal case, answers in camel case. Members that no page shows, and so
nobody can vouch for, are marked INFERRED.
"""

from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal


class Said(BaseModel):
    """Anything that S)ONE says: text is text, and what nobody knows is kept apart."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="allow", frozen=True, strict=True
    )


class Event(Said):
    """One event of a handling unit, in either case (camel case INFERRED)."""

    alert_date: str = Field(validation_alias=AliasChoices("AlertDate", "alertDate"))
    alert_type: str = Field(validation_alias=AliasChoices("AlertType", "alertType"))
    direction: str | None = Field(None, validation_alias=AliasChoices("Direction", "direction"))
    location: str = Field(validation_alias=AliasChoices("Location", "location"))
    state: str = Field(validation_alias=AliasChoices("State", "state"))
    type: str = Field(validation_alias=AliasChoices("Type", "type"))


class TrackedUnit(Said):
    """A handling unit in a webhook."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True)

    events: list[Event]
    freight_family: str | None = None
    reference: str
    spi: str


class Webhook(Said):
    """What is posted to the address that was registered with a tracking."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True)

    handling_unit: TrackedUnit


class HuLocation(Said):
    """Where a handling unit stands: `place` FRLEH, `location` MTDF."""

    place: str | None = None
    location: str | None = None


class Actors(Said):
    """Who has to do with a handling unit, by S)ONE's codes."""

    freight_agent: str | None = None
    freight_forwarder: str | None = None


class Item(Said):
    """A handling unit as it is read; its events' list is INFERRED."""

    reference: str
    psw_id: str
    freight_family: str | None = None
    customs_flag: str | None = None
    hu_location: HuLocation | None = None
    actors: Actors | None = None
    indicators: Any = None
    events: list[Event] = []


class Traced(Said):
    """The answer to a search for handling units."""

    total: int | None = None
    returned: int | None = None
    first: int | None = None
    items: list[Item]


class TrackedReference(Said):
    """One handling unit of a document that is tracked."""

    spi: str | None = None
    reference: str


class DocumentTracked(Said):
    """The answer to the tracking of a whole document."""

    tracking_id: str
    tracked_handling_units: list[TrackedReference]


class OrderMade(Said):
    """The answer to a new transport order; its id stands in the paths of later calls."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")
    transport_order_number: str | None = None
    type: str | None = None


class OrderRead(Said):
    """A transport order as it is read."""

    customer_order_id: str
    type: str | None = None
    status: str


class StepAnswered(Said):
    """The answer to a call of ours for a step (INFERRED): an id of S)ONE's, and how it stands."""

    external_reference: str
    id: str | None = None
    status: str
    comment: str | None = None


class SubError(Said):
    """One fault of a call."""

    section: str | None = None
    field: str | None = None
    rejected_value: str | None = None
    message: str | None = None


class Fault(Said):
    """Why a call was not followed: R001 no handling unit found, R003 badly formatted."""

    status: str | None = None
    timestamp: str | None = None
    code: str | None = None
    message: str | None = None
    sub_errors: list[SubError] | None = None
