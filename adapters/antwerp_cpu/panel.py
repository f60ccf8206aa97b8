"""The lights of a release as CPu shows them: name, value, colour, label (cpu.md §2.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adapters.antwerp_cpu import codes
from adapters.antwerp_cpu.wire_words import LightColor
from schemas.lights import Colour, CommercialLight, LightName, Lights
from schemas.messages import CustomsStatus
from schemas.stay import Gate, TerminalLight

COMBINED: Final[Mapping[Colour, LightColor]] = {
    Colour.GREEN: LightColor.GREEN,
    Colour.YELLOW: LightColor.ORANGE,
    Colour.RED: LightColor.RED,
}
"""CPu's orange is what SCR calls yellow (cpu.md §7 rule 12)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One light as it is shown; `value` is CPu's own spelling of it."""

    light: LightName
    name: str
    value: str
    color: LightColor
    label: str


# Customs' colours are sourced [CUSTL], and that commercial release is green on OK [NOT-TERM]; the
# others, and every label but Released (E16), are INFERRED.
_COMMERCIAL: Final[Mapping[CommercialLight, tuple[LightColor, str]]] = {
    CommercialLight.OK: (LightColor.GREEN, "Released"),
    CommercialLight.NOK: (LightColor.RED, "Not released"),
    CommercialLight.BLOCKED: (LightColor.RED, "Blocked"),
    CommercialLight.EXPIRED: (LightColor.RED, "Expired"),
}
_CUSTOMS: Final[Mapping[CustomsStatus, tuple[LightColor, str]]] = {
    CustomsStatus.RELEASED: (LightColor.GREEN, "Released"),
    CustomsStatus.SELECTED_FOR_SCAN: (LightColor.ORANGE, "Selected for scan"),
    CustomsStatus.TRANSHIPMENT: (LightColor.ORANGE, "Transhipment"),
    CustomsStatus.PORT_EQUALISATION: (LightColor.ORANGE, "Port equalisation"),
    CustomsStatus.FAVV: (LightColor.ORANGE, "Food safety check"),
    CustomsStatus.DOCUMENTARY_CONTROL: (LightColor.RED, "Documentary control"),
    CustomsStatus.NOT_RELEASED: (LightColor.RED, "Not released"),
}
_TERMINAL: Final[Mapping[TerminalLight, tuple[LightColor, str]]] = {
    TerminalLight.RELEASED: (LightColor.GREEN, "Released"),
    TerminalLight.BLOCKED: (LightColor.RED, "Blocked"),
    TerminalLight.SCANNING: (LightColor.RED, "Scanning"),
}
_GATE: Final[Mapping[Gate, tuple[LightColor, str]]] = {
    Gate.GATE_IN: (LightColor.GREEN, "Gate in"),
    Gate.GATE_OUT: (LightColor.GREEN, "Gate out"),
}


def shown(lights: Lights) -> Iterator[Shown]:
    """Yield every light that says something; one that is unknown is not shown, as none is told."""
    operation = (LightColor.GREEN, "Discharged") if lights.terminal_operation else None
    each: tuple[tuple[LightName, str, tuple[LightColor, str] | None], ...] = (
        (
            LightName.COMMERCIAL_RELEASE,
            lights.commercial_release,
            _COMMERCIAL.get(lights.commercial_release),
        ),
        (
            LightName.CUSTOMS,
            lights.customs or codes.UNKNOWN_LIGHT,
            None if lights.customs is None else _CUSTOMS[lights.customs],
        ),
        (LightName.TERMINAL_OPERATION, "discharged", operation),
        (LightName.TERMINAL_READY, lights.terminal_ready, _TERMINAL.get(lights.terminal_ready)),
        (LightName.GATE_OPERATION, lights.gate_operation, _GATE.get(lights.gate_operation)),
    )
    for light, value, look in each:
        if look is not None:
            yield Shown(light, codes.LIGHTS[light], codes.light_value(value), *look)
