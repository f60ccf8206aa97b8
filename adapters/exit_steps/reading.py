"""What came into a system's own shapes, and what is made of them into the bus's one spelling."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from adapters.contract import Headers
from adapters.exit_steps.secrets import redact
from schemas.field_faults import fault_of
from schemas.identifiers import Unusable, read_container
from schemas.json_path import item, member
from schemas.messages import Message
from schemas.reading import made_canonical
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

Shape = TypeVar("Shape", bound=BaseModel)
Made = TypeVar("Made", bound=Message)

MOST_UNKNOWN: Final = 20
"""Unknown members that are told of one body: they travel in one header."""


class NotReadable(Exception):
    """A part of what came is no message; caught in parse.py, which tells what is wrong."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.code)
        self.why = why


def unreadable(code: str, position: str, sentence: str) -> NotReadable:
    """Return why a part is no message."""
    return NotReadable(Unreadable(code, position, sentence))


def redacted_content(data: bytes, what: str) -> JsonValue:
    """Return the JSON in *data*, which was redacted before; raise NotReadable.

    *what* may show in it where it was not: it begins the sentence.
    """
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        raise NotReadable(content)
    if redact(data) != data:
        sentence = f"{what} shows in it: redact it before it is stored."
        raise NotReadable(Unreadable("plain_identity", "$", sentence, sensitive=True))
    return content


def shaped(model: type[Shape], content: JsonValue) -> Shape:
    """Return *content* in its shape; raise NotReadable where a member is missing or of no kind."""
    try:
        return model.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        raise NotReadable(fault_of(error)) from None


def made(message: Made) -> tuple[Made, tuple[str, ...]]:
    """Return *message* in the bus's spelling and what was odd about it; raise NotReadable."""
    try:
        # What was put in beside the model's own checks is checked here.
        checked = type(message).model_validate(message.model_dump())
    except ValidationError as error:
        raise NotReadable(fault_of(error)) from None
    read = made_canonical(checked)
    if isinstance(read, Unreadable):
        raise NotReadable(read)
    if not isinstance(read.message, type(message)):
        raise TypeError(f"{type(message).__name__} became {type(read.message).__name__}")
    return read.message, read.findings


def came_at(headers: Headers) -> datetime | None:
    """Return when it came; None where that is not known."""
    try:
        came = datetime.fromisoformat(headers.get("ce_time", ""))
    except ValueError:
        return None
    return came if came.tzinfo else None


def unknown_members(said: BaseModel) -> tuple[str, ...]:
    """Return a finding a member that nobody knows, as `unknown_member: $.HandlingUnit.X`."""
    found = list(_unknown(said, "$"))
    rest = len(found) - MOST_UNKNOWN
    return tuple(found[:MOST_UNKNOWN]) + ((f"unknown_members: {rest} more",) if rest > 0 else ())


def container_in(reference: str) -> str:
    """Return the container in its one spelling, empty where it can be none."""
    read = read_container(reference)
    return "" if isinstance(read, Unusable) else read.value


def _unknown(said: object, path: str) -> Iterator[str]:
    if isinstance(said, list):
        for place, each in enumerate(said):
            yield from _unknown(each, item(path, place))
    if not isinstance(said, BaseModel):
        return
    for name in said.model_extra or ():
        yield f"unknown_member: {member(path, name)}"
    for name, field in type(said).model_fields.items():
        yield from _unknown(getattr(said, name), member(path, field.alias or name))
