"""What the ship agent may do with its commercial release (cpu.md §3.1)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from ledger.law import quays
from ledger.law.context import Case
from ledger.law.dates import default_expiry, in_utc, over_at_once, unmeant
from ledger.law.rights import first_transfer
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import (
    assigned_elsewhere,
    lapsed,
    not_in_force,
    of_one_visit,
    over,
    pickup_ended,
)
from schemas import facts as f
from schemas import messages as m
from schemas.facts import PickupEnd
from schemas.reasons import Reason
from schemas.stay import Carrier, ReleaseStatus, Stay

OfNomination: TypeAlias = f.Transferred | f.NominationRefused
RELEASE_IDS = uuid.UUID("6f1a2f6e-6f0e-5c39-9d4e-2f2b7a0c3d51")


def release(stays: Sequence[Stay], message: m.Release, case: Case) -> Ruling:
    """Open a stay; with `release_to` the right is on its way to its first holder at once.

    That nobody can be named so undoes no release: they are two events in one call (cpu.md §1.1).
    """
    number, bills = message.release_identification, message.bills_of_lading
    mine = [stay for stay in stays if (stay.agent, stay.port) == (case.sender.id, message.port)]
    asked = _Papers(message.terminal, number, bills, message.stay_number, message.vessel_imo)
    if _released(mine, asked, case):
        return Refusal(Reason.ALREADY_RELEASED, number)
    if refusal := no_quay(message.port, message.terminal, case):
        return refusal
    if refusal := unmeant(message.valid_from, message.expires_at):
        return refusal
    opened = _opened(message, case)
    if refusal := over_at_once(opened.valid_from, opened.expires_at, case.now):
        return refusal
    if message.release_to is None:
        return (opened,)
    return (opened, _nominated(message.release_to, message, case))


def update(stay: Stay, message: m.Update, case: Case) -> Ruling:
    """Give a release new values; a later expiry date revives an expired one."""
    if refusal := _not_the_agents(stay, case) or _past_update(stay, case):
        return refusal
    if refusal := _clash(stay, message, case) or unmeant(message.valid_from, message.expires_at):
        return refusal
    overdue = lapsed(stay, case.now)
    # Where a system decides no date has made it expire here, and a block stands as it stood.
    expired = any(isinstance(fact, f.Expired) for fact in overdue)
    revived = stay.status is ReleaseStatus.EXPIRED or expired
    updated = _updated(stay, message, case, revived=revived)
    if refusal := over_at_once(updated.valid_from, updated.expires_at, case.now):
        return refusal
    if overdue or updated.terminal == stay.terminal:
        return (*overdue, updated)
    # The driver is sealed for the old quay's key: the pick-up right cannot move, and it ends
    # before the release shows the new quay.
    return (*pickup_ended(stay, PickupEnd.TERMINAL_CHANGED, case.now), updated)


def papers(stay: Stay, message: m.Release, case: Case) -> tuple[f.Updated | OfNomination, ...]:
    """Return what a release that stands already is told by its own message, come later.

    The quay stays as it was told; a chain that was told is not nominated into.
    """
    said = message.model_dump(include=set(m.Update.model_fields) - {"terminal"})
    updated = _updated(stay, m.Update.model_validate(said), case, revived=False)
    if message.release_to is None or stay.hops:
        return (updated,)
    return (updated, _nominated(message.release_to, message, case))


def block(stay: Stay, message: m.Block, case: Case) -> Ruling:
    """Freeze the release."""
    if refusal := _not_the_agents(stay, case) or not_in_force(stay, case.now):
        return refusal
    policy = case.context.policy
    taken = policy.block_drops_chain and stay.hops
    ended: tuple[f.PickupEnded, ...] = ()
    if taken or policy.block_ends_pickup:
        ended = pickup_ended(stay, PickupEnd.RELEASE_BLOCKED, case.now)
    chain = (_chain_revoked(stay, message.reason, case),) if taken else ()
    return (f.Blocked(reason=message.reason), *chain, *ended)


def unblock(stay: Stay, case: Case) -> Ruling:
    """Lift the block."""
    if refusal := _not_the_agents(stay, case) or not_in_force(stay, case.now):
        return refusal
    if stay.status is not ReleaseStatus.BLOCKED:
        return Refusal(Reason.RELEASE_NOT_BLOCKED)
    return (f.Unblocked(),)


def revoke_chain(stay: Stay, message: m.Revoke, case: Case) -> Ruling:
    """Take the whole chain back, at any time: the release stands, nobody holds it."""
    if refusal := over(stay):
        return refusal
    if not stay.hops:
        return Refusal(Reason.NOTHING_TO_REVOKE)
    revoked = _chain_revoked(stay, message.reason, case)
    return (revoked, *pickup_ended(stay, PickupEnd.RELEASE_REVOKED, case.now))


def delete(stay: Stay, message: m.Delete, case: Case) -> Ruling:
    """Withdraw the release; chain and pick-up right fall with it."""
    if refusal := _not_the_agents(stay, case) or over(stay):
        return refusal
    deleted = f.Deleted(parties=stay.parties[1:], reason=message.reason)
    return (deleted, *pickup_ended(stay, PickupEnd.RELEASE_DELETED, case.now))


def release_id_of(cause: f.Cause) -> str:
    """Return the id that a release gets, the same whenever the same message is read."""
    return _release_id(cause.organisation, cause.message_id)


@lru_cache(maxsize=16)  # it is asked for again while the same message is heard
def _release_id(organisation: str, message_id: str) -> str:
    return str(uuid.uuid5(RELEASE_IDS, f"{organisation}/{message_id}"))


def _nominated(release_to: m.PartyRef, message: m.Release, case: Case) -> OfNomination:
    found = first_transfer(release_to, message.port, case)
    if isinstance(found, Refusal):
        return f.NominationRefused(reason=found.reason, detail=found.detail)
    return found


def _chain_revoked(stay: Stay, reason: str, case: Case) -> f.ChainRevoked:
    first = stay.first_release_party
    return f.ChainRevoked(
        parties=stay.parties[1:],
        first_release_party=None if case.context.policy.revoke_reopens_first_party else first,
        reason=reason,
    )


def _not_the_agents(stay: Stay, case: Case) -> Refusal | None:
    return None if case.sender.id == stay.agent else Refusal(Reason.NOT_THE_AGENT)


def _past_update(stay: Stay, case: Case) -> Refusal | None:
    return over(stay) if case.context.policy.update_revives else not_in_force(stay, case.now)


def _clash(stay: Stay, message: m.Update, case: Case) -> Refusal | None:
    """Return what the new values would contradict, or None."""
    terminal, stay_number, bills = _moved_to(stay, message)
    if stay.pickup is not None and assigned_elsewhere(stay, case.others, stay_number):
        return Refusal(Reason.PICKUP_ASSIGNED, "on another release of the container")
    mine = [other for other in case.others if (other.agent, other.port) == (stay.agent, stay.port)]
    vessel = message.vessel_imo or stay.vessel_imo
    moved = _Papers(terminal, stay.release_identification, bills, stay_number, vessel)
    if _released(mine, moved, case):
        return Refusal(Reason.ALREADY_RELEASED, stay.release_identification)
    return no_quay(stay.port, terminal, case)


def _moved_to(stay: Stay, message: m.Update) -> tuple[str, str | None, tuple[str, ...]]:
    return (
        message.terminal or stay.terminal,
        message.stay_number or stay.stay_number,
        message.bills_of_lading or stay.bills_of_lading,
    )


@dataclass(frozen=True, slots=True)
class _Papers:
    """What tells one release of an agent's from its others."""

    terminal: str
    number: str
    bills_of_lading: Sequence[str]
    stay_number: str | None
    vessel_imo: str | None


def _released(mine: Iterable[Stay], asked: _Papers, case: Case) -> bool:
    in_force = (stay for stay in mine if stay.live and stay.expires_at > case.now)
    return any(_the_same(stay, asked) for stay in in_force)


def _the_same(stay: Stay, asked: _Papers) -> bool:
    # The agent's number is unique per carrier (cpu.md §1.2), so it names one release at whatever
    # quay; the bills name one with the quay and, where both say it, the visit (§7 rule 1).
    if stay.release_identification == asked.number:
        return True
    there = stay.terminal == asked.terminal and of_one_visit(asked, stay)
    return there and set(stay.bills_of_lading) == set(asked.bills_of_lading)


def no_quay(port: str, terminal: str, case: Case) -> Refusal | None:
    """Return that nobody runs such a terminal in that port, or None."""
    if case.context.directory.operator_of(port, terminal) is None:
        return Refusal(Reason.TERMINAL_UNKNOWN, f"{port} {terminal}")
    return None


def _opened(message: m.Release, case: Case) -> f.Released:
    valid_from = in_utc(message.valid_from or case.now)
    expires_at = message.expires_at or default_expiry(valid_from, case.context.policy)
    carrier = message.carrier
    return f.Released(
        release_id=release_id_of(case.cause),
        container=message.container,
        port=message.port,
        terminal=message.terminal,
        agent=case.sender.id,
        bills_of_lading=message.bills_of_lading,
        release_identification=message.release_identification,
        valid_from=valid_from,
        expires_at=in_utc(expires_at),
        expiry_given=message.expires_at is not None,
        stay_number=message.stay_number,
        vessel_imo=message.vessel_imo,
        order_reference=message.order_reference,
        equipment_type=message.equipment_type,
        haulage=message.haulage,
        carrier=None if carrier is None else Carrier(carrier.scheme, carrier.code),
    )


def _updated(stay: Stay, message: m.Update, case: Case, *, revived: bool) -> f.Updated:
    terminal, stay_number, bills = _moved_to(stay, message)
    moved, policy = terminal != stay.terminal, case.context.policy
    waited_for = quays.confirms_by(stay, case.now, policy) if moved else None
    return f.Updated(
        terminal=terminal,
        terminal_before=stay.terminal,
        quay_before_confirms_by=waited_for,
        bills_of_lading=bills,
        valid_from=in_utc(message.valid_from or stay.valid_from),
        expires_at=in_utc(_new_expiry(stay, message, case)),
        expiry_given=stay.expiry_given or message.expires_at is not None,
        revived=revived,
        stay_number=stay_number,
        vessel_imo=message.vessel_imo or stay.vessel_imo,
        order_reference=message.order_reference or stay.order_reference,
        equipment_type=message.equipment_type or stay.equipment_type,
    )


def _new_expiry(stay: Stay, message: m.Update, case: Case) -> datetime:
    if message.expires_at is not None:
        return message.expires_at
    if message.valid_from is not None and not stay.expiry_given:
        return default_expiry(message.valid_from, case.context.policy)
    return stay.expires_at
