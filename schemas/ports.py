"""Which ports the bus knows, and who decides in each (design.md §4, authority of record).

A port stands in the `ports.toml` of its system, beside the adapter: so a system takes one folder
(docs/decisions/0025-a-port-stands-beside-its-system.md). It is read as data, once; no code of an
adapter is known here. Airports stand in the `airports.toml` of theirs: they are no ports of
containers (docs/decisions/0026-an-air-consignment-is-a-file-of-its-own.md).
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.value import Value

Authority: TypeAlias = Literal["ledger", "system"]
"""Who decides: the ledger answers what is asked, or the port's system does and is observed."""

FOLDERS: Final = Path(__file__).parents[1] / "adapters"


class Port(Value, frozen=True):
    """One port by its UN/LOCODE; `system` is its community system, a folder of adapters/."""

    locode: str
    authority: Authority
    system: str


class PortOfTwo(Exception):
    """Two systems name the same port or airport as theirs, and one alone can be there.

    Take it out of one `ports.toml`, or `airports.toml`, of adapters/.
    """


class _Ports(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: Authority
    ports: tuple[str, ...]


def ports_in(folders: Path) -> Mapping[str, Port]:
    """Return the ports that the systems below *folders* name; raise PortOfTwo.

    A folder that begins with an underscore is a template, and no system.
    """
    found: dict[str, Port] = {}
    for port in _named(sorted(folders.glob("[!_]*/ports.toml"))):
        if port.locode in found:
            raise PortOfTwo(port.locode)
        found[port.locode] = port
    return found


def _named(files: Iterable[Path]) -> Iterator[Port]:
    for file in files:
        said = _Ports.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        yield from (Port(locode, said.authority, file.parent.name) for locode in said.ports)


PORTS: Mapping[str, Port] = ports_in(FOLDERS)


class Airport(Value, frozen=True):
    """One airport by its UN/LOCODE: air consignments are observed there, and nothing is released.

    `iata` is its code in air cargo's messages, `timezone` whose local time those mean.
    """

    locode: str
    iata: str
    system: str
    timezone: str


class _Airport(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    iata: str
    timezone: str


_AIRPORTS: Final = TypeAdapter(dict[str, _Airport])


def airports_in(folders: Path) -> Mapping[str, Airport]:
    """Return the airports that the systems below *folders* name in their `airports.toml`.

    Raises PortOfTwo for one that two name, or that is somebody's port.
    """
    ports = ports_in(folders)
    found: dict[str, Airport] = {}
    for airport in _airports_named(sorted(folders.glob("[!_]*/airports.toml"))):
        if airport.locode in found or airport.locode in ports:
            raise PortOfTwo(airport.locode)
        found[airport.locode] = airport
    return found


def _airports_named(files: Iterable[Path]) -> Iterator[Airport]:
    for file in files:
        said = _AIRPORTS.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
        system = file.parent.name
        yield from (Airport(code, each.iata, system, each.timezone) for code, each in said.items())


AIRPORTS: Mapping[str, Airport] = airports_in(FOLDERS)
"""No ports of containers: an air consignment is no release (docs/decisions, 0026)."""

DECIDED_BY_SYSTEM: Mapping[str, str] = {
    port.locode: port.system for port in PORTS.values() if port.authority == "system"
}
"""The system that decides, by port; a port that is not here is the ledger's, or unknown."""
