"""Every light that there can be is shown with a colour of CPu's (cpu.md §2.2)."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.panel import COMBINED, shown
from adapters.antwerp_cpu.wire_words import LightColor
from schemas.lights import Colour, CommercialLight, Lights
from schemas.messages import CustomsStatus
from schemas.stay import Gate, TerminalLight

LIGHTS = st.builds(
    Lights,
    commercial_release=st.sampled_from(CommercialLight),
    customs=st.none() | st.sampled_from(CustomsStatus),
    terminal_operation=st.booleans(),
    terminal_ready=st.sampled_from(TerminalLight),
    gate_operation=st.sampled_from(Gate),
    combined=st.sampled_from(Colour),
)


@given(lights=LIGHTS)
def test_what_is_unknown_is_not_shown_and_everything_else_is(lights: Lights) -> None:
    known = {
        "CommercialRelease": lights.commercial_release is not CommercialLight.UNKNOWN,
        "Customs": lights.customs is not None,
        "TerminalOperation": lights.terminal_operation,
        "TerminalReady": lights.terminal_ready is not TerminalLight.UNKNOWN,
        "GateOperation": lights.gate_operation is not Gate.UNKNOWN,
    }

    found = list(shown(lights))

    assert {each.name for each in found} == {name for name, told in known.items() if told}
    assert all(each.value == each.value.upper() and each.label for each in found)


def test_customs_colours_are_as_customs_publishes_them() -> None:
    by_status = {
        status: next(each.color for each in shown(_with(status)) if each.name == "Customs")
        for status in CustomsStatus
    }

    assert by_status == {
        CustomsStatus.RELEASED: LightColor.GREEN,
        CustomsStatus.SELECTED_FOR_SCAN: LightColor.ORANGE,
        CustomsStatus.TRANSHIPMENT: LightColor.ORANGE,
        CustomsStatus.PORT_EQUALISATION: LightColor.ORANGE,
        CustomsStatus.FAVV: LightColor.ORANGE,
        CustomsStatus.DOCUMENTARY_CONTROL: LightColor.RED,
        CustomsStatus.NOT_RELEASED: LightColor.RED,
    }


def test_our_yellow_is_cpus_orange() -> None:
    assert COMBINED[Colour.YELLOW] is LightColor.ORANGE
    assert set(COMBINED) == set(Colour)


def _with(status: CustomsStatus) -> Lights:
    return Lights(
        commercial_release=CommercialLight.OK,
        customs=status,
        terminal_operation=False,
        terminal_ready=TerminalLight.UNKNOWN,
        gate_operation=Gate.UNKNOWN,
        combined=Colour.RED,
    )
