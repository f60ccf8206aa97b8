"""A box with several stays, that comes back, or whose messages wait while its release ends."""

from datetime import timedelta

import pytest

from ledger.law.leave import missing_to_leave
from schemas import messages as m
from schemas.reasons import Missing
from schemas.stay import Stay, TerminalLight
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    Scene,
    assign,
    given,
    party,
    release,
    say,
)

LEFT = say(m.ReportGateOut, terminal=QUAY)
AGAIN = release(release_identification="REL2", bills_of_lading=("BL2",), stay_number="V2")
DISCHARGED = say(m.ReportDischarge, terminal=QUAY)
CLEARED = say(m.ReportCustomsStatus, status=m.CustomsStatus.RELEASED)
OF_THE_BOX = [
    (TERMINAL, DISCHARGED),
    (TERMINAL, say(m.ReportTerminalRelease, terminal=QUAY)),
    (CUSTOMS, CLEARED),
]
REPORTED = ("discharge", "terminal release", "customs")


def back_again() -> Scene:
    """It left at NOW, and four hours later it is released for its second visit."""
    scene = given(*READY).when(TERMINAL, LEFT).scene.later(hours=4)
    return scene.when(AGENT, AGAIN).then("released")


def dark(stay: Stay) -> bool:
    light = stay.terminal_light is TerminalLight.UNKNOWN
    return light and not stay.discharged and stay.customs is None


def waiting_in(scene: Scene) -> list[str]:
    return [held.question.message.TYPE.split(".")[1] for held in scene.file.waiting]


# --- a container that comes back the same day ---------------------------------------------------


def test_a_second_visit_begins_without_a_light() -> None:
    scene = back_again()

    assert dark(scene.file.stays[1])
    assert missing_to_leave(scene.file.stays[0], scene.now, scene.policy) == (
        Missing.ALREADY_GATED_OUT,
    )


@pytest.mark.parametrize(("sender", "report"), OF_THE_BOX, ids=REPORTED)
def test_what_names_the_papers_of_the_first_visit_does_not_light_the_second(
    sender: str, report: m.ContainerMessage
) -> None:
    late = report.model_copy(update={"bills_of_lading": ("BL1",)})

    scene = back_again().when(sender, late).scene

    assert dark(scene.file.stays[1])


@pytest.mark.parametrize(("sender", "report"), OF_THE_BOX, ids=REPORTED)
def test_what_is_said_to_be_before_the_leaving_does_not_light_the_second_visit(
    sender: str, report: m.ContainerMessage
) -> None:
    scene = back_again()

    scene = scene.when(sender, report, said=NOW - timedelta(minutes=5)).scene

    assert dark(scene.file.stays[1])


@pytest.mark.parametrize(("sender", "report"), OF_THE_BOX, ids=REPORTED)
def test_what_names_the_second_visit_lights_it_alone(
    sender: str, report: m.ContainerMessage
) -> None:
    before = back_again()
    of_the_second = report.model_copy(update={"stay_number": "V2", "bills_of_lading": ("BL2",)})

    scene = before.when(sender, of_the_second).scene

    assert scene.file.stays[0] == before.file.stays[0]
    assert not dark(scene.file.stays[1])


def test_a_leaving_that_is_told_again_with_its_papers_ends_no_second_visit() -> None:
    told_again = say(m.ReportGateOut, terminal=QUAY, bills_of_lading=("BL1",))

    scene = back_again().when(TERMINAL, told_again).scene

    assert scene.file.stays[1].live


def test_the_key_of_the_first_visit_opens_nothing_on_the_second() -> None:
    scene = back_again()

    assert scene.file.stays[1].pickup is None
    heard = scene.when(HAULIER, say(m.UpdatePickup, release_identification="REL1"))
    assert heard.words == ["no: already_gated_out"]


@pytest.mark.parametrize(("sender", "report"), OF_THE_BOX, ids=REPORTED)
def test_what_was_before_it_left_is_of_the_first_visit_also_where_several_releases_follow(
    sender: str, report: m.ContainerMessage
) -> None:
    other = release(release_identification="REL3", bills_of_lading=("BL3",), stay_number="V2")
    scene = back_again().when(AGENT, other).then("released")

    scene.when(sender, report).then("no: several_releases")
    heard = scene.when(sender, report, said=NOW)

    assert heard.answers[0].stay is not None
    assert heard.answers[0].stay.release_id == scene.file.stays[0].release_id
    assert all(dark(stay) for stay in heard.scene.file.stays[1:])


# --- several stays of one container -------------------------------------------------------------


def test_stays_at_two_quays_are_lit_each_by_its_own() -> None:
    there = release(release_identification="REL2", terminal=OTHER_QUAY, bills_of_lading=("BL2",))
    scene = given().when(AGENT, release()).scene.when(AGENT, there).scene

    scene = scene.when(NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY)).scene

    assert [stay.discharged for stay in scene.file.stays] == [False, True]


def test_customs_that_name_a_bill_of_one_of_two_stays_light_that_one() -> None:
    second = release(release_identification="REL2", bills_of_lading=("BL2",))
    scene = given().when(AGENT, release()).scene.when(AGENT, second).scene

    cleared = say(m.ReportCustomsStatus, status=m.CustomsStatus.RELEASED, bills_of_lading=("BL2",))
    scene = scene.when(CUSTOMS, cleared).then("customs_status_set")

    assert [stay.customs for stay in scene.file.stays] == [None, m.CustomsStatus.RELEASED]


def test_deleting_one_of_two_stays_leaves_the_other_as_it_was() -> None:
    second = release(release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(*READY).when(AGENT, second).scene

    after = scene.when(AGENT, say(m.Delete, release_identification="REL2")).then("deleted")

    assert after.stay == scene.stay
    assert missing_to_leave(after.stay, after.now, after.policy) == ()


# --- what ends a release while messages wait ----------------------------------------------------


def test_who_waits_for_a_transfer_that_is_revoked_is_not_let_in_by_it() -> None:
    scene = given().when(FORWARDER, say(m.Accept)).then("waiting")
    scene = scene.when(AGENT, say(m.Revoke)).then("waiting")

    scene = scene.when(AGENT, release(release_to=party(FORWARDER))).scene

    # In the order in which they came: accepted first, and then the agent took it all back.
    assert waiting_in(scene) == []
    assert scene.stay.hops == ()


def test_who_waits_behind_a_delete_waits_for_the_release_that_is_made_anew() -> None:
    scene = given().when(AGENT, say(m.Delete)).then("waiting")
    scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")

    scene = scene.when(AGENT, release(release_to=party(FORWARDER))).then(
        "released", "transferred", "deleted"
    )

    assert waiting_in(scene) == ["accept"]
    scene.when(AGENT, release(release_to=party(FORWARDER))).then(
        "released", "transferred", "accepted"
    )


def test_a_delete_leaves_what_waits_for_another_quay() -> None:
    there = say(m.ReportDischarge, terminal=OTHER_QUAY)
    scene = given(*READY).when(NEIGHBOUR, there).scene
    assert waiting_in(scene) == ["report_discharge"]

    scene = scene.when(AGENT, say(m.Delete)).scene
    assert waiting_in(scene) == ["report_discharge"]

    anew = release(release_identification="REL2", terminal=OTHER_QUAY, bills_of_lading=("BL2",))
    scene.when(AGENT, anew).then("released", "discharged")


def test_a_gate_out_ends_the_wait_of_that_quays_reports_and_of_no_others() -> None:
    of_another_bill = say(m.ReportDischarge, terminal=QUAY, bills_of_lading=("BL9",))
    scene = given(*READY).when(TERMINAL, of_another_bill).then("waiting")
    scene = scene.when(NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY)).scene

    heard = scene.when(TERMINAL, LEFT)

    assert heard.words[-1] == "given_up: no_release_came"
    assert [held.question.message.terminal for held in heard.scene.file.waiting] == [OTHER_QUAY]


def test_an_expiry_lets_nobody_in_who_waits() -> None:
    scene = given(*READY).when(RIVAL, say(m.Block, bills_of_lading=("BL9",))).then("waiting")

    scene = scene.later(days=56).when_time_passes(days=3).scene

    assert not scene.stay.live
    assert waiting_in(scene) == []


def test_whoever_waits_past_a_revoke_gets_nothing_by_a_release_to_nobody() -> None:
    scene = given(*READY).when(AGENT, say(m.Revoke)).scene
    scene = scene.when(HAULIER, assign()).then("no: not_the_holder")
    pick_up = assign(bills_of_lading=("BL2",))
    scene = scene.when(HAULIER, pick_up).then("waiting")

    scene = scene.when(
        AGENT, release(release_identification="REL2", bills_of_lading=("BL2",))
    ).then("released")

    assert waiting_in(scene) == ["assign_pickup"]
    assert all(stay.pickup is None for stay in scene.file.stays)
