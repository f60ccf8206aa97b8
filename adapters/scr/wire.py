"""SCR's event and release object as they stand on the wire: exact names, read strictly.

Required is what says who holds the right and whether it counts: without it nothing is followed.
Validate by alias only: our own spelling is not SCR's.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from schemas.field_faults import fault_of
from schemas.json_path import member
from schemas.messages import Text
from schemas.strict_json import JsonValue
from schemas.unreadable import Unreadable

LONGEST_ADDRESS: Final = 80
"""An address has 42 characters (identity_scr_portbase.md §B.2); with it every id is made."""

LARGEST_VERSION: Final = 2**53


def _moment(came: object) -> object:
    """Return the time in a text, in UTC; pydantic would take digits for seconds since 1970."""
    if not isinstance(came, str):
        return None
    try:
        moment = datetime.fromisoformat(came)
        return moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# It stands in the path of a call: nothing that could lead elsewhere is one.
Address = Annotated[
    str, Field(min_length=1, max_length=LONGEST_ADDRESS, pattern=r"^[A-Za-z0-9:_-]+$")
]
Time = Annotated[AwareDatetime, BeforeValidator(_moment)]
Free = Annotated[str, Field(max_length=255)]
"""Text fields have 255 characters at most; `termsAndConditions` alone has no limit (§B.3)."""


class Said(BaseModel):
    """What SCR says: nothing is taken for another type, and what nobody knows is kept apart."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="allow",
        frozen=True,
        strict=True,
    )


class Event(Said):
    """The body of an onRelease webhook (§B.5): no id, no time, nothing of the release itself."""

    release: Address
    event: Text
    organization: Address | None = None
    vat: Free | None = None


class BillOfLading(Said):
    """The bill of lading of a release (§B.4)."""

    bl_number: Text
    port_of_loading: Free | None = None
    port_of_destination: Free | None = None
    vessel: Free | None = None
    agent: Free | None = None
    stay_number: Free | None = None
    lloyds_number: Free | None = None
    voyage_number: Free | None = None
    line_code: Free | None = None


class Container(Said):
    """The container of a release, and where and until when it is to be had (§B.4)."""

    container_number: Text
    pickup_location: Text
    pickup_lo_code: Text
    container_status: Free | None = None
    turn_in_location: Free | None = None
    turn_in_lo_code: Free | None = None
    turn_in_reference: Free | None = None
    terms_and_conditions: str | None = None
    valid_from: Time | None = None
    valid_until: Time | None = None
    iso_type_code: Free | None = None
    load_status: Free | None = None
    move_type: Free | None = None


class ReleaseData(Said):
    """What the carrier wrote into the release; the only names with a line below (§B.4)."""

    bill_of_lading: BillOfLading
    container: Container


class Release(Said):
    """A release as it stands in SCR when it is fetched (§B.4)."""

    release_data: ReleaseData = Field(alias="release_data")
    address: Address
    owner: Address
    creator: Address
    version: int = Field(ge=0, le=LARGEST_VERSION)
    updated_at: Time
    deleted: bool
    blocked: bool
    previous_owner: Address | None = None
    next_owner: Address | None = None
    created_at: Time | None = None
    gate_out: bool | None = None
    pin_retrieved: bool | None = None
    encrypted_pin: str | None = Field(default=None, repr=False)
    conditions: Any = None
    green_lights: Any = None


Model = TypeVar("Model", bound=Said)


def read_as(model: type[Model], content: JsonValue) -> Model | Unreadable:
    """Return *content* as *model*, or what is wrong with it, by SCR's own path."""
    try:
        return model.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        return fault_of(error)


def unknown_members(release: Release) -> tuple[str, ...]:
    """Return a finding for each member that nobody knows."""
    data = release.release_data
    places = (
        ("$", release),
        ("$.release_data", data),
        ("$.release_data.billOfLading", data.bill_of_lading),
        ("$.release_data.container", data.container),
    )
    return tuple(
        f"unknown_member: {member(path, name)}"
        for path, model in places
        for name in model.model_extra or ()
    )
