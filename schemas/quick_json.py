"""Reading and writing JSON as pydantic does, in half the time."""

from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter
from pydantic_core import CoreSchema, SchemaSerializer

Value = TypeVar("Value")


class Form(Generic[Value]):
    """How values of one kind stand as JSON; made once for a kind, at the start.

    pydantic asks each enumeration for `.value`, which Python 3.11 answers in Python; ours are
    texts already, and are written as such. The models inside have serializers of their own,
    which would be taken as they are (`_use_prebuilt`), and ask.
    """

    def __init__(self, kind: type[Value]) -> None:
        adapter: TypeAdapter[Value] = TypeAdapter(kind)
        schema = cast("CoreSchema", _enums_as_texts(adapter.core_schema))
        serializer = SchemaSerializer(schema, None, _use_prebuilt=False)
        self._write, self._show = serializer.to_json, serializer.to_python
        self._read = adapter.validator.validate_json

    def written(self, value: Value) -> bytes:
        """Return *value* as JSON, without members that are None."""
        return self._write(value, exclude_none=True)

    def shown(self, value: Value) -> Any:
        """Return *value* as what JSON is made of, for a document that holds more than it."""
        return self._show(value, mode="json", exclude_none=True)

    def read(self, written: str | bytes) -> Value:
        """Return the value in *written*; raise pydantic's ValidationError where it is none."""
        value: Value = self._read(written)
        return value


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
