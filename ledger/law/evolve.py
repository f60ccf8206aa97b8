"""What a fact makes of a stay: no decision is taken here, so a rebuild only reads."""

from dataclasses import replace
from typing import assert_never

from schemas import facts as f
from schemas.facts import Fact
from schemas.stay import Gate, Hop, ReleaseStatus, Stay, TerminalLight


def evolve(stay: Stay, fact: Fact) -> Stay:
    """Return the stay after *fact*; facts that are no change of the stay leave it as it is."""
    match fact:
        case f.Updated():
            return _updated(stay, fact)
        case f.Blocked():
            return replace(stay, status=ReleaseStatus.BLOCKED)
        case f.Unblocked():
            return replace(stay, status=ReleaseStatus.RELEASED)
        case f.ChainRevoked():
            return replace(stay, hops=())
        case f.Deleted():
            return replace(stay, status=ReleaseStatus.DELETED, hops=())
        case f.Expired():
            return replace(stay, status=ReleaseStatus.EXPIRED)
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked():
            return _chain(stay, fact)
        case f.PickupAssigned():
            return replace(stay, pickup=fact.pickup)
        case f.PickupEnded():
            return replace(stay, pickup=None)
        case f.Disputed():
            return replace(stay, disputed=True)
        case f.DisputeSettled():
            return replace(stay, disputed=False)
        case f.Suspended():
            return replace(stay, suspended=True)
        case (
            f.Discharged()
            | f.TerminalReleased()
            | f.TerminalBlocked()
            | f.ScanningOrdered()
            | f.TerminalUnblocked()
            | f.GatedIn()
            | f.GatedOut()
            | f.CustomsStatusSet()
        ):
            return _physical(stay, fact)
        case (
            f.Released()
            | f.FindingMade()
            | f.Refused()
            | f.Waiting()
            | f.Repeated()
            | f.GivenUp()
            | f.Parked()
            | f.OrganisationRegistered()
        ):
            return stay
        case _:
            assert_never(fact)


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
        order_reference=fact.order_reference,
        equipment_type=fact.equipment_type,
        haulage=fact.haulage,
    )


def _updated(stay: Stay, fact: f.Updated) -> Stay:
    moved = fact.terminal != stay.terminal
    return replace(
        stay,
        terminal=fact.terminal,
        bills_of_lading=fact.bills_of_lading,
        valid_from=fact.valid_from,
        expires_at=fact.expires_at,
        expiry_given=fact.expiry_given,
        stay_number=fact.stay_number,
        order_reference=fact.order_reference,
        equipment_type=fact.equipment_type,
        status=ReleaseStatus.RELEASED if fact.revived else stay.status,
        # INFERRED: what the old quay reported does not hold for the new one (fail closed).
        discharged=stay.discharged and not moved,
        terminal_light=TerminalLight.UNKNOWN if moved else stay.terminal_light,
        terminal_light_before=TerminalLight.UNKNOWN if moved else stay.terminal_light_before,
    )


def _chain(
    stay: Stay, fact: f.Transferred | f.Accepted | f.Declined | f.TransferRevoked
) -> Stay:
    match fact:
        case f.Transferred(giver=giver, receiver=receiver):
            return replace(stay, hops=(*stay.hops, Hop(giver, receiver)))
        case f.Accepted(giver=giver, receiver=receiver):
            accepted = Hop(giver, receiver, accepted=True)
            # cpu.md §7 rule 9: the first party that accepted is the one that pays.
            first = stay.first_release_party or receiver
            return replace(stay, hops=(*stay.hops[:-1], accepted), first_release_party=first)
        case f.Declined() | f.TransferRevoked():
            return replace(stay, hops=stay.hops[:-1])
        case _:
            assert_never(fact)


def _physical(
    stay: Stay,
    fact: f.Discharged
    | f.TerminalReleased
    | f.TerminalBlocked
    | f.ScanningOrdered
    | f.TerminalUnblocked
    | f.GatedIn
    | f.GatedOut
    | f.CustomsStatusSet,
) -> Stay:
    match fact:
        case f.Discharged():
            return replace(stay, discharged=True)
        case f.TerminalReleased():
            return replace(stay, terminal_light=TerminalLight.RELEASED)
        case f.TerminalBlocked():
            return _held(stay, TerminalLight.BLOCKED)
        case f.ScanningOrdered():
            return _held(stay, TerminalLight.SCANNING)
        case f.TerminalUnblocked():
            return replace(stay, terminal_light=stay.terminal_light_before)
        case f.GatedIn():
            return replace(stay, gate=Gate.GATE_IN)
        case f.GatedOut():
            return replace(stay, gate=Gate.GATE_OUT, status=ReleaseStatus.GATED_OUT)
        case f.CustomsStatusSet(status=status):
            return replace(stay, customs=status)
        case _:
            assert_never(fact)


def _held(stay: Stay, light: TerminalLight) -> Stay:
    held = {TerminalLight.BLOCKED, TerminalLight.SCANNING}
    before = stay.terminal_light_before if stay.terminal_light in held else stay.terminal_light
    return replace(stay, terminal_light=light, terminal_light_before=before)
