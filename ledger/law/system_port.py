"""Where a community system decides: what is asked of it, and what its answers come to.

design.md §4, authority of record. The ledger checks who asks; whether it may be done the system
says. The stay moves when the system confirms, or says of itself how things stand (observed.py).
"""

import uuid
from functools import reduce
from itertools import chain

from ledger.law import commercial, physical, rights
from ledger.law.context import Case, Question
from ledger.law.dates import unmeant
from ledger.law.decide import decide
from ledger.law.evolve import evolve, opened
from ledger.law.file import File, Request, RequestState
from ledger.law.match import match
from ledger.law.observed import Told, as_it_stands, finding, observed
from ledger.law.requests import request_of
from ledger.law.ruling import Refusal
from ledger.law.standing import not_the_holders, pickup_ended, same_visit
from schemas import facts as f
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import Fact
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage
from schemas.reasons import Finding, Reason
from schemas.stay import ReleaseStatus, Stay
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.value import altered

REQUEST_IDS = uuid.UUID("d1c0e8a4-6a35-5c0e-9f0e-3f6c1d1b7a52")
AGENTS_OWN = (m.Update, m.Block, m.Unblock, m.Delete)


def heard(file: File, question: Question, case: Case, system: str) -> tuple[Told, ...] | Refusal:
    """Return what a message makes in a port where *system* decides; nothing: it has to wait."""
    match question.message:
        case ObserveRelease() as message:
            return observed(file, message, case, system)
        case AnswerRequest() as message:
            return _answered(file, message, case)
        case m.Release() as message:
            return _release_asked(message, case, system)
        case message:
            return _asked(file, message, case, system)


def request_id_of(cause: f.Cause) -> str:
    """Return the id of the request that a message becomes, the same whenever it is read."""
    return str(uuid.uuid5(REQUEST_IDS, f"{cause.organisation}/{cause.message_id}"))


# --- what is asked of the system ----------------------------------------------------------------


def _release_asked(message: m.Release, case: Case, system: str) -> tuple[Told, ...] | Refusal:
    if refusal := commercial.no_quay(message.port, message.terminal, case):
        return refusal
    if refusal := unmeant(message.valid_from, message.expires_at):
        return refusal
    return _made(message, case, system, "")


def _asked(
    file: File, message: ContainerMessage, case: Case, system: str
) -> tuple[Told, ...] | Refusal:
    found = match(file.stays, message, case.sender.id)
    if isinstance(found, Refusal) or not found:
        return found if isinstance(found, Refusal) else ()
    (stay,) = found
    return _not_to_be_asked(stay, message, case) or _made(message, case, system, stay.release_id)


def _not_to_be_asked(stay: Stay, message: ContainerMessage, case: Case) -> Refusal | None:
    """Return why there is nothing to ask; whether the state allows it, the system tells."""
    agents = isinstance(message, AGENTS_OWN)
    if agents and _stranger(stay, case, (stay.agent,)):
        return Refusal(Reason.NOT_THE_AGENT)
    if stay.status is ReleaseStatus.GATED_OUT:
        return Refusal(Reason.ALREADY_GATED_OUT)
    if not agents and _stranger(stay, case, stay.parties):
        return Refusal(Reason.NOT_THE_HOLDER)
    return None


def _stranger(stay: Stay, case: Case, parties: tuple[str, ...]) -> bool:
    """Tell whether the sender is none of *parties*; where the system names none, it judges."""
    agent = case.context.directory.get(stay.agent)
    named = agent is not None and agent.system is None
    return named and case.sender.id not in parties


def _made(
    message: ContainerMessage, case: Case, system: str, release_id: str
) -> tuple[Told, ...] | Refusal:
    party = message.release_to if isinstance(message, m.Release | m.Transfer) else None
    receiver = None if party is None else rights.receiver_of(party, message.port, case)
    if isinstance(receiver, Refusal):
        return receiver
    made = s.RequestMade(
        request_id=request_id_of(case.cause),
        system=system,
        message=message.model_dump_json(exclude_none=True),
        due_at=case.now + case.context.policy.request_overdue,
        receiver=None if receiver is None else receiver.id,
    )
    return ((made, release_id),)


# --- what the system answers --------------------------------------------------------------------


def _answered(file: File, message: AnswerRequest, case: Case) -> tuple[Told, ...]:
    request = request_of(file, message.request_id)
    if request is None:
        text = f"It answers a request that nobody made: {message.request_id}."
        return ((finding(Finding.UNASKED_ANSWER, text), ""),)
    stay = _stay_of(file, request)
    if not request.open and message.accepted is not (request.state is RequestState.ACCEPTED):
        text = f"It was {request.state} before, and is answered the other way now: {request.id}."
        return _contradicted(stay, request, Finding.CONTRADICTORY_ANSWER, text)
    if not request.open or not message.accepted:
        return (_answer(stay, request, message, case),)
    return _accepted(file, stay, request, message, case)


def _accepted(
    file: File, stay: Stay | None, request: Request, message: AnswerRequest, case: Case
) -> tuple[Told, ...]:
    """Return what an accepted request makes of the stay, by the rules of the ledger."""
    asker = case.context.directory.get(request.cause.organisation)
    asked = BY_TYPE[request.cause.message_type].model_validate_json(request.message)
    if asker is None or not isinstance(asked, ContainerMessage):
        raise TypeError(f"{request.cause.message_type} of {request.cause.organisation}")
    others = tuple(each for each in file.stays if each is not stay)
    as_asked = Case(asker, request.cause, case.context, others)
    if isinstance(asked, m.Release):
        # Where it was shown before it was accepted, it is one and the same.
        stay = _shown(file, asked, as_asked)
        effect = _released(file, stay, asked, request, as_asked)
    elif stay is None:
        raise LookupError(f"no release {request.release_id} in this file")
    else:
        effect = _moved(stay, asked, request, as_asked)
    return (_answer(stay, request, message, case), *effect)


def _answer(
    stay: Stay | None, request: Request, message: AnswerRequest, case: Case
) -> tuple[s.RequestAnswered, str]:
    answered = s.RequestAnswered(
        request_id=request.id,
        system=request.system,
        accepted=message.accepted,
        asked_by=request.cause.organisation,
        message_id=request.cause.message_id,
        at=min(message.confirmed_at or case.now, case.now),
        reason=message.reason,
        again=not request.open,
    )
    return answered, _id_of(stay)


def _moved(
    stay: Stay, message: ContainerMessage, request: Request, case: Case
) -> tuple[Told, ...]:
    ruling = _with_driver(stay, message, case) or decide(stay, message, case)
    if isinstance(ruling, Refusal):
        return _accepted_otherwise(stay, request, ruling.reason)
    after = reduce(evolve, ruling, stay)
    if after.hops != stay.hops and not_the_holders(after):
        # It was shown while another held the right, which passes on: it ends before.
        ruling = (*pickup_ended(stay, f.PickupEnd.REVOKED, case.now), *ruling)
    return tuple((fact, stay.release_id) for fact in ruling)


def _with_driver(stay: Stay, message: ContainerMessage, case: Case) -> tuple[Fact, ...]:
    """Return the pick-up with its driver in the place of the same one, observed without.

    The system does not tell who drives; the terminal's gate has to know.
    """
    pickup = stay.pickup
    if not isinstance(message, m.AssignPickup) or pickup is None or pickup.driver is not None:
        return ()
    if message.driver is None or pickup.operator != case.sender.id:
        return ()
    ruling = decide(altered(stay, pickup=None), message, case)
    if isinstance(ruling, Refusal):
        return ()
    ended = f.PickupEnded(
        pickup=pickup, terminal=stay.terminal, why=f.PickupEnd.REVOKED, at=case.now
    )
    return (ended, *ruling)


def _released(
    file: File, known: Stay | None, message: m.Release, request: Request, case: Case
) -> tuple[Told, ...]:
    if known is not None:
        return _adopted(known, message, request, case)
    ruling = commercial.release(file.stays, message, case)
    if isinstance(ruling, Refusal):
        return _accepted_otherwise(None, request, ruling.reason)
    release_id = commercial.release_id_of(request.cause)
    facts: list[Fact] = [
        altered(fact, authority="system", confirmed_at=case.now)
        if isinstance(fact, f.Released)
        else fact
        for fact in ruling
    ]
    new = next(opened(fact) for fact in facts if isinstance(fact, f.Released))
    facts.extend(physical.known_of_the_box(file.stays, new, case.context.policy))
    return tuple((fact, release_id) for fact in facts)


def _shown(file: File, message: m.Release, case: Case) -> Stay | None:
    """Return the release that the system accepts now, where it stands already."""
    shown = [
        stay
        for stay in reversed(file.stays)
        if stay.port == message.port and stay.authority == "system" and stay.live
    ]
    by_papers = [
        stay
        for stay in shown
        if _names_papers(stay, message) and same_visit(stay.stay_number, message.stay_number)
    ]
    number = message.release_identification
    # Several may be shown under one bill of lading, and one of them under its very number.
    by_number = (stay for stay in by_papers if stay.release_identification == number)
    # Of a box on the quay a system may tell before it has papers (edifact_france.md §A.4).
    bare = (stay for stay in shown if _is_bare(stay) and _may_be_its_own(stay, message, case))
    return next(chain(by_number, by_papers, bare), None)


def _names_papers(stay: Stay, message: m.Release) -> bool:
    shared = set(stay.bills_of_lading) & set(message.bills_of_lading)
    return bool(shared) or stay.release_identification == message.release_identification


def _is_bare(stay: Stay) -> bool:
    return not stay.bills_of_lading and not stay.release_identification


def _may_be_its_own(stay: Stay, message: m.Release, case: Case) -> bool:
    is_others = _stranger(stay, case, (stay.agent,))
    return not is_others and same_visit(stay.stay_number, message.stay_number)


def _adopted(known: Stay, message: m.Release, request: Request, case: Case) -> tuple[Told, ...]:
    """Return that a release shown without its agent is the agent's whose request it was."""
    if _is_bare(known):
        return _with_papers(known, message, request, case)
    agent = case.context.directory.get(known.agent)
    if agent is not None and agent.system is not None:
        told = as_it_stands(known, request.system, agent=case.sender.id)
        return ((told, known.release_id),)
    if known.agent == case.sender.id:
        return ()
    return _accepted_otherwise(known, request, Reason.NOT_THE_AGENT)


def _with_papers(
    known: Stay, message: m.Release, request: Request, case: Case
) -> tuple[Told, ...]:
    """Return that what was shown of a box alone is the release that was asked for and accepted."""
    its = as_it_stands(
        known,
        request.system,
        agent=case.sender.id,
        release_identification=message.release_identification,
        at=case.now,
    )
    given = commercial.papers(reduce(evolve, (its,), known), message, case)
    return tuple((fact, known.release_id) for fact in (its, *given))


def _accepted_otherwise(stay: Stay | None, request: Request, reason: Reason) -> tuple[Told, ...]:
    """Say that the system knows more than we do; what it has shown since it was asked, holds."""
    if request.observed:
        return ()
    text = f"The system accepted {request.id}; by what is known here: {reason}."
    return _contradicted(stay, request, Finding.ACCEPTED_OTHERWISE, text)


def _contradicted(
    stay: Stay | None, request: Request, what: Finding, text: str
) -> tuple[Told, ...]:
    """Return the finding; until the system shows how it stands, nobody leaves (fail closed)."""
    told = (finding(what, text), _id_of(stay))
    if stay is None or stay.authority != "system" or not stay.on_quay:
        return (told,)
    return (told, (s.ConfirmationLost(system=request.system), stay.release_id))


def _stay_of(file: File, request: Request) -> Stay | None:
    """Return the stay that the request is about, or the one that came of it, where there is."""
    release_id = request.release_id or commercial.release_id_of(request.cause)
    return next((stay for stay in file.stays if stay.release_id == release_id), None)


def _id_of(stay: Stay | None) -> str:
    return "" if stay is None else stay.release_id
