"""The facts of the ledger in sentences, as people in a port say them, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias, assert_never

from cli.titles import title_of
from schemas import facts as f
from schemas import system_facts as s
from schemas.air_facts import ConsignmentObserved
from schemas.facts import Fact, RecordedFact
from schemas.key_facts import (
    GatewayAppointed,
    GatewayDismissed,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
)
from schemas.note_facts import NoteAdded, NoteFact, NoteWithdrawn
from schemas.notices import Answered
from schemas.onboarding_facts import (
    AccountClosed,
    AccountLinked,
    OnboardingFact,
    OnboardingMoved,
)
from schemas.override_facts import (
    OperatorReinstated,
    OperatorSuspended,
    Overridden,
    OverrideFact,
)
from schemas.reasons import Reason
from schemas.stay import PickupRight
from schemas.words import COLON, Language, Told, explained, phrase, said
from schemas.words.notes import note_in_words

Names = Mapping[str, str]


class Tone(Enum):
    """How a line is meant, so that it can be coloured."""

    NEWS = "news"
    GOOD = "good"
    REFUSED = "refused"
    WAITING = "waiting"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words: when it happened by its sender's clock, and what."""

    at: datetime
    said: str
    tone: Tone
    event: str


@dataclass(frozen=True, slots=True)
class Telling:
    """How a fact is told: what parties are called, in which language."""

    names: Names
    language: Language = Language.EN

    def name(self, party: str | None) -> str:
        """Return what a party is called, its id where nobody knows."""
        return self.says("somebody") if party is None else self.names.get(party, party)

    def says(self, key: str, **filled: Any) -> str:
        """Return a sentence of the story."""
        return said("story", key, self.language, **filled)

    def phrase(self, key: str, **filled: Any) -> str:
        """Return a phrase that frames a reason."""
        return phrase(key, self.language, **filled)

    def word(self, table: str, key: str) -> str:
        """Return what a value is called, itself where nobody has said."""
        try:
            return said(table, key, self.language)
        except KeyError:
            return key


def line_of(recorded: RecordedFact, names: Names, language: Language = Language.EN) -> Line:
    """Return one entry in words."""
    telling = Telling(names, language)
    told = sentence_of(recorded, telling)
    if recorded.cause.waited and recorded.outcome is not None:
        told = telling.says("had_waited", said=told)
    elif recorded.cause.resumed and recorded.outcome is not None:
        told = telling.says("had_been_parked", said=told)
    event = f"{recorded.shard}-{recorded.seq}"
    return Line(recorded.cause.occurred_at, told, _tone(recorded.fact), event)


def _tone(fact: Fact) -> Tone:
    match fact:
        case f.FindingMade() | f.Suspended() | f.Parked() | f.Disputed() | OperatorSuspended():
            return Tone.ALARM
        case s.RequestOverdue() | s.ConfirmationLost():
            return Tone.ALARM
        case f.Refused() | f.GivenUp() | f.NominationRefused():
            return Tone.REFUSED
        case f.Waiting() | f.Repeated() | s.RequestMade():
            return Tone.WAITING
        case f.Accepted() | f.PickupAssigned() | f.GatedOut():
            return Tone.GOOD
        case f.DisputeSettled() | f.SuspensionLifted() | OperatorReinstated():
            return Tone.GOOD
        case _:
            return Tone.NEWS


OfPickup: TypeAlias = (
    f.PickupAssigned
    | f.PickupEnded
    | f.MeansOfTransportSet
    | f.PickupEndConfirmed
    | f.ConfirmationLapsed
    | f.EntitlementWithdrawn
)
OfDirectory: TypeAlias = f.OrganisationRegistered | OnboardingFact | KeyFact
OfLedger: TypeAlias = f.FindingMade | f.Disputed | f.DisputeSettled | OverrideFact
OfMessage: TypeAlias = (
    f.Refused | f.GivenUp | f.Waiting | f.Repeated | f.Parked | f.NominationRefused
)
# Told by their name, their sender and their reason alone.
Plain: TypeAlias = (
    f.Blocked
    | f.Unblocked
    | f.ChainRevoked
    | f.Deleted
    | f.Expired
    | f.Discharged
    | f.TerminalReleased
    | f.TerminalBlocked
    | f.ScanningOrdered
    | f.TerminalUnblocked
    | f.GatedIn
    | f.Suspended
    | f.Resumed
    | f.SuspensionLifted
    | f.PersonalPartsErased
)


def sentence_of(recorded: RecordedFact, telling: Telling) -> str:
    """Return what happened, in a sentence without a full stop."""
    sender, what = telling.name(recorded.cause.organisation), recorded.fact
    if isinstance(what, OfDirectory):
        return _of_directory(what, telling)
    if isinstance(what, OfLedger):
        return _of_ledger(what, telling)
    match what:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked() as fact:
            giver, receiver = telling.name(fact.giver), telling.name(fact.receiver)
            because = _because(fact)
            return telling.says(fact.type, giver=giver, receiver=receiver, because=because)
        case (
            f.PickupAssigned()
            | f.PickupEnded()
            | f.MeansOfTransportSet()
            | f.PickupEndConfirmed()
            | f.ConfirmationLapsed()
            | f.EntitlementWithdrawn()
        ) as fact:
            return _of_pickup(fact, telling)
        case (
            f.Refused()
            | f.GivenUp()
            | f.Waiting()
            | f.Repeated()
            | f.Parked()
            | f.NominationRefused()
        ) as fact:
            ask = telling.word("asks", recorded.cause.message_type)
            return _of_message(fact, sender, ask, telling)
        case f.Released() | f.Updated() as fact:
            return _of_release(fact, sender, telling)
        case f.GatedOut(picked_up_by=operator):
            return telling.says("gated_out", sender=sender, operator=telling.name(operator))
        case f.CustomsStatusSet() | NoteAdded() | NoteWithdrawn() as fact:
            return _of_papers(fact, sender, telling)
        case (
            s.RequestMade()
            | s.RequestAnswered()
            | s.RequestOverdue()
            | s.ReleaseObserved()
            | s.ConfirmationLost()
            | ConsignmentObserved()
        ) as fact:
            return _of_system(fact, sender, recorded.cause.message_type, telling)
        case fact:
            return _plain(fact, sender, telling)


def _of_override(fact: OverrideFact, telling: Telling) -> str:
    match fact:
        case Overridden():
            return telling.says(
                fact.type,
                first=fact.proposed_by,
                second=fact.confirmed_by,
                what=telling.word("overrides", fact.override),
                subject=telling.name(fact.subject),
                because=f" ({fact.detail})" if fact.detail else "",
            )
        case OperatorSuspended(operator=operator) | OperatorReinstated(operator=operator):
            return telling.says(fact.type, operator=telling.name(operator))
        case _:
            assert_never(fact)


def _of_papers(fact: f.CustomsStatusSet | NoteFact, sender: str, telling: Telling) -> str:
    if isinstance(fact, f.CustomsStatusSet):
        return f"{sender} {telling.word('customs', fact.status)}"
    note = note_in_words(fact.note, telling.language)
    return telling.says(fact.type, sender=sender, note=note)


def _plain(fact: Plain, sender: str, telling: Telling) -> str:
    return telling.says(fact.type, sender=sender, because=_because(fact))


def _of_system(fact: s.SystemFact, sender: str, asked: str, telling: Telling) -> str:
    match fact:
        case s.RequestMade(system=system):
            ask = telling.word("asks", asked)
            return telling.says("request_made", sender=sender, ask=ask, system=title_of(system))
        case s.RequestAnswered(accepted=accepted, asked_by=asker):
            key = fact.type if accepted else "request_rejected"
            who, why = telling.name(asker), _because(fact)
            return telling.says(key, sender=sender, asker=who, because=why)
        case s.RequestOverdue(system=system, asked_by=asker):
            return telling.says(
                "request_overdue", system=title_of(system), asker=telling.name(asker)
            )
        case s.ReleaseObserved(terminal=quay, status=status, expires_at=expires_at):
            word, until = telling.word("statuses", status), f"{expires_at:%Y-%m-%d}"
            return telling.says(fact.type, sender=sender, quay=quay, status=word, until=until)
        case s.ConfirmationLost(system=system):
            return telling.says(fact.type, system=title_of(system))
        case ConsignmentObserved() as shown:
            return _of_consignment(shown, sender, telling)
        case _:
            assert_never(fact)


def _of_consignment(fact: ConsignmentObserved, sender: str, telling: Telling) -> str:
    steps = (f"{telling.word('air_steps', each.step)} {each.pieces}" for each in fact.tallies)
    pieces = telling.phrase("air_of_unknown") if fact.pieces is None else fact.pieces
    told = ", ".join(steps) or telling.phrase("none")
    return telling.says(fact.type, sender=sender, pieces=pieces, steps=told)


def _of_release(fact: f.Released | f.Updated, sender: str, telling: Telling) -> str:
    quay, until = fact.terminal, f"{fact.expires_at:%Y-%m-%d}"
    match fact:
        case f.Released(bills_of_lading=bills):
            paper = ", ".join(bills)
            return telling.says("released", sender=sender, quay=quay, bills=paper, until=until)
        case f.Updated(terminal_before=before) if quay != before:
            return telling.says("sent_elsewhere", sender=sender, quay=quay, before=before)
        case f.Updated():
            return telling.says("updated", sender=sender, until=until)
        case _:
            assert_never(fact)


def _of_pickup(fact: OfPickup, telling: Telling) -> str:
    match fact:
        case f.PickupAssigned(pickup=pickup):
            return _of_assignment(pickup, telling)
        case f.PickupEnded(pickup=pickup, why=why):
            operator = telling.name(pickup.operator)
            reason = _inside(explained(why).sentence(telling.language))
            return telling.says("pickup_ended", operator=operator, why=reason)
        case f.MeansOfTransportSet(means_of_transport=means):
            return telling.says(fact.type, modality=telling.word("modalities", means))
        case (
            f.PickupEndConfirmed(terminal=quay)
            | f.ConfirmationLapsed(terminal=quay)
            | f.EntitlementWithdrawn(terminal=quay)
        ):
            return telling.says(fact.type, quay=quay)
        case _:
            assert_never(fact)


def _of_assignment(pickup: PickupRight, telling: Telling) -> str:
    operator, modality = telling.name(pickup.operator), telling.word("modalities", pickup.modality)
    if pickup.driver is None:
        return telling.says("pickup_assigned", operator=operator, modality=modality)
    who = " ".join(each for each in (pickup.driver.alias, pickup.driver.mask) if each)
    return telling.says(
        "pickup_assigned_to_driver", operator=operator, modality=modality, driver=who
    )


def _of_message(fact: OfMessage, sender: str, ask: str, telling: Telling) -> str:
    match fact:
        case f.Refused(reason=reason, detail=detail):
            sentence = with_remedy(reason, telling.language, detail)
            return telling.says("refused", sender=sender, ask=ask, sentence=sentence)
        case f.GivenUp(reason=reason):
            sentence = _inside(explained(reason).sentence(telling.language))
            return telling.says("given_up", sender=sender, ask=ask, sentence=sentence)
        case f.NominationRefused(reason=reason, detail=detail):
            sentence = with_remedy(reason, telling.language, detail)
            return telling.says(fact.type, sentence=sentence)
        case f.Waiting() | f.Parked():
            return telling.says(fact.type, sender=sender, ask=ask)
        case f.Repeated(first=first):
            answered = telling.word("outcomes", first)
            return telling.says("repeated", sender=sender, ask=ask, first=answered)
        case _:
            assert_never(fact)


def _of_ledger(fact: OfLedger, telling: Telling) -> str:
    match fact:
        case f.FindingMade(finding=finding):
            sentence = explained(finding).sentence(telling.language)
            return telling.says("finding_made", finding=_inside(sentence))
        case f.Disputed(other_agent=other):
            return telling.says("disputed", other=telling.name(other))
        case f.DisputeSettled(let_out=True):
            return telling.says("dispute_settled_by_two_people")
        case f.DisputeSettled(evidence=evidence):
            by = "" if evidence is None else f"_by_{evidence.of}"
            return telling.says(f"{fact.type}{by}")
        case _:
            return _of_override(fact, telling)


def _of_directory(fact: OfDirectory, telling: Telling) -> str:
    match fact:
        case f.OrganisationRegistered(organisation=organisation):
            return telling.says(fact.type, organisation=organisation.name)
        case OnboardingMoved(organisation=party, progress=progress, reason=reason):
            told = _inside(said("onboarding", progress, telling.language))
            because = f" ({reason})" if reason else ""
            who = telling.name(party)
            return telling.says(fact.type, organisation=who, told=told, because=because)
        case (
            AccountLinked(organisation=party, account=account)
            | AccountClosed(organisation=party, account=account)
        ):
            who, system = telling.name(party), title_of(account.system)
            return telling.says(fact.type, organisation=who, system=system, code=account.code)
        case KeyRegistered(organisation=party, key=key):
            return telling.says(fact.type, organisation=telling.name(party), key_id=key.id)
        case KeyRevoked(organisation=party, key=key, reason=reason):
            because = f" ({reason})" if reason else ""
            who = telling.name(party)
            return telling.says(fact.type, organisation=who, key_id=key.id, because=because)
        case (
            GatewayAppointed(organisation=party, gateway=gateway)
            | GatewayDismissed(organisation=party, gateway=gateway)
        ):
            who, speaker = telling.name(party), telling.name(gateway.organisation)
            return telling.says(fact.type, organisation=who, gateway=speaker)
        case _:
            assert_never(fact)


def with_remedy(reason: Told, language: Language, detail: str = "") -> str:
    """Return what *reason* means and who can put it right, where anybody can."""
    return explained(reason, detail).whole(language)


def answer_in_words(answer: Answered, language: Language) -> str:
    """Return what became of a message; what intake could not read is told as intake told it."""
    outcome = said("outcomes", answer.outcome, language)
    if answer.reason in set(Reason):
        told = with_remedy(Reason(answer.reason), language, answer.detail)
        return f"{outcome}{COLON[language]} {told}"
    if not answer.sentence:
        return outcome
    fix = phrase("can_fix", language, who=answer.who_can_fix) if answer.who_can_fix else ""
    return f"{outcome}{COLON[language]} {answer.sentence} {fix}".rstrip()


def _inside(sentence: str) -> str:
    """Return a sentence as it stands at the end of another, which has no stop either."""
    return sentence.removesuffix(".")


def _because(fact: Fact) -> str:
    reason = fact.note if isinstance(fact, f.Resumed) else getattr(fact, "reason", "")
    return f" ({reason})" if reason else ""
