"""The lights by the names and values that the field knows (cpu.md §2.2)."""

from schemas.lights import Colour, CommercialLight, LightName
from schemas.messages import CustomsStatus
from schemas.stay import Gate, TerminalLight


def test_the_lights_have_the_fields_names() -> None:
    assert [str(name) for name in LightName] == [
        *("commercialrelease", "customs", "terminaloperation", "terminalready"),
        *("gateoperation", "combined"),
    ]


def test_the_commercial_light_has_the_fields_values() -> None:
    assert {str(value) for value in CommercialLight} == {
        *("unknown", "ok", "nok", "blocked", "expired"),
    }


def test_the_customs_light_has_the_fields_values() -> None:
    assert {str(value) for value in CustomsStatus} == {
        *("notreleased", "selectedforscan", "released", "transhipment", "portequalisation"),
        *("favv", "documentarycontrol"),
    }


def test_the_terminals_lights_have_the_fields_values() -> None:
    assert {str(value) for value in TerminalLight} == {
        "unknown",
        "released",
        "blocked",
        "scanning",
    }
    assert {str(Gate.UNKNOWN), str(Gate.GATE_OUT)} == {"unknown", "gateoutreceived"}


def test_the_combined_light_is_green_yellow_or_red() -> None:
    assert {str(colour) for colour in Colour} == {"green", "yellow", "red"}
