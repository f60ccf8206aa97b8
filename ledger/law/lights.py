"""The lights of a stay, the combined light, and what a fact changed of them (cpu.md §2.2)."""

from functools import cache

from ledger.law.policy import Policy
from schemas.lights import Colour, CommercialLight, LightChange, LightName, Lights
from schemas.messages import CustomsStatus
from schemas.stay import Gate, ReleaseStatus, Stay, TerminalLight

# cpu.md §2.2, §7 rule 18: orange lets the container leave, with an obligation that follows it.
ORANGE = frozenset(
    {
        CustomsStatus.SELECTED_FOR_SCAN,
        CustomsStatus.TRANSHIPMENT,
        CustomsStatus.PORT_EQUALISATION,
        CustomsStatus.FAVV,
    }
)
COMMERCIAL = {
    ReleaseStatus.RELEASED: CommercialLight.OK,
    ReleaseStatus.BLOCKED: CommercialLight.BLOCKED,
    ReleaseStatus.EXPIRED: CommercialLight.EXPIRED,
    ReleaseStatus.DELETED: CommercialLight.NOK,
}
# What is seen before a release: its own light goes from UNKNOWN to OK (cpu.md §2.2), and the
# others do not change by it.
DARK = Lights(
    commercial_release=CommercialLight.UNKNOWN,
    customs=None,
    terminal_operation=False,
    terminal_ready=TerminalLight.UNKNOWN,
    gate_operation=Gate.UNKNOWN,
    combined=Colour.RED,
)


def lights_of(stay: Stay) -> Lights:
    """Return the lights as they stand."""
    return _lights(commercial(stay), stay.customs, stay.terminal_light, stay.gate, stay.discharged)


def commercial(stay: Stay) -> CommercialLight:
    """Return the agent's light; when the container has left, as it was then."""
    if stay.status is ReleaseStatus.GATED_OUT:
        return COMMERCIAL[stay.status_before or ReleaseStatus.RELEASED]
    return COMMERCIAL[stay.status]


def combined(stay: Stay) -> Colour:
    """Return green only where every condition holds; yellow with an orange customs light."""
    return lights_of(stay).combined


@cache  # every combination there can be is a thousand values
def _lights(
    commercial_release: CommercialLight,
    customs: CustomsStatus | None,
    terminal_light: TerminalLight,
    gate: Gate,
    discharged: bool,  # noqa: FBT001  a light, that is found by its place
) -> Lights:
    ready = (
        commercial_release is CommercialLight.OK
        and discharged
        and terminal_light is TerminalLight.RELEASED
    )
    colour = Colour.YELLOW if ready and customs in ORANGE else Colour.RED
    return Lights(
        commercial_release=commercial_release,
        customs=customs,
        terminal_operation=discharged,
        terminal_ready=terminal_light,
        gate_operation=gate,
        combined=Colour.GREEN if ready and customs is CustomsStatus.RELEASED else colour,
    )


def customs_clear(stay: Stay, policy: Policy) -> bool:
    """Tell whether customs let the container leave."""
    orange = policy.orange_customs_may_leave and stay.customs in ORANGE
    return stay.customs is CustomsStatus.RELEASED or orange


def changes(before: Lights | None, after: Lights) -> tuple[LightChange, ...]:
    """Return every light that differs; before a release there is nothing to see (None)."""
    return () if before is after else _changes(before or DARK, after)


@cache
def _changes(before: Lights, after: Lights) -> tuple[LightChange, ...]:
    old = _values(before)
    return tuple(
        LightChange(name, old[name], value)
        for name, value in _values(after).items()
        if old[name] != value
    )


def _values(lights: Lights) -> dict[LightName, str | None]:
    return {
        LightName.COMMERCIAL_RELEASE: lights.commercial_release.value,
        LightName.CUSTOMS: lights.customs.value if lights.customs else None,
        LightName.TERMINAL_OPERATION: "discharged" if lights.terminal_operation else "unknown",
        LightName.TERMINAL_READY: lights.terminal_ready.value,
        LightName.GATE_OPERATION: lights.gate_operation.value,
        LightName.COMBINED: lights.combined.value,
    }
