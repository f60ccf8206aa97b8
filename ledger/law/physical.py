"""What terminals and customs report: recorded whatever the state, contradictions as findings."""

from ledger.directory.directory import NotFound
from ledger.law.context import Case
from ledger.law.ruling import Ruling
from ledger.law.standing import pickup_ended
from schemas import facts as f
from schemas import messages as m
from schemas.reasons import Finding, Missing
from schemas.stay import ReleaseStatus, Stay


def gate_out(stay: Stay, message: m.ReportGateOut, case: Case, missing: tuple[Missing, ...]) -> Ruling:
    """Close the stay; `missing` is why the container should not have left."""
    left = f.GatedOut(picked_up_by=picked_up_by(message, case), modality=message.modality)
    findings = _findings(stay, left, missing)
    return (left, *pickup_ended(stay, f.PickupEnd.PICKED_UP), *findings)


def left_unknown(message: m.ReportGateOut) -> f.FindingMade:
    """Return the finding that a container left of which the ledger knows no release."""
    return f.FindingMade(
        finding=Finding.LEFT_WITHOUT_RIGHT,
        text=f"{message.container} left {message.port} {message.terminal}, and no release of it is known.",
    )


def picked_up_by(message: m.ReportGateOut, case: Case) -> str | None:
    """Return the id of the operator that the terminal names, its code where nobody has it."""
    if message.picked_up_by is None:
        return None
    found = case.context.directory.find(message.picked_up_by)
    if isinstance(found, NotFound):
        return f"{message.picked_up_by.scheme}:{message.picked_up_by.code}"
    return found.id


def _findings(
    stay: Stay, left: f.GatedOut, missing: tuple[Missing, ...]
) -> tuple[f.FindingMade, ...]:
    made = []
    if stay.pickup is None:
        made.append(_finding(Finding.LEFT_WITHOUT_RIGHT, "nobody had a pick-up right"))
    elif left.picked_up_by not in {None, stay.pickup.operator}:
        made.append(_finding(Finding.LEFT_BY_ANOTHER, "another operator than the assigned took it"))
    if stay.status is ReleaseStatus.BLOCKED:
        made.append(_finding(Finding.LEFT_WHILE_BLOCKED, "the ship agent blocked it"))
    elif stay.pickup is not None and missing:
        made.append(_finding(Finding.TERMINAL_OVERRULED, ", ".join(missing)))
    return tuple(made)


def _finding(finding: Finding, why: str) -> f.FindingMade:
    return f.FindingMade(finding=finding, text=f"The container left although: {why}.")
