"""One question before the law: which stay, what is decided, and what is written down of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.law import authority, commercial, disputes, physical
from ledger.law.context import Case, Context, Question
from ledger.law.decide import decide
from ledger.law.evolve import evolve, opened
from ledger.law.file import Answer, File, Held
from ledger.law.leave import missing_to_leave
from ledger.law.lights import changes, lights_of
from ledger.law.match import match
from ledger.law.ruling import Refusal
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Fact, Outcome
from schemas.organisations import Organisation
from schemas.reasons import Finding, Reason
from schemas.stay import Stay


@dataclass(slots=True)
class Hearing:
    """The file as it changes while one question is answered, and the answers so far.

    The first answer carries the outcome: a message counts once (I1), a tick not at all.
    """

    file: File
    question: Question
    context: Context
    counted: bool = True
    answers: list[Answer] = field(default_factory=list)

    def hear(self) -> None:
        """Check the sender, find the stay, decide, and write down what follows."""
        sender = authority.sender_of(self.question, self.context)
        if isinstance(sender, Refusal):
            self.refuse(sender)
        elif self.file.parked:
            self.park("it stands behind a message that could not be handled")
        elif isinstance(self.question.message, m.Release):
            self._open(self.question.message, sender)
        else:
            self._rule(sender)

    def _open(self, message: m.Release, sender: Organisation) -> None:
        case = Case(sender, self.question.cause, self.context)
        ruling = commercial.release(self.file.stays, message, case)
        if isinstance(ruling, Refusal):
            self.refuse(ruling)
            return
        release_id = commercial.release_id_of(self.question.cause)
        for fact in ruling:
            self.record(fact, release_id)
        for disputed_id, disputed in disputes.arising(self.file.stays, release_id):
            self.record(disputed, disputed_id)

    def _rule(self, sender: Organisation) -> None:
        message = self.question.message
        stays = match(self.file.stays, message, sender.id)
        if isinstance(stays, Refusal):
            self.refuse(stays)
            return
        if not stays:
            self._without_release()
        for stay in stays:
            self._rule_on(stay, sender)
        if isinstance(message, m.ReportGateOut):
            self._forget_reports(message)
        for settled_id, settled in disputes.settled(self.file.stays):
            self.record(settled, settled_id)

    def _rule_on(self, stay: Stay, sender: Organisation) -> None:
        case = Case(sender, self.question.cause, self.context)
        ruling = decide(stay, self.question.message, case)
        if isinstance(ruling, Refusal):
            self.refuse(ruling, stay)
            return
        for fact in ruling:
            self.record(fact, stay.release_id)
        if authority.time_absurd(self.question, self.context):
            said = self.question.cause.occurred_at.isoformat()
            text = f"It is said to have happened at {said}."
            self.record(f.FindingMade(finding=Finding.ABSURD_TIME, text=text), stay.release_id)

    def _without_release(self) -> None:
        message = self.question.message
        policy = self.context.policy
        if isinstance(message, m.ReportGateOut):
            self.record(physical.left_unknown(message))
        elif not authority.is_request(message):
            self._wait(self.context.now + policy.physical_fact_waits)
        elif self._requests_waiting() >= policy.waiting_requests:
            self.refuse(Refusal(Reason.WAITING_ROOM_FULL))
        else:
            self._wait(self.context.now + policy.request_waits)

    def _requests_waiting(self) -> int:
        return sum(authority.is_request(held.question.message) for held in self.file.waiting)

    def _wait(self, until: datetime) -> None:
        held = Held(self.question, until)
        self.file = replace(self.file, waiting=(*self.file.waiting, held))
        self._add(f.Waiting(until=until, message=self._kept()), outcome=Outcome.WAITING)

    def _forget_reports(self, left: m.ReportGateOut) -> None:
        # What was reported of a visit that ended must not light up the next one.
        for held in self.file.waiting:
            message = held.question.message
            same_quay = (message.port, message.terminal or left.terminal) == (
                left.port,
                left.terminal,
            )
            if same_quay and not authority.is_request(message):
                self.give_up(held, "the container left")

    def give_up(self, held: Held, why: str) -> None:
        """End the wait of a message: no release came."""
        self.file = without(self.file, held)
        message = held.question.message
        self.answers.append(
            Answer(
                container=message.container,
                port=message.port,
                fact=f.GivenUp(reason=Reason.NO_RELEASE_CAME, why=why),
                cause=held.question.cause.model_copy(update={"waited": True}),
                outcome=Outcome.REFUSED,
            )
        )

    def refuse(self, refusal: Refusal, stay: Stay | None = None) -> None:
        """Write down that the message is not followed, and why."""
        fact = f.Refused(reason=refusal.reason, detail=refusal.detail)
        self._add(fact, stay, outcome=Outcome.REFUSED)

    def park(self, error: str) -> None:
        """Put the message aside for an operator; nothing of the container moves past it."""
        self._add(f.Parked(error=error, message=self._kept()), outcome=Outcome.PARKED)

    def suspend(self) -> None:
        """Fail closed: no stay of the container is let out until an operator resumes."""
        for stay in self.file.stays:
            if stay.on_quay and not stay.suspended:
                self.record(f.Suspended(), stay.release_id)
        self.file = replace(self.file, parked=True)

    def record(self, fact: Fact, release_id: str = "") -> None:
        """Apply *fact* to its stay and write it down with the snapshot after it."""
        before = next((stay for stay in self.file.stays if stay.release_id == release_id), None)
        if isinstance(fact, f.Released):
            after: Stay | None = opened(fact)
        else:
            after = evolve(before, fact) if before is not None else None
        self._add(fact, after, before)
        if after is not None and after is not before:
            self.file = replace(self.file, stays=_placed(self.file.stays, after))

    def _add(
        self,
        fact: Fact,
        after: Stay | None = None,
        before: Stay | None = None,
        outcome: Outcome = Outcome.APPLIED,
    ) -> None:
        lights = None if after is None else lights_of(after)
        known = lights_of(before) if before is not None else None
        now, policy = self.context.now, self.context.policy
        self.answers.append(
            Answer(
                container=self.question.message.container,
                port=self.question.message.port,
                fact=fact,
                cause=self.question.cause,
                outcome=outcome if self.counted and not self._answered() else None,
                stay=after,
                lights=lights,
                light_changes=() if lights is None else changes(known, lights),
                missing=() if after is None else missing_to_leave(after, now, policy),
            )
        )

    def _answered(self) -> bool:
        return any(answer.cause is self.question.cause for answer in self.answers)

    def _kept(self) -> str:
        return self.question.message.model_dump_json(exclude_none=True)


def without(file: File, held: Held) -> File:
    """Return the file when *held* has left the waiting room."""
    return replace(file, waiting=tuple(other for other in file.waiting if other is not held))


def _placed(stays: tuple[Stay, ...], stay: Stay) -> tuple[Stay, ...]:
    if all(other.release_id != stay.release_id for other in stays):
        return (*stays, stay)
    return tuple(stay if other.release_id == stay.release_id else other for other in stays)
