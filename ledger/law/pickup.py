"""How the pick-up right, the digital key, is made, made anew and ended (cpu.md §3.3)."""

import uuid
from datetime import datetime

from ledger.law.context import Case
from ledger.law.dates import in_utc, unmeant
from ledger.law.rights import frozen
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import (
    assigned_elsewhere,
    not_in_force,
    over,
    pickup_ended,
    run_out,
)
from ledger.law.transport import differing
from schemas import facts as f
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality
from schemas.reasons import Reason
from schemas.stay import Driver, PickupRight, Stay, driver_of
from schemas.value import Value

PICKUP_IDS = uuid.UUID("0c6a5e0e-5a5b-5f43-8d9b-7d3d0d9a1f10")


class Terms(Value, frozen=True):
    """What a pick-up right is to say, of the message and of what stood before it."""

    modality: Modality
    driver: Driver | None
    expires_at: datetime | None


def assign(stay: Stay, message: m.AssignPickup, case: Case) -> Ruling:
    """Make the pick-up right: only the accepted holder may, and only once at a time."""
    if refusal := _barred(stay, case):
        return refusal
    ended = run_out(stay, case.now)
    if stay.pickup is not None and not ended:
        return Refusal(Reason.PICKUP_ASSIGNED)
    if assigned_elsewhere(stay, case.others, stay.stay_number):
        return Refusal(Reason.PICKUP_ASSIGNED, "on another release of the container")
    driver = None if message.driver is None else driver_of(message.driver)
    modality = _meant(message.modality, stay)
    return _made(stay, ended, Terms(modality, driver, message.expires_at), case)


def update_pickup(stay: Stay, message: m.UpdatePickup, case: Case) -> Ruling:
    """End the right and make another in one: an ended right never comes back (I6).

    So the identity that was named before is invalid (docs/inferred.md `one_driver_at_a_time`).
    """
    if refusal := _barred(stay, case):
        return refusal
    standing = stay.pickup
    if standing is None or run_out(stay, case.now):
        return Refusal(Reason.NO_PICKUP_ASSIGNED)
    ended = pickup_ended(stay, f.PickupEnd.REPLACED, case.now)
    return _made(stay, ended, _renewed(standing, message, stay), case)


def revoke_pickup(stay: Stay, case: Case) -> Ruling:
    """End the pick-up right; also while the release is blocked or has expired."""
    if refusal := over(stay):
        return refusal
    if stay.accepted_holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    ended = pickup_ended(stay, f.PickupEnd.REVOKED, case.now)
    return ended or Refusal(Reason.NO_PICKUP_ASSIGNED)


def pickup_id(organisation: str, message_id: str) -> str:
    """Return the id of the right that a message makes, the same whenever it is read."""
    return str(uuid.uuid5(PICKUP_IDS, f"{organisation}/{message_id}"))


def _barred(stay: Stay, case: Case) -> Refusal | None:
    # Whatever moves under an expiry, a pick-up would outlive the release it hangs on (I6).
    if refusal := not_in_force(stay, case.now) or frozen(stay, case):
        return refusal
    if stay.disputed:
        return Refusal(Reason.RELEASE_DISPUTED)
    # Not `holder`: an agent that is a haulier too has not accepted its own release (design.md §3).
    if stay.accepted_holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    return None if stay.pending is None else Refusal(Reason.TRANSFER_PENDING)


def _meant(modality: Modality, stay: Stay) -> Modality:
    # CPu's body for barge and rail does not say which of the two (cpu.md §2.4); that it is one
    # of them was said where the means of transport were set.
    said = stay.means_of_transport if modality is Modality.UNKNOWN else None
    return said or modality


def _renewed(standing: PickupRight, message: m.UpdatePickup, stay: Stay) -> Terms:
    modality = standing.modality
    if message.modality is not None:
        modality = _meant(message.modality, stay)
    kept = standing.driver if modality is Modality.TRUCK else None
    return Terms(
        modality,
        kept if message.driver is None else driver_of(message.driver),
        message.expires_at or standing.expires_at,
    )


def _made(stay: Stay, ended: tuple[f.PickupEnded, ...], terms: Terms, case: Case) -> Ruling:
    if refusal := _unfit(stay, terms, case):
        return refusal
    differs = differing(stay.means_of_transport, terms.modality, case.context.policy)
    if isinstance(differs, Refusal):
        return differs
    locked = terms.driver is not None and terms.driver.under is not None
    kept_days = case.context.policy.personal_parts_kept.days if locked else None
    made = f.PickupAssigned(pickup=_pickup(terms, case), driver_kept_days=kept_days)
    return (*ended, made, *differs)


def _unfit(stay: Stay, terms: Terms, case: Case) -> Refusal | None:
    if refusal := unmeant(None, terms.expires_at):
        return refusal
    if terms.expires_at is not None and terms.expires_at <= case.now:
        return Refusal(Reason.EXPIRY_IN_THE_PAST, terms.expires_at.isoformat())
    if terms.modality is Modality.UNKNOWN:
        return Refusal(Reason.MODALITY_UNKNOWN)
    by_truck = terms.modality is Modality.TRUCK
    # What else a system asks for is its own: Rotterdam knows the haulier's EAN and no driver.
    if by_truck and terms.driver is None and stay.authority == "ledger":
        return Refusal(Reason.DRIVER_MISSING)
    if not by_truck and terms.driver is not None:
        return Refusal(Reason.DRIVER_NOT_EXPECTED, terms.modality)
    if not by_truck and case.sender.code(Scheme.VAT) is None:
        # MPET matches the COPINO's VAT against the assignee's (cpu.md §6.2).
        return Refusal(Reason.OPERATOR_VAT_MISSING)
    return None


def _pickup(terms: Terms, case: Case) -> PickupRight:
    return PickupRight(
        id=pickup_id(case.cause.organisation, case.cause.message_id),
        operator=case.sender.id,
        operator_vat=case.sender.code(Scheme.VAT),
        modality=terms.modality,
        assigned_at=case.now,
        driver=terms.driver,
        expires_at=None if terms.expires_at is None else in_utc(terms.expires_at),
    )
