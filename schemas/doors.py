"""The doors of onboarding: who may tell the bus of an organisation, and which step at which."""

from enum import StrEnum


class Door(StrEnum):
    """A system that a company passes on its way (identity_scr_portbase.md §A.1 to §A.7).

    Each is a source of its own, and answered on an outbox of its own; none is an organisation.
    The dash keeps their names apart from NxtPort ids, which have none.
    """

    REGISTER = "register"
    C_POINT = "c-point"
    CONSOLE = "nxtport-console"
    CPU_UI = "cpu-ui"
    WALLET = "wallet"
    SCR_ADMIN = "scr-admin"

    @property
    def source(self) -> str:
        """The ce_source of what it says."""
        return f"urn:releasebus:{self.value}"


def door_of(source: str) -> Door | None:
    """Return the door whose source *source* is, or None."""
    return _BY_SOURCE.get(source)


def is_a_doors(name: str) -> bool:
    """Tell whether *name*, in any case, is a door's own: no organisation may be called so."""
    return name.lower() in _NAMES


_NAMES = frozenset(door.value for door in Door) | {door.replace("-", "") for door in Door}
_BY_SOURCE = {door.source: door for door in Door}
