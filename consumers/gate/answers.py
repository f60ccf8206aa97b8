"""What a gate answers: it leaves, it stays and why, or the gate cannot tell and what to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from schemas.lights import Lights
from schemas.messages import Modality
from schemas.reasons import WHY_NOT, Explanation, Missing


class AtGate(StrEnum):
    """Why a container stays, where only the gate can know; the rest is `Missing`."""

    CONTAINER_UNREADABLE = "container_unreadable"
    NO_ENTITLEMENT = "no_entitlement"
    PICKUP_ENDED = "pickup_ended"
    RIGHT_EXPIRED = "right_expired"
    NOT_CONFIRMED = "not_confirmed"
    MODALITY_UNKNOWN = "modality_unknown"
    DRIVER_NOT_NAMED = "driver_not_named"
    IDENTITY_NOT_PRESENTED = "identity_not_presented"
    OTHER_DRIVER = "other_driver"
    OPERATOR_WITHOUT_VAT = "operator_without_vat"
    OPERATOR_VAT_NOT_PRESENTED = "operator_vat_not_presented"
    OTHER_OPERATOR = "other_operator"


class Doubt(StrEnum):
    """Why the gate cannot tell."""

    NOT_CAUGHT_UP = "not_caught_up"
    STALE = "stale"
    CLOCK_DISAGREES = "clock_disagrees"
    UNCONFIRMED = "unconfirmed"
    UNREADABLE_ENTITLEMENT = "unreadable_entitlement"
    KEY_UNKNOWN = "key_unknown"
    DRIVER_UNREADABLE = "driver_unreadable"


StayReason: TypeAlias = Missing | AtGate


@dataclass(frozen=True, slots=True)
class Leave:
    """The container may leave with whom was presented.

    `confirmed_at` is when the ledger said so, `as_of` the heartbeat up to which the gate knows
    all. A yellow combined light leaves with an obligation that follows it (cpu.md §7 rule 18).
    """

    container: str
    release_id: str
    pickup_id: str
    modality: Modality
    operator: str
    lights: Lights
    confirmed_at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Stays:
    """The container may not leave; `explained` has the words for each reason."""

    container: str
    reasons: tuple[StayReason, ...]


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The gate does not know; `age_seconds` is how old its view is, None where it has none."""

    container: str
    why: Doubt
    what_to_do: str
    age_seconds: float | None = None


Answer: TypeAlias = Leave | Stays | CannotTell

ASK_THE_DESK = "Ring the port's release desk; do not let it out on this answer."

WHAT_TO_DO: dict[Doubt, str] = {
    Doubt.NOT_CAUGHT_UP: (
        f"The gate is still reading its topic: ask again in a moment. {ASK_THE_DESK}"
    ),
    Doubt.STALE: (
        f"Nothing was heard of the ledger for too long: check the connection. {ASK_THE_DESK}"
    ),
    Doubt.CLOCK_DISAGREES: (
        f"The gate's clock and the ledger's disagree: set the gate's clock. {ASK_THE_DESK}"
    ),
    Doubt.UNCONFIRMED: (
        f"What is known may be outdated until the ledger's next heartbeat: ask again in a few "
        f"seconds. {ASK_THE_DESK}"
    ),
    Doubt.UNREADABLE_ENTITLEMENT: (
        f"The ledger's last word on it could not be read: tell the operator of the bus. "
        f"{ASK_THE_DESK}"
    ),
    Doubt.KEY_UNKNOWN: (
        f"The driver is sealed for a key that this gate does not have: give the gate the "
        f"terminal's private key. {ASK_THE_DESK}"
    ),
    Doubt.DRIVER_UNREADABLE: (
        f"The sealed driver cannot be opened: the transport operator has to assign the pick-up "
        f"anew. {ASK_THE_DESK}"
    ),
}

AT_GATE: dict[AtGate, Explanation] = {
    AtGate.CONTAINER_UNREADABLE: Explanation(
        "This is no container number.", "who asks: read the number again"
    ),
    AtGate.NO_ENTITLEMENT: Explanation(
        "Nobody has a pick-up right for it at this terminal.",
        "the holder of the release right: assign a pick-up",
    ),
    AtGate.PICKUP_ENDED: Explanation(
        "The pick-up right has ended.", "the holder of the release right: assign a new pick-up"
    ),
    AtGate.RIGHT_EXPIRED: Explanation(
        "The release or the pick-up right has run out, by the gate's clock.",
        "the transport operator, or the ship agent where the release has expired",
    ),
    AtGate.NOT_CONFIRMED: Explanation(
        "The ledger does not let it leave and gives no reason.", "the operator of the bus"
    ),
    AtGate.MODALITY_UNKNOWN: Explanation(
        "Nobody has said whether it leaves by truck, barge or rail.", "the transport operator"
    ),
    AtGate.DRIVER_NOT_NAMED: Explanation(
        "It leaves by truck, and no driver is named.", "the transport operator: name the driver"
    ),
    AtGate.IDENTITY_NOT_PRESENTED: Explanation(
        "It leaves by truck, and no identity was presented.", "the driver: present the card"
    ),
    AtGate.OTHER_DRIVER: Explanation(
        "It is assigned to another driver.", "the transport operator: assign this driver"
    ),
    AtGate.OPERATOR_WITHOUT_VAT: Explanation(
        "The operator that it is assigned to has no VAT number on record.",
        "the transport operator: register its VAT number",
    ),
    AtGate.OPERATOR_VAT_NOT_PRESENTED: Explanation(
        "It leaves by barge or rail, and no operator's VAT number was presented.",
        "the operator: give its VAT number in the load list",
    ),
    AtGate.OTHER_OPERATOR: Explanation(
        "It is assigned to an operator with another VAT number.",
        "the transport operator: assign this operator, or correct the load list",
    ),
}


def explained(reason: StayReason) -> Explanation:
    """Return *reason* in words: what it means and who can put it right."""
    return AT_GATE[reason] if isinstance(reason, AtGate) else WHY_NOT[reason]


def cannot_tell(container: str, why: Doubt, age_seconds: float | None = None) -> CannotTell:
    """Return that the gate cannot tell, with what to do about it."""
    return CannotTell(container, why, WHAT_TO_DO[why], age_seconds)
