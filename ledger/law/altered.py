"""A stay with some of its values changed: dataclasses.replace at a third of its price."""

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from schemas.stay import Stay

__all__ = ["altered"]

_NAMES = tuple(field.name for field in fields(Stay))
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_values = attrgetter(*_NAMES)

if TYPE_CHECKING:
    # mypy checks the names and values that are given to it, and to nothing of ours.
    from dataclasses import replace as altered
else:

    def altered(stay: Stay, /, **changes: Any) -> Stay:
        """Return *stay* with *changes*; raise KeyError for what it has no place for."""
        values = list(_values(stay))
        for name, value in changes.items():
            values[_PLACES[name]] = value
        return Stay(*values)
