"""How long an ended right is told of at its terminal, and beside which others."""

from datetime import timedelta

from ledger.law.standing import ENDED_IS_TOLD, told_long_enough
from schemas import messages as m
from tests.ledger.law.world import (
    AGENT,
    HAULIER,
    OTHER_QUAY,
    QUAY,
    TERMINAL,
    THE_NUMBER,
    TO_HAULIER,
    assign,
    assigned,
    given,
    released,
    say,
)

READY = (released(), *TO_HAULIER, assigned(expires_at=None))


def test_an_ended_right_is_told_of_for_thirty_days_and_then_withdrawn_once() -> None:
    scene = given(*READY).when(HAULIER, say(m.RevokePickup)).then("pickup_ended: revoked")
    assert [ended.terminal for ended in scene.stay.ended_rights] == [QUAY]

    early = scene.later(days=29, hours=23)
    assert told_long_enough(early.stay, early.now) == ()

    left = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).scene
    withdrawn = left.when_time_passes(days=30).then("entitlement_withdrawn")
    assert withdrawn.stay.ended_rights == ()
    withdrawn.when_time_passes(days=30).then()


def test_a_new_right_at_the_same_quay_stands_in_the_place_of_the_ended_one() -> None:
    scene = given(*READY).when(HAULIER, say(m.RevokePickup)).scene

    scene = scene.when(HAULIER, assign(expires_at=None)).then("pickup_assigned")

    assert scene.stay.ended_rights == ()
    scene.when_time_passes(days=31).then()


def test_the_old_quay_is_told_of_its_ended_right_beside_the_new_quays_right() -> None:
    moved = say(m.Update, terminal=OTHER_QUAY, release_identification=THE_NUMBER)
    scene = given(*READY).when(AGENT, moved).scene
    scene = scene.when(HAULIER, assign(expires_at=None)).then("pickup_assigned")
    assert [ended.terminal for ended in scene.stay.ended_rights] == [QUAY]

    scene = scene.when_time_passes(days=31).then("confirmation_lapsed", "entitlement_withdrawn")

    assert scene.stay.pickup is not None
    assert scene.stay.ended_rights == ()


def test_design_says_thirty_days() -> None:
    assert timedelta(days=30) == ENDED_IS_TOLD
