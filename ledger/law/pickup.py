"""How the pick-up right, the digital key, is made and ended (cpu.md §3.3)."""

import uuid

from ledger.law.context import Case
from ledger.law.rights import frozen
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import over, pickup_ended
from schemas import facts as f
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality
from schemas.reasons import Reason
from schemas.stay import PickupRight, Stay

PICKUP_IDS = uuid.UUID("0c6a5e0e-5a5b-5f43-8d9b-7d3d0d9a1f10")


def assign(stay: Stay, message: m.AssignPickup, case: Case) -> Ruling:
    """Make the pick-up right: only the accepted holder may, and only once at a time."""
    if refusal := frozen(stay, case):
        return refusal
    if stay.disputed:
        return Refusal(Reason.RELEASE_DISPUTED)
    if stay.holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    if stay.pending is not None:
        return Refusal(Reason.TRANSFER_PENDING)
    if stay.pickup is not None:
        return Refusal(Reason.PICKUP_ASSIGNED)
    if message.expires_at is not None and message.expires_at <= case.now:
        return Refusal(Reason.EXPIRY_IN_THE_PAST, message.expires_at.isoformat())
    if refusal := _unfit_identity(message, case):
        return refusal
    return (f.PickupAssigned(pickup=_pickup(message, case)),)


def revoke_pickup(stay: Stay, case: Case) -> Ruling:
    """End the pick-up right; also while the release is blocked or has expired."""
    if refusal := over(stay):
        return refusal
    if stay.holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    return pickup_ended(stay, f.PickupEnd.REVOKED) or Refusal(Reason.NO_PICKUP_ASSIGNED)


def _unfit_identity(message: m.AssignPickup, case: Case) -> Refusal | None:
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
        driver=message.driver,
        expires_at=message.expires_at,
    )
