"""Where a container stands, in one word a person would use."""

from datetime import datetime
from enum import StrEnum

from ledger.law.file import File
from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from schemas.air import AirMissing
from schemas.air_facts import ConsignmentObserved
from schemas.reasons import Missing
from schemas.stay import Gate, ReleaseStatus


class State(StrEnum):
    """Where a container stands, in the order of its way; the value is what people say."""

    LEFT = "left the port"
    INSIDE = "its truck is inside"
    READY = "may leave now"
    TERMINAL = "waits for the terminal"
    CUSTOMS = "waits for customs"
    AT_SEA = "assigned, not yet discharged"
    HELD = "accepted, no pick-up assigned"
    OFFERED = "offered, not yet accepted"
    RELEASED = "released, nobody nominated"
    BLOCKED = "blocked by the ship agent"
    WITHDRAWN = "withdrawn by the ship agent"
    OTHER = "otherwise held"
    UNRELEASED = "seen, but not released"


BY_MISSING = {
    Missing.RELEASE_BLOCKED: State.BLOCKED,
    Missing.RELEASE_DELETED: State.WITHDRAWN,
    Missing.NO_HOLDER: State.RELEASED,
    Missing.TRANSFER_PENDING: State.OFFERED,
    Missing.NO_PICKUP_ASSIGNED: State.HELD,
    Missing.NOT_DISCHARGED: State.AT_SEA,
    Missing.CUSTOMS_NOT_CLEARED: State.CUSTOMS,
    Missing.TERMINAL_NOT_RELEASED: State.TERMINAL,
}


def missing_of(file: File, now: datetime) -> tuple[Missing, ...]:
    """Return why the container may not leave, under the stay that counts."""
    stays = [stay for stay in file.stays if stay.live] or list(file.stays[-1:])
    return missing_to_leave(stays[0], now, Policy()) if stays else ()


def state_of(file: File, now: datetime) -> State:
    """Return where the container of *file* stands."""
    # One that has come back is where its new release says.
    left = any(stay.status is ReleaseStatus.GATED_OUT for stay in file.stays)
    if left and not any(stay.live for stay in file.stays):
        return State.LEFT
    if not file.stays:
        return State.UNRELEASED
    if any(stay.gate is Gate.GATE_IN for stay in file.stays if stay.on_quay):
        return State.INSIDE
    missing = missing_of(file, now)
    return BY_MISSING.get(missing[0], State.OTHER) if missing else State.READY


def state_of_waybill(shown: ConsignmentObserved | None) -> State:
    """Return where an air waybill stands, by what its airport's system showed last."""
    if shown is None:
        return State.UNRELEASED
    if AirMissing.ALREADY_DELIVERED in shown.missing:
        return State.LEFT
    if {AirMissing.HELD_BY_CUSTOMS, AirMissing.NOT_CLEARED} & {*shown.missing}:
        return State.CUSTOMS
    return State.OTHER if shown.missing else State.READY
