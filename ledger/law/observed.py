"""What a community system says of a release: it overwrites what stood, and is never refused.

design.md §4. What physically happened is not unsaid by it: such a contradiction is a finding.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, TypeAlias

from ledger.directory.directory import NotFound
from ledger.law import physical
from ledger.law.commercial import release_id_of
from ledger.law.context import Case
from ledger.law.dates import default_expiry, in_utc, unmeant
from ledger.law.evolve import evolve, opened
from ledger.law.file import File
from ledger.law.leave import missing_when_it_left
from ledger.law.quays import confirms_by
from ledger.law.ruling import Refusal
from ledger.law.standing import (
    lapsed,
    not_in_force,
    not_the_holders,
    pickup_ended,
    same_visit,
)
from schemas import facts as f
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import Fact, FindingMade, PickupEnd
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef
from schemas.observed import ObservedStatus
from schemas.reasons import Finding
from schemas.stay import Hop, PickupRight, ReleaseStatus, Stay, TerminalLight
from schemas.system_messages import ObserveRelease
from schemas.value import altered

Told: TypeAlias = tuple[Fact, str]
"""A fact, and the release that it is about; empty where it is about none."""

PICKUP_IDS = uuid.UUID("7d3a2f0b-30b4-5f0c-8f6e-5d1b1c9f4e21")


def observed(file: File, message: ObserveRelease, case: Case, system: str) -> tuple[Told, ...]:
    """Return what *message* makes; a stay is opened where none is."""
    found = _meant(file.stays, message)
    if len(found) > 1:
        return tuple(_unplaced(found, system))
    if not found:
        return tuple(_opened(file, message, case, system))
    (stay,) = found
    case = altered(case, others=tuple(each for each in file.stays if each is not stay))
    # Before the dates are overwritten: a later one would bring an ended pick-up right back.
    over = lapsed(stay, case.now)
    stay = reduce(evolve, over, stay)
    ended = tuple((fact, stay.release_id) for fact in over)
    if _stale(stay, message):
        return (*ended, *_of_the_past(stay, message, case, system))
    told = _overwritten(stay, message, case, system)
    return (*ended, *((fact, stay.release_id) for fact in told))


def finding(what: Finding, text: str) -> FindingMade:
    """Return that the system's word does not fit what is known here."""
    return FindingMade(finding=what, text=text)


def as_it_stands(stay: Stay, system: str, **changes: Any) -> s.ReleaseObserved:
    """Return the release as it stands, with some *changes*."""
    values: dict[str, Any] = {
        "status": stay.status,
        "terminal": stay.terminal,
        "agent": stay.agent,
        "bills_of_lading": stay.bills_of_lading,
        "release_identification": stay.release_identification,
        "valid_from": stay.valid_from,
        "expires_at": stay.expires_at,
        "hops": stay.hops,
        "stay_number": stay.stay_number,
        "at": stay.confirmed_at,
        "as_of": stay.observed_as_of,
        **changes,
    }
    return s.ReleaseObserved(system=system, terminal_before=stay.terminal, **values)


# --- which release it is about ------------------------------------------------------------------


def _meant(stays: Sequence[Stay], message: ObserveRelease) -> tuple[Stay, ...]:
    fitting = [stay for stay in stays if _fits(stay, message)]
    there = [stay for stay in fitting if stay.on_quay]
    live = [stay for stay in there if stay.live] or there[-1:]
    if live:
        named = [stay for stay in live if _names(stay, message)]
        return tuple(named or live)
    # It left: what names its papers is of that visit, and opens no other one.
    return tuple([stay for stay in fitting if _names(stay, message)][-1:])


def _fits(stay: Stay, message: ObserveRelease) -> bool:
    number, bills = message.release_identification, set(message.bills_of_lading)
    return (
        stay.port == message.port
        and same_visit(stay.stay_number, message.stay_number)
        and (number is None or number == stay.release_identification or not _number(stay))
        and (not bills or not stay.bills_of_lading or not bills.isdisjoint(stay.bills_of_lading))
    )


def _number(stay: Stay) -> str:
    return stay.release_identification


def _names(stay: Stay, message: ObserveRelease) -> bool:
    number = message.release_identification
    return (
        (number is not None and number == stay.release_identification)
        or (message.stay_number is not None and message.stay_number == stay.stay_number)
        or not set(message.bills_of_lading).isdisjoint(stay.bills_of_lading)
    )


def _unplaced(found: Sequence[Stay], system: str) -> Iterator[Told]:
    """Hold all of them: it may take a right away, and nobody can tell from which."""
    text = f"What {system} says fits {len(found)} releases, and was taken for none."
    yield finding(Finding.UNPLACED_OBSERVATION, text), found[0].release_id
    for stay in found:
        yield s.ConfirmationLost(system=system), stay.release_id


def _opened(file: File, message: ObserveRelease, case: Case, system: str) -> Iterator[Told]:
    valid_from = _start(message) or case.now
    expires_at = _end(message.expires_at)
    released = f.Released(
        release_id=release_id_of(case.cause),
        container=message.container,
        port=message.port,
        terminal=message.terminal,
        agent=_known(message.agent, case) or case.sender.id,
        bills_of_lading=message.bills_of_lading,
        # Not every system has a number for it: Portbase goes by the bill of lading.
        release_identification=message.release_identification or "",
        valid_from=valid_from,
        expires_at=expires_at or default_expiry(valid_from, case.context.policy),
        expiry_given=expires_at is not None,
        stay_number=message.stay_number,
        authority="system",
    )
    new = opened(released)
    known = physical.known_of_the_box(file.stays, new, case.context.policy)
    yield released, new.release_id
    for fact in (*known, *_overwritten(reduce(evolve, known, new), message, case, system)):
        yield fact, new.release_id


# --- what is told late --------------------------------------------------------------------------


def _stale(stay: Stay, message: ObserveRelease) -> bool:
    said, before = message.confirmed_at, stay.observed_as_of
    return said is not None and before is not None and said < before


def _of_the_past(stay: Stay, message: ObserveRelease, case: Case, system: str) -> Iterator[Told]:
    """Say that something newer was told before; where the two differ, nobody knows what holds."""
    text = f"{system} says how it stood at {message.confirmed_at}: it has told of later."
    yield finding(Finding.STALE_OBSERVATION, text), stay.release_id
    changed = reduce(evolve, _overwritten(stay, message, case, system), stay)
    if _but_for_times(changed) != _but_for_times(stay):
        yield s.ConfirmationLost(system=system), stay.release_id


def _but_for_times(stay: Stay) -> Stay:
    return altered(stay, confirmed_at=None, observed_as_of=None)


# --- what it overwrites -------------------------------------------------------------------------


def _overwritten(stay: Stay, message: ObserveRelease, case: Case, system: str) -> tuple[Fact, ...]:
    if not stay.on_quay:
        return (_as_said(stay, message, case, system), *_unsaid(message))
    said = _as_said(stay, message, case, system)
    right = (*_pickup_over(stay, said, message, case), said)
    facts = (*right, *_pickup_made(reduce(evolve, right, stay), message, case))
    facts = (*facts, *_lights(reduce(evolve, facts, stay), message))
    after = reduce(evolve, facts, stay)
    return (*facts, *_gone(after, message, case), *_odd(stay, message, case))


def _as_said(stay: Stay, message: ObserveRelease, case: Case, system: str) -> s.ReleaseObserved:
    status = stay.status if message.status is None else ReleaseStatus(message.status)
    said = message.confirmed_at
    as_of = None if said is None else min(in_utc(said), case.now)
    waited_for = confirms_by(stay, case.now, case.context.policy)
    return as_it_stands(
        stay,
        system,
        status=status,
        terminal=message.terminal,
        agent=_known(message.agent, case) or stay.agent,
        bills_of_lading=message.bills_of_lading or stay.bills_of_lading,
        release_identification=message.release_identification or stay.release_identification,
        valid_from=_start(message) or stay.valid_from,
        expires_at=_end(message.expires_at) or stay.expires_at,
        hops=_hops(stay, message, case),
        stay_number=message.stay_number or stay.stay_number,
        # A light alone confirms no right.
        at=stay.confirmed_at if message.status is None else as_of or case.now,
        as_of=as_of or stay.observed_as_of,
        quay_before_confirms_by=None if message.terminal == stay.terminal else waited_for,
    )


def _hops(stay: Stay, message: ObserveRelease, case: Case) -> tuple[Hop, ...]:
    if message.status is ObservedStatus.DELETED and message.holders is None:
        return ()
    hops = stay.hops if message.holders is None else _held(stay, message.holders, case)
    if message.offered_to is None:
        return hops
    receiver = _known(message.offered_to, case)
    accepted = tuple(hop for hop in hops if hop.accepted)
    giver = accepted[-1].receiver if accepted else stay.agent
    return accepted if receiver is None else (*accepted, Hop(giver, receiver))


def _held(stay: Stay, holders: tuple[PartyRef, ...], case: Case) -> tuple[Hop, ...]:
    """Return the chain; where who holds it now is not of the bus, nobody here does."""
    known = [_known(holder, case) for holder in holders]
    if not known or known[-1] is None:
        return ()
    hops: list[Hop] = []
    giver = stay.agent
    for receiver in known:
        if receiver is not None:
            hops.append(Hop(giver, receiver, accepted=True))
            giver = receiver
    return tuple(hops)


def _pickup_over(
    stay: Stay, said: s.ReleaseObserved, message: ObserveRelease, case: Case
) -> tuple[Fact, ...]:
    pickup = stay.pickup
    if pickup is None:
        return ()
    why = _release_over(stay, said, case) or _collects_no_more(stay, pickup, said, message, case)
    return () if why is None else pickup_ended(stay, why, case.now)


def _release_over(stay: Stay, said: s.ReleaseObserved, case: Case) -> PickupEnd | None:
    if said.status is ReleaseStatus.DELETED:
        return PickupEnd.RELEASE_DELETED
    if said.terminal != stay.terminal:
        return PickupEnd.TERMINAL_CHANGED
    if ReleaseStatus.EXPIRED in {stay.status, said.status} or said.expires_at <= case.now:
        return PickupEnd.RELEASE_EXPIRED
    return None


def _collects_no_more(
    stay: Stay, pickup: PickupRight, said: s.ReleaseObserved, message: ObserveRelease, case: Case
) -> PickupEnd | None:
    """Return the end of a right whose operator is not shown to collect, or to hold, any more."""
    if message.no_pickup or (message.pickup is not None and not _same(pickup, message, case)):
        return PickupEnd.REVOKED
    strange = not_the_holders(evolve(stay, said))
    if message.pickup is not None:
        # It was our holder's own; of one who does not hold it stands by the system's word alone.
        return PickupEnd.REPLACED if strange and not pickup.shown else None
    chain_told = message.holders is not None or message.offered_to is not None
    return PickupEnd.REVOKED if strange and chain_told else None


def _same(pickup: PickupRight, message: ObserveRelease, case: Case) -> bool:
    told = message.pickup
    return (
        told is not None
        and _known(told.operator, case) == pickup.operator
        and told.modality in {Modality.UNKNOWN, pickup.modality}
        and told.expires_at in {None, pickup.expires_at}
    )


def _pickup_made(stay: Stay, message: ObserveRelease, case: Case) -> tuple[Fact, ...]:
    told = message.pickup
    operator = None if told is None else _known(told.operator, case)
    if told is None or operator is None or stay.pickup is not None:
        return ()
    expires_at = _end(told.expires_at)
    if not_in_force(stay, case.now) or (expires_at is not None and expires_at <= case.now):
        return ()
    organisation = case.context.directory.get(operator)
    pickup = PickupRight(
        id=str(uuid.uuid5(PICKUP_IDS, f"{case.cause.organisation}/{case.cause.message_id}")),
        operator=operator,
        modality=told.modality,
        assigned_at=case.now,
        operator_vat=None if organisation is None else organisation.code(Scheme.VAT),
        expires_at=expires_at,
        shown=True,
    )
    return (f.PickupAssigned(pickup=pickup),)


def _lights(stay: Stay, message: ObserveRelease) -> Iterator[Fact]:
    if message.discharged and not stay.discharged:
        yield f.Discharged()
    if message.customs is not None and message.customs is not stay.customs:
        yield f.CustomsStatusSet(status=message.customs)
    if message.terminal_light is not None:
        light = TerminalLight(message.terminal_light)
        yield from () if light is stay.terminal_light else physical.OF_LIGHT[light]


def _gone(stay: Stay, message: ObserveRelease, case: Case) -> tuple[Fact, ...]:
    if not message.gate_out:
        return ()
    left = m.ReportGateOut(
        container=message.container, port=message.port, terminal=message.terminal
    )
    missing = missing_when_it_left(stay, case.now, case.context.policy)
    ruling = physical.gate_out(stay, left, case, missing)
    return () if isinstance(ruling, Refusal) else ruling


# --- what is odd about it -----------------------------------------------------------------------


def _unsaid(message: ObserveRelease) -> Iterator[Fact]:
    if message.gate_out is False:
        text = "It is said to be there, and it has left."
        yield finding(Finding.OBSERVED_OTHERWISE, text)


def _odd(stay: Stay, message: ObserveRelease, case: Case) -> Iterator[Fact]:
    if stay.discharged and message.discharged is False:
        text = "It is said not to be discharged, and it was reported on the quay."
        yield finding(Finding.OBSERVED_OTHERWISE, text)
    elif stay.discharged and message.terminal != stay.terminal:
        text = f"It is said to be at {message.terminal}, and {stay.terminal} had it."
        yield finding(Finding.OBSERVED_OTHERWISE, text)
    if any(_known(party, case) is None for party in _named(message)):
        # Not which: everybody of the chain is told of a finding.
        text = "A party that it is said to be with is not registered on the bus."
        yield finding(Finding.PARTY_NOT_REGISTERED, text)
    yield from (physical.absurd_time(date) for date in _absurd_dates(message, case))


def _absurd_dates(message: ObserveRelease, case: Case) -> Iterator[datetime]:
    if message.valid_from is not None and _start(message) is None:
        yield message.valid_from
    if message.expires_at is not None and _end(message.expires_at) is None:
        yield message.expires_at
    latest = case.now + case.context.policy.request_future
    if message.confirmed_at is not None and message.confirmed_at > latest:
        yield message.confirmed_at


def _named(message: ObserveRelease) -> Iterator[PartyRef]:
    yield from message.holders or ()
    if message.offered_to is not None:
        yield message.offered_to
    if message.pickup is not None:
        yield message.pickup.operator


def _known(party: PartyRef | None, case: Case) -> str | None:
    """Return the id of an organisation that the system names, None where it is not of the bus."""
    found = NotFound.UNKNOWN if party is None else case.context.directory.find(party)
    return None if isinstance(found, NotFound) else found.id


def _start(message: ObserveRelease) -> datetime | None:
    date = message.valid_from
    return None if date is None or unmeant(date, None) is not None else in_utc(date)


def _end(date: datetime | None) -> datetime | None:
    return None if date is None or unmeant(None, date) is not None else in_utc(date)
