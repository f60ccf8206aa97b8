"""May the container leave, and if not why: the list of what is missing."""

from collections.abc import Iterator
from datetime import datetime

from ledger.law.lights import customs_clear
from ledger.law.policy import Policy
from ledger.law.quays import unconfirmed
from ledger.law.standing import not_the_holders
from schemas.reasons import Missing
from schemas.stay import ReleaseStatus, Stay, TerminalLight
from schemas.value import altered


def missing_to_leave(stay: Stay, now: datetime, policy: Policy) -> tuple[Missing, ...]:
    """Return everything that stands between the container and the gate; empty: it may leave."""
    if not stay.on_quay:
        return (Missing.ALREADY_GATED_OUT,)
    of_release = () if _in_force(stay, now) else _of_release(stay, now)
    of_right = _of_right(stay, now) if stay.authority == "ledger" else _as_confirmed(stay, now)
    of_operator = (Missing.OPERATOR_SUSPENDED,) if stay.operator_suspended else ()
    return (*of_release, *of_right, *of_operator, *_of_lights(stay, policy))


def missing_when_it_left(stay: Stay, now: datetime, policy: Policy) -> tuple[Missing, ...]:
    """Return what a leaving lacked: a suspension is our own fault, and accuses nobody.

    What was parked is heard again while it still holds; that the container left under it was
    alarmed when it was told.
    """
    trusted = altered(stay, suspended=False) if stay.suspended else stay
    return missing_to_leave(trusted, now, policy)


def _in_force(stay: Stay, now: datetime) -> bool:
    """Tell what holds for nearly every stay, before the reasons why not are gone through."""
    stands = stay.status is ReleaseStatus.RELEASED and stay.valid_from <= now < stay.expires_at
    return stands and not (stay.blocked or stay.disputed or stay.suspended)


def _of_release(stay: Stay, now: datetime) -> Iterator[Missing]:
    if stay.blocked:
        yield Missing.RELEASE_BLOCKED
    if stay.status is ReleaseStatus.EXPIRED or stay.expires_at <= now:
        yield Missing.RELEASE_EXPIRED
    if stay.status is ReleaseStatus.DELETED:
        yield Missing.RELEASE_DELETED
    if stay.valid_from > now:
        yield Missing.RELEASE_NOT_YET_VALID
    if stay.disputed:
        yield Missing.RELEASE_DISPUTED
    if stay.suspended:
        yield Missing.ENTITLEMENT_SUSPENDED


def _of_right(stay: Stay, now: datetime) -> Iterator[Missing]:
    pickup, holder = stay.pickup, stay.accepted_holder
    if stay.pending is not None:
        yield Missing.TRANSFER_PENDING
    elif holder is None:
        yield Missing.NO_HOLDER
    elif pickup is None or pickup.operator != holder:
        # The second holds between two facts of one message; an entitlement goes out with each.
        yield Missing.NO_PICKUP_ASSIGNED
    elif pickup.expires_at is not None and pickup.expires_at <= now:
        yield Missing.PICKUP_EXPIRED
    if stay.ended_rights and unconfirmed(stay, now):
        yield Missing.PREVIOUS_QUAY_NOT_CONFIRMED


def _as_confirmed(stay: Stay, now: datetime) -> Iterator[Missing]:
    """Say what lacks where a system decides: its word on who collects, and on the right."""
    pickup, holder = stay.pickup, stay.accepted_holder
    if stay.confirmed_at is None:
        yield Missing.RIGHT_NOT_CONFIRMED
    # Who collects by the system's own word need not be who holds: it may not tell of the chain.
    if pickup is not None and (pickup.shown or not not_the_holders(stay)):
        if pickup.expires_at is not None and pickup.expires_at <= now:
            yield Missing.PICKUP_EXPIRED
    elif stay.pending is not None:
        yield Missing.TRANSFER_PENDING
    else:
        yield Missing.NO_HOLDER if holder is None else Missing.NO_PICKUP_ASSIGNED
    if stay.ended_rights and unconfirmed(stay, now):
        yield Missing.PREVIOUS_QUAY_NOT_CONFIRMED


def _of_lights(stay: Stay, policy: Policy) -> Iterator[Missing]:
    if not stay.discharged:
        yield Missing.NOT_DISCHARGED
    if not customs_clear(stay, policy):
        yield Missing.CUSTOMS_NOT_CLEARED
    if stay.terminal_light is not TerminalLight.RELEASED:
        yield Missing.TERMINAL_NOT_RELEASED
