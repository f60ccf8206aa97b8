"""What a system brings to the door: its routes, and their description; found by its folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.routing import BaseRoute

from producers.door.door import Door


@dataclass(frozen=True, slots=True)
class Described:
    """One operation for the OpenAPI document; `unverified` says what nobody has confirmed.

    `asks` is the model of its body, None where it has none or where it is another's to say; an
    answer of None has no body. `known_otherwise` is who shows by no token of ours that it calls.
    """

    method: str
    path: str
    summary: str
    asks: type[BaseModel] | None
    answers: Mapping[int, type[BaseModel] | bool | None]
    unverified: str = ""
    parameters: tuple[Mapping[str, Any], ...] = ()
    known_otherwise: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """The routes of one system. `name` is its folder; `routes` makes them for a door."""

    name: str
    title: str
    routes: Callable[[Door], Sequence[BaseRoute]]
    described: Sequence[Described]
