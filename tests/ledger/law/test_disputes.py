"""Two agents and one box: nobody collects it until a claim falls away or papers settle it."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.law.leave import missing_to_leave
from schemas import facts as f
from schemas import messages as m
from schemas.reasons import Missing
from schemas.stay import MOST_EVIDENCE
from schemas.value import altered
from tests.ledger.law.states import (
    AGAINST_AGENT,
    AGAINST_RIVAL,
    READY,
    STATES,
    THE_RIVAL_RELEASE,
)
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    CUSTOMS,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    THE_NUMBER,
    Heard,
    Scene,
    assign,
    given,
    release,
    released,
    say,
    told,
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

    sides = [
        (answered.stay.agent, answered.fact.other_agent)
        for answered in heard.answers
        if isinstance(answered.fact, f.Disputed) and answered.stay
    ]
    assert sorted(sides) == [(AGENT, RIVAL), (RIVAL, AGENT)]


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


# --- what is said of the papers settles it ------------------------------------------------------

A, B = ("BL1",), ("BL2",)
OTHERS_CLAIM = release(release_identification="RIVAL1", bills_of_lading=B)
CONTESTED = STATES["contested"]


def discharge(**papers: Any) -> m.ReportDischarge:
    return say(m.ReportDischarge, terminal=QUAY, **papers)


def cleared(**papers: Any) -> m.ReportCustomsStatus:
    return say(m.ReportCustomsStatus, status=m.CustomsStatus.RELEASED, **papers)


def settled_by(heard: Heard) -> list[tuple[str, str]]:
    return [
        (answered.stay.agent, answered.fact.evidence.of)
        for answered in heard.answers
        if isinstance(answered.fact, f.DisputeSettled)
        if answered.stay and answered.fact.evidence
    ]


def told_to(heard: Heard, agent: str) -> list[str]:
    return [told(each.fact) for each in heard.answers if each.stay and each.stay.agent == agent]


def missing_of(scene: Scene) -> list[tuple[Missing, ...]]:
    return [missing_to_leave(stay, scene.now, scene.policy) for stay in scene.file.stays]


@pytest.mark.parametrize(
    ("sender", "report", "by"),
    [
        (TERMINAL, discharge(bills_of_lading=A), "terminal"),
        (CUSTOMS, cleared(bills_of_lading=A), "customs"),
    ],
    ids=["discharge data", "manifest"],
)
def test_the_claim_that_the_papers_fit_is_let_out_and_the_other_is_not(
    sender: str, report: m.ContainerMessage, by: str
) -> None:
    heard = CONTESTED.when(sender, report)

    assert settled_by(heard) == [(AGENT, by)]
    assert told_to(heard, RIVAL) == ["finding: claim_contradicted"]
    assert disputed(heard.scene) == [False, True]
    assert missing_of(heard.scene)[0] == ()
    assert Missing.RELEASE_DISPUTED in missing_of(heard.scene)[1]


@pytest.mark.parametrize(
    ("of_agent", "of_rival", "named"),
    [
        ({"stay_number": "V1"}, {"stay_number": "V2"}, {"stay_number": "V1"}),
        ({"vessel_imo": "9321483"}, {"vessel_imo": "1234567"}, {"vessel_imo": "9321483"}),
        ({"stay_number": "V1"}, {"bills_of_lading": B}, {"bills_of_lading": A}),
    ],
    ids=["visit", "vessel", "bill"],
)
def test_each_paper_tells_claims_apart(
    of_agent: dict[str, Any], of_rival: dict[str, Any], named: dict[str, Any]
) -> None:
    rival = altered(THE_RIVAL_RELEASE, **of_rival)
    scene = given(released(**of_agent), AGAINST_RIVAL).beside(rival, AGAINST_AGENT)

    assert disputed(scene.when(TERMINAL, discharge(**named)).scene) == [False, True]


@pytest.mark.parametrize(
    "named",
    [{}, {"bills_of_lading": (*A, *B)}, {"stay_number": "V1"}, {"vessel_imo": "9321483"}],
    ids=["nothing", "both bills", "a visit of neither", "a vessel of neither"],
)
def test_what_fits_both_or_tells_nothing_apart_settles_nothing(named: dict[str, Any]) -> None:
    heard = CONTESTED.when(TERMINAL, discharge(**named))

    assert heard.words == ["discharged", "discharged"]
    assert disputed(heard.scene) == [True, True]


def test_where_the_rival_names_no_visit_the_visit_settles_nothing() -> None:
    scene = given(released(stay_number="V1"), AGAINST_RIVAL).beside(
        THE_RIVAL_RELEASE, AGAINST_AGENT
    )

    assert disputed(scene.when(TERMINAL, discharge(stay_number="V1")).scene) == [True, True]


def test_what_fits_none_waits_and_is_told_to_both() -> None:
    heard = CONTESTED.when(CUSTOMS, cleared(bills_of_lading=("BL9",)))

    assert heard.words == ["waiting", *["finding: evidence_contradicts"] * 2]
    assert disputed(heard.scene) == [True, True]


def test_evidence_that_came_before_the_second_release_counts() -> None:
    scene = given(*READY).when(TERMINAL, discharge(bills_of_lading=A)).then("discharged")

    heard = scene.when(RIVAL, OTHERS_CLAIM)

    assert settled_by(heard) == [(AGENT, "terminal")]
    assert told_to(heard, RIVAL)[-1] == "finding: claim_contradicted"
    assert disputed(heard.scene) == [False, True]


def test_evidence_for_who_releases_second_counts_once_it_is_there() -> None:
    scene = given(*READY).when(TERMINAL, discharge(bills_of_lading=B)).then("waiting")

    heard = scene.when(RIVAL, OTHERS_CLAIM)

    assert settled_by(heard) == [(RIVAL, "terminal")]
    assert disputed(heard.scene) == [True, False]
    assert missing_of(heard.scene)[0] == (Missing.RELEASE_DISPUTED,)


def test_what_is_said_twice_settles_once() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=A)).scene

    again = scene.when(TERMINAL, discharge(bills_of_lading=A))

    assert again.words == ["discharged"]
    assert again.scene.file == scene.file


@pytest.mark.parametrize("customs_first", [False, True])
def test_terminal_and_customs_that_contradict_each_other_settle_nothing(
    *, customs_first: bool
) -> None:
    said = [(TERMINAL, discharge(bills_of_lading=A)), (CUSTOMS, cleared(bills_of_lading=B))]
    first, second = reversed(said) if customs_first else said
    heard = CONTESTED.when(*first).scene.when(*second)

    assert disputed(heard.scene) == [True, True]
    assert heard.words.count("finding: evidence_contradicts") == 2
    assert heard.words.count("disputed") == 1
    again = heard.scene.when(*first)
    assert disputed(again.scene) == [True, True]
    assert not any("finding" in word for word in again.words)


def test_a_terminal_that_says_otherwise_later_moves_no_right() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=A)).scene

    assert disputed(scene.when(TERMINAL, discharge(bills_of_lading=B)).scene) == [True, True]


def test_a_settled_claim_is_disputed_again_where_the_other_takes_its_papers() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=A)).scene

    heard = scene.when(RIVAL, say(m.Update, release_identification="RIVAL1", bills_of_lading=A))

    heard.then("updated", "disputed")
    assert disputed(heard.scene) == [True, True]


def test_a_contradicted_claim_is_mended_by_the_right_papers() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=B)).scene
    assert disputed(scene) == [True, False]

    right = say(m.Update, release_identification=THE_NUMBER, bills_of_lading=B)
    scene = scene.when(AGENT, right).then("updated", "disputed")
    wrong = say(m.Update, release_identification="RIVAL1", bills_of_lading=("BL3",))
    heard = scene.when(RIVAL, wrong)

    assert disputed(heard.scene) == [False, True]
    assert told_to(heard, RIVAL)[-1] == "finding: claim_contradicted"


def test_a_claim_that_runs_out_leaves_the_contradicted_one_contradicted() -> None:
    ends = NOW + timedelta(hours=1)
    rival = altered(THE_RIVAL_RELEASE, bills_of_lading=B, expires_at=ends)
    scene = given(*READY, AGAINST_RIVAL).beside(rival, AGAINST_AGENT)
    scene = scene.when(TERMINAL, discharge(bills_of_lading=B)).scene

    scene = scene.when_time_passes(hours=2).then("expired")

    assert missing_of(scene)[0] == (Missing.RELEASE_DISPUTED,)
    scene.when(RIVAL, say(m.Delete)).then("deleted", "dispute_settled")


def test_a_deleted_claim_takes_its_evidence_with_it() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=B)).scene

    heard = scene.when(RIVAL, say(m.Delete))

    heard.then("deleted", "dispute_settled")
    assert missing_of(heard.scene)[0] == ()


def test_what_one_quay_discharged_settles_nothing_at_another() -> None:
    scene = given(released()).when(TERMINAL, discharge(bills_of_lading=A)).scene
    moved = scene.when(AGENT, say(m.Update, terminal=OTHER_QUAY)).scene

    heard = moved.when(RIVAL, altered_claim(terminal=OTHER_QUAY))

    assert disputed(heard.scene) == [True, True]


def test_what_customs_said_goes_with_the_goods_to_another_quay() -> None:
    scene = given(released()).when(CUSTOMS, cleared(bills_of_lading=A)).scene
    moved = scene.when(AGENT, say(m.Update, terminal=OTHER_QUAY)).scene

    heard = moved.when(RIVAL, altered_claim(terminal=OTHER_QUAY))

    assert settled_by(heard) == [(AGENT, "customs")]


def altered_claim(**values: Any) -> m.Release:
    return release(release_identification="RIVAL1", bills_of_lading=B, **values)


def test_of_three_claims_the_one_that_fits_is_let_out() -> None:
    third = release(release_identification="THIRD", bills_of_lading=("BL3",))
    scene = CONTESTED.when(AGENT_AND_HAULIER, third).scene

    heard = scene.when(CUSTOMS, cleared(bills_of_lading=("BL3",)))

    assert disputed(heard.scene) == [True, True, False]
    assert heard.words.count("finding: claim_contradicted") == 2


def test_of_one_agents_two_bills_both_may_be_named() -> None:
    second = release(release_identification="REL2", bills_of_lading=("BL3",))
    scene = CONTESTED.when(AGENT, second).scene

    scene = scene.when(TERMINAL, discharge(bills_of_lading=("BL3",))).scene
    assert disputed(scene) == [True, True, False]

    scene = scene.when(TERMINAL, discharge(bills_of_lading=A)).scene
    assert disputed(scene) == [False, True, False]


def test_more_different_papers_than_are_remembered_settle_nothing() -> None:
    scene = CONTESTED
    for serial in range(MOST_EVIDENCE):
        scene = scene.when(TERMINAL, discharge(bills_of_lading=(*A, f"X{serial}"))).scene

    assert len(scene.stay.evidence) == MOST_EVIDENCE
    assert disputed(scene) == [True, True]


def test_where_evidence_settles_nothing_it_is_remembered_all_the_same() -> None:
    strict = CONTESTED.under(evidence_settles_disputes=False)

    scene = strict.when(TERMINAL, discharge(bills_of_lading=A)).then("discharged")

    assert disputed(scene) == [True, True]
    later = scene.under(evidence_settles_disputes=True).when(TERMINAL, discharge())
    assert disputed(later.scene) == [False, True]


def test_what_was_said_of_a_visit_that_ended_settles_nothing_of_the_next() -> None:
    scene = given(*READY).when(TERMINAL, discharge(bills_of_lading=A)).scene
    scene = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).scene
    again = release(release_identification="REL2")

    scene = scene.when(AGENT, again).then("released")
    heard = scene.when(RIVAL, OTHERS_CLAIM)

    assert heard.words == ["released", "disputed", "disputed"]
    assert disputed(heard.scene)[1:] == [True, True]


def test_a_contradicted_holder_gets_no_pickup() -> None:
    scene = CONTESTED.when(TERMINAL, discharge(bills_of_lading=B)).scene

    scene.when(HAULIER, assign()).then("no: release_disputed")
