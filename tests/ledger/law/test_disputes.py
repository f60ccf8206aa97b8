"""Two agents and one box: nobody collects it until one claim falls away."""

from datetime import timedelta

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.reasons import Missing
from schemas.value import altered
from tests.ledger.law.states import READY, STATES, THE_RIVAL_RELEASE
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    Scene,
    given,
    release,
    released,
    say,
)

THERE = altered(THE_RIVAL_RELEASE, terminal=OTHER_QUAY)
CLAIM = release(release_identification="RIVAL1")


def disputed(scene: Scene) -> list[bool]:
    return [stay.disputed for stay in scene.file.stays]


def test_a_claim_of_another_agent_keeps_the_box_of_both() -> None:
    heard = given(*READY).when(RIVAL, CLAIM)

    assert disputed(heard.scene) == [True, True]
    last = {answered.stay.agent: answered for answered in heard.answers if answered.stay}
    assert last[AGENT].missing == (Missing.RELEASE_DISPUTED,)


def test_each_side_is_told_of_the_other() -> None:
    heard = given(*READY).when(RIVAL, CLAIM)

    told = [
        (answered.stay.agent, answered.fact.other_agent)
        for answered in heard.answers
        if isinstance(answered.fact, f.Disputed) and answered.stay
    ]
    assert sorted(told) == [(AGENT, RIVAL), (RIVAL, AGENT)]


@pytest.mark.parametrize(
    "claim",
    [
        release(release_identification="RIVAL1", terminal=OTHER_QUAY),
        say(
            m.Release,
            terminal=QUAY,
            port="FRLEH",
            release_identification="R",
            bills_of_lading=("B",),
        ),
    ],
)
def test_releases_at_two_quays_are_no_dispute(claim: m.Release) -> None:
    assert not any(disputed(given(*READY).when(RIVAL, claim).scene))


def test_a_release_that_is_moved_onto_anothers_quay_is_disputed() -> None:
    scene = given(*READY).beside(THERE)

    heard = scene.when(RIVAL, say(m.Update, terminal=QUAY))

    assert heard.words == ["updated", "disputed", "disputed"]
    assert heard.answers[0].outcome is not None


def test_a_release_that_is_revived_beside_anothers_is_disputed() -> None:
    scene = given(*READY).beside(THE_RIVAL_RELEASE, f.Expired())

    scene.when(RIVAL, say(m.Update, expires_at=NOW + timedelta(days=9))).then(
        "updated", "disputed", "disputed"
    )


@pytest.mark.parametrize(
    "message", [say(m.Delete), say(m.Update, terminal=OTHER_QUAY)], ids=["deletes", "moves"]
)
def test_the_right_is_in_force_again_when_the_other_claim_falls_away(
    message: m.ContainerMessage,
) -> None:
    heard = STATES["disputed"].when(RIVAL, message)

    assert heard.scene.stay.disputed is False
    of_the_agent = [
        answered.missing for answered in heard.answers if answered.stay == heard.scene.stay
    ]
    assert of_the_agent == [()]


def test_of_three_claims_two_are_still_a_dispute() -> None:
    third = release(release_identification="THIRD")
    scene = STATES["disputed"].when(AGENT_AND_HAULIER, third).scene
    assert disputed(scene) == [True, True, True]

    scene = scene.when(RIVAL, say(m.Delete)).then("deleted")

    assert disputed(scene)[::2] == [True, True]
    scene.when(AGENT_AND_HAULIER, say(m.Delete)).then("deleted", "dispute_settled")


def test_what_is_reported_of_a_disputed_box_is_true_of_both_claims() -> None:
    scene = STATES["disputed"].when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).scene

    assert [stay.discharged for stay in scene.file.stays] == [True, True]


def test_what_another_quay_reports_is_of_neither() -> None:
    there = say(m.ReportDischarge, terminal=OTHER_QUAY)

    scene = given(released()).beside(THE_RIVAL_RELEASE).when(NEIGHBOUR, there).scene

    assert [stay.discharged for stay in scene.file.stays] == [False, False]
