"""The waiting room, the passing of time, and what our own faults lead to."""

from datetime import timedelta

import pytest

from ledger.law.answer import call_the_waiting, park
from schemas import messages as m
from schemas.facts import Outcome, PickupEnd
from schemas.messages import CustomsStatus
from schemas.reasons import Missing
from schemas.value import altered
from tests.ledger.law.states import AGAINST_AGENT, AGAINST_RIVAL, READY, THE_RIVAL_RELEASE
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    TO_FORWARDER,
    Scene,
    assign,
    given,
    party,
    release,
    released,
    say,
    told,
    transferred,
)

DISCHARGE = say(m.ReportDischarge, terminal=QUAY)
CLEARANCE = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED)


def waiting_in(scene: Scene) -> list[str]:
    return [held.question.message.TYPE.partition(".")[2] for held in scene.file.waiting]


def test_a_container_whose_messages_all_came_before_the_release_is_ready_when_it_comes() -> None:
    scene = given()
    scene = scene.when(TERMINAL, DISCHARGE).then("waiting")
    scene = scene.when(CUSTOMS, CLEARANCE).then("waiting")
    scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")
    scene = scene.when(FORWARDER, say(m.Transfer, release_to=party(HAULIER))).then("waiting")
    scene = scene.when(HAULIER, say(m.Accept)).then("waiting")
    scene = scene.when(HAULIER, assign()).then("waiting")
    scene = scene.when(TERMINAL, say(m.ReportTerminalRelease, terminal=QUAY)).then("waiting")

    heard = scene.when(AGENT, release(release_to=party(FORWARDER)))

    assert heard.words == [
        *("released", "transferred", "discharged", "customs_status_set", "accepted"),
        *("transferred", "accepted", "pickup_assigned", "terminal_released"),
    ]
    assert heard.answers[-1].missing == ()
    assert heard.scene.file.waiting == ()
    assert heard.first_outcomes == [Outcome.APPLIED]


def test_the_waiting_are_called_in_the_order_in_which_they_came() -> None:
    scene = given().when(HAULIER, say(m.Accept)).scene
    scene = scene.when(FORWARDER, say(m.Accept)).scene

    scene = scene.when(FORWARDER, say(m.Decline)).scene

    scene = scene.when(AGENT, release(release_to=party(FORWARDER))).then(
        "released", "transferred", "accepted", "no: no_transfer_pending"
    )

    assert waiting_in(scene) == ["accept"]


def test_who_waits_to_accept_is_called_when_the_right_is_passed_to_him() -> None:
    scene = given().when(HAULIER, say(m.Accept)).then("waiting")
    scene = scene.when(FORWARDER, say(m.Transfer, release_to=party(HAULIER))).then("waiting")
    scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")

    scene = scene.when(AGENT, release()).then("released")
    assert waiting_in(scene) == ["accept", "transfer", "accept"]

    scene = scene.when(AGENT, say(m.Transfer, release_to=party(FORWARDER))).then(
        "transferred", "no: not_the_holder", "accepted"
    )
    scene.when(FORWARDER, say(m.Transfer, release_to=party(HAULIER))).then(
        "transferred", "accepted"
    )


def test_a_release_of_others_uses_up_nobodys_wait() -> None:
    """Otherwise a rival's mistaken release would take away what the right one is waited for."""
    scene = given().when(FORWARDER, say(m.Accept)).then("waiting")

    scene = scene.when(RIVAL, release(release_identification="RIVAL1")).then("released")
    assert waiting_in(scene) == ["accept"]

    scene = scene.when(RIVAL, say(m.Transfer, release_to=party(HAULIER))).then("transferred")
    assert waiting_in(scene) == ["accept"]

    scene.when(AGENT, release(bills_of_lading=("BL2",), release_to=party(FORWARDER))).then(
        "released", "transferred", "disputed", "disputed", "accepted"
    )


def test_what_waits_for_another_paper_goes_on_waiting() -> None:
    scene = given().when(FORWARDER, say(m.Accept, bills_of_lading=("BL9",))).scene

    scene = scene.when(AGENT, release()).then("released")

    assert waiting_in(scene) == ["accept"]


def test_a_waiting_update_that_moves_the_release_calls_those_who_wait_at_the_new_quay() -> None:
    scene = given().when(NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY)).scene
    scene = scene.when(AGENT, say(m.Update, terminal=OTHER_QUAY)).then("waiting")

    scene = scene.when(AGENT, release()).then("released", "updated", "discharged")

    assert scene.stay.terminal == OTHER_QUAY


def test_an_agents_message_waits_for_its_own_release() -> None:
    scene = given().when(AGENT, say(m.Block)).then("waiting")

    scene = scene.when(RIVAL, release(release_identification="RIVAL1")).then("released")
    assert waiting_in(scene) == ["block"]

    heard = scene.when(AGENT, release(bills_of_lading=("BL2",)))
    assert heard.words == ["released", "disputed", "disputed", "blocked"]


def test_a_message_that_waited_is_decided_on_todays_directory_and_policy() -> None:
    scene = given().when(FORWARDER, say(m.Accept)).scene
    changed = DIRECTORY.joined_by(DIRECTORY.by_id[AGENT], version=8)
    later = Scene(scene.file, scene.now, directory=changed).under(version="2027-01")

    cause = later.when(AGENT, release(release_to=party(FORWARDER))).answers[-1].cause

    assert (cause.waited, cause.directory_version, cause.policy_version) == (True, 8, "2027-01")


def test_requests_wait_three_days_and_reports_two_weeks() -> None:
    scene = given().when(FORWARDER, say(m.Accept)).scene
    scene = scene.when(TERMINAL, DISCHARGE).scene

    scene = scene.when_time_passes(hours=71.9).then()
    scene = scene.when_time_passes(hours=0.1).then("given_up: no_release_came")
    assert waiting_in(scene) == ["report_discharge"]
    scene = scene.when_time_passes(days=10.9).then()
    assert scene.when_time_passes(days=0.1).words == ["given_up: no_release_came"]


def test_a_wait_that_is_over_is_over_before_its_tick_comes() -> None:
    scene = given().when(FORWARDER, say(m.Accept)).scene.later(hours=73)

    scene = scene.when(AGENT, release(release_to=party(FORWARDER))).then("released", "transferred")

    assert scene.when_time_passes(seconds=1).words == ["given_up: no_release_came"]


def test_giving_up_counts_as_the_end_of_a_wait_and_not_as_another_message() -> None:
    heard = given().when(FORWARDER, say(m.Accept)).scene.when_time_passes(days=4)

    assert [(a.outcome, a.cause.waited) for a in heard.answers] == [(Outcome.REFUSED, True)]
    assert heard.first_outcomes == []


def test_fifty_requests_may_wait_and_reports_beside_them() -> None:
    scene = given()
    for _ in range(50):
        scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")

    scene = scene.when(FORWARDER, say(m.Accept)).then("no: waiting_room_full")
    scene = scene.when(TERMINAL, DISCHARGE).then("waiting")
    scene = scene.when(HAULIER, say(m.Accept)).then("no: waiting_room_full")

    assert len(scene.file.waiting) == 51


def test_reports_do_not_fill_the_room() -> None:
    scene = given().under(waiting_requests=1)
    for _ in range(3):
        scene = scene.when(TERMINAL, DISCHARGE).then("waiting")

    scene.when(FORWARDER, say(m.Accept)).then("waiting")


def test_what_was_reported_of_a_box_that_left_unknown_does_not_light_up_its_next_visit() -> None:
    scene = given().when(TERMINAL, DISCHARGE).scene
    scene = scene.when(CUSTOMS, CLEARANCE).scene
    scene = scene.when(NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY)).scene
    scene = scene.when(FORWARDER, say(m.Accept)).scene

    scene = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).then(
        "finding: left_without_right",
        "given_up: no_release_came",
        "given_up: no_release_came",
    )

    assert waiting_in(scene) == ["report_discharge", "accept"]
    scene.when(AGENT, release(release_to=party(FORWARDER))).then(
        "released", "transferred", "accepted"
    )


def test_the_waiting_are_not_called_where_nothing_has_come() -> None:
    scene = given().when(FORWARDER, say(m.Accept)).scene

    assert call_the_waiting(scene.file, scene.context) == (scene.file, ())


def test_a_tick_has_no_outcome_and_names_the_port_of_the_stay() -> None:
    heard = given(*READY).when_time_passes(days=59)

    assert heard.words == ["expired", "pickup_ended: release_expired"]
    assert [(a.outcome, a.port) for a in heard.answers] == [(None, "BEANR")] * 2


def test_time_settles_a_dispute_when_one_side_expires() -> None:
    scene = given(*READY, AGAINST_RIVAL).beside(
        altered(THE_RIVAL_RELEASE, expires_at=NOW + timedelta(hours=1)),
        AGAINST_AGENT,
    )

    scene = scene.when_time_passes(hours=1).then("expired", "dispute_settled")

    assert not scene.stay.disputed


def test_what_broke_our_code_suspends_every_release_of_the_container() -> None:
    scene = given(*READY).beside(
        released(release_id="second", bills_of_lading=("BL2",)), *TO_FORWARDER
    )
    asked = scene.asked(FORWARDER, say(m.Accept))

    file, answers = park(scene.file, asked, scene.context, "KeyError")

    assert [told(given.fact) for given in answers] == ["parked", "suspended", "suspended"]
    assert [given.outcome for given in answers] == [Outcome.PARKED, None, None]
    assert answers[1].missing == (Missing.ENTITLEMENT_SUSPENDED,)
    assert file.parked


def test_what_comes_behind_a_parked_message_is_parked_whatever_it_is() -> None:
    scene = given(*READY)
    file, _ = park(scene.file, scene.asked(FORWARDER, say(m.Accept)), scene.context, "KeyError")
    stuck = Scene(file)

    for sender, message in (
        (AGENT, say(m.Delete)),
        (RIVAL, release(release_identification="RIVAL1")),
        (TERMINAL, say(m.ReportGateOut, terminal=QUAY)),
    ):
        assert stuck.when(sender, message).scene.file == file


def test_a_release_that_has_expired_by_the_clock_counts_as_expired_before_its_tick() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER)).later(days=58)

    scene.when(FORWARDER, say(m.Accept)).then("no: release_expired")
    scene.when(FORWARDER, say(m.Decline)).then("no: release_expired")
    scene.when(AGENT, say(m.Block)).then("no: release_expired")


def test_an_update_before_the_tick_does_not_carry_the_pickup_over_the_expiry() -> None:
    """I6: otherwise a right would outlive its release when the agent is quicker than the tick."""
    scene = given(released(expires_at=NOW + timedelta(hours=22)), *READY[1:]).later(hours=23)

    heard = scene.when(AGENT, say(m.Update, expires_at=NOW + timedelta(days=9)))

    scene = heard.then("expired", "pickup_ended: release_expired", "updated")
    assert heard.answers[0].outcome is Outcome.APPLIED
    assert scene.stay.pickup is None
    assert scene.stay.live


@pytest.mark.parametrize("why", [PickupEnd.REVOKED, PickupEnd.RAN_OUT])
def test_an_ended_pickup_never_comes_back_a_new_assignment_makes_a_new_one(why: str) -> None:
    scene = given(*READY)
    first = scene.stay.pickup
    if why == PickupEnd.REVOKED:
        scene = scene.when(HAULIER, say(m.RevokePickup)).then("pickup_ended: revoked")
    else:
        scene = scene.when_time_passes(days=2).then("pickup_ended: ran_out")

    scene = scene.when(HAULIER, assign()).then("pickup_assigned")

    assert first is not None
    assert scene.stay.pickup is not None
    assert scene.stay.pickup.id != first.id


def test_no_fact_between_a_revoked_chain_and_the_end_of_its_pickup_lets_the_box_out() -> None:
    heard = given(*READY).when(AGENT, say(m.Revoke))

    assert heard.words == ["chain_revoked", "pickup_ended: release_revoked"]
    assert all(answered.missing for answered in heard.answers)


def test_a_box_that_leaves_while_its_messages_are_parked_is_alarmed_at_once() -> None:
    scene = given(*READY)
    file, _ = park(scene.file, scene.asked(FORWARDER, say(m.Accept)), scene.context, "KeyError")

    heard = Scene(file).when(TERMINAL, say(m.ReportGateOut, terminal=QUAY))

    assert heard.words == ["parked", "finding: left_without_right"]
    assert [answer.outcome for answer in heard.answers] == [Outcome.PARKED, None]
    assert heard.scene.file == file


def test_what_waited_is_not_refused_for_the_age_that_it_got_by_waiting() -> None:
    sent = NOW - timedelta(days=89)
    scene = given().when(FORWARDER, say(m.Accept), sent).then("waiting").later(hours=48)

    heard = scene.when(AGENT, release(release_to=party(FORWARDER)))
    assert heard.words == ["released", "transferred", "accepted"]
