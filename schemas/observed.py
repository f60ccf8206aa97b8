"""How a community system says that things stand, in the ledger's words."""

from enum import StrEnum


class ObservedStatus(StrEnum):
    """How the commercial release stands in a community system, in the ledger's words."""

    RELEASED = "released"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    DELETED = "deleted"


class ObservedLight(StrEnum):
    """The terminal's own light as a community system shows it."""

    RELEASED = "released"
    BLOCKED = "blocked"
    SCANNING = "scanning"
