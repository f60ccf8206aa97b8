"""May a container leave under the rights that are known of it? Pure, for one moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from consumers.gate.answers import Answer, AtGate, CannotTell, Doubt, Leave, StayReason, Stays
from consumers.gate.opening import TerminalKeys
from consumers.gate.rights import Right
from schemas.identifiers import PartyCode, Scheme, read_party_code
from schemas.messages import Modality
from schemas.reasons import Missing

# What is true of the box and not of one right to it: under another right it stays all the same.
HOLDS = (
    Missing.RELEASE_BLOCKED,
    Missing.RELEASE_DISPUTED,
    Missing.ENTITLEMENT_SUSPENDED,
    Missing.RIGHT_NOT_CONFIRMED,
    Missing.CUSTOMS_NOT_CLEARED,
)
EXPIRED = {Missing.RELEASE_EXPIRED, Missing.PICKUP_EXPIRED}


@dataclass(frozen=True, slots=True)
class Presented:
    """Who wants the container: a driver's identity, or an operator's VAT number; on which bills.

    No bills are all bills.
    """

    identity: str | None = field(default=None, repr=False)
    operator_vat: str | None = None
    bills_of_lading: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """One live right: why it lets nothing leave, and what is doubtful about who came."""

    right: Right
    reasons: tuple[StayReason, ...]
    doubt: Doubt | None = None

    @property
    def holds(self) -> tuple[StayReason, ...]:
        """Its reasons that hold the box under any right."""
        return tuple(reason for reason in self.reasons if reason in HOLDS)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is asked, and the heartbeat up to which everything is known."""

    now: datetime
    as_of: datetime


def judge(
    container: str,
    rights: Sequence[Right],
    presented: Presented,
    keys: TerminalKeys,
    at: Moment,
) -> Answer:
    """Return whether the container may leave under *rights*, the newest first.

    Of several live rights one that lets it leave is enough, unless another one is blocked,
    disputed, suspended or not cleared by customs: that holds the box, whoever came. Without a
    live right the last one that ended tells why.
    """
    live = [judged(right, presented, keys, at.now) for right in rights if right.is_live(at.now)]
    if not live:
        return Stays(container, _of_the_past(rights, at.now))
    holds = _united(each.holds for each in live)
    free = next((each for each in live if not each.reasons and each.doubt is None), None)
    doubt = next((each.doubt for each in live if not each.reasons and each.doubt), None)
    if free is not None and not holds:
        return _leave(container, free.right, at)
    if doubt is not None and not holds:
        return CannotTell(container, doubt)
    return Stays(container, holds if free else _united(each.reasons for each in live))


def judged(right: Right, presented: Presented, keys: TerminalKeys, now: datetime) -> Judged:
    """Return *right* with everything that speaks against it now."""
    who = _unfit(right, presented, keys)
    reasons = standing(right, now)
    bills = presented.bills_of_lading
    if bills and bills.isdisjoint(right.bills_of_lading):
        reasons = (*reasons, AtGate.OTHER_BILLS)
    if isinstance(who, Doubt):
        return Judged(right, reasons, who)
    return Judged(right, reasons if who is None else (*reasons, who))


def standing(right: Right, now: datetime) -> tuple[StayReason, ...]:
    """Return why nobody may collect under *right* at *now*, by the gate's own clock.

    The ledger says nothing when a date of validity arrives, so the gate alone looks at it.
    """
    if right.ended is not None:
        return (AtGate.PICKUP_ENDED, *right.missing)
    reasons: list[StayReason] = [
        reason for reason in right.missing if reason is not Missing.RELEASE_NOT_YET_VALID
    ]
    if not right.may_leave and not right.missing:
        reasons.append(AtGate.NOT_CONFIRMED)
    if now < right.valid_from:
        reasons.append(Missing.RELEASE_NOT_YET_VALID)
    if now >= right.expires_at and EXPIRED.isdisjoint(reasons):
        reasons.append(AtGate.RIGHT_EXPIRED)
    return tuple(reasons)


def _unfit(right: Right, presented: Presented, keys: TerminalKeys) -> AtGate | Doubt | None:
    """Return why who came is not whom the right names (cpu.md §6.1, §6.2), or None."""
    match right.modality:
        case Modality.TRUCK:
            return _unfit_driver(right, presented.identity, keys)
        case Modality.BARGE | Modality.RAIL:
            return _unfit_operator(right, presented.operator_vat)
        case Modality.UNKNOWN:
            return AtGate.MODALITY_UNKNOWN


def _unfit_driver(right: Right, identity: str | None, keys: TerminalKeys) -> AtGate | Doubt | None:
    if right.driver is None:
        return AtGate.DRIVER_NOT_NAMED
    if identity is None or not identity.strip():
        return AtGate.IDENTITY_NOT_PRESENTED
    named = keys.names(right.driver, identity)
    if isinstance(named, Doubt):
        return named
    return None if named else AtGate.OTHER_DRIVER


def _unfit_operator(right: Right, presented: str | None) -> AtGate | None:
    assigned = _vat(right.operator_vat)
    if assigned is None:
        return AtGate.OPERATOR_WITHOUT_VAT
    if presented is None or not presented.strip():
        return AtGate.OPERATOR_VAT_NOT_PRESENTED
    return None if _vat(presented) == assigned else AtGate.OTHER_OPERATOR


def _vat(raw: str | None) -> str | None:
    code = read_party_code(Scheme.VAT, raw or "")
    return code.value if isinstance(code, PartyCode) else None


def _of_the_past(rights: Sequence[Right], now: datetime) -> tuple[StayReason, ...]:
    return standing(rights[0], now) if rights else (AtGate.NO_ENTITLEMENT,)


def _united(reasons: Iterable[tuple[StayReason, ...]]) -> tuple[StayReason, ...]:
    return tuple(dict.fromkeys(reason for each in reasons for reason in each))


def _leave(container: str, right: Right, at: Moment) -> Leave:
    return Leave(
        container=container,
        release_id=right.release_id,
        pickup_id=right.pickup_id,
        modality=right.modality,
        operator=right.operator,
        lights=right.lights,
        confirmed_at=right.confirmed_at,
        as_of=at.as_of,
    )
