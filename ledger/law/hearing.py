"""One question before the law: which stay, what is decided, and what is written down of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.law import (
    air,
    authority,
    commercial,
    customs,
    disputes,
    physical,
    requests,
    suspension,
    system_port,
)
from ledger.law.context import Case, Context, Question
from ledger.law.decide import decide
from ledger.law.evolve import evolve, opened
from ledger.law.file import Answer, File, Held, Request
from ledger.law.leave import missing_to_leave
from ledger.law.lights import changes, lights_of
from ledger.law.match import at_another_quay, holds_back, match, names_papers, visit_that_ended
from ledger.law.ruling import Refusal, Ruling
from schemas import facts as f
from schemas import messages as m
from schemas import system_facts as s
from schemas.air_messages import ObserveConsignment
from schemas.facts import Fact, Outcome
from schemas.messages import ContainerMessage
from schemas.note_messages import NOTE_MESSAGES
from schemas.organisations import Organisation
from schemas.ports import DECIDED_BY_SYSTEM
from schemas.reasons import Reason
from schemas.stay import Stay
from schemas.system_messages import ObserveRelease
from schemas.value import altered


@dataclass(slots=True)
class Hearing:
    """The file as it changes while one question is answered, and the answers so far.

    The first answer carries the outcome: a message counts once (I1), a tick not at all. So
    `counted` tells whether the next answer counts.
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
            self._stand_behind()
        elif isinstance(self.question.message, ObserveConsignment):
            self._by_air(self.question.message, sender)
        elif self.question.message.port in DECIDED_BY_SYSTEM:
            self._where_a_system_decides(sender)
        elif isinstance(self.question.message, m.Release):
            self._open(self.question.message, sender)
        else:
            self._rule(self.question.message, sender)

    def _stand_behind(self) -> None:
        self.park("it stands behind a message that could not be handled")
        message = self.question.message
        observed = isinstance(message, ObserveRelease) and message.gate_out
        if isinstance(message, m.ReportGateOut) or observed:
            # Its place is kept like any other's, but that a box is gone waits for nobody.
            self.record(physical.left_unheard(message))

    def _where_a_system_decides(self, sender: Organisation) -> None:
        message = self.question.message
        # What terminals say of their own gates, and notes, are decided here in every port.
        if isinstance(message, (*m.PHYSICAL_FACTS, m.ConfirmPickupEnd, *NOTE_MESSAGES)):
            self._rule(message, sender)
            return
        case = self._case(sender, self.file.stays)
        told = system_port.heard(self.file, self.question, case, DECIDED_BY_SYSTEM[message.port])
        if isinstance(told, Refusal):
            self.refuse(told)
        elif not told:
            self._ask_to_wait()
        else:
            for fact, release_id in told:
                self._record_there(fact, release_id)
            self._note_time(told[0][1])

    def _by_air(self, message: ObserveConsignment, sender: Organisation) -> None:
        for fact in air.observed(message, self._case(sender, ())):
            self.record(fact)
        self._note_time()

    def tell_overdue(self, request: Request) -> None:
        """Write down that a port's system has not answered in time."""
        message = ContainerMessage(container=self.question.message.container, port=request.port)
        self.question = Question(message, self.question.cause)
        cause = request.cause
        fact = s.RequestOverdue(
            request_id=request.id,
            system=request.system,
            asked_by=cause.organisation,
            message_id=cause.message_id,
        )
        self._record_there(fact, request.release_id)

    def _record_there(self, fact: Fact, release_id: str) -> None:
        self.record(fact, release_id)
        cause, port = self.question.cause, self.question.message.port
        self.file = requests.followed(self.file, fact, cause, port, release_id)

    def _open(self, message: m.Release, sender: Organisation) -> None:
        before = self.file.stays
        ruling = commercial.release(before, message, self._case(sender, before))
        if isinstance(ruling, Refusal):
            self.refuse(ruling)
            return
        release_id = commercial.release_id_of(self.question.cause)
        for fact in ruling:
            self.record(fact, release_id)
        new, policy = self._stay(release_id), self.context.policy
        for known in physical.known_of_the_box(before, new, policy):
            self.record(known, release_id)
        for held_id, held in self._of_the_box(()) if before else ():
            # What a new release brings changes nothing of another agent's.
            if held_id == release_id:
                self.record(held, held_id)
        self._dispute(release_id)
        self.follow_disputes(before)

    def _rule(self, message: ContainerMessage, sender: Organisation) -> None:
        stays = self._meant(message, sender)
        if isinstance(stays, Refusal):
            self.refuse(stays)
            return
        if not stays:
            self._without_release(message)
        before = self.file.stays
        if stays and isinstance(message, m.ReportCustomsStatus) and len(before) > 1:
            for held_id, held in self._of_the_box(stays, message):
                self.record(held, held_id)
        for met in stays:
            stay = self._stay(met.release_id)
            others = tuple(other for other in before if other.release_id != stay.release_id)
            self._follow(stay, decide(stay, message, self._case(sender, others)))
        # A leaving that is told twice ended nothing that was not over.
        if isinstance(message, m.ReportGateOut) and (not stays or any(s.on_quay for s in stays)):
            self._forget_reports(message)
        if self.file.stays is not before:
            self.follow_disputes(before)

    def _of_the_box(
        self, met: tuple[Stay, ...], message: m.ReportCustomsStatus | None = None
    ) -> tuple[tuple[str, Fact], ...]:
        policy = self.context.policy
        if not (policy.customs_by_bill and policy.red_customs_hold_the_box):
            return ()
        return tuple(customs.of_the_box(self.file.stays, met, message))

    def _case(self, sender: Organisation, others: tuple[Stay, ...]) -> Case:
        return Case(sender, self.question.cause, self.context, others)

    def _meant(
        self, message: ContainerMessage, sender: Organisation
    ) -> tuple[Stay, ...] | Refusal:
        found = match(self.file.stays, message, sender.id)
        if authority.is_request(message) or isinstance(message, m.ConfirmPickupEnd):
            return found
        # Neither none nor several of the next visit answer for a report of the visit before.
        left = isinstance(message, m.ReportGateOut)
        if found and (left or holds_back(message) or names_papers(message)):
            return found
        # What is told late must not light up the visit that came after.
        late = timedelta(0) if found or left else self.context.policy.late_reports
        said = self.question.cause.occurred_at
        return visit_that_ended(self.file.stays, message, said, late) or found

    def _follow(self, stay: Stay, ruling: Ruling) -> None:
        if isinstance(ruling, Refusal):
            self.refuse(ruling, stay)
            return
        for fact in ruling:
            self.record(fact, stay.release_id)
        after = self._stay(stay.release_id)
        if after.live and (not stay.live or after.terminal != stay.terminal):
            self._dispute(stay.release_id)
        self._note_time(stay.release_id)

    def _without_release(self, message: ContainerMessage) -> None:
        policy = self.context.policy
        if authority.is_request(message):
            self._ask_to_wait()
            return
        elsewhere = at_another_quay(self.file.stays, message)
        if isinstance(message, m.ReportGateOut):
            self.record(physical.left_unknown(message, elsewhere))
        else:
            self._wait(self.context.now + policy.physical_fact_waits)
        for stay in elsewhere:
            self.record(physical.seen_elsewhere(message), stay.release_id)
        for claim_id, finding in disputes.fit_none(self.file.stays, message):
            self.record(finding, claim_id)
        self._note_time()

    def _ask_to_wait(self) -> None:
        policy = self.context.policy
        waiting = sum(authority.is_request(held.question.message) for held in self.file.waiting)
        if waiting >= policy.waiting_requests:
            self.refuse(Refusal(Reason.WAITING_ROOM_FULL))
        else:
            self._wait(self.context.now + policy.request_waits)

    def _wait(self, until: datetime) -> None:
        self._note_coming()
        held = Held(self.question, until)
        self.file = altered(self.file, waiting=(*self.file.waiting, held))
        self._add(f.Waiting(until=until, message=self._kept()), outcome=Outcome.WAITING)

    def _note_coming(self) -> None:
        """Keep the time at which a message came that is decided later, through every wait."""
        message, cause = self.question.message, self.question.cause
        if cause.came_at is None and not (cause.waited or cause.resumed):
            came = altered(cause, came_at=self.context.now)
            self.question = Question(message, came)

    def _note_time(self, release_id: str = "") -> None:
        cause = self.question.cause
        if authority.is_request(self.question.message) or cause.waited:
            return  # a request's time was checked; what waited was noted when it came
        if not authority.time_plausible(cause, self.context):
            self.record(physical.absurd_time(cause.occurred_at), release_id)

    def _dispute(self, release_id: str) -> None:
        for disputed_id, disputed in disputes.arising(self.file.stays, release_id):
            self.record(disputed, disputed_id)

    def follow_disputes(self, before: tuple[Stay, ...]) -> None:
        """Write down which disputes end by what changed since *before*, and which come back."""
        for claim_id, fact in disputes.followed(before, self.file.stays, self.context.policy):
            self.record(fact, claim_id)

    def follow_suspensions(self) -> None:
        """Write down which pick-up rights stop, or count again, as their operators stand now."""
        if self.file.parked:
            return  # nothing of it moves, and nothing is let out
        for release_id, fact in suspension.followed(self.file.stays, self.context.directory):
            self.record(fact, release_id)

    def _forget_reports(self, left: m.ReportGateOut) -> None:
        # What was reported of a visit that ended must not light up the next one.
        for held in self.file.waiting:
            message = held.question.message
            quay = (message.port, message.terminal or left.terminal)
            if quay == (left.port, left.terminal) and not authority.is_request(message):
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
                cause=as_waited(held.question.cause, self.context),
                outcome=Outcome.REFUSED,
            )
        )

    def refuse(self, refusal: Refusal, stay: Stay | None = None) -> None:
        """Write down that the message is not followed, and why; to an outsider without detail."""
        outsider = stay is not None and self.question.cause.organisation not in stay.parties
        fact = f.Refused(reason=refusal.reason, detail="" if outsider else refusal.detail)
        self._add(fact, stay, stay, outcome=Outcome.REFUSED)

    def park(self, error: str) -> None:
        """Put the message aside for an operator; nothing of the container moves past it."""
        self._note_coming()
        self._add(f.Parked(error=error, message=self._kept()), outcome=Outcome.PARKED)
        if not self.file.parked:
            self.file = altered(self.file, parked=True)

    def suspend(self) -> None:
        """Fail closed: no stay of the container is let out until an operator resumes."""
        for stay in self.file.stays:
            if stay.on_quay and not stay.suspended:
                self.record(f.Suspended(), stay.release_id)

    def resume(self, resumed: f.Resumed) -> None:
        """Let what is parked be heard again; what is suspended stays so until it is lifted."""
        self.file = altered(self.file, parked=False)
        self._add(resumed)

    def lift_suspension(self) -> None:
        """Let every stay of the container count again: all that was parked has been heard."""
        for stay in self.file.stays:
            if stay.suspended:
                self.record(f.SuspensionLifted(), stay.release_id)

    def record(self, fact: Fact, release_id: str = "") -> None:
        """Apply *fact* to its stay and write it down with the snapshot after it."""
        before = _found(self.file.stays, release_id)
        if isinstance(fact, f.Released):
            after: Stay | None = opened(fact)
        else:
            after = evolve(before, fact) if before is not None else None
        self._add(fact, after, before)
        if after is not None and after is not before:
            stays = _placed(self.file.stays, after)
            self.file = altered(self.file, stays=stays)

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
        message = self.question.message
        self.answers.append(
            Answer(
                container=message.container,
                # A tick names no port; the stay does.
                port=message.port if after is None else after.port,
                fact=fact,
                cause=self.question.cause,
                outcome=outcome if self.counted else None,
                stay=after,
                lights=lights,
                light_changes=() if lights is None else changes(known, lights),
                missing=() if after is None else missing_to_leave(after, now, policy),
            )
        )
        self.counted = False

    def _stay(self, release_id: str) -> Stay:
        stay = _found(self.file.stays, release_id)
        if stay is None:
            raise LookupError(f"no release {release_id} in this file")
        return stay

    def _kept(self) -> str:
        return self.question.message.model_dump_json(exclude_none=True)


def without(file: File, held: Held) -> File:
    """Return the file when *held* has left the waiting room."""
    return altered(file, waiting=tuple(other for other in file.waiting if other is not held))


def as_waited(cause: f.Cause, context: Context) -> f.Cause:
    """Return the cause of a message that leaves the waiting room: it is decided on today's rules.

    Every fact names the directory and the policy it was decided on (design.md §4).
    """
    return altered(of_today(cause, context), waited=True)


def of_today(cause: f.Cause, context: Context) -> f.Cause:
    """Return the cause of a message that is decided later than it came."""
    return altered(
        cause,
        directory_version=context.directory.version,
        policy_version=context.policy.version,
    )


def _found(stays: tuple[Stay, ...], release_id: str) -> Stay | None:
    for stay in stays:
        if stay.release_id == release_id:
            return stay
    return None


def _placed(stays: tuple[Stay, ...], stay: Stay) -> tuple[Stay, ...]:
    if _found(stays, stay.release_id) is None:
        return (*stays, stay)
    return tuple([stay if each.release_id == stay.release_id else each for each in stays])
