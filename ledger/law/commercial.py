"""What the ship agent may do with its commercial release (cpu.md §3.1)."""

import uuid
from collections.abc import Sequence

from ledger.law.context import Case
from ledger.law.rights import first_transfer
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import not_in_force, over, pickup_ended
from schemas import facts as f
from schemas import messages as m
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus, Stay

RELEASE_IDS = uuid.UUID("6f1a2f6e-6f0e-5c39-9d4e-2f2b7a0c3d51")


def release(stays: Sequence[Stay], message: m.Release, case: Case) -> Ruling:
    """Open a stay; with `release_to` the right is on its way to its first holder at once."""
    if case.context.directory.operator_of(message.port, message.terminal) is None:
        return Refusal(Reason.TERMINAL_UNKNOWN, f"{message.port} {message.terminal}")
    if any(_same_release(stay, message, case) for stay in stays):
        return Refusal(Reason.ALREADY_RELEASED, message.release_identification)
    opened = _opened(message, case)
    if opened.expires_at <= max(opened.valid_from, case.now):
        return Refusal(Reason.EXPIRY_IN_THE_PAST, opened.expires_at.isoformat())
    if message.release_to is None:
        return (opened,)
    transferred = first_transfer(message.release_to, case)
    return transferred if isinstance(transferred, Refusal) else (opened, transferred)


def update(stay: Stay, message: m.Update, case: Case) -> Ruling:
    """Give a release new values; a later expiry date revives an expired one."""
    if refusal := _not_the_agents(stay, case) or over(stay):
        return refusal
    terminal = message.terminal or stay.terminal
    if case.context.directory.operator_of(stay.port, terminal) is None:
        return Refusal(Reason.TERMINAL_UNKNOWN, f"{stay.port} {terminal}")
    updated = _updated(stay, message, terminal)
    if updated.expires_at <= max(updated.valid_from, case.now):
        return Refusal(Reason.EXPIRY_IN_THE_PAST, updated.expires_at.isoformat())
    if terminal == stay.terminal:
        return (updated,)
    # The driver is sealed for the old quay's key: the pick-up right cannot move, and it ends
    # before the release shows the new quay.
    return (*pickup_ended(stay, f.PickupEnd.TERMINAL_CHANGED), updated)


def block(stay: Stay, message: m.Block, case: Case) -> Ruling:
    """Freeze the release."""
    if refusal := _not_the_agents(stay, case) or not_in_force(stay, case.now):
        return refusal
    return (f.Blocked(reason=message.reason),)


def unblock(stay: Stay, case: Case) -> Ruling:
    """Lift the block."""
    if refusal := _not_the_agents(stay, case) or over(stay):
        return refusal
    if stay.status is not ReleaseStatus.BLOCKED:
        return Refusal(Reason.RELEASE_NOT_BLOCKED)
    return (f.Unblocked(),)


def revoke_chain(stay: Stay, message: m.Revoke) -> Ruling:
    """Take the whole chain back, at any time: the release stands, nobody holds it."""
    if refusal := over(stay):
        return refusal
    if not stay.hops:
        return Refusal(Reason.NOTHING_TO_REVOKE)
    revoked = f.ChainRevoked(parties=stay.parties[1:], reason=message.reason)
    return (revoked, *pickup_ended(stay, f.PickupEnd.RELEASE_REVOKED))


def delete(stay: Stay, message: m.Delete, case: Case) -> Ruling:
    """Withdraw the release; chain and pick-up right fall with it."""
    if refusal := _not_the_agents(stay, case) or over(stay):
        return refusal
    deleted = f.Deleted(parties=stay.parties[1:], reason=message.reason)
    return (deleted, *pickup_ended(stay, f.PickupEnd.RELEASE_DELETED))


def release_id_of(cause: f.Cause) -> str:
    """Return the id that a release gets, the same whenever the same message is read."""
    return str(uuid.uuid5(RELEASE_IDS, f"{cause.organisation}/{cause.message_id}"))


def _not_the_agents(stay: Stay, case: Case) -> Refusal | None:
    return None if case.sender.id == stay.agent else Refusal(Reason.NOT_THE_AGENT)


def _same_release(stay: Stay, message: m.Release, case: Case) -> bool:
    same_paper = stay.release_identification == message.release_identification or set(
        stay.bills_of_lading
    ) == set(message.bills_of_lading)
    return (
        stay.live
        and stay.expires_at > case.now
        and (stay.agent, stay.port, stay.terminal)
        == (case.sender.id, message.port, message.terminal)
        and same_paper
    )


def _opened(message: m.Release, case: Case) -> f.Released:
    valid_from = message.valid_from or case.now
    default = max(valid_from, case.now) + case.context.policy.default_validity
    return f.Released(
        release_id=release_id_of(case.cause),
        container=message.container,
        port=message.port,
        terminal=message.terminal,
        agent=case.sender.id,
        bills_of_lading=message.bills_of_lading,
        release_identification=message.release_identification,
        valid_from=valid_from,
        expires_at=message.expires_at or default,
        expiry_given=message.expires_at is not None,
        stay_number=message.stay_number,
        order_reference=message.order_reference,
        equipment_type=message.equipment_type,
        haulage=message.haulage,
    )


def _updated(stay: Stay, message: m.Update, terminal: str) -> f.Updated:
    return f.Updated(
        terminal=terminal,
        terminal_before=stay.terminal,
        bills_of_lading=message.bills_of_lading or stay.bills_of_lading,
        valid_from=message.valid_from or stay.valid_from,
        expires_at=message.expires_at or stay.expires_at,
        expiry_given=stay.expiry_given or message.expires_at is not None,
        revived=stay.status is ReleaseStatus.EXPIRED,
        stay_number=message.stay_number or stay.stay_number,
        order_reference=message.order_reference or stay.order_reference,
        equipment_type=message.equipment_type or stay.equipment_type,
    )
