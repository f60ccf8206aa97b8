"""The OpenAPI document of the door: made of the very models that read what comes in."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from producers.door.app import systems
from producers.door.contract import Described
from producers.door.entrance import LARGEST_BODY_BYTES

FILE = "openapi.json"
JSON = "application/json"
PROBLEM = {"$ref": "#/components/responses/Problem"}
FAILURES: Mapping[int, str] = {
    400: "The body cannot be read, or says what no message may; nothing was published.",
    401: "No token of an organisation came with it.",
    403: "The organisation is not registered, or may not ask this here.",
    404: "There is no such call, or nothing of yours that it asks for.",
    408: "The body took too long.",
    413: f"The body is larger than {LARGEST_BODY_BYTES} bytes.",
    429: "The organisation calls too often: Retry-After tells when it may again.",
    503: "The bus takes nothing now; send it again with the same reference.",
}


def document() -> dict[str, Any]:
    """Return the document; always the same for the same code."""
    operations = [each for system in systems() for each in system.described]
    references, components = models_json_schema(
        sorted(set(_models(operations)), key=lambda pair: (pair[0].__name__, pair[1])),
        by_alias=True,
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method] = _operation(each, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The door of the release bus",
            "version": "1",
            "description": "What users of the community systems send by HTTPS. A write is "
            "answered when the bus has it for good; what became of it is told in the "
            "organisation's outbox.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components.get("$defs", {}),
            "responses": {"Problem": _problem()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(operations: list[Described]) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    for each in operations:
        if each.asks is not None:
            yield each.asks, "validation"
        answers = (it for it in each.answers.values() if isinstance(it, type))
        yield from ((answer, "serialization") for answer in answers)


def _operation(each: Described, references: Mapping[Any, Any]) -> dict[str, Any]:
    told = {"x-unverified": each.unverified} if each.unverified else {}
    return {
        "summary": each.summary,
        **told,
        **({"security": []} if each.known_otherwise else {}),
        "parameters": [*_path_parameters(each.path), *each.parameters],
        **_body(each, references),
        "responses": {
            **{str(code): _answer(it, references) for code, it in each.answers.items()},
            **{str(code): PROBLEM | {"description": why} for code, why in FAILURES.items()},
        },
    }


def _body(each: Described, references: Mapping[Any, Any]) -> dict[str, Any]:
    if each.asks is None:
        return {}
    content = {JSON: {"schema": references[(each.asks, "validation")]}}
    return {"requestBody": {"required": True, "content": content}}


def _answer(
    answer: type[BaseModel] | bool | None,  # noqa: FBT001  True stands for a bare boolean, as the description has it
    references: Mapping[Any, Any],
) -> dict[str, Any]:
    if answer is None:
        return {"description": "The bus has it; the answer has no body."}
    schema = (
        {"type": "boolean"} if isinstance(answer, bool) else references[(answer, "serialization")]
    )
    return {"description": "The answer.", "content": {JSON: {"schema": schema}}}


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for part in path.split("/"):
        if part.startswith("{"):
            named = {"name": part.strip("{}"), "in": "path", "required": True}
            yield {**named, "schema": {"type": "string"}}


def _problem() -> dict[str, Any]:
    text, whole = {"type": "string"}, {"type": "integer"}
    fault = {"errorCode": text, "errorDescription": text, "position": text}
    members = {
        "type": text,
        "title": text,
        "status": whole,
        "detail": text,
        "instance": {"type": "null"},
        "errors": {"type": "array", "items": {"type": "object", "properties": fault}},
    }
    schema = {"type": "object", "properties": members}
    return {
        "description": "Why not (RFC 7807).",
        "content": {"application/problem+json": {"schema": schema}},
    }
