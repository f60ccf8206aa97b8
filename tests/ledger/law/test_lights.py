"""The lights, the combined light, and what of them a fact changes."""

from itertools import product

import pytest

from ledger.law.lights import changes, combined, customs_clear, lights_of
from ledger.law.policy import Policy
from schemas import facts as f
from schemas import messages as m
from schemas.lights import Colour, LightName
from schemas.messages import CustomsStatus
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    QUAY,
    TERMINAL,
    Heard,
    given,
    release,
    released,
    say,
    stay_after,
)

# cpu.md §2.2 and §7 rule 18; orange is what SCR calls yellow.
CUSTOMS_COLOURS = {
    None: Colour.RED,
    CustomsStatus.NOT_RELEASED: Colour.RED,
    CustomsStatus.DOCUMENTARY_CONTROL: Colour.RED,
    CustomsStatus.SELECTED_FOR_SCAN: Colour.YELLOW,
    CustomsStatus.TRANSHIPMENT: Colour.YELLOW,
    CustomsStatus.PORT_EQUALISATION: Colour.YELLOW,
    CustomsStatus.FAVV: Colour.YELLOW,
    CustomsStatus.RELEASED: Colour.GREEN,
}
COMMERCIAL: dict[str, tuple[f.Fact, ...]] = {
    "ok": (),
    "blocked": (f.Blocked(),),
    "expired": (f.Expired(),),
    "nok": (f.Deleted(parties=()),),
}
TERMINAL_READY: dict[str, tuple[f.Fact, ...]] = {
    "unknown": (),
    "released": (f.TerminalReleased(),),
    "blocked": (f.TerminalBlocked(),),
    "scanning": (f.ScanningOrdered(),),
}


def customs_set(status: CustomsStatus | None) -> tuple[f.Fact, ...]:
    return () if status is None else (f.CustomsStatusSet(status=status),)


def test_every_status_of_customs_has_its_colour() -> None:
    assert CUSTOMS_COLOURS.keys() == {None, *CustomsStatus}


@pytest.mark.parametrize("status", CUSTOMS_COLOURS)
def test_the_combined_light_shows_customs_colour_when_all_else_is_green_else_red(
    status: CustomsStatus | None,
) -> None:
    for commercial, terminal, discharged in product(COMMERCIAL, TERMINAL_READY, (False, True)):
        facts = (*COMMERCIAL[commercial], *TERMINAL_READY[terminal], *customs_set(status))
        stay = stay_after((released(), *facts, *((f.Discharged(),) if discharged else ())))

        all_else = (commercial, terminal, discharged) == ("ok", "released", True)
        assert combined(stay) is (CUSTOMS_COLOURS[status] if all_else else Colour.RED)
        assert lights_of(stay).commercial_release == commercial
        assert lights_of(stay).terminal_ready == terminal


@pytest.mark.parametrize("status", CUSTOMS_COLOURS)
def test_orange_lets_the_box_out_unless_the_port_says_otherwise(
    status: CustomsStatus | None,
) -> None:
    stay = stay_after((released(), *customs_set(status)))
    colour = CUSTOMS_COLOURS[status]

    assert customs_clear(stay, Policy()) is (colour is not Colour.RED)
    strict = Policy(orange_customs_may_leave=False)
    assert customs_clear(stay, strict) is (colour is Colour.GREEN)


def changed(heard: Heard) -> list[tuple[str, str | None, str | None]]:
    return [
        (change.light.value, change.before, change.after)
        for answered in heard.answers
        for change in answered.light_changes
    ]


def test_a_release_turns_the_commercial_light_from_unknown_to_ok_and_no_other() -> None:
    """NOT-TERM: `CommercialRelease`, originalValue UNKNOWN, newValue OK."""
    assert changed(given().when(AGENT, release())) == [("commercialrelease", "unknown", "ok")]


def test_a_block_is_told_with_the_combined_light_that_it_turns() -> None:
    assert changed(given(*READY).when(AGENT, say(m.Block))) == [
        ("commercialrelease", "ok", "blocked"),
        ("combined", "green", "red"),
    ]


def test_what_changes_no_light_tells_of_none() -> None:
    assert changed(given(*READY).when(TERMINAL, say(m.ReportDischarge, terminal=QUAY))) == []
    assert changed(given(*READY).when(AGENT, say(m.Unblock))) == []


@pytest.mark.parametrize(
    ("status", "light"),
    [((f.Blocked(),), "blocked"), ((f.Expired(),), "expired"), ((), "ok")],
)
def test_no_light_turns_green_because_a_box_has_left(
    status: tuple[f.Fact, ...], light: str
) -> None:
    scene = given(*READY, *status)
    colour = combined(scene.stay)

    heard = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY))

    assert changed(heard) == [("gateoperation", "unknown", "gateoutreceived")]
    assert lights_of(heard.scene.stay).commercial_release == light
    assert combined(heard.scene.stay) is colour


def test_every_light_can_change() -> None:
    dark = lights_of(stay_after((released(), f.Deleted(parties=()))))
    gone = lights_of(stay_after((*READY, f.GatedIn())))

    assert {change.light for change in changes(dark, gone)} == set(LightName)
