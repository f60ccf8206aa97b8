"""What a gate answers: it leaves, it stays and why, or the gate cannot tell and what to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from schemas import words
from schemas.lights import Colour, Lights
from schemas.messages import Modality
from schemas.reasons import Missing
from schemas.words import Explanation, Language, Who, phrase, remedy, table


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
    OTHER_BILLS = "other_bills"


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
    """The container may not leave; `said` has the words for each reason."""

    container: str
    reasons: tuple[StayReason, ...]


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The gate does not know; `age_seconds` is how old its view is, None where it has none."""

    container: str
    why: Doubt
    age_seconds: float | None = None


Answer: TypeAlias = Leave | Stays | CannotTell


def explained(reason: StayReason | Doubt) -> Explanation:
    """Return *reason* in words: what it means and who can put it right."""
    match reason:
        case AtGate():
            return table("at_gate")[reason]
        case Doubt():
            return table("doubts")[reason]
        case _:
            return words.explained(reason)


def said(answer: Answer, language: Language) -> tuple[str, ...]:
    """Return *answer* for the screen at the gate, a sentence each; a reason goes with its remedy.

    Where the gate cannot tell, the last is always to ring the desk: it fails closed.
    """
    match answer:
        case Leave(lights=lights):
            obliged = lights.combined is Colour.YELLOW
            return (phrase("may_leave_obliged" if obliged else "may_leave", language),)
        case Stays(reasons=reasons):
            return tuple(_with_remedy(reason, language) for reason in reasons)
        case CannotTell(why=why):
            desk = remedy(Who.TERMINAL, "ring_desk").said(language)
            return (_with_remedy(why, language), desk)


def _with_remedy(reason: StayReason | Doubt, language: Language) -> str:
    known = explained(reason)
    return f"{known.sentence(language)} ({known.who_can_fix(language)})"
