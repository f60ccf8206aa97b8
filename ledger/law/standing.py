"""Whether a release is still in force, and how its pick-up right ends."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from ledger.law.ruling import Refusal
from schemas.facts import (
    EntitlementWithdrawn,
    Expired,
    Fact,
    PersonalPartsErased,
    PickupEnd,
    PickupEnded,
)
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus, Stay

# design.md §3: an ended right is a value for 30 days, then a tombstone.
ENDED_IS_TOLD = timedelta(days=30)


def over(stay: Stay) -> Refusal | None:
    """Return why the stay is over for good, or None."""
    if stay.status is ReleaseStatus.GATED_OUT:
        return Refusal(Reason.ALREADY_GATED_OUT)
    if stay.status is ReleaseStatus.DELETED:
        return Refusal(Reason.RELEASE_DELETED)
    return None


def not_in_force(stay: Stay, now: datetime) -> Refusal | None:
    """Return why nothing can be done with the release, a block apart; None where it is in force.

    An expiry date that has passed counts although its tick has not come yet.
    """
    if refusal := over(stay):
        return refusal
    if stay.status is ReleaseStatus.EXPIRED or stay.expires_at <= now:
        return Refusal(Reason.RELEASE_EXPIRED, stay.expires_at.isoformat())
    return None


def pickup_ended(stay: Stay, why: PickupEnd, now: datetime) -> tuple[PickupEnded, ...]:
    """Return the end of the stay's pick-up right, for its terminal, where it has one."""
    if stay.pickup is None:
        return ()
    return (PickupEnded(pickup=stay.pickup, terminal=stay.terminal, why=why, at=now),)


def lapsed(stay: Stay, now: datetime) -> tuple[Fact, ...]:
    """Return what time alone has done to the stay since it was last written down.

    The tick writes it down, or the message that comes before the tick and changes the dates:
    otherwise a pick-up right would outlive the release it hangs on (I6). Where a system decides,
    it says itself what has expired; a pick-up right ends with the date all the same, or it would
    come back with a later one.
    """
    if stay.authority == "system" and stay.expires_at <= now:
        return pickup_ended(stay, PickupEnd.RELEASE_EXPIRED, now)
    if stay.live and stay.expires_at <= now:
        return (Expired(), *pickup_ended(stay, PickupEnd.RELEASE_EXPIRED, now))
    return run_out(stay, now)


def run_out(stay: Stay, now: datetime) -> tuple[PickupEnded, ...]:
    """Return the end of a pick-up right whose own date has passed, where it has one."""
    pickup = stay.pickup
    if pickup is None or pickup.expires_at is None or pickup.expires_at > now:
        return ()
    return pickup_ended(stay, PickupEnd.RAN_OUT, now)


def not_the_holders(stay: Stay) -> bool:
    """Tell whether the stay's pick-up right is of somebody who does not hold the release right."""
    pickup = stay.pickup
    return pickup is not None and (
        stay.pending is not None or pickup.operator != stay.accepted_holder
    )


def told_long_enough(stay: Stay, now: datetime) -> tuple[EntitlementWithdrawn, ...]:
    """Return the ended rights that their terminals need not be told of any more."""
    return tuple(
        EntitlementWithdrawn(terminal=ended.terminal)
        for ended in stay.ended_rights
        if ended.at + ENDED_IS_TOLD <= now
    )


def personal_parts_due(stay: Stay) -> datetime | None:
    """Return when what is personal of the stay has to be erased; None while it may be needed.

    The term begins when the container left, or the release expired; where it was deleted, with
    the end of its last pick-up right. Where a system decides and says no more of a release, with
    the date up to which it held.
    """
    personal, needed = stay.personal, stay.pickup is not None or stay.live
    if personal is None or (needed and stay.authority == "ledger"):
        return None
    match stay.status:
        case _ if needed:
            since: datetime | None = stay.expires_at
        case ReleaseStatus.GATED_OUT:
            since = stay.left_at or personal.ended_at
        case ReleaseStatus.EXPIRED:
            since = stay.expires_at
        case _:
            since = personal.ended_at
    return None if since is None else since + timedelta(days=personal.days)


def outlived(stay: Stay, now: datetime) -> tuple[PersonalPartsErased, ...]:
    """Return the erasure of what is personal of the stay, where its term is over."""
    due = personal_parts_due(stay)
    if stay.personal is None or due is None or due > now:
        return ()
    return (PersonalPartsErased(keys=stay.personal.keys),)


def same_visit(one: str | None, other: str | None) -> bool:
    """Tell whether two numbers may be of one visit: only numbers that differ tell apart."""
    return None in {one, other} or one == other


class OfAVisit(Protocol):
    """What may say of which visit of which vessel it is."""

    @property
    def stay_number(self) -> str | None:
        """The number of the vessel's stay in the port."""

    @property
    def vessel_imo(self) -> str | None:
        """The vessel."""


def of_one_visit(one: OfAVisit, other: OfAVisit) -> bool:
    """Tell whether both may be of one visit: by the stay number, where one lacks by the vessel.

    It is the order in which v3.11 matches (cpu.md §7 rule 1).
    """
    if one.stay_number is not None and other.stay_number is not None:
        return one.stay_number == other.stay_number
    return same_visit(one.vessel_imo, other.vessel_imo)


def assigned_elsewhere(stay: Stay, others: Iterable[Stay], stay_number: str | None) -> bool:
    """Tell whether another release of the same visit carries a pick-up right (I3)."""
    return any(
        other.pickup is not None
        and other.port == stay.port
        and same_visit(other.stay_number, stay_number)
        for other in others
    )
