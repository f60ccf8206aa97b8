"""A new quay: the old one's right ends, acknowledged, before the new one lets anybody out."""

from datetime import datetime

from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from schemas.facts import ConfirmationLapsed, PickupEndConfirmed
from schemas.messages import ConfirmPickupEnd
from schemas.reasons import Reason
from schemas.stay import Stay


def confirms_by(stay: Stay, now: datetime, policy: Policy) -> datetime | None:
    """Return until when the quay that the release leaves is waited for, or None.

    It is where its gate may still let somebody out: a right ends there now, or ended so lately
    that the gate may not have read it.
    """
    within = policy.previous_quay_confirms_within
    if stay.pickup is not None:
        return now + within if within else None
    ends = [
        ended.at + within
        for ended in stay.ended_rights
        if ended.terminal == stay.terminal and not ended.confirmed
    ]
    return max((until for until in ends if until > now), default=None)


def unconfirmed(stay: Stay, now: datetime) -> bool:
    """Tell whether an earlier quay is still waited for."""
    return any(
        ended.confirms_by is not None and now < ended.confirms_by
        for ended in stay.ended_rights
        if ended.terminal != stay.terminal
    )


def confirm(stay: Stay, message: ConfirmPickupEnd) -> Ruling:
    """Take a terminal's word that its entitlement ended; once is enough."""
    for ended in stay.ended_rights:
        if ended.pickup_id == message.pickup_id and not ended.confirmed:
            return (PickupEndConfirmed(terminal=ended.terminal, pickup_id=message.pickup_id),)
    return Refusal(Reason.NOTHING_TO_CONFIRM)


def silent(stay: Stay, now: datetime) -> tuple[ConfirmationLapsed, ...]:
    """Return the quays that are not waited for any longer."""
    return tuple(
        ConfirmationLapsed(terminal=ended.terminal)
        for ended in stay.ended_rights
        if ended.confirms_by is not None and ended.confirms_by <= now
    )
