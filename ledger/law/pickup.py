"""How the pick-up right, the digital key, is made and ended (cpu.md §3.3)."""

import uuid

from ledger.law.context import Case
from ledger.law.dates import in_utc, unmeant
from ledger.law.rights import frozen
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import assigned_elsewhere, over, pickup_ended, run_out
from schemas import facts as f
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality
from schemas.reasons import Reason
from schemas.stay import PickupRight, Stay, driver_of

PICKUP_IDS = uuid.UUID("0c6a5e0e-5a5b-5f43-8d9b-7d3d0d9a1f10")


def assign(stay: Stay, message: m.AssignPickup, case: Case) -> Ruling:
    """Make the pick-up right: only the accepted holder may, and only once at a time."""
    if refusal := frozen(stay, case):
        return refusal
    if stay.disputed:
        return Refusal(Reason.RELEASE_DISPUTED)
    # Not `holder`: an agent that is a haulier too has not accepted its own release (design.md §3).
    if stay.accepted_holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    if stay.pending is not None:
        return Refusal(Reason.TRANSFER_PENDING)
    ended = run_out(stay, case.now)
    if stay.pickup is not None and not ended:
        return Refusal(Reason.PICKUP_ASSIGNED)
    if refusal := _collected_otherwise(stay, case) or _unfit(message, case):
        return refusal
    return (*ended, f.PickupAssigned(pickup=_pickup(message, case)))


def revoke_pickup(stay: Stay, case: Case) -> Ruling:
    """End the pick-up right; also while the release is blocked or has expired."""
    if refusal := over(stay):
        return refusal
    if stay.accepted_holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    ended = pickup_ended(stay, f.PickupEnd.REVOKED, case.now)
    return ended or Refusal(Reason.NO_PICKUP_ASSIGNED)


def _collected_otherwise(stay: Stay, case: Case) -> Refusal | None:
    if assigned_elsewhere(stay, case.others, stay.stay_number):
        return Refusal(Reason.PICKUP_ASSIGNED, "on another release of the container")
    return None


def _unfit(message: m.AssignPickup, case: Case) -> Refusal | None:
    if refusal := unmeant(None, message.expires_at):
        return refusal
    if message.expires_at is not None and message.expires_at <= case.now:
        return Refusal(Reason.EXPIRY_IN_THE_PAST, message.expires_at.isoformat())
    if message.modality is Modality.UNKNOWN:
        return Refusal(Reason.MODALITY_UNKNOWN)
    by_truck = message.modality is Modality.TRUCK
    if by_truck and message.driver is None:
        return Refusal(Reason.DRIVER_MISSING)
    if not by_truck and message.driver is not None:
        return Refusal(Reason.DRIVER_NOT_EXPECTED, message.modality)
    if not by_truck and case.sender.code(Scheme.VAT) is None:
        # MPET matches the COPINO's VAT against the assignee's (cpu.md §6.2).
        return Refusal(Reason.OPERATOR_VAT_MISSING)
    return None


def _pickup(message: m.AssignPickup, case: Case) -> PickupRight:
    return PickupRight(
        id=str(uuid.uuid5(PICKUP_IDS, f"{case.cause.organisation}/{case.cause.message_id}")),
        operator=case.sender.id,
        operator_vat=case.sender.code(Scheme.VAT),
        modality=message.modality,
        assigned_at=case.now,
        driver=None if message.driver is None else driver_of(message.driver),
        expires_at=None if message.expires_at is None else in_utc(message.expires_at),
    )
