"""S)ONE's places, actors and event types against ours: data in two files, read once.

MTDF there is FRLEH/TDF at SMDG (edifact_france.md §A.2), and TDF is another quay at Dunkerque:
a terminal is known by its port and code (§B.1).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from adapters.exit_steps.steps import Step
from adapters.sone.profile import NAME
from schemas.identifiers import Scheme
from schemas.messages import PartyRef

Told = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    seen: Told


class _Port(_Row):
    locode: Told
    name: Told


class _Place(_Row):
    code: Told
    port: Told
    terminal: Told


class _Actor(_Row):
    code: Told
    scheme: Scheme
    value: Told


class _Crosswalk(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    port: tuple[_Port, ...]
    place: tuple[_Place, ...]
    actor: tuple[_Actor, ...]


class _EventTypes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Mapping[str, Step]
    state: Mapping[str, bool]
    alert: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Quay:
    """A terminal as the bus knows it."""

    port: str
    terminal: str


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


_ROWS: Final = _Crosswalk.model_validate(_read("crosswalk.toml"))
_EVENTS: Final = _EventTypes.model_validate(_read("event_types.toml"))

PORTS: Final = frozenset(row.locode for row in _ROWS.port)
STEPS: Final = _EVENTS.step
STATES: Final = _EVENTS.state
ALERTS: Final = _EVENTS.alert
_QUAYS: Final = {row.code: Quay(row.port, row.terminal) for row in _ROWS.place}
_PLACES: Final = {Quay(row.port, row.terminal): row.code for row in _ROWS.place}
_ACTORS: Final = {row.code: PartyRef(scheme=row.scheme, code=row.value) for row in _ROWS.actor}


def quay_of(location: str) -> Quay | None:
    """Return the quay that S)ONE calls *location*, or None where no row tells."""
    return _QUAYS.get(location)


def location_of(quay: Quay) -> str:
    """Return what S)ONE calls *quay*: its own code as it stands where no row tells."""
    return _PLACES.get(quay, quay.terminal)


def actor_of(code: str) -> PartyRef:
    """Return whom S)ONE calls *code*, for the directory to look up.

    Without a row it is an external id of our own making, under which an operator may register
    the organisation; nobody else's code can be mistaken for it.
    """
    known = _ACTORS.get(code)
    return known or PartyRef(scheme=Scheme.EXTERNAL, code=f"{NAME}:{code}")
