"""The JSON Schema of everything that travels, one document each."""

from typing import Any, cast

import msgspec
from pydantic import BaseModel

from schemas.board import BoardLine
from schemas.entitlement import Entitlement, Heartbeat
from schemas.evolution.openness import KINDS, MARK, marked
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.facts import RecordedFact
from schemas.heads import Head
from schemas.message_types import BY_TYPE
from schemas.notices import Notice
from schemas.partner_answers import PartnerAnswer

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MESSAGES: dict[str, type[Any]] = {
    ce_type.removeprefix("releasebus."): model for ce_type, model in sorted(BY_TYPE.items())
}
"""What parties send, by the name of its file: `release` for `releasebus.release`."""

OUTPUTS: dict[str, type[Any]] = {
    "board_line": BoardLine,
    "entitlement": Entitlement,
    "fact_record": RecordedFact,
    "head": Head,
    "heartbeat": Heartbeat,
    "notice": Notice,
    "partner_answer": PartnerAnswer,
}
"""What the bus says."""


def schema_documents() -> dict[str, dict[str, Any]]:
    """Return every schema by its path, `messages/release.json` or `outputs/notice.json`."""
    folders = {"messages": MESSAGES, "outputs": OUTPUTS}
    return {
        f"{folder}/{name}.json": _schema(name, model)
        for folder, models in folders.items()
        for name, model in models.items()
    }


def _schema(name: str, model: type[Any]) -> dict[str, Any]:
    schema = _schema_of(model)
    identity = {"$schema": DIALECT, "$id": f"urn:releasebus:v{SCHEMA_VERSION}:{name}"}
    told: dict[str, Any] = _only_json_schema(identity | schema)
    return told


def _schema_of(model: type[Any]) -> dict[str, Any]:
    """Return the schema of reading for outputs too: what is None is left out when it is written.

    So nothing with a default may be required.
    """
    if issubclass(model, BaseModel):
        return model.model_json_schema(mode="validation")
    schema = marked(msgspec.json.schema(model))
    # The kind itself at the top, as pydantic has it.
    kinds = cast("dict[str, Any]", schema["$defs"])
    return {**kinds.pop(model.__name__), **({"$defs": kinds} if kinds else {})}


def _only_json_schema(part: Any) -> Any:
    """Return *part* without `discriminator`: OpenAPI's, and for AsyncAPI something else.

    It stands where a type tells sorts apart, and more of them may come.
    """
    if isinstance(part, list):
        return [_only_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    told = {
        name: _only_json_schema(value)
        for name, value in part.items()
        if not (name == "discriminator" and isinstance(value, dict) and "mapping" in value)
    }
    return told if len(told) == len(part) else {**told, MARK: KINDS}
