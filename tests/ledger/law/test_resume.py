"""A parked container is resumed: all is heard again in order, and nothing is let out before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from ledger.law import hearing
from ledger.law.answer import answer, park
from ledger.law.context import Case, Question
from ledger.law.decide import decide
from ledger.law.file import Answer, File
from ledger.law.resume import BEHIND, Resumption, resume
from ledger.law.ruling import Ruling
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.messages import ContainerMessage, CustomsStatus
from schemas.organisations import Organisation
from schemas.overrides import Intent, Override, digest_of
from schemas.ports import DECIDED_BY_SYSTEM
from schemas.reasons import Missing, Reason
from schemas.stay import ReleaseStatus, Stay
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.chance import examples
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    BOX,
    CUSTOMS,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    OTHER_QUAY,
    PORT,
    QUAY,
    RIVAL,
    TERMINAL,
    TO_HAULIER,
    UNREGISTERED,
    Scene,
    assign,
    given,
    party,
    release,
    released,
    say,
    told,
)
from tests.people import Signer

SUSPENDED = Missing.ENTITLEMENT_SUSPENDED


@dataclass
class Stuck:
    """A container of which the first message that is said breaks our code."""

    scene: Scene
    aside: list[Question]

    @staticmethod
    def at(scene: Scene, *said: tuple[str, ContainerMessage]) -> "Stuck":
        first, *rest = [scene.asked(*each) for each in said]
        file, _ = park(scene.file, first, scene.context, "KeyError")
        stuck = Stuck(replace(scene, file=file), [first])
        for question in rest:
            stuck.hear(question)
        return stuck

    def hear(self, question: Question) -> None:
        file, answers = answer(self.scene.file, question, self.scene.context)
        self.scene = replace(self.scene, file=file)
        if answers[0].outcome is Outcome.PARKED:
            self.aside.append(question)

    def resume(self) -> Resumption:
        return resumed(self.scene, self.aside)


MENDED = m.Resume(container=BOX, note="mended")


def resumed(
    scene: Scene, aside: Sequence[Question], asked: m.Resume = MENDED, message_id: str = ""
) -> Resumption:
    question = scene.asked("operator", ContainerMessage(container=BOX, port="-"))
    if message_id:
        question = altered(question, cause=altered(question.cause, message_id=message_id))
    return resume(scene.file, question, aside, asked, scene.context)


def words(answers: Sequence[Answer]) -> list[str]:
    return [told(given.fact) for given in answers]


def test_what_was_parked_is_heard_in_order_and_then_the_suspension_is_lifted() -> None:
    stuck = Stuck.at(
        given(*READY), (AGENT, say(m.Block)), (AGENT, say(m.Unblock)), (RIVAL, say(m.Block))
    )

    found = stuck.resume()

    assert words(found.answers) == [
        *("resumed", "blocked", "unblocked", "no: not_the_agent", "suspension_lifted"),
    ]
    assert not found.file.parked
    assert not found.file.stays[0].suspended


def test_each_message_gets_its_outcome_once_and_so_does_the_operators() -> None:
    stuck = Stuck.at(given(*READY), (AGENT, say(m.Block)), (RIVAL, say(m.Block)))

    outcomes = [
        (given.cause.message_id, given.outcome, given.cause.resumed)
        for given in stuck.resume().answers
        if given.outcome is not None
    ]

    broke, behind = (held.cause.message_id for held in stuck.aside)
    (operators, *of_the_parked) = outcomes
    assert operators[1:] == (Outcome.APPLIED, False)
    assert of_the_parked == [(broke, Outcome.APPLIED, True), (behind, Outcome.REFUSED, True)]


def test_nothing_is_let_out_before_the_last_message_is_heard() -> None:
    """Or a terminal would hear that it may leave while the block behind is still unread."""
    stuck = Stuck.at(
        given(*READY),
        (TERMINAL, say(m.ReportTerminalBlock, terminal=QUAY)),
        (TERMINAL, say(m.ReportTerminalUnblock, terminal=QUAY)),
    )

    *before, last = stuck.resume().answers

    assert all(SUSPENDED in given.missing for given in before if given.stay is not None)
    assert last.missing == ()


def test_a_stay_that_a_parked_release_opens_is_not_let_out_before_the_rest_is_heard() -> None:
    stuck = Stuck.at(given(), (AGENT, release()), (AGENT, say(m.Block)))

    found = stuck.resume()

    assert words(found.answers) == [
        *("resumed", "released", "suspended", "blocked", "suspension_lifted"),
    ]
    assert all(SUSPENDED in given.missing for given in found.answers[2:4])


def test_a_container_without_a_release_is_resumed_too() -> None:
    stuck = Stuck.at(given(), (FORWARDER, say(m.Accept)))

    found = stuck.resume()

    assert words(found.answers) == ["resumed", "waiting"]
    assert [held.question.cause.resumed for held in found.file.waiting] == [True]


OPERATOR = "NXT21000000090"
ADA, BEN = Signer("ada", 1), Signer("ben", 2)


def overseen(scene: Scene, *people: Signer) -> Scene:
    """Let overrides take two of the operator's people, who have these keys."""
    keys = tuple(person.key for person in people)
    operator = Organisation(OPERATOR, 1, "Demo Operator", (), keys=keys)
    directory = scene.directory.joined_by(operator, scene.directory.version + 1)
    return replace(scene, directory=directory).under(overrides_by=OPERATOR)


def signed_by(first: Signer, second: Signer, scene: Scene) -> tuple[m.Resume, str]:
    """Return the message with the two's word for it, and the id that it has to have."""
    intent = Intent(Override.RESUME, BOX, MENDED.note, scene.now)
    proposal = first.sign(intent)
    confirmation = second.sign(altered(intent, confirms=digest_of(proposal)))
    signed = {"proposal": proposal, "confirmation": confirmation}
    return MENDED.model_copy(update=signed), digest_of(proposal)


def test_two_people_resume_and_it_is_written_down_who_they_are() -> None:
    stuck = Stuck.at(overseen(given(*READY), ADA, BEN), (AGENT, say(m.Block)))
    asked, message_id = signed_by(ADA, BEN, stuck.scene)

    found = resumed(stuck.scene, stuck.aside, asked, message_id)

    assert words(found.answers)[:2] == ["resumed", "blocked"]
    assert found.answers[0].fact == f.Resumed(
        note="mended",
        proposed_by="ada",
        confirmed_by="ben",
        signed=(str(asked.proposal), str(asked.confirmation)),
    )
    assert not found.file.parked


def test_where_it_takes_two_people_nobody_resumes_alone() -> None:
    stuck = Stuck.at(overseen(given(*READY), ADA, BEN), (AGENT, say(m.Block)))
    scene = stuck.scene
    two, message_id = signed_by(ADA, BEN, scene)
    tries = (
        (MENDED, "unreadable"),
        (two.model_copy(update={"confirmation": None}), "unreadable"),
        (signed_by(ADA, ADA, scene)[0], "same_person"),
        (two.model_copy(update={"note": "something else"}), "another_override"),
        (two.model_copy(update={"container": NEIGHBOUR}), "another_override"),
        (signed_by(ADA, Signer("cleo", 5), scene)[0], "not_a_persons_key"),
        (signed_by(ADA, BEN, scene.later(minutes=-16))[0], "too_late"),
    )
    for asked, why in tries:
        found = resumed(scene, stuck.aside, asked, message_id)
        refused = f.Refused(reason=Reason.FOUR_EYES_NEEDED, detail=why)
        assert [each.fact for each in found.answers] == [refused]
        assert found.file == scene.file


def test_two_peoples_word_is_good_for_one_message() -> None:
    stuck = Stuck.at(overseen(given(*READY), ADA, BEN), (AGENT, say(m.Block)))
    asked, _ = signed_by(ADA, BEN, stuck.scene)

    assert words(resumed(stuck.scene, stuck.aside, asked).answers) == ["no: four_eyes_needed"]


def test_an_operator_that_the_directory_lacks_overrides_nothing() -> None:
    stuck = Stuck.at(given(*READY).under(overrides_by=OPERATOR), (AGENT, say(m.Block)))
    asked, message_id = signed_by(ADA, BEN, stuck.scene)

    found = resumed(stuck.scene, stuck.aside, asked, message_id)

    assert words(found.answers) == ["no: four_eyes_needed"]


def test_what_is_not_parked_cannot_be_resumed() -> None:
    scene = given(*READY)

    found = resumed(scene, ())

    assert words(found.answers) == ["no: not_parked"]
    assert found.answers[0].outcome is Outcome.REFUSED
    assert found.file == scene.file


def test_a_suspension_is_our_own_fault_and_decides_nothing() -> None:
    """Heard again, a gate-out that had every right is no alarm."""
    gate_out = say(m.ReportGateOut, terminal=QUAY, picked_up_by=party(HAULIER))
    stuck = Stuck.at(given(*READY), (TERMINAL, say(m.ReportGateIn, terminal=QUAY)))
    stuck.hear(stuck.scene.asked(TERMINAL, gate_out))

    found = stuck.resume()

    assert words(found.answers) == [
        *("resumed", "gated_in", "gated_out", "pickup_ended: picked_up", "suspension_lifted"),
    ]
    assert found.file.stays[0].status is ReleaseStatus.GATED_OUT


def test_where_a_system_decides_what_it_said_meanwhile_stands_and_a_leaving_is_alarmed_once() -> (
    None
):
    """The alarm comes when it is told, not when it is heard again and was all in order."""
    port, system = next(iter(DECIDED_BY_SYSTEM.items()))
    speaker = Organisation("NXT21000000055", 1, "System", (), system=system)
    directory = DIRECTORY.joined_by(speaker, version=8)
    there = released(port=port)
    scene = replace(given(there, *READY[1:]), directory=directory)
    gone = say(ObserveRelease, port=port, terminal=QUAY, gate_out=True)
    stuck = Stuck.at(scene, (TERMINAL, say(m.ReportGateIn, port=port, terminal=QUAY)))
    file, told_at_once = answer(
        stuck.scene.file, stuck.scene.asked(speaker.id, gone), stuck.scene.context
    )
    assert words(told_at_once) == ["parked", "finding: left_without_right"]
    stuck.hear(stuck.scene.asked(speaker.id, gone))

    found = stuck.resume()

    assert [word for word in words(found.answers) if word.startswith("finding")] == []
    assert found.file.stays[0].status is ReleaseStatus.GATED_OUT
    assert file.parked


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the law break on every block."""

    def breaks(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
        if isinstance(message, m.Block):
            raise ZeroDivisionError(stay.container)
        return decide(stay, message, case)

    monkeypatch.setattr(hearing, "decide", breaks)


@pytest.mark.usefixtures("breaking")
def test_what_breaks_again_is_parked_again_with_all_behind_it() -> None:
    stuck = Stuck.at(
        given(*READY),
        (TERMINAL, say(m.ReportGateIn, terminal=QUAY)),
        (AGENT, say(m.Block)),
        (TERMINAL, say(m.ReportGateOut, terminal=QUAY)),
    )

    found = stuck.resume()

    assert words(found.answers) == ["resumed", "gated_in", "parked", "parked"]
    *_, broke, behind = found.answers
    assert isinstance(found.broke, ZeroDivisionError)
    assert isinstance(broke.fact, f.Parked)
    assert isinstance(behind.fact, f.Parked)
    assert (broke.fact.error, behind.fact.error) == ("ZeroDivisionError", BEHIND)
    assert broke.cause.resumed
    assert found.file.parked
    assert found.file.stays[0].suspended


@pytest.mark.usefixtures("breaking")
def test_a_stay_that_was_opened_before_it_broke_again_is_suspended() -> None:
    stuck = Stuck.at(given(), (AGENT, release()), (AGENT, say(m.Block)))

    found = stuck.resume()

    assert found.file.parked
    assert found.file.stays[0].suspended


def test_the_time_that_stood_still_passes_before_anything_is_let_out() -> None:
    stuck = Stuck.at(given(*READY), (TERMINAL, say(m.ReportGateIn, terminal=QUAY)))
    stuck.scene = stuck.scene.later(days=2)

    found = stuck.resume()

    assert words(found.answers) == [
        *("resumed", "gated_in", "pickup_ended: ran_out", "suspension_lifted"),
    ]
    assert found.answers[-2].outcome is None


def test_where_time_breaks_again_the_container_stays_parked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ledger.law.answer.lapsed", breaks)
    scene = given(*READY, f.Suspended())

    found = resumed(replace(scene, file=altered(scene.file, parked=True)), ())

    assert words(found.answers) == ["resumed", "parked"]
    assert found.answers[-1].outcome is None
    assert found.file.parked
    assert found.file.stays[0].suspended


# --- as if never broken -------------------------------------------------------------------------

SAID: tuple[tuple[str, ContainerMessage], ...] = (
    (AGENT, release()),
    (AGENT, release(release_to=party(FORWARDER))),
    (AGENT, release(release_identification="REL2", bills_of_lading=("BL2",))),
    (RIVAL, release(release_identification="RIVAL1", bills_of_lading=("BL3",))),
    (AGENT, say(m.Update, terminal=OTHER_QUAY)),
    (AGENT, say(m.Update, terminal=QUAY)),
    *((AGENT, say(kind)) for kind in (m.Block, m.Unblock, m.Revoke, m.Delete)),
    (RIVAL, say(m.Delete)),
    (AGENT, say(m.Transfer, release_to=party(FORWARDER))),
    (FORWARDER, say(m.Transfer, release_to=party(HAULIER))),
    *((sender, say(m.Accept)) for sender in (FORWARDER, HAULIER)),
    (FORWARDER, say(m.Decline)),
    (HAULIER, assign()),
    (HAULIER, say(m.RevokePickup)),
    *((TERMINAL, say(kind, terminal=QUAY)) for kind in m.TERMINAL_REPORTS),
    (NEIGHBOUR, say(m.ReportDischarge, terminal=OTHER_QUAY)),
    *(
        (CUSTOMS, say(m.ReportCustomsStatus, status=status))
        for status in (CustomsStatus.RELEASED, CustomsStatus.NOT_RELEASED)
    ),
    (UNREGISTERED, say(m.Accept)),
    (CUSTOMS, say(m.Block)),
)
SCENES = (
    given(),
    given(released(), *TO_HAULIER),
    given(released(), *TO_HAULIER, *ALL_GREEN),
    given(*READY),
)


def as_kept(file: File) -> tuple[tuple[Stay, ...], list[tuple[str, datetime]], bool]:
    """The file, but for how a message came into the waiting room."""
    waiting = [(held.question.cause.message_id, held.until) for held in file.waiting]
    return file.stays, waiting, file.parked


@settings(max_examples=examples(400))
@whatever(
    scene=st.sampled_from(SCENES),
    said=st.lists(st.sampled_from(SAID), min_size=1, max_size=14),
    places=st.tuples(st.integers(0, 13), st.integers(0, 13)),
)
def test_parked_and_then_resumed_is_as_if_never_broken(
    scene: Scene, said: list[tuple[str, ContainerMessage]], places: tuple[int, int]
) -> None:
    questions = [scene.asked(*each) for each in said]
    breaks, resumes = sorted(place % len(questions) for place in places)
    unbroken = scene.file
    for question in questions:
        unbroken, _ = answer(unbroken, question, scene.context)

    before = scene.file
    for question in questions[:breaks]:
        before, _ = answer(before, question, scene.context)
    file, _ = park(before, questions[breaks], scene.context, "KeyError")
    stuck = Stuck(replace(scene, file=file), [questions[breaks]])
    for question in questions[breaks + 1 : resumes + 1]:
        stuck.hear(question)
    file = stuck.resume().file
    for question in questions[resumes + 1 :]:
        file, _ = answer(file, question, scene.context)

    assert as_kept(file) == as_kept(unbroken)


def test_the_operator_is_named_as_the_cause_of_what_is_lifted() -> None:
    stuck = Stuck.at(given(*READY), (AGENT, say(m.Block)))

    first, *_, last = stuck.resume().answers

    assert (first.container, first.port, last.port) == (BOX, "-", PORT)
    assert first.cause == last.cause
    assert first.fact == f.Resumed(note="mended")
