"""A request body without what nobody knows: so much of it as may be put on a topic."""

import re
from typing import Any

from pydantic import BaseModel

from adapters.antwerp_cpu.forms import NotReadable, spelt, validated
from adapters.antwerp_cpu.makers import BULKS, SINGLES
from adapters.antwerp_cpu.wire_in import Asked
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE

# A longer name, or one with a row of digits, may be somebody's number rather than a name.
_may_be_shown = re.compile(r"(?!.*[0-9]{4})[A-Za-z_][A-Za-z0-9_-]{0,63}").fullmatch


def known_part(name: str, data: bytes) -> bytes:
    """Return the body called *name* with nothing of what no model knows but the names.

    What a member says that nobody knows, nobody can judge: it may be a card or a PIN. Its name
    stays, with null, so that the finding is told. A body of known members alone is returned as
    it came, and so is one that cannot be read: parse tells why.
    """
    model = _model(name)
    content = read_json(data, max_bytes=MEBIBYTE)
    if model is None or isinstance(content, UnreadableJson):
        return data
    try:
        own = spelt(content, [])
        kept = _kept(validated(model, own))
    except NotReadable:
        return data
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
