"""Whether a release is still in force, and how its pick-up right ends."""

from datetime import datetime

from ledger.law.ruling import Refusal
from schemas.facts import PickupEnd, PickupEnded
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus, Stay


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


def pickup_ended(stay: Stay, why: PickupEnd) -> tuple[PickupEnded, ...]:
    """Return the end of the stay's pick-up right, for its terminal, where it has one."""
    if stay.pickup is None:
        return ()
    return (PickupEnded(pickup=stay.pickup, terminal=stay.terminal, why=why),)
