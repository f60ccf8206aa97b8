"""Of Certified Pick up's rules those on which release is meant, and what waits (cpu.md §7)."""

from typing import Any

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.messages import ContainerMessage, CustomsStatus
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    NEIGHBOUR,
    OTHER_QUAY,
    QUAY,
    TERMINAL,
    Scene,
    given,
    party,
    release,
    released,
    say,
)


def test_rule_01_a_report_that_fits_two_releases_of_one_agent_is_linked_to_none_and_told() -> None:
    second = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(*READY[:1]).beside(second)
    cleared = say(m.ReportCustomsStatus, terminal=QUAY, status=CustomsStatus.RELEASED)

    heard = scene.when(CUSTOMS, cleared)

    assert heard.then("no: several_releases").file == scene.file


@pytest.mark.parametrize(
    "asked",
    [say(m.Block), say(m.Transfer, release_to=party(FORWARDER)), say(m.Delete)],
    ids=lambda asked: asked.TYPE,
)
def test_rule_01_a_request_that_fits_two_releases_is_followed_for_none(
    asked: ContainerMessage,
) -> None:
    second = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(released()).beside(second)

    assert scene.when(AGENT, asked).then("no: several_releases").file == scene.file


def linked(scene: Scene, **named: Any) -> list[str]:
    """The releases that a report of customs with these papers is linked to."""
    report = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED, **named)
    return [
        given.stay.release_id
        for given in scene.when(CUSTOMS, report).answers
        if given.stay is not None and isinstance(given.fact, f.CustomsStatusSet)
    ]


def test_rule_01_the_stay_number_goes_before_the_vessel_and_the_vessel_before_the_quay() -> None:
    of_stay = released(stay_number="V1", vessel_imo="1234567")
    of_vessel = released(
        release_id="vessel",
        release_identification="REL2",
        bills_of_lading=("BL2",),
        vessel_imo="9321483",
    )
    scene = given(of_stay).beside(of_vessel)

    assert linked(scene, stay_number="V1", vessel_imo="1234567") == ["the-release"]
    # Both fit: the stay number is the one's, the vessel the other's.
    assert linked(scene, stay_number="V1", vessel_imo="9321483") == ["the-release"]
    assert linked(scene, vessel_imo="9321483") == ["vessel"]
    assert linked(scene, terminal=QUAY) == []
    # The other's visit is not known, so that it fits as well.
    scene = given(released()).beside(of_vessel)
    assert linked(scene, vessel_imo="9321483") == ["vessel"]


@pytest.mark.parametrize(
    ("named", "is_linked"),
    [
        ({"stay_number": "V1"}, True),
        ({"stay_number": "V2"}, False),
        ({"vessel_imo": "1234567"}, True),
        ({"vessel_imo": "9321483"}, False),
        ({"stay_number": "V2", "vessel_imo": "1234567"}, False),
        ({"terminal": QUAY}, True),
        ({"terminal": OTHER_QUAY}, False),
    ],
)
def test_rule_01_another_stay_number_vessel_or_quay_is_of_another_release(
    named: dict[str, str], *, is_linked: bool
) -> None:
    scene = given(released(stay_number="V1", vessel_imo="1234567"))

    assert linked(scene, **named) == (["the-release"] if is_linked else [])


@pytest.mark.parametrize(
    ("bills", "told"),
    [
        (("BL1",), "blocked"),
        (("BL2", "BL1"), "blocked"),
        # One that it shares is not enough: approximate matching was prone to errors.
        (("BL1", "BL9"), "waiting"),
        (("BL9",), "waiting"),
    ],
)
def test_rule_01_a_request_is_linked_by_all_bills_that_it_names(
    bills: tuple[str, ...], told: str
) -> None:
    scene = given(released(bills_of_lading=("BL1", "BL2")))

    scene.when(AGENT, say(m.Block, bills_of_lading=bills)).then(told)


@pytest.mark.parametrize(
    ("papers", "told"),
    [
        # The number alone, at whatever quay and with whatever bills.
        ({"terminal": OTHER_QUAY, "bills_of_lading": ("BL2",)}, "no: already_released"),
        # The bills and the quay, under whatever number.
        ({"release_identification": "REL2"}, "no: already_released"),
        ({"release_identification": "REL2", "terminal": OTHER_QUAY}, "released"),
        ({"release_identification": "REL2", "bills_of_lading": ("BL2",)}, "released"),
        ({"release_identification": "REL2", "bills_of_lading": ("BL1", "BL2")}, "released"),
    ],
)
def test_rule_01_a_release_is_one_by_its_number_and_by_its_bills_at_its_quay(
    papers: dict[str, Any], told: str
) -> None:
    given(released()).when(AGENT, release(**papers)).then(told)


@pytest.mark.parametrize(
    ("visit", "told"),
    [
        ({"stay_number": "V2"}, "released"),
        ({"stay_number": "V2", "vessel_imo": "1234567"}, "released"),
        ({"vessel_imo": "9321483"}, "released"),
        ({"stay_number": "V1"}, "no: already_released"),
        # The number goes before the vessel, and who says neither may mean this one.
        ({"stay_number": "V1", "vessel_imo": "9321483"}, "no: already_released"),
        ({}, "no: already_released"),
        ({"stay_number": "V2", "release_identification": "REL1"}, "no: already_released"),
    ],
)
def test_rule_01_the_same_bills_on_another_visit_are_another_release(
    visit: dict[str, str], told: str
) -> None:
    scene = given(released(stay_number="V1", vessel_imo="1234567"))

    scene.when(AGENT, release(**{"release_identification": "REL2", **visit})).then(told)


def test_rule_01_an_update_does_not_make_two_releases_of_one_visit() -> None:
    second = released(release_id="second", release_identification="REL2", stay_number="V2")
    scene = given(released(stay_number="V1")).beside(second)

    same = say(m.Update, release_identification="REL2", stay_number="V1")
    another = say(m.Update, release_identification="REL2", stay_number="V3")

    scene.when(AGENT, same).then("no: already_released")
    scene.when(AGENT, another).then("updated")


def test_rule_01_of_two_that_fit_the_one_of_just_these_bills_is_meant() -> None:
    both = ("BL1", "BL2")
    second = released(release_id="second", release_identification="REL2", bills_of_lading=both)
    scene = given(released()).beside(second)

    heard = scene.when(AGENT, say(m.Block, bills_of_lading=("BL1",)))

    assert [(a.fact.type, a.stay and a.stay.release_id) for a in heard.answers] == [
        ("blocked", "the-release")
    ]


def test_rule_01_a_report_may_name_bills_that_are_none_of_the_releases() -> None:
    assert linked(given(released()), bills_of_lading=("BL1", "BL9")) == ["the-release"]
    assert linked(given(released()), bills_of_lading=("BL9",)) == []


def test_rule_02_what_comes_before_its_release_waits_for_it() -> None:
    scene = given().when(CUSTOMS, say(m.ReportCustomsStatus, status="released")).then("waiting")
    scene = scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("waiting")

    scene = scene.when(AGENT, release()).then("released", "customs_status_set", "discharged")

    assert (scene.stay.discharged, scene.file.waiting) == (True, ())


def test_rule_02_what_waits_for_another_quay_is_called_by_the_update() -> None:
    scene = given(released()).when(NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY))
    waiting = scene.then("waiting", "finding: of_another_terminal")

    moved = waiting.when(AGENT, say(m.Update, terminal=OTHER_QUAY)).then("updated", "discharged")

    assert (moved.stay.discharged, moved.file.waiting) == (True, ())


def test_rule_02_a_report_waits_two_weeks_and_a_request_three_days() -> None:
    scene = given().when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("waiting")
    scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")

    scene = scene.when_time_passes(hours=71).then()
    scene = scene.when_time_passes(hours=1).then("given_up: no_release_came")
    scene = scene.when_time_passes(days=10, hours=23).then()

    assert scene.when(AGENT, release()).scene.stay.discharged
    scene.when_time_passes(hours=1).then("given_up: no_release_came")
