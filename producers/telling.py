"""What one entry of the ledger means to a terminal, a party, a dashboard: no more than its own."""

from collections.abc import Iterator

from schemas import facts as f
from schemas import system_facts as s
from schemas.air_facts import ConsignmentObserved
from schemas.board import BoardLine
from schemas.entitlement import Entitlement
from schemas.facts import Fact, PickupEnd, RecordedFact
from schemas.key_facts import GatewayAppointed, GatewayDismissed, KeyRegistered, KeyRevoked
from schemas.note_facts import NoteAdded, NoteWithdrawn
from schemas.notices import NOTICE, Answered, Notice
from schemas.onboarding_facts import AccountClosed, AccountLinked, OnboardingMoved
from schemas.override_facts import OperatorReinstated, OperatorSuspended, Overridden
from schemas.override_messages import OF_THE_OPERATOR
from schemas.reasons import Reason
from schemas.stay import Driver, PickupRight, Stay
from schemas.value import altered
from schemas.words import Language, explained, phrase, said

# What is between the ledger and the sender, or a terminal, alone.
PRIVATE = (
    f.Refused,
    f.Waiting,
    f.Repeated,
    f.GivenUp,
    f.Parked,
    f.OrganisationRegistered,
    f.EntitlementWithdrawn,
    s.RequestMade,
    f.PersonalPartsErased,
    Overridden,
)


WITH_REASON = (f.Refused, f.GivenUp, f.NominationRefused)


def entitlement_of(recorded: RecordedFact, driver: Driver | None = None) -> Entitlement | None:
    """Return the entitlement as it now stands, where there is a pick-up right or it just ended.

    *driver* is who drives, open, where the entry has it locked.
    """
    stay = recorded.stay
    if stay is None or recorded.lights is None:
        return None
    match recorded.fact:
        case f.PickupEnded(pickup=pickup, terminal=terminal, why=why):
            return _entitlement(recorded, stay, pickup, terminal, why)
        case fact if stay.pickup is not None and not isinstance(fact, f.EntitlementWithdrawn):
            pickup = stay.pickup if driver is None else altered(stay.pickup, driver=driver)
            return _entitlement(recorded, stay, pickup, stay.terminal, None)
        case _:
            return None


def board_line_of(recorded: RecordedFact) -> BoardLine:
    """Return what anybody in the port may see of the entry."""
    fact, stay = recorded.fact, recorded.stay
    return BoardLine(
        shard=recorded.shard,
        seq=recorded.seq,
        recorded_at=recorded.recorded_at,
        container=recorded.container,
        port=recorded.port,
        terminal=None if stay is None else stay.terminal,
        fact=fact.type,
        finding=fact.finding if isinstance(fact, f.FindingMade) else None,
        reason=fact.reason if isinstance(fact, WITH_REASON) else None,
        outcome=recorded.outcome,
        status=None if stay is None else stay.status,
        lights=recorded.lights,
        missing=recorded.missing,
    )


def notices_of(recorded: RecordedFact) -> Iterator[tuple[str, bytes]]:
    """Yield what each party is told: its own outcome, and what concerns it of the fact.

    The notice is given as it is written: most parties of a stay are told the very same.
    """
    answered = () if recorded.outcome is None else _answered_parties(recorded)
    concerned = concerned_by(recorded.fact, recorded.stay)
    fact, alike = _without_driver(recorded.fact), b""
    for party in concerned:
        told = _as_told(fact, party)
        if party in answered:
            yield party, NOTICE.written(_notice(recorded, _answered(recorded), told))
        elif told is not fact:
            yield party, NOTICE.written(_notice(recorded, None, told))
        else:
            alike = alike or NOTICE.written(_notice(recorded, None, fact))
            yield party, alike
    for party in answered:
        if party not in concerned:
            yield party, NOTICE.written(_notice(recorded, _answered(recorded), None))


def concerned_by(fact: Fact, stay: Stay | None) -> tuple[str, ...]:
    """Return the parties that are told of *fact*: need to know, no more (design.md §8)."""
    named = _named_by(fact)
    if named is not None:
        return named
    if stay is None or isinstance(fact, PRIVATE):
        return ()
    match fact:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked():
            return (fact.giver, fact.receiver)
        case f.PickupAssigned() | f.PickupEnded():
            # Not the holder: after a chain was taken back that is the agent, who may never have
            # heard of the operator. Whoever assigned is the operator itself.
            return (fact.pickup.operator,)
        case OperatorSuspended(operator=operator) | OperatorReinstated(operator=operator):
            return (operator,)
        case f.ChainRevoked() | f.Deleted():
            return tuple(dict.fromkeys((stay.agent, *fact.parties)))
        case f.Disputed() | f.DisputeSettled() | f.NominationRefused():
            return (stay.agent,)
        case _:
            return stay.parties


def _named_by(fact: Fact) -> tuple[str, ...] | None:
    """Return who is told of *fact* whatever stay it is about; nothing where the stay decides."""
    match fact:
        case s.RequestAnswered(asked_by=asked_by, again=again):
            # Who asked, and nobody else; what came of it for the others stands in the facts
            # after it.
            return () if again else (asked_by,)
        case s.RequestOverdue(asked_by=asked_by):
            return (asked_by,)
        case (
            OnboardingMoved(organisation=organisation)
            | AccountLinked(organisation=organisation)
            | AccountClosed(organisation=organisation)
            | KeyRegistered(organisation=organisation)
            | KeyRevoked(organisation=organisation)
        ):
            return (organisation,)
        case GatewayAppointed() | GatewayDismissed():
            return (fact.organisation, fact.gateway.organisation)
        case ConsignmentObserved(notified=notified):
            return () if notified is None else (notified,)
        case _:
            return None


def _answered_parties(recorded: RecordedFact) -> tuple[str, ...]:
    """Return who is told the outcome: the sender, and the gateway that spoke for it, if any."""
    if _has_no_outbox(recorded):
        return ()
    sender, gateway = recorded.cause.organisation, recorded.cause.via
    return (sender,) if gateway is None else (sender, gateway)


def _has_no_outbox(recorded: RecordedFact) -> bool:
    # Nobody's outbox is made on the word of a stranger; the bus's operator reads the book.
    fact = recorded.fact
    unknown = isinstance(fact, f.Refused) and fact.reason is Reason.SENDER_UNKNOWN
    return unknown or recorded.cause.message_type in OF_THE_OPERATOR


def _entitlement(
    recorded: RecordedFact, stay: Stay, pickup: PickupRight, terminal: str, ended: PickupEnd | None
) -> Entitlement:
    assert recorded.lights is not None  # noqa: S101 - entitlement_of has looked
    return Entitlement(
        shard=recorded.shard,
        seq=recorded.seq,
        container=stay.container,
        port=stay.port,
        terminal=terminal,
        release_id=stay.release_id,
        pickup_id=pickup.id,
        bills_of_lading=stay.bills_of_lading,
        release_identification=stay.release_identification,
        may_leave=ended is None and not recorded.missing,
        missing=recorded.missing,
        valid_from=stay.valid_from,
        expires_at=min(stay.expires_at, pickup.expires_at or stay.expires_at),
        modality=pickup.modality,
        operator=pickup.operator,
        operator_vat=pickup.operator_vat,
        driver=None if ended else pickup.driver,
        lights=recorded.lights,
        ended=ended,
        authority=stay.authority,
        confirmed_at=stay.confirmed_at or recorded.recorded_at,
        notes=() if ended else tuple(altered(note, by="") for note in stay.notes),
    )


def _notice(recorded: RecordedFact, answer: Answered | None, told: Fact | None) -> Notice:
    stay = _shown(recorded, told)
    return Notice(
        shard=recorded.shard,
        seq=recorded.seq,
        recorded_at=recorded.recorded_at,
        container=recorded.container,
        port=recorded.port,
        answer=answer,
        fact=told,
        release_id=stay.release_id if stay else None,
        release_identification=stay.release_identification if stay else None,
        terminal=stay.terminal if stay else None,
        status=stay.status if stay else None,
        combined=recorded.lights.combined if stay and recorded.lights else None,
        light_changes=recorded.light_changes if stay else (),
        missing=recorded.missing if stay else (),
        texts=_texts(told),
    )


def _texts(told: Fact | None) -> dict[str, str] | None:
    match told:
        case OnboardingMoved(progress=progress):
            return {each.value: said("onboarding", progress, each) for each in Language}
        case f.NominationRefused(reason=reason, detail=detail):
            words = explained(reason, detail)
            return {each.value: words.whole(each) for each in Language}
        case _:
            return None


def _shown(recorded: RecordedFact, told: Fact | None) -> Stay | None:
    """Return the stay that the notice is about, where who gets it is party to it."""
    stay = None if told is None else recorded.stay
    if stay is None or not isinstance(told, s.RequestAnswered | s.RequestOverdue):
        return stay
    return stay if told.asked_by in stay.parties else None


def _answered(recorded: RecordedFact) -> Answered:
    cause, fact = recorded.cause, recorded.fact
    reason = fact.reason if isinstance(fact, f.Refused | f.GivenUp) else None
    detail = fact.detail if isinstance(fact, f.Refused) else ""
    words = explained(reason, detail) if reason is not None else None
    return Answered(
        message_id=cause.message_id,
        outcome=recorded.outcome or "",
        reason=reason,
        detail=detail,
        sentence=words.sentence() if words else _asked(fact),
        who_can_fix=words.who_can_fix() if words else "",
        code=words.code if words else None,
        request_id=fact.request_id if isinstance(fact, s.RequestMade) else None,
        first=fact.first if isinstance(fact, f.Repeated) else None,
        waited=cause.waited,
        resumed=cause.resumed,
    )


def _asked(fact: Fact) -> str:
    return phrase("asked_of_system", Language.EN) if isinstance(fact, s.RequestMade) else ""


def _without_driver(fact: Fact) -> Fact:
    match fact:
        case f.PickupAssigned(pickup=pickup) | f.PickupEnded(pickup=pickup):
            return altered(fact, pickup=altered(pickup, driver=None))
        case _:
            return fact


def _as_told(fact: Fact, party: str) -> Fact:
    """Return the fact as *party* is told it: nobody's name but its own."""
    match fact:
        case f.ChainRevoked() | f.Deleted():
            return altered(fact, parties=(party,))
        case s.ReleaseObserved(hops=hops, agent=agent):
            own = tuple(hop for hop in hops if party in {hop.giver, hop.receiver})
            known = party == agent or any(hop.giver == agent for hop in own)
            return altered(fact, hops=own, agent=agent if known else "")
        case OnboardingMoved(standing=standing):
            return altered(fact, standing=altered(standing, admin=None, billing=None))
        case f.GatedOut(picked_up_by=operator) if operator not in {None, party}:
            return altered(fact, picked_up_by=None)
        case NoteAdded(note=note) | NoteWithdrawn(note=note) if note.by != party:
            return altered(fact, note=altered(note, by=""))
        case _:
            return fact
