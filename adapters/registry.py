"""Which community systems there are: every folder of adapters/ that exposes `SYSTEM`.

A folder that begins with an underscore is a template, and no system (schemas/ports.py).
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

import adapters
from adapters.contract import System


class SystemBroken(Exception):
    """A folder of adapters/ does not keep the contract: its `SYSTEM` is none, or has another name.

    `SYSTEM` is an adapters.contract.System whose name is the name of its folder.
    """


@dataclass(frozen=True, slots=True)
class PortUnknown:
    """No system serves the port; `served` are the ports that there are."""

    port: str
    served: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say it for a person."""
        ports = ", ".join(self.served)
        return f"No community system serves the port {self.port}; served are {ports}."


@cache
def systems() -> Mapping[str, System]:
    """Return every system by its name. Folders without `SYSTEM` are libraries of the others."""
    found = pkgutil.iter_modules(adapters.__path__)
    names = [each.name for each in found if each.ispkg and not each.name.startswith("_")]
    folders = {name: import_module(f"{adapters.__name__}.{name}") for name in names}
    return MappingProxyType(
        {
            name: _checked(name, folder.SYSTEM)
            for name, folder in folders.items()
            if hasattr(folder, "SYSTEM")
        }
    )


def systems_of(port: str) -> tuple[System, ...] | PortUnknown:
    """Return the systems that must know what happens in *port*, or that there are none."""
    serving = tuple(system for system in systems().values() if port in system.ports)
    return serving or PortUnknown(port, _ports_served())


def system_taking(content_type: str) -> System | None:
    """Return the system whose messages have this content type, its parameters aside, or None."""
    media = content_type.partition(";")[0].strip().lower()
    return next((system for system in systems().values() if media in system.media_in), None)


def _ports_served() -> tuple[str, ...]:
    return tuple(sorted({port for system in systems().values() for port in system.ports}))


def _checked(folder: str, system: object) -> System:
    if not isinstance(system, System) or system.name != folder:
        raise SystemBroken(folder)
    return system
