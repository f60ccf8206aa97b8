"""How a pick-up right is made and ended."""

from datetime import timedelta
from typing import Any

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.messages import Modality
from schemas.stay import PickupRight, driver_of
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    ANOTHER_DRIVER,
    BARGE,
    DRIVER,
    HAULIER,
    NOW,
    OTHER_QUAY,
    RIVAL,
    TO_HAULIER,
    Scene,
    accepted,
    assign,
    assigned,
    given,
    party,
    released,
    say,
    the_pickup,
    transferred,
)

CARRIED_BY_BARGE = (released(), transferred(AGENT, BARGE), accepted(AGENT, BARGE))
WITHOUT_DRIVER = {"driver": None}
DRIVER_AS_KEPT = driver_of(DRIVER)


def second(**values: object) -> tuple[f.Fact, ...]:
    """Another release of the container, which the haulier holds too."""
    opened = released(
        **{
            "release_id": "second",
            "release_identification": "REL2",
            "bills_of_lading": ("BL2",),
            **values,
        }
    )
    return (opened, *TO_HAULIER)


def test_an_agent_that_is_a_haulier_does_not_collect_on_its_own_release() -> None:
    """An entitlement comes from the accepted holder, never from a release alone (design.md §3)."""
    scene = given(released(agent=AGENT_AND_HAULIER))

    scene.when(AGENT_AND_HAULIER, assign()).then("no: not_the_holder")
    scene.when(AGENT_AND_HAULIER, say(m.RevokePickup)).then("no: not_the_holder")


@pytest.mark.parametrize(
    ("holder", "values", "answer"),
    [
        (HAULIER, {"modality": Modality.TRUCK, "driver": DRIVER}, "pickup_assigned"),
        (HAULIER, {"modality": Modality.TRUCK, **WITHOUT_DRIVER}, "no: driver_missing"),
        (HAULIER, {"modality": Modality.UNKNOWN, **WITHOUT_DRIVER}, "no: modality_unknown"),
        (HAULIER, {"modality": Modality.UNKNOWN, "driver": DRIVER}, "no: modality_unknown"),
        (BARGE, {"modality": Modality.BARGE, **WITHOUT_DRIVER}, "pickup_assigned"),
        (BARGE, {"modality": Modality.RAIL, **WITHOUT_DRIVER}, "pickup_assigned"),
        (BARGE, {"modality": Modality.BARGE, "driver": DRIVER}, "no: driver_not_expected"),
        (
            AGENT_AND_HAULIER,
            {"modality": Modality.BARGE, **WITHOUT_DRIVER},
            "no: operator_vat_missing",
        ),
    ],
)
def test_a_truck_needs_a_driver_a_barge_or_train_a_vat_number(
    holder: str, values: dict[str, object], answer: str
) -> None:
    scene = given(released(), transferred(AGENT, holder), accepted(AGENT, holder))

    scene.when(holder, assign(**values)).then(answer)


def test_the_right_names_its_operator_as_the_terminal_matches_it() -> None:
    by_barge = assign(modality=Modality.BARGE, driver=None)

    pickup = given(*CARRIED_BY_BARGE).when(BARGE, by_barge).scene.stay.pickup

    assert pickup is not None
    assert (pickup.operator, pickup.operator_vat) == (BARGE, "NL000000001B01")


@pytest.mark.parametrize("hours", [0, -1])
def test_a_pickup_that_is_over_at_once_is_refused(hours: int) -> None:
    over = assign(expires_at=NOW + timedelta(hours=hours))

    given(released(), *TO_HAULIER).when(HAULIER, over).then("no: expiry_in_the_past")


def test_a_pickup_whose_date_has_passed_makes_room_before_its_tick_comes() -> None:
    scene = given(*READY).later(days=2)

    heard = scene.when(HAULIER, assign())

    scene = heard.then("pickup_ended: ran_out", "pickup_assigned")
    assert len(heard.first_outcomes) == 1
    assert all(answered.missing for answered in heard.answers[:1])


def test_a_pickup_whose_date_has_passed_does_not_hold_the_right() -> None:
    scene = given(*READY).later(days=2)

    transfer = say(m.Transfer, release_to=party(BARGE))
    scene.when(HAULIER, transfer).then("pickup_ended: ran_out", "transferred")


# --- one pick-up right a visit, whatever number of releases (I3) --------------------------------


@pytest.mark.parametrize(
    "other",
    [
        second(),
        second(agent=RIVAL, terminal=OTHER_QUAY),
        second(stay_number="V1"),
    ],
)
def test_a_box_that_is_to_be_collected_on_one_release_is_not_on_another(
    other: tuple[f.Fact, ...],
) -> None:
    scene = given(*READY).beside(*other)
    on_the_second = assign(bills_of_lading=("BL2",))

    refused = scene.when(HAULIER, on_the_second)

    refused.then("no: pickup_assigned")
    assert isinstance(refused.answers[0].fact, f.Refused)
    assert refused.answers[0].fact.detail == "on another release of the container"


def test_when_the_one_pickup_has_ended_the_other_may_be_assigned() -> None:
    scene = given(*READY).beside(*second())
    scene = scene.when(HAULIER, say(m.RevokePickup, bills_of_lading=("BL1",))).scene

    scene.when(HAULIER, assign(bills_of_lading=("BL2",))).then("pickup_assigned")


def two_visits() -> Scene:
    first = (released(stay_number="V1"), *TO_HAULIER, assigned(expires_at=None))
    return given(*first).beside(*second(stay_number="V2"))


def test_two_visits_by_their_stay_numbers_have_a_pickup_each() -> None:
    two_visits().when(HAULIER, assign(bills_of_lading=("BL2",))).then("pickup_assigned")


def test_another_port_is_another_visit() -> None:
    scene = given(*READY).beside(*second(port="BEZEE"))

    scene.when(HAULIER, assign(port="BEZEE")).then("pickup_assigned")


def test_an_update_does_not_make_one_visit_of_two_that_are_both_to_be_collected() -> None:
    scene = two_visits().when(HAULIER, assign(bills_of_lading=("BL2",))).scene
    renumbered = say(m.Update, release_identification="REL2", stay_number="V1")

    scene.when(AGENT, renumbered).then("no: pickup_assigned")


# --- an update: the old right ends and another begins, in one ---------------------------------


def _right(scene: Scene) -> PickupRight:
    assert scene.stay.pickup is not None
    return scene.stay.pickup


def test_an_update_ends_the_right_and_makes_another_in_one_message() -> None:
    heard = given(*READY).when(HAULIER, say(m.UpdatePickup, driver=ANOTHER_DRIVER))

    scene = heard.then("pickup_ended: replaced", "pickup_assigned")
    assert heard.first_outcomes == [Outcome.APPLIED]
    new, old = _right(scene), the_pickup()
    assert new.id != old.id
    assert new.driver is not None
    assert new.driver.mask == ANOTHER_DRIVER.mask
    # What the update leaves out stays as it was.
    assert (new.modality, new.expires_at) == (old.modality, old.expires_at)
    assert heard.answers[-1].missing == ()


def test_an_update_may_bring_another_date_alone() -> None:
    until = NOW + timedelta(days=3)

    scene = given(*READY).when(HAULIER, say(m.UpdatePickup, expires_at=until)).scene

    assert (_right(scene).expires_at, _right(scene).driver) == (until, the_pickup().driver)


def test_an_update_from_truck_to_barge_lets_the_driver_go_and_back_needs_one() -> None:
    by_truck = assigned(operator=BARGE, operator_vat="NL000000001B01")
    scene = given(*CARRIED_BY_BARGE, by_truck)

    scene = scene.when(BARGE, say(m.UpdatePickup, modality=Modality.BARGE)).scene
    assert (_right(scene).modality, _right(scene).driver) == (Modality.BARGE, None)

    by_road = say(m.UpdatePickup, modality=Modality.TRUCK)
    scene.when(BARGE, by_road).then("no: driver_missing")
    scene = scene.when(BARGE, by_road.model_copy(update={"driver": DRIVER})).scene
    assert _right(scene).driver == DRIVER_AS_KEPT


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"modality": Modality.BARGE, "driver": DRIVER}, "no: driver_not_expected"),
        ({"modality": Modality.UNKNOWN}, "no: modality_unknown"),
        ({"expires_at": NOW - timedelta(days=1)}, "no: expiry_in_the_past"),
    ],
)
def test_an_update_that_cannot_be_leaves_the_right_as_it_was(
    said: dict[str, Any], answer: str
) -> None:
    scene = given(*READY)

    assert scene.when(HAULIER, say(m.UpdatePickup, **said)).then(answer).file == scene.file


def test_a_right_that_ran_out_is_not_updated_back_into_being() -> None:
    scene = given(*READY).later(days=2)
    update = say(m.UpdatePickup, expires_at=scene.now + timedelta(days=1))

    scene.when(HAULIER, update).then("no: no_pickup_assigned")
