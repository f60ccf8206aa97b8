"""A request body as it may be put on a topic: whole without its call, nothing unknown in it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from adapters.antwerp_cpu.forms import NotReadable, spelt, validated
from adapters.antwerp_cpu.makers import (
    BULKS,
    CONTAINER_IN_PATH,
    PORT_IN_PATH,
    SINGLES,
    TERMINAL_IN_CALL,
)
from adapters.antwerp_cpu.wire_in import Asked
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE

# A longer name, or one with a row of digits, may be somebody's number rather than a name.
_may_be_shown = re.compile(r"(?!.*[0-9]{4})[A-Za-z_][A-Za-z0-9_-]{0,63}").fullmatch


_MEMBERS: Final = {
    PORT_IN_PATH: "port_lo_code",
    CONTAINER_IN_PATH: "equipment_number",
    TERMINAL_IN_CALL: "terminal_code",
}


def known_part(name: str, data: bytes, called: Mapping[str, str]) -> bytes:
    """Return the body called *name* with nothing of what no model knows but the names.

    What a member says that nobody knows, nobody can judge: it may be a card or a PIN. Its name
    stays, with null, so that the finding is told. What only stood in the call (*called*, by the
    OpenAPI's names) stands in the body then: a signature covers that, and no header of CPu's.
    A body that is whole is returned as it came, and so is one that cannot be read.
    """
    model = _model(name)
    content = read_json(data, max_bytes=MEBIBYTE)
    if model is None or isinstance(content, UnreadableJson):
        return data
    try:
        body = validated(model, spelt(content, []))
    except NotReadable:
        return data
    missing = {
        member: called[said]
        for said, member in _MEMBERS.items()
        if said in called and getattr(body, member, "") is None
    }
    kept = _kept(body.model_copy(update=missing))
    return data if kept == content else canonical(kept)


def _model(name: str) -> type[Asked] | None:
    if name in SINGLES:
        return SINGLES[name][0]
    return BULKS[name][0] if name in BULKS else None


def _kept(value: Any) -> JsonValue:
    if isinstance(value, list | tuple):
        return [_kept(each) for each in value]
    if not isinstance(value, BaseModel):
        plain: JsonValue = value
        return plain
    fields = type(value).model_fields
    kept = {
        fields[name].alias or name: _kept(getattr(value, name))
        for name in fields
        if name in value.model_fields_set
    }
    unknown = (each for each in value.model_extra or () if _may_be_shown(each))
    return kept | dict.fromkeys(unknown)
