"""What terminals and customs report: recorded whatever the state, contradictions as findings."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ledger.directory.directory import NotFound
from ledger.law import customs
from ledger.law.authority import time_plausible
from ledger.law.context import Case
from ledger.law.match import fits
from ledger.law.policy import Policy
from ledger.law.ruling import Ruling
from ledger.law.standing import of_one_visit, pickup_ended
from ledger.law.transport import unlike
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Fact, FindingMade
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef
from schemas.reasons import Finding, Missing
from schemas.stay import EvidenceOf, Stay, TerminalLight

# Reports that need no more than to be written down.
REPORTED: Mapping[type[ContainerMessage], Fact] = {
    m.ReportTerminalRelease: f.TerminalReleased(),
    m.ReportTerminalBlock: f.TerminalBlocked(),
    m.ReportScanning: f.ScanningOrdered(),
    m.ReportTerminalUnblock: f.TerminalUnblocked(),
    m.ReportGateIn: f.GatedIn(),
}
# Told by `left_without_right` and `left_while_blocked`; what else lacked, the terminal overruled.
TOLD_ELSEWHERE = frozenset(
    {
        Missing.RELEASE_BLOCKED,
        Missing.NO_HOLDER,
        Missing.TRANSFER_PENDING,
        Missing.NO_PICKUP_ASSIGNED,
    }
)
OF_LIGHT: Mapping[TerminalLight, tuple[Fact, ...]] = {
    TerminalLight.UNKNOWN: (),
    TerminalLight.RELEASED: (f.TerminalReleased(),),
    TerminalLight.BLOCKED: (f.TerminalBlocked(),),
    TerminalLight.SCANNING: (f.ScanningOrdered(),),
}


def gate_out(
    stay: Stay, message: m.ReportGateOut, case: Case, missing: tuple[Missing, ...]
) -> Ruling:
    """Close the stay; `missing` is why the container should not have left."""
    left = f.GatedOut(
        picked_up_by=picked_up_by(stay, message, case),
        modality=message.modality,
        left_at=_said(case),
    )
    if not stay.on_quay:
        return (left,)  # the same leaving told twice, by the API and by CODECO
    findings = _findings(stay, message, case, missing)
    by_another = _by_another(stay, left) or _otherwise(stay, left)
    return (left, *pickup_ended(stay, f.PickupEnd.PICKED_UP, case.now), *by_another, *findings)


def block(stay: Stay, case: Case) -> Ruling:
    """Note the terminal's own block; whether the pick-up right survives it is a setting."""
    reported = REPORTED[m.ReportTerminalBlock]
    if not case.context.policy.terminal_block_ends_pickup:
        return (reported,)
    return (reported, *pickup_ended(stay, f.PickupEnd.TERMINAL_BLOCKED, case.now))


def left_unknown(message: m.ReportGateOut, elsewhere: Iterable[Stay]) -> FindingMade:
    """Return the finding that a container left that no release let out there."""
    quays = sorted({stay.terminal for stay in elsewhere})
    known = f"it is released at {', '.join(quays)}" if quays else "no release of it is in force"
    text = f"{message.container} left {message.port} {message.terminal}, and {known}."
    return FindingMade(finding=Finding.LEFT_WITHOUT_RIGHT, text=text)


def left_unheard(message: ContainerMessage) -> FindingMade:
    """Return the finding that a container left while its messages are parked (fail closed)."""
    quay = f"{message.port} {message.terminal}"
    text = f"{message.container} left {quay}, and its messages are parked: no right was in force."
    return FindingMade(finding=Finding.LEFT_WITHOUT_RIGHT, text=text)


def seen_elsewhere(message: ContainerMessage) -> FindingMade:
    """Return the finding that a container is at another quay than it is released at."""
    text = f"Terminal {message.terminal} reports the container, which is released elsewhere."
    return FindingMade(finding=Finding.OF_ANOTHER_TERMINAL, text=text)


def absurd_time(said: datetime) -> FindingMade:
    """Return the finding that something is said to have happened when it cannot have."""
    text = f"It is said to have happened at {said.isoformat()}."
    return FindingMade(finding=Finding.ABSURD_TIME, text=text)


def picked_up_by(stay: Stay, message: m.ReportGateOut, case: Case) -> str | None:
    """Return the id of the operator that the terminal names, its code where nobody has it.

    A terminal knows who comes by barge or rail by the VAT number (cpu.md §6.2), which several
    registrations may share: who has that of the right is the operator of the right.
    """
    named = message.picked_up_by
    if named is None:
        return None
    if stay.pickup is not None and _vat_of(named, case) == stay.pickup.operator_vat is not None:
        return stay.pickup.operator
    found = case.context.directory.find(named)
    if isinstance(found, NotFound):
        return f"{named.scheme}:{named.code}"
    return found.id


def known_of_the_box(stays: Iterable[Stay], new: Stay, policy: Policy) -> tuple[Fact, ...]:
    """Return what was reported already of the container that a new release is about.

    A release that follows a deleted one, or claims what another agent released, is about the
    same cargo where they share a bill of lading: nobody reports it all a second time
    (INFERRED, `reports_carry_over`).
    """
    if not policy.reports_carry_over:
        return ()
    same = [
        stay
        for stay in stays
        if stay.on_quay
        and (stay.port, stay.terminal) == (new.port, new.terminal)
        and of_one_visit(stay, new)
        and set(stay.bills_of_lading) & set(new.bills_of_lading)
    ]
    return _reported_of(same[-1], new, policy) if same else ()


def _reported_of(stay: Stay, new: Stay, policy: Policy) -> tuple[Fact, ...]:
    said = {of: tuple(e for e in stay.evidence if e.of is of) for of in EvidenceOf}
    on_quay, by_customs = said[EvidenceOf.TERMINAL], said[EvidenceOf.CUSTOMS]
    discharged = (f.Discharged(evidence=on_quay),) if stay.discharged else ()
    cleared = customs.carried_over(stay, new.bills_of_lading, by_customs, policy)
    before = OF_LIGHT[stay.terminal_light_before]
    return (*discharged, *before, *OF_LIGHT[stay.terminal_light], *cleared)


def _said(case: Case) -> datetime:
    return case.cause.occurred_at if time_plausible(case.cause, case.context) else case.now


def _by_another(stay: Stay, left: f.GatedOut) -> tuple[FindingMade, ...]:
    if stay.pickup is None or left.picked_up_by in {None, stay.pickup.operator}:
        return ()
    return (_left_although(Finding.LEFT_BY_ANOTHER, "another operator than the assigned took it"),)


def _vat_of(named: PartyRef, case: Case) -> str | None:
    if named.scheme is Scheme.VAT:
        return named.code
    found = case.context.directory.find(named)
    return None if isinstance(found, NotFound) else found.code(Scheme.VAT)


def _otherwise(stay: Stay, left: f.GatedOut) -> tuple[FindingMade, ...]:
    pickup, known = stay.pickup, left.modality not in {None, Modality.UNKNOWN}
    if pickup is None or not known or left.modality is pickup.modality:
        return ()
    return (unlike(f"It left by {left.modality}, and the pick-up was by {pickup.modality}."),)


def _findings(
    stay: Stay, message: m.ReportGateOut, case: Case, missing: tuple[Missing, ...]
) -> tuple[FindingMade, ...]:
    made = []
    covered = stay.pickup is None and _leaves_by_another(stay, message, case.others)
    if stay.pickup is None and not covered:
        made.append(_left_although(Finding.LEFT_WITHOUT_RIGHT, "nobody had a pick-up right"))
    # Also beneath an expiry: that the release ran out as well does not lift the block.
    if stay.blocked:
        made.append(_left_although(Finding.LEFT_WHILE_BLOCKED, "the ship agent blocked it"))
    lacked = [lack for lack in missing if lack not in TOLD_ELSEWHERE]
    if not covered and (lacked or message.overruled):
        why = ", ".join(lacked) or "the terminal says that it overruled"
        made.append(_left_although(Finding.TERMINAL_OVERRULED, why))
    return tuple(made)


def _leaves_by_another(stay: Stay, message: m.ReportGateOut, others: Iterable[Stay]) -> bool:
    """Tell whether another release that ends with this one answers for the leaving."""
    return any(
        other.on_quay
        and fits(other, message)
        and (other.pickup is not None or (other.live and not stay.live))
        for other in others
    )


def _left_although(finding: Finding, why: str) -> FindingMade:
    return FindingMade(finding=finding, text=f"The container left although: {why}.")
