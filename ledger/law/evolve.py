"""What a fact makes of a stay: no decision is taken here, so a rebuild only reads."""

from datetime import datetime
from typing import TypeAlias, assert_never

from ledger.law import customs, notes
from schemas import facts as f
from schemas import override_facts as o
from schemas import system_facts as s
from schemas.air_facts import ConsignmentObserved
from schemas.facts import Fact
from schemas.key_facts import KeyFact
from schemas.note_facts import NoteFact
from schemas.onboarding_facts import OnboardingFact
from schemas.stay import (
    MOST_EVIDENCE,
    EndedRight,
    Evidence,
    EvidenceOf,
    Gate,
    Hop,
    PersonalParts,
    ReleaseStatus,
    Stay,
    TerminalLight,
)
from schemas.value import altered

OfRelease: TypeAlias = f.Updated | f.Blocked | f.Unblocked | f.Deleted | f.Expired
OfChain: TypeAlias = f.Transferred | f.Accepted | f.Declined | f.TransferRevoked | f.ChainRevoked
OfPickup: TypeAlias = (
    f.PickupAssigned
    | f.PickupEnded
    | f.MeansOfTransportSet
    | f.PickupEndConfirmed
    | f.ConfirmationLapsed
    | f.EntitlementWithdrawn
    | f.PersonalPartsErased
)
OfTerminal: TypeAlias = (
    f.TerminalReleased | f.TerminalBlocked | f.ScanningOrdered | f.TerminalUnblocked
)
OfBox: TypeAlias = f.Discharged | f.GatedIn | f.GatedOut | f.CustomsStatusSet
OfTrust: TypeAlias = (
    f.Disputed
    | f.DisputeSettled
    | f.Suspended
    | f.SuspensionLifted
    | o.OperatorSuspended
    | o.OperatorReinstated
)
OfSystem: TypeAlias = s.ReleaseObserved | s.RequestAnswered | s.ConfirmationLost


def evolve(stay: Stay, fact: Fact) -> Stay:
    """Return the stay after *fact*; facts that are no change of the stay leave it as it is."""
    if isinstance(fact, OfRelease):
        return _release(stay, fact)
    if isinstance(fact, OfChain):
        return _chain(stay, fact)
    if isinstance(fact, OfPickup):
        return _pickup(stay, fact)
    if isinstance(fact, OfTerminal):
        return _terminal(stay, fact)
    if isinstance(fact, OfBox):
        return _box(stay, fact)
    if isinstance(fact, OfSystem):
        return _system(stay, fact)
    if isinstance(fact, NoteFact):
        return altered(stay, notes=notes.after(stay, fact))
    return _trust(stay, fact) if isinstance(fact, OfTrust) else _unchanged(stay, fact)


def opened(fact: f.Released) -> Stay:
    """Return the stay that a release begins."""
    return Stay(
        release_id=fact.release_id,
        container=fact.container,
        port=fact.port,
        terminal=fact.terminal,
        agent=fact.agent,
        bills_of_lading=fact.bills_of_lading,
        release_identification=fact.release_identification,
        status=ReleaseStatus.RELEASED,
        valid_from=fact.valid_from,
        expires_at=fact.expires_at,
        expiry_given=fact.expiry_given,
        stay_number=fact.stay_number,
        vessel_imo=fact.vessel_imo,
        order_reference=fact.order_reference,
        equipment_type=fact.equipment_type,
        haulage=fact.haulage,
        carrier=fact.carrier,
        authority=fact.authority,
        confirmed_at=fact.confirmed_at,
    )


def _release(stay: Stay, fact: OfRelease) -> Stay:
    match fact:
        case f.Updated():
            return _updated(stay, fact)
        case f.Blocked():
            return altered(stay, status=ReleaseStatus.BLOCKED)
        case f.Unblocked():
            return altered(stay, status=ReleaseStatus.RELEASED)
        case f.Deleted():
            return altered(stay, status=ReleaseStatus.DELETED, status_before=None, hops=())
        case f.Expired():
            return altered(stay, status=ReleaseStatus.EXPIRED, status_before=stay.status)
        case _:
            assert_never(fact)


def _updated(stay: Stay, fact: f.Updated) -> Stay:
    moved = fact.terminal != stay.terminal
    # A block outlives the expiry that stood over it: only the agent's unblock lifts it.
    standing = stay.status_before or ReleaseStatus.RELEASED
    by_bill = customs.by_bill_over(stay, fact.bills_of_lading)
    light = customs.worst(by_bill, fact.bills_of_lading) if by_bill else stay.customs
    return altered(
        stay,
        terminal=fact.terminal,
        bills_of_lading=fact.bills_of_lading,
        valid_from=fact.valid_from,
        expires_at=fact.expires_at,
        expiry_given=fact.expiry_given,
        stay_number=fact.stay_number,
        vessel_imo=fact.vessel_imo,
        order_reference=fact.order_reference,
        equipment_type=fact.equipment_type,
        status=standing if fact.revived else stay.status,
        status_before=None if fact.revived else stay.status_before,
        # What the old quay reported does not hold for the new one (fail closed, docs/inferred.md
        # `old_quay_speaks_for_itself`). The customs light stays: it is about the goods.
        discharged=stay.discharged and not moved,
        terminal_light=TerminalLight.UNKNOWN if moved else stay.terminal_light,
        terminal_light_before=TerminalLight.UNKNOWN if moved else stay.terminal_light_before,
        gate=Gate.UNKNOWN if moved else stay.gate,
        evidence=_of_the_goods(stay) if moved else stay.evidence,
        customs=light,
        customs_by_bill=by_bill,
        ended_rights=_waited_for(stay, fact.terminal_before, fact.quay_before_confirms_by),
        notes=notes.without_slots(stay) if moved else stay.notes,
    )


def _chain(stay: Stay, fact: OfChain) -> Stay:
    match fact:
        case f.Transferred(giver=giver, receiver=receiver):
            first = stay.first_release_party or fact.first_release_party
            hops = (*stay.hops, Hop(giver, receiver))
            return altered(stay, hops=hops, first_release_party=first)
        case f.Accepted(giver=giver, receiver=receiver, supplied=supplied):
            accepted = Hop(giver, receiver, accepted=True, supplied=supplied)
            # cpu.md §7 rule 9: the first party that accepted is the one that pays.
            first = stay.first_release_party or receiver
            return altered(stay, hops=(*stay.hops[:-1], accepted), first_release_party=first)
        case f.Declined() | f.TransferRevoked():
            hops, first = stay.hops[:-1], stay.first_release_party
            # A nominee that did not take it does not pay for it; who paid before still does.
            if not hops and stay.hops and stay.hops[-1].receiver == first:
                first = None
            return altered(stay, hops=hops, first_release_party=first)
        case f.ChainRevoked(first_release_party=first):
            # It "resets the process" (cpu.md §3.1), and so how the next holder will collect.
            return altered(
                stay,
                hops=(),
                first_release_party=first,
                means_of_transport=None,
                notes=notes.without_slots(stay),
            )
        case _:
            assert_never(fact)


def _pickup(stay: Stay, fact: OfPickup) -> Stay:
    match fact:
        case f.PickupAssigned(pickup=pickup):
            return altered(
                stay,
                pickup=pickup,
                # What its terminal is told of it stands in the place of the right that ended.
                ended_rights=_ended_beside(stay, stay.terminal),
                personal=_personal(stay, fact),
            )
        case f.PickupEnded(terminal=terminal, at=at):
            ended = () if at is None else (EndedRight(terminal, at, fact.pickup.id),)
            others = _ended_beside(stay, terminal)
            kept = None if stay.personal is None else altered(stay.personal, ended_at=at)
            return altered(
                stay,
                pickup=None,
                ended_rights=(*others, *ended),
                personal=kept,
                operator_suspended=False,
            )
        case f.MeansOfTransportSet(means_of_transport=means):
            return altered(stay, means_of_transport=means)
        case f.PickupEndConfirmed(pickup_id=of):
            return altered(
                stay, ended_rights=tuple(_confirmed(each, of) for each in stay.ended_rights)
            )
        case f.ConfirmationLapsed(terminal=terminal):
            return altered(stay, ended_rights=_waited_for(stay, terminal, None))
        case f.EntitlementWithdrawn(terminal=terminal):
            return altered(stay, ended_rights=_ended_beside(stay, terminal))
        case f.PersonalPartsErased():
            return altered(stay, personal=None)
        case _:
            assert_never(fact)


def _confirmed(ended: EndedRight, pickup_id: str) -> EndedRight:
    if ended.pickup_id != pickup_id:
        return ended
    return altered(ended, confirmed=True, confirms_by=None)


def _waited_for(stay: Stay, terminal: str, until: datetime | None) -> tuple[EndedRight, ...]:
    """Return the ended rights, of which that of *terminal* is to be confirmed by *until*."""
    return tuple(
        altered(ended, confirms_by=until) if ended.terminal == terminal else ended
        for ended in stay.ended_rights
    )


def _personal(stay: Stay, fact: f.PickupAssigned) -> PersonalParts | None:
    driver, days = fact.pickup.driver, fact.driver_kept_days
    if driver is None or driver.under is None or days is None:
        return stay.personal
    before = () if stay.personal is None else stay.personal.keys
    keys = before if driver.under in before else (*before, driver.under)
    return PersonalParts(keys, days)


def _ended_beside(stay: Stay, terminal: str) -> tuple[EndedRight, ...]:
    return tuple(ended for ended in stay.ended_rights if ended.terminal != terminal)


def _terminal(stay: Stay, fact: OfTerminal) -> Stay:
    light, before = stay.terminal_light, stay.terminal_light_before
    match fact:
        case f.TerminalReleased():
            light, before = TerminalLight.RELEASED, TerminalLight.UNKNOWN
        case f.TerminalBlocked():
            before = before if light is TerminalLight.BLOCKED else light
            light = TerminalLight.BLOCKED
        case f.ScanningOrdered():
            light, before = TerminalLight.SCANNING, TerminalLight.UNKNOWN
        case f.TerminalUnblocked():
            # It lifts a block and nothing else: a scan ends with a release (cpu.md §3.4).
            lifted = light is TerminalLight.BLOCKED
            light, before = (before, TerminalLight.UNKNOWN) if lifted else (light, before)
        case _:
            assert_never(fact)
    return altered(stay, terminal_light=light, terminal_light_before=before)


def _box(stay: Stay, fact: OfBox) -> Stay:
    match fact:
        case f.Discharged(evidence=evidence):
            return altered(stay, discharged=True, evidence=_remembered(stay, evidence))
        case f.GatedIn():
            return altered(stay, gate=Gate.GATE_IN) if stay.on_quay else stay
        case f.GatedOut():
            return _left(stay, fact) if stay.on_quay else stay
        case f.CustomsStatusSet(status=status, evidence=evidence):
            by_bill = customs.by_bill_after(stay, fact)
            light = customs.worst(by_bill, stay.bills_of_lading) if by_bill else status
            heard = _remembered(stay, evidence)
            return altered(stay, customs=light, customs_by_bill=by_bill, evidence=heard)
        case _:
            assert_never(fact)


def _remembered(stay: Stay, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    if not evidence:
        return stay.evidence
    return tuple(dict.fromkeys((*stay.evidence, *evidence)))[:MOST_EVIDENCE]


def _of_the_goods(stay: Stay) -> tuple[Evidence, ...]:
    return tuple(each for each in stay.evidence if each.of is EvidenceOf.CUSTOMS)


def _left(stay: Stay, fact: f.GatedOut) -> Stay:
    return altered(
        stay,
        gate=Gate.GATE_OUT,
        status=ReleaseStatus.GATED_OUT,
        status_before=stay.status,
        left_at=fact.left_at,
    )


def _trust(stay: Stay, fact: OfTrust) -> Stay:
    match fact:
        case f.Disputed():
            return altered(stay, disputed=True, let_out=False)
        case f.DisputeSettled(let_out=let_out):
            return altered(stay, disputed=False, let_out=let_out)
        case f.Suspended():
            return altered(stay, suspended=True)
        case f.SuspensionLifted():
            return altered(stay, suspended=False)
        case o.OperatorSuspended():
            return altered(stay, operator_suspended=True)
        case o.OperatorReinstated():
            return altered(stay, operator_suspended=False)
        case _:
            assert_never(fact)


def _system(stay: Stay, fact: OfSystem) -> Stay:
    match fact:
        case s.ReleaseObserved():
            return _observed(stay, fact) if stay.on_quay else stay
        case s.RequestAnswered(accepted=accepted, again=again, at=at):
            # It confirms what stands; once that is lost, only an observation brings it back.
            known = stay.confirmed_at if accepted and not again else None
            return stay if known is None else altered(stay, confirmed_at=max(known, at))
        case s.ConfirmationLost():
            return stay if stay.confirmed_at is None else altered(stay, confirmed_at=None)
        case _:
            assert_never(fact)


def _observed(stay: Stay, fact: s.ReleaseObserved) -> Stay:
    moved = fact.terminal != stay.terminal
    first = next((hop.receiver for hop in fact.hops if hop.accepted), None)
    by_bill = customs.by_bill_over(stay, fact.bills_of_lading)
    light = customs.worst(by_bill, fact.bills_of_lading) if by_bill else stay.customs
    return altered(
        stay,
        status=fact.status,
        status_before=None,
        terminal=fact.terminal,
        agent=fact.agent,
        bills_of_lading=fact.bills_of_lading,
        release_identification=fact.release_identification,
        valid_from=fact.valid_from,
        expires_at=fact.expires_at,
        hops=fact.hops,
        first_release_party=first or stay.first_release_party,
        stay_number=fact.stay_number,
        confirmed_at=fact.at,
        observed_as_of=fact.as_of,
        ended_rights=_waited_for(stay, fact.terminal_before, fact.quay_before_confirms_by)
        if moved
        else stay.ended_rights,
        # As an update: what the old quay reported does not hold for the new one (fail closed).
        discharged=stay.discharged and not moved,
        terminal_light=TerminalLight.UNKNOWN if moved else stay.terminal_light,
        terminal_light_before=TerminalLight.UNKNOWN if moved else stay.terminal_light_before,
        gate=Gate.UNKNOWN if moved else stay.gate,
        evidence=_of_the_goods(stay) if moved else stay.evidence,
        customs=light,
        customs_by_bill=by_bill,
        notes=notes.without_slots(stay) if moved else stay.notes,
    )


def _unchanged(
    stay: Stay,
    fact: f.Released
    | s.RequestMade
    | s.RequestOverdue
    | ConsignmentObserved
    | f.FindingMade
    | f.Refused
    | f.NominationRefused
    | f.Waiting
    | f.Repeated
    | f.GivenUp
    | f.Parked
    | f.Resumed
    | f.OrganisationRegistered
    | o.Overridden
    | OnboardingFact
    | KeyFact,
) -> Stay:
    del fact  # named in the signature, so that a new fact does not pass unseen
    return stay
