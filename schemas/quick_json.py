"""Writing pydantic's models as JSON as pydantic does, in half the time."""

from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import CoreSchema, SchemaSerializer


def writer(model: type[BaseModel]) -> SchemaSerializer:
    """Return a serializer that writes what *model* writes, in half the time.

    pydantic asks each enumeration for `.value`, which Python 3.11 answers in Python; ours are
    texts already, and are written as such. The models inside have serializers of their own,
    which would be taken as they are (`_use_prebuilt`), and ask.
    """
    schema = cast("CoreSchema", _enums_as_texts(model.__pydantic_core_schema__))
    return SchemaSerializer(schema, None, _use_prebuilt=False)


def _enums_as_texts(schema: Any) -> Any:
    match schema:
        case {"type": "enum", "sub_type": "str"}:
            return {**schema, "serialization": {"type": "str"}}
        case dict():
            return {name: _enums_as_texts(part) for name, part in schema.items()}
        case list() | tuple():
            return type(schema)(_enums_as_texts(part) for part in schema)
        case _:
            return schema
