"""Two people say which of several claims is let out; it holds until somebody claims anew."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from ledger.law.answer import Answers
from ledger.law.file import File
from ledger.law.settle import settle
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.messages import ContainerMessage
from schemas.override_facts import Overridden
from schemas.override_messages import SettleDispute
from schemas.overrides import NotAgreed, Override
from schemas.reasons import Missing, Reason
from schemas.stay import Stay
from schemas.value import altered
from tests.chance import examples
from tests.ledger.law.states import READY, STATES
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    BOX,
    CUSTOMS,
    NEIGHBOUR,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    Scene,
    given,
    release,
    say,
    told,
)
from tests.people import ADA, ADAS_OTHER, BEN, OPERATOR, Signer, both_sign, id_of, overseer

NOTE = "the carrier's own paper was seen"


def overseen(scene: Scene) -> Scene:
    directory = scene.directory.joined_by(overseer(ADA, BEN, ADAS_OTHER), 8)
    return replace(scene, directory=directory).under(overrides_by=OPERATOR)


DISPUTED = overseen(STATES["disputed"])


def settled(
    scene: Scene,
    chosen: str,
    people: tuple[Signer, Signer] = (ADA, BEN),
    **changed: Any,
) -> Answers:
    """Let two people settle it for a release; afterwards the message is *changed*."""
    both = both_sign(Override.SETTLE_DISPUTE, chosen, NOTE, scene.now, people)
    asked = SettleDispute(container=BOX, release_id=chosen, note=NOTE, **both)
    question = scene.asked("operator", ContainerMessage(container=BOX, port="-"))
    question = altered(question, cause=altered(question.cause, message_id=id_of(both)))
    return settle(scene.file, question, asked.model_copy(update=changed), scene.context)


def of(scene: Scene, agent: str) -> Stay:
    return next(stay for stay in scene.file.stays if stay.agent == agent)


def after(scene: Scene, agent: str) -> Scene:
    """The scene when it was settled for the claim of *agent*."""
    file, answers = settled(scene, of(scene, agent).release_id)
    assert answers[0].outcome is Outcome.APPLIED
    return replace(scene, file=file)


def disputed(scene: Scene) -> dict[str, bool]:
    return {stay.agent: stay.disputed for stay in scene.file.stays if stay.live}


@pytest.mark.parametrize(("chosen", "other"), [(AGENT, RIVAL), (RIVAL, AGENT)])
def test_the_claim_that_two_people_named_is_let_out_and_the_other_is_not(
    chosen: str, other: str
) -> None:
    claim = of(DISPUTED, chosen)

    _, (agreed, let_out) = settled(DISPUTED, claim.release_id)

    assert isinstance(agreed.fact, Overridden)
    assert (agreed.fact.override, agreed.fact.subject, agreed.fact.detail) == (
        Override.SETTLE_DISPUTE,
        claim.release_id,
        NOTE,
    )
    assert (agreed.outcome, agreed.stay) == (Outcome.APPLIED, None)
    assert let_out.fact == f.DisputeSettled(let_out=True)
    assert let_out.outcome is None
    assert Missing.RELEASE_DISPUTED not in let_out.missing
    assert disputed(after(DISPUTED, chosen)) == {chosen: False, other: True}


BY_NOBODY = {"proposal": None, "confirmation": None}


@pytest.mark.parametrize(
    ("people", "changed", "why"),
    [
        ((ADA, ADA), {}, NotAgreed.SAME_PERSON),
        ((ADA, ADAS_OTHER), {}, NotAgreed.SAME_PERSON),
        ((ADA, BEN), BY_NOBODY, NotAgreed.UNREADABLE),
        ((ADA, BEN), {"note": ""}, NotAgreed.ANOTHER_OVERRIDE),
        ((ADA, BEN), {"release_id": of(DISPUTED, RIVAL).release_id}, NotAgreed.ANOTHER_OVERRIDE),
    ],
)
def test_on_less_than_two_peoples_word_for_it_nothing_is_settled(
    people: tuple[Signer, Signer], changed: dict[str, Any], why: NotAgreed
) -> None:
    file, (refused,) = settled(DISPUTED, of(DISPUTED, AGENT).release_id, people, **changed)

    assert refused.fact == f.Refused(reason=Reason.FOUR_EYES_NEEDED, detail=why)
    assert refused.outcome is Outcome.REFUSED
    assert file == DISPUTED.file


def test_what_is_not_disputed_or_parked_is_not_settled() -> None:
    ready = overseen(given(*READY))
    parked = replace(DISPUTED, file=altered(DISPUTED.file, parked=True))
    gone = DISPUTED.when(AGENT, say(m.Delete)).scene
    tries = (
        (ready, ready.stay.release_id, Reason.RELEASE_NOT_DISPUTED),
        (DISPUTED, "no-such-release", Reason.RELEASE_NOT_DISPUTED),
        (gone, of(DISPUTED, AGENT).release_id, Reason.RELEASE_NOT_DISPUTED),
        (after(DISPUTED, AGENT), of(DISPUTED, AGENT).release_id, Reason.RELEASE_NOT_DISPUTED),
        (parked, of(DISPUTED, AGENT).release_id, Reason.CONTAINER_PARKED),
    )
    for scene, release_id, reason in tries:
        file, (refused,) = settled(scene, release_id)
        assert told(refused.fact) == f"no: {reason}"
        assert file == scene.file


def test_two_other_people_may_let_the_other_claim_out_and_the_first_is_so_no_more() -> None:
    scene = after(DISPUTED, AGENT)

    _, answers = settled(scene, of(scene, RIVAL).release_id)

    assert [told(each.fact) for each in answers] == ["overridden", "disputed", "dispute_settled"]
    assert disputed(after(scene, RIVAL)) == {AGENT: True, RIVAL: False}


PAPERS_OF_THE_OTHER = {"bills_of_lading": ("BL-NOT-OURS",), "terminal": QUAY}


def test_papers_that_come_later_are_told_and_settle_nothing_against_it() -> None:
    claims = {"release_identification": "RIVAL1", "bills_of_lading": ("BL-NOT-OURS",)}
    both = overseen(given(*READY)).when(RIVAL, release(**claims)).scene
    scene = after(both, AGENT)

    heard = scene.when(TERMINAL, say(m.ReportDischarge, **PAPERS_OF_THE_OTHER))

    assert disputed(heard.scene) == {AGENT: False, RIVAL: True}
    assert "finding: claim_contradicted" in heard.words
    assert not any(isinstance(each.fact, f.DisputeSettled) for each in heard.answers)


def test_what_papers_settled_two_people_may_settle_otherwise() -> None:
    claims = {"release_identification": "RIVAL1", "bills_of_lading": ("BL-NOT-OURS",)}
    both = overseen(given(*READY)).when(RIVAL, release(**claims)).scene
    by_papers = both.when(TERMINAL, say(m.ReportDischarge, **PAPERS_OF_THE_OTHER)).scene
    assert disputed(by_papers) == {AGENT: True, RIVAL: False}

    assert disputed(after(by_papers, AGENT)) == {AGENT: False, RIVAL: True}


def test_who_claims_anew_opens_it_anew() -> None:
    third = release(release_identification="THIRD", bills_of_lading=("BL9",))

    scene = after(DISPUTED, AGENT).when(AGENT_AND_HAULIER, third).scene

    assert disputed(scene) == {AGENT: True, RIVAL: True, AGENT_AND_HAULIER: True}
    assert not any(stay.let_out for stay in scene.file.stays)


def test_the_others_withdrawal_changes_nothing_more() -> None:
    scene = after(DISPUTED, AGENT)

    scene.when(RIVAL, say(m.Delete)).then("deleted")


# --- whatever is said ---------------------------------------------------------------------------

AGENTS = (AGENT, RIVAL, AGENT_AND_HAULIER)
PAPERS = (("BL1",), ("BL2",), ("BL1", "BL2"))
SAID: tuple[tuple[str, ContainerMessage], ...] = (
    *(
        (agent, release(terminal=quay, bills_of_lading=bills, release_identification=f"{agent}-1"))
        for agent in AGENTS
        for quay in (QUAY, OTHER_QUAY)
        for bills in PAPERS
    ),
    *((agent, say(m.Update, terminal=quay)) for agent in AGENTS for quay in (QUAY, OTHER_QUAY)),
    *((agent, say(kind)) for agent in AGENTS for kind in (m.Delete, m.Block, m.Unblock)),
    *(
        (TERMINAL, say(m.ReportDischarge, terminal=QUAY, bills_of_lading=bills))
        for bills in PAPERS
    ),
    (NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY, bills_of_lading=("BL1",))),
    *(
        (CUSTOMS, say(m.ReportCustomsStatus, status="released", bills_of_lading=bills))
        for bills in PAPERS
    ),
    (TERMINAL, say(m.ReportGateOut, terminal=QUAY)),
)


@dataclass(frozen=True)
class Settles:
    """Two people settle it for the claim at this place, if there is one."""

    place: int


STEPS = st.lists(
    st.sampled_from(SAID)
    | st.builds(Settles, st.integers(0, 2))
    | st.sampled_from([{"days": 61}, {"hours": 1}]),
    min_size=2,
    max_size=14,
)


def rivals(one: Stay, other: Stay) -> bool:
    return one.agent != other.agent and one.terminal == other.terminal


def one_at_most_is_let_out(file: File) -> None:
    """I3, by another reading of it than the law's own."""
    free = [stay for stay in file.stays if stay.live and not stay.disputed]
    assert not any(rivals(one, other) for one in free for other in free)
    for stay in file.stays:
        if stay.live and stay.let_out:
            assert not stay.disputed


@settings(max_examples=examples(400))
@whatever(steps=STEPS)
def test_whatever_is_said_and_settled_one_of_several_rivals_at_most_is_let_out(
    steps: list[Any],
) -> None:
    scene = overseen(given())
    for step in steps:
        if isinstance(step, Settles):
            scene = settled_at(scene, step.place)
        elif isinstance(step, dict):
            scene = scene.when_time_passes(**step).scene
        else:
            scene = scene.when(*step).scene
        one_at_most_is_let_out(scene.file)


def settled_at(scene: Scene, place: int) -> Scene:
    if place >= len(scene.file.stays):
        return scene
    claim = scene.file.stays[place]
    file, answers = settled(scene, claim.release_id)
    found = {stay.release_id: stay for stay in file.stays}
    if not (claim.live and claim.disputed):
        assert told(answers[0].fact) == f"no: {Reason.RELEASE_NOT_DISPUTED}"
        assert file == scene.file
        return scene
    assert not found[claim.release_id].disputed
    for stay in file.stays:
        if stay.live and rivals(stay, claim):
            assert stay.disputed
    return replace(scene, file=file)
