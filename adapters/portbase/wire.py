"""What all bodies of Portbase's have in common: names in camel case, times with an offset."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from schemas.json_path import item, member
from schemas.normalising import YEARS


def _written_out(value: Any) -> Any:
    # pydantic takes a number, or a text of digits, for seconds since 1970.
    if value is None or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise ValueError("no time in RFC 3339")


def _in_utc(value: datetime) -> datetime:
    # Another year cannot be calculated with in every time zone (schemas/normalising.py).
    if value.year not in YEARS:
        raise ValueError("no year of a container's")
    return value.astimezone(UTC)


When = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""A time as Portbase writes it: ISO 8601 with `Z` or an offset (identity_scr_portbase.md §C.5)."""


class Heard(BaseModel):
    """What Portbase says: nothing is required, and what nobody knows is kept apart."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="allow", frozen=True
    )


class Sent(BaseModel):
    """What Portbase is sent: by its own names, and nothing that it does not know."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True
    )

    def written(self) -> bytes:
        """Return the bytes: members in the model's order, without those that have no value."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def unknown_members(value: Any, path: str = "$") -> Iterator[str]:
    """Yield a finding for each member that no model of ours knows."""
    if isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from unknown_members(each, item(path, place))
    if not isinstance(value, BaseModel):
        return
    yield from (f"unknown_member: {member(path, name)}" for name in value.model_extra or ())
    for name, field in type(value).model_fields.items():
        yield from unknown_members(getattr(value, name), member(path, field.alias or name))
