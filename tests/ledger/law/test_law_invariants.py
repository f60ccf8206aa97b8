"""What must hold whatever is said in whatever order: I3 to I6, I8, one outcome, fail closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ledger.law.answer import answer, park
from ledger.law.context import Question
from ledger.law.file import Answer, File
from ledger.law.leave import missing_to_leave
from ledger.law.resume import resume
from schemas import messages as m
from schemas.facts import Outcome, SuspensionLifted, Waiting
from schemas.messages import ContainerMessage, CustomsStatus, Modality
from schemas.stay import Stay, TerminalLight
from tests.chance import examples
from tests.ledger.law import auditor
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    ANOTHER_DRIVER,
    BARGE,
    BOX,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    OTHER_HAULIER,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    UNREGISTERED,
    Heard,
    Scene,
    assign,
    given,
    party,
    release,
    say,
)

AGENTS = st.sampled_from([AGENT, AGENT, RIVAL, AGENT_AND_HAULIER])
CHAIN = st.sampled_from([FORWARDER, HAULIER, BARGE, OTHER_HAULIER, AGENT_AND_HAULIER])
# Who has the right to it as things stand, so that the law is not only heard to refuse.
THE_AGENT, THE_HOLDER, THE_RECEIVER = "the agent", "the holder", "the receiver"
WHO_MAY = st.sampled_from([THE_AGENT, THE_HOLDER, THE_RECEIVER])
ANYBODY = WHO_MAY | AGENTS | CHAIN | st.sampled_from([TERMINAL, UNREGISTERED])
QUAYS = st.sampled_from([QUAY, QUAY, QUAY, OTHER_QUAY])
OPERATOR = {QUAY: TERMINAL, OTHER_QUAY: NEIGHBOUR}
BILLS = st.sampled_from([("BL1",), ("BL2",), ("BL1", "BL2")])
STAY_NUMBERS = st.sampled_from([None, None, "V1", "V2"])
DAYS = st.none() | st.integers(-1, 70)
PAPERS = st.fixed_dictionaries(
    {},
    optional={
        "terminal": QUAYS,
        "bills_of_lading": BILLS,
        "release_identification": st.sampled_from(["REL1", "REL2"]),
        "stay_number": st.sampled_from(["V1", "V2"]),
        "vessel_imo": st.sampled_from(["9321483", "1234567"]),
    },
)
MAYBE_PAPERS = st.just(dict[str, Any]()) | st.just(dict[str, Any]()) | PAPERS
REPORTS = st.sampled_from(m.TERMINAL_REPORTS)


class Port(RuleBasedStateMachine):
    """One container, everybody who may and may not, and an auditor who knows only the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene = given().under(waiting_requests=4)
        self.audit = auditor.Audit()
        self.aside: list[Question] = []

    # --- what can be said -------------------------------------------------------------------

    @initialize(releases=st.sampled_from([0, 1, 1, 1, 2, 2]))
    def mostly_it_is_released(self, releases: int) -> None:
        """Twice is groupage: one box, two bills of lading, two receivers."""
        if releases:
            self._say(AGENT, release(release_to=party(FORWARDER)))
        if releases > 1:
            other = {"release_identification": "REL2", "bills_of_lading": ("BL2",)}
            self._say(AGENT, release(release_to=party(BARGE), **other))

    @rule(
        sender=AGENTS,
        quay=QUAYS,
        number=st.sampled_from(["REL1", "REL2"]),
        bills=BILLS,
        stay_number=STAY_NUMBERS,
        receiver=st.none() | CHAIN,
        expires=DAYS,
        starts=st.sampled_from([None, None, -1, 1]),
    )
    def an_agent_releases(self, **drawn: Any) -> None:
        receiver = drawn["receiver"]
        message = say(
            m.Release,
            terminal=drawn["quay"],
            release_identification=drawn["number"],
            bills_of_lading=drawn["bills"],
            stay_number=drawn["stay_number"],
            release_to=None if receiver is None else party(receiver),
            expires_at=self._in_days(drawn["expires"]),
            valid_from=self._in_days(drawn["starts"]),
        )
        self._say(drawn["sender"], message)

    @rule(sender=st.just(THE_AGENT) | AGENTS, papers=PAPERS, expires=DAYS)
    def an_agent_updates(self, sender: str, papers: dict[str, Any], expires: int | None) -> None:
        self._say(sender, say(m.Update, expires_at=self._in_days(expires), **papers))

    @rule(
        sender=st.just(THE_AGENT) | ANYBODY,
        kind=st.sampled_from([m.Block, m.Unblock, m.Revoke, m.Delete]),
        papers=MAYBE_PAPERS,
    )
    def somebody_takes_back(
        self, sender: str, kind: type[ContainerMessage], papers: dict[str, Any]
    ) -> None:
        self._say(sender, say(kind, **papers))

    @rule(sender=st.just(THE_HOLDER) | ANYBODY, receiver=CHAIN | AGENTS, papers=MAYBE_PAPERS)
    def somebody_transfers(self, sender: str, receiver: str, papers: dict[str, Any]) -> None:
        self._say(sender, say(m.Transfer, release_to=party(receiver), **papers))

    @rule(
        sender=WHO_MAY | ANYBODY,
        kind=st.sampled_from([m.Accept, m.Decline, m.Revoke, m.RevokePickup]),
        papers=MAYBE_PAPERS,
    )
    def somebody_answers(
        self, sender: str, kind: type[ContainerMessage], papers: dict[str, Any]
    ) -> None:
        self._say(sender, say(kind, **papers))

    @rule(
        sender=CHAIN | st.just(THE_HOLDER),
        modality=st.sampled_from([Modality.TRUCK, *Modality]),
        expires=DAYS,
        papers=MAYBE_PAPERS,
    )
    def somebody_assigns(self, **drawn: Any) -> None:
        driver = DRIVER if drawn["modality"] is Modality.TRUCK else None
        expires_at = self._in_days(drawn["expires"])
        values = {"modality": drawn["modality"], "driver": driver, "expires_at": expires_at}
        self._say(drawn["sender"], assign(**values, **drawn["papers"]))

    @rule(
        sender=ANYBODY,
        modality=st.none() | st.sampled_from(Modality),
        driver=st.sampled_from([None, DRIVER, ANOTHER_DRIVER]),
        expires=DAYS,
        papers=MAYBE_PAPERS,
    )
    def somebody_updates_a_pickup(self, **drawn: Any) -> None:
        expires_at = self._in_days(drawn["expires"])
        values = {"modality": drawn["modality"], "driver": drawn["driver"]}
        message = say(m.UpdatePickup, expires_at=expires_at, **values, **drawn["papers"])
        self._say(drawn["sender"], message)

    @rule(sender=ANYBODY, means=st.sampled_from(Modality), papers=MAYBE_PAPERS)
    def somebody_sets_the_means(
        self, sender: str, means: Modality, papers: dict[str, Any]
    ) -> None:
        self._say(sender, say(m.SetMeansOfTransport, means_of_transport=means, **papers))

    @precondition(lambda self: self.audit.pickups_ended)
    @rule(which=st.integers(0, 9), quay=QUAYS)
    def a_terminal_confirms(self, which: int, quay: str) -> None:
        ended = sorted(self.audit.pickups_ended)
        message = say(m.ConfirmPickupEnd, terminal=quay, pickup_id=ended[which % len(ended)])
        self._say(OPERATOR[quay], message)

    @rule(
        kind=REPORTS,
        quay=QUAYS,
        operator=st.sampled_from([None, None, None, NEIGHBOUR, CUSTOMS]),
        papers=MAYBE_PAPERS,
        ago=st.sampled_from([0, 0, 1, 100, -5]),
    )
    def a_terminal_reports(self, **drawn: Any) -> None:
        message = say(drawn["kind"], **{**drawn["papers"], "terminal": drawn["quay"]})
        self._say(drawn["operator"] or OPERATOR[drawn["quay"]], message, ago=drawn["ago"])

    @rule(status=st.sampled_from(CustomsStatus), papers=MAYBE_PAPERS)
    def customs_report(self, status: CustomsStatus, papers: dict[str, Any]) -> None:
        self._say(CUSTOMS, say(m.ReportCustomsStatus, status=status, **papers))

    @precondition(lambda self: any(stay.disputed for stay in self._open()))
    @rule(
        papers=st.fixed_dictionaries(
            {},
            optional={
                "bills_of_lading": BILLS,
                "stay_number": st.sampled_from(["V1", "V2"]),
                "vessel_imo": st.sampled_from(["9321483", "1234567"]),
            },
        ),
        by_customs=st.booleans(),
        quay=QUAYS,
    )
    def somebody_says_whose_box_it_is(
        self, papers: dict[str, Any], quay: str, *, by_customs: bool
    ) -> None:
        if by_customs:
            status = CustomsStatus.RELEASED
            self._say(CUSTOMS, say(m.ReportCustomsStatus, status=status, **papers))
        else:
            self._say(OPERATOR[quay], say(m.ReportDischarge, terminal=quay, **papers))

    @precondition(lambda self: self._open())
    @rule(which=st.integers(0, 3), steps=st.integers(1, 6), receiver=CHAIN)
    def the_line_goes_on(self, which: int, steps: int, receiver: str) -> None:
        """Some steps of the thin line, so that the deep states are reached."""
        for _ in range(steps):
            live = self._open()
            if live:
                expires_at = self._in_days(2 if which % 2 else None)
                self._say(*next_step(live[which % len(live)], receiver, expires_at))

    @precondition(lambda self: any(stay.pickup for stay in self._open()))
    @rule(
        sender=st.sampled_from([THE_AGENT, THE_HOLDER]),
        message=st.sampled_from(
            [
                say(m.RevokePickup),
                say(m.Revoke),
                say(m.Block),
                say(m.Delete),
                say(m.Update, terminal=OTHER_QUAY),
                say(m.UpdatePickup, driver=ANOTHER_DRIVER),
                say(m.UpdatePickup, modality=Modality.BARGE),
                say(m.Transfer, release_to=party(BARGE)),
                assign(),
            ]
        ),
        days_before=st.sampled_from([0, 0, 3, 61]),
        renewed=st.booleans(),
    )
    def something_happens_to_a_pickup(self, **drawn: Any) -> None:
        """With the clock past its date at times, the tick not yet come."""
        self.scene = self.scene.later(days=drawn["days_before"])
        if drawn["renewed"]:
            self._say(THE_AGENT, say(m.Update, expires_at=self._in_days(9)))
        self._say(drawn["sender"], drawn["message"])

    @precondition(lambda self: any(stay.pickup for stay in self._open()))
    @rule(sender=ANYBODY, which=st.integers(0, 3))
    def somebody_names_another_driver(self, sender: str, which: int) -> None:
        assigned = [stay for stay in self._open() if stay.pickup]
        number = assigned[which % len(assigned)].release_identification
        message = say(m.UpdatePickup, driver=ANOTHER_DRIVER, release_identification=number)
        self._say(sender, message)

    @precondition(lambda self: any(stay.pickup for stay in self._open()))
    @rule(
        which=st.integers(0, 3),
        steps=st.sampled_from([2, 4, 4, 5]),
        minutes=st.sampled_from([0, 0, 0, 20]),
    )
    def it_goes_to_another_quay(self, which: int, steps: int, minutes: int) -> None:
        """And on towards the gate there, whether the first quay has confirmed or not."""
        assigned = [stay for stay in self._open() if stay.pickup]
        stay = assigned[which % len(assigned)]
        papers = {"release_identification": stay.release_identification}
        quay = OTHER_QUAY if stay.terminal == QUAY else QUAY
        self._say(stay.agent, say(m.Update, terminal=quay, **papers))
        self.scene = self.scene.later(minutes=minutes)
        for _ in range(steps):
            moved = [each for each in self._open() if each.release_id == stay.release_id]
            if moved:
                self._say(*next_step(moved[0], HAULIER, None))

    @rule(hours=st.sampled_from([0.1, 1, 1, 12, 30, 24 * 20]), ticked=st.booleans())
    def time_passes(self, hours: float, *, ticked: bool) -> None:
        if not ticked or self.scene.file.parked:
            self.scene = self.scene.later(hours=hours)
            return
        self._hear(self.scene.when_time_passes(hours=hours), outcomes=0)

    @precondition(lambda self: not self.scene.file.parked)
    @rule(sender=CHAIN | st.just(THE_RECEIVER), once_in=st.integers(0, 3))
    def our_code_breaks(self, sender: str, once_in: int) -> None:
        """On an acceptance; what is said from then on is parked."""
        if once_in:
            return
        question = self.scene.asked(self._who(sender), say(m.Accept))
        file, answers = park(self.scene.file, question, self.scene.context, "KeyError")
        self.aside = [question]
        self._hear(Heard(replace(self.scene, file=file), answers), outcomes=1)

    @precondition(lambda self: self.scene.file.parked)
    @rule()
    def the_operator_resumes(self) -> None:
        """With our code mended: each parked message is answered, in order."""
        about = self.scene.asked("operator", ContainerMessage(container=BOX, port="-"))
        found = resume(
            self.scene.file, about, self.aside, m.Resume(container=BOX), self.scene.context
        )
        heard = [
            given.cause.message_id
            for given in found.answers
            if given.cause.resumed and given.outcome is not None and not given.cause.waited
        ]
        assert found.broke is None
        before = [each for each in found.answers if not isinstance(each.fact, SuspensionLifted)]
        assert all(each.missing for each in before if each.stay is not None)
        assert heard == [question.cause.message_id for question in self.aside]
        self.aside = []
        self._hear(Heard(replace(self.scene, file=found.file), found.answers), outcomes=1)

    # --- what must hold ---------------------------------------------------------------------

    @invariant()
    def nothing_is_let_out_while_anything_is_parked(self) -> None:
        scene = self.scene
        for stay in scene.file.stays:
            if scene.file.parked:
                assert stay.suspended or not stay.on_quay
                assert missing_to_leave(stay, scene.now, scene.policy)
            else:
                assert not stay.suspended

    @invariant()
    def one_pickup_a_visit_and_an_unbroken_chain(self) -> None:
        auditor.check_single_holder(self.scene.file.stays)

    @invariant()
    def two_agents_never_both_let_it_out(self) -> None:
        auditor.check_one_claim(self.scene.file.stays)

    @invariant()
    def the_entries_alone_give_the_same_file(self) -> None:
        assert tuple(self.audit.stays.values()) == self.scene.file.stays
        waiting = [held.question.cause.message_id for held in self.scene.file.waiting]
        assert self.audit.waiting == waiting

    def _open(self) -> list[Stay]:
        return [stay for stay in self.scene.file.stays if stay.live]

    def _in_days(self, days: int | None) -> Any:
        return None if days is None else self.scene.now + timedelta(days=days)

    def _say(self, sender: str, message: ContainerMessage, ago: float = 0) -> None:
        said = self.scene.now - timedelta(days=ago)
        question = self.scene.asked(self._who(sender), message, said)
        file, answers = answer(self.scene.file, question, self.scene.context)
        if answers[0].outcome is Outcome.PARKED:
            self.aside.append(question)
        self._hear(Heard(replace(self.scene, file=file), answers), outcomes=1)

    def _who(self, sender: str) -> str:
        stays = self._open() or self.scene.file.stays
        if not stays:
            return AGENT if sender == THE_AGENT else sender
        stay = stays[-1]
        receiver = stay.pending.receiver if stay.pending else HAULIER
        may = {THE_AGENT: stay.agent, THE_HOLDER: stay.holder, THE_RECEIVER: receiver}
        return may.get(sender, sender)

    def _hear(self, heard: Heard, *, outcomes: int) -> None:
        before, self.scene = self.scene, heard.scene
        assert len(heard.first_outcomes) == outcomes
        assert not outcomes or heard.answers[0].outcome is not None
        check_refusals(before.file, heard.scene.file, heard.answers)
        auditor.check_order(heard.answers)
        for answered in heard.answers:
            self.audit.take(answered, self.scene.now)


def next_step(
    stay: Stay, receiver: str, expires_at: datetime | None
) -> tuple[str, ContainerMessage]:
    """Who does what next with this release, if all want the container to leave."""
    papers = {"release_identification": stay.release_identification, "terminal": stay.terminal}
    operator = OPERATOR[stay.terminal]
    if stay.pending is not None:
        return stay.pending.receiver, say(m.Accept, **papers)
    if stay.accepted_holder is None or stay.holder == FORWARDER:
        return stay.holder, say(m.Transfer, release_to=party(receiver), **papers)
    if stay.pickup is None:
        return stay.holder, assign(expires_at=expires_at, **papers)
    if not stay.discharged:
        return operator, say(m.ReportDischarge, **papers)
    if stay.terminal_light is not TerminalLight.RELEASED:
        return operator, say(m.ReportTerminalRelease, **papers)
    if stay.customs is not CustomsStatus.RELEASED:
        return CUSTOMS, say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED, **papers)
    return operator, say(m.ReportGateOut, **papers)


def check_refusals(before: File, after: File, answers: Sequence[Answer]) -> None:
    """A message that is refused and nothing else changes nothing."""
    if len(answers) == 1 and auditor.is_refusal(answers[0]):
        assert after == before
    if answers and isinstance(answers[0].fact, Waiting):
        assert after.stays == before.stays


Port.TestCase.settings = settings(max_examples=examples(120), stateful_step_count=40)
TestPort = Port.TestCase
