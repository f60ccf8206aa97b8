"""Two versions of one JSON Schema side by side: everything that differs in what fits them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from schemas.evolution.openness import MARK
from schemas.evolution.rules import Difference, Kind

Json = dict[str, Any]

ANYTHING = "anything"
_LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")
_UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")
_FORMS = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding", "prefixItems")
# What a schema says of itself decides nothing of what fits it; the rest is gone through below.
_TELLING = ("$schema", "$id", "$comment", "title", "description", "default", "examples", MARK)
_GONE_THROUGH = (
    "$defs", "$ref", "anyOf", "oneOf", "type", "enum", "const", "items", "properties",
    "required", "additionalProperties",
)  # fmt: skip
_NOT_HANDED_ON = {*_TELLING, "$defs", "anyOf", "oneOf"}
_RULED = {*_LOWER, *_UPPER, *_FORMS, *_TELLING, *_GONE_THROUGH}


@dataclass(frozen=True, slots=True)
class Ways:
    """What may stand in one place: one schema a JSON type, and one a sort of object.

    `open` tells that more sorts were announced.
    """

    by_label: dict[str, Json]
    open: bool = False

    def __contains__(self, label: str) -> bool:
        return self.taking(label) is not None

    def taking(self, label: str) -> Json | None:
        """Return the way that takes all that *label* does, or None."""
        wider = ("number",) if label == "integer" else ()
        found = (self.by_label.get(each) for each in (label, *wider, ANYTHING))
        return next((way for way in found if way is not None), None)


def differences(old: Json, new: Json) -> Iterator[Difference]:
    """Yield all in which *new* takes something else than *old*; both are whole documents.

    References are followed within each document; schemas that hold themselves are not made here
    (schemas/value.py).
    """
    yield from _Sides(old, new).place("$", old, new)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two documents, in which references are looked up."""

    old: Json
    new: Json

    def place(self, path: str, old: Json, new: Json) -> Iterator[Difference]:
        """Compare what may stand in one place."""
        was, now = ways(self.old, old), ways(self.new, new)
        several = len(was.by_label.keys() - {"null"}) > 1
        for label, way in was.by_label.items():
            taking = now.taking(label)
            if taking is None:
                yield Difference(Kind.SORT_GONE if _tag(way) else Kind.TYPE_GONE, path, label)
            else:
                yield from self._way(f"{path}{{{label}}}" if several else path, way, taking)
        for label, way in now.by_label.items():
            if label not in was:
                yield Difference(_kind_of_new(was, way), path, label)

    def _way(self, path: str, old: Json, new: Json) -> Iterator[Difference]:
        yield from _values(path, old, new)
        yield from _limits(path, old, new)
        yield from _forms(path, old, new)
        for name in sorted((old.keys() | new.keys()) - _RULED):
            if old.get(name) != new.get(name):
                yield Difference(Kind.UNRULED, path, name)
        if "items" in old or "items" in new:
            yield from self.place(f"{path}[]", old.get("items", {}), new.get("items", {}))
        if "properties" in old or "properties" in new:
            yield from self._members(path, old, new)
        yield from self._unnamed(path, old, new)

    def _members(self, path: str, old: Json, new: Json) -> Iterator[Difference]:
        were, are = old.get("properties", {}), new.get("properties", {})
        for name in chain(were, (name for name in are if name not in were)):
            place = f"{path}.{name}"
            if name not in are:
                yield Difference(Kind.MEMBER_GONE, place)
                continue
            if name not in were:
                yield Difference(Kind.MEMBER_NEW, place)
            if _needed(new, name) and not _needed(old, name):
                yield Difference(Kind.MEMBER_NEEDED, place)
            if name in were:
                yield from _left_out(place, old, new, name)
                yield from self.place(place, were[name], are[name])

    def _unnamed(self, path: str, old: Json, new: Json) -> Iterator[Difference]:
        """Compare what is said of members that the schema does not name."""
        was, now = (side.get("additionalProperties", True) for side in (old, new))
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self.place(f"{path}.*", was, now)
        elif was is True and now is not True:
            yield Difference(Kind.TIGHTER, path, "members that it does not name")
        elif isinstance(was, dict) or isinstance(now, dict):
            yield Difference(Kind.OTHER_FORM, path, "members that it does not name")


def ways(document: Json, schema: Json) -> Ways:
    """Return what *schema*, a part of *document*, lets stand in its place."""
    found: dict[str, Json] = {}
    is_open = _gather(document, schema, found)
    return Ways(found, is_open)


def _gather(document: Json, schema: Json, found: dict[str, Json]) -> bool:
    resolved = schema
    while "$ref" in resolved:
        beside = {name: value for name, value in resolved.items() if name != "$ref"}
        resolved = {**_target(document, resolved["$ref"]), **beside}
    choices = resolved.get("anyOf") or resolved.get("oneOf")
    if choices:
        limits = {name: value for name, value in resolved.items() if name not in _NOT_HANDED_ON}
        opened = [_gather(document, {**limits, **each}, found) for each in choices]
        return MARK in resolved or any(opened)
    kinds = resolved.get("type") or _kinds_of_values(resolved)
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        label = _tag(resolved) or kind
        # Two sorts of object without a tag are told apart by what they are called.
        known = label in found
        found[f"{label} {resolved.get('title', len(found))}" if known else label] = resolved
    return False


def _target(document: Json, reference: str) -> Json:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    target: Json = found
    return target


def _kinds_of_values(schema: Json) -> str | list[str]:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    values = _listed(schema)
    return ANYTHING if values is None else sorted({names[type(value)] for value in values})


def _listed(schema: Json) -> list[Any] | None:
    listed: list[Any] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return listed


def _tag(schema: Json) -> str | None:
    """Return of which sort an object says it is, by the one value of its `type`."""
    values = _listed(schema.get("properties", {}).get("type", {})) or []
    return str(values[0]) if len(values) == 1 else None


def _kind_of_new(was: Ways, way: Json) -> Kind:
    if _tag(way) is None:
        return Kind.TYPE_NEW
    return Kind.SORT_NEW_OPEN if was.open else Kind.SORT_NEW


def _needed(schema: Json, name: str) -> bool:
    return name in schema.get("required", ())


def _always(schema: Json, name: str) -> bool:
    """Tell whether a member is always written: one without a default is (schemas/value.py)."""
    return _needed(schema, name) or "default" not in schema["properties"][name]


def _left_out(path: str, old: Json, new: Json, name: str) -> Iterator[Difference]:
    if _always(old, name) and not _always(new, name):
        yield Difference(Kind.MEMBER_MAY_LACK, path)
    was, now = (side["properties"][name] for side in (old, new))
    if "default" in was and "default" in now and was["default"] != now["default"]:
        about = f"{was['default']!r} before, {now['default']!r} now"
        yield Difference(Kind.DEFAULT_OTHER, path, about)


def _values(path: str, old: Json, new: Json) -> Iterator[Difference]:
    were, are = _listed(old), _listed(new)
    if were is None and are is not None:
        yield Difference(Kind.TIGHTER, path, f"only {', '.join(map(str, are))}")
    elif were is not None and are is None:
        yield Difference(Kind.VALUE_NEW_OPEN if MARK in old else Kind.LOOSER, path, "any value")
    elif were is not None and are is not None:
        for value in (each for each in were if each not in are):
            yield Difference(Kind.VALUE_GONE, path, str(value))
        for value in (each for each in are if each not in were):
            kind = Kind.VALUE_NEW_OPEN if MARK in old else Kind.VALUE_NEW
            yield Difference(kind, path, str(value))


def _limits(path: str, old: Json, new: Json) -> Iterator[Difference]:
    for name in (*_LOWER, *_UPPER):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        tighter = was is None or (now is not None and (now > was) == (name in _LOWER))
        kind = Kind.TIGHTER if tighter else Kind.LOOSER
        yield Difference(kind, path, f"{name} {_told(was)} before, {_told(now)} now")


def _forms(path: str, old: Json, new: Json) -> Iterator[Difference]:
    for name in _FORMS:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        one = Kind.LOOSER if now is None else Kind.OTHER_FORM
        kind = Kind.TIGHTER if was is None else one
        yield Difference(kind, path, f"{name} {_told(was)} before, {_told(now)} now")


def _told(value: object) -> str:
    return "none" if value is None else str(value)
