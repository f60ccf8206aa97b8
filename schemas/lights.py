"""The release lights of a stay, by CPu's names and values."""

from enum import StrEnum

from schemas.messages import CustomsStatus
from schemas.stay import Gate, TerminalLight
from schemas.value import Value


class CommercialLight(StrEnum):
    """The ship agent's light (cpu.md §2.2)."""

    UNKNOWN = "unknown"
    OK = "ok"
    NOK = "nok"
    BLOCKED = "blocked"
    EXPIRED = "expired"


class Colour(StrEnum):
    """The combined light; yellow is CPu's orange (cpu.md §7 rule 12)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class LightName(StrEnum):
    """The lights that a change is told of."""

    COMMERCIAL_RELEASE = "commercialrelease"
    CUSTOMS = "customs"
    TERMINAL_OPERATION = "terminaloperation"
    TERMINAL_READY = "terminalready"
    GATE_OPERATION = "gateoperation"
    COMBINED = "combined"


class Lights(Value, frozen=True, kw_only=True):
    """All lights of one stay at one moment."""

    commercial_release: CommercialLight
    customs: CustomsStatus | None = None
    terminal_operation: bool
    terminal_ready: TerminalLight
    gate_operation: Gate
    combined: Colour


class LightChange(Value, frozen=True):
    """One light that a fact changed; None where it had no value."""

    light: LightName
    before: str | None = None
    after: str | None = None
