"""What happened to a box: what each report is called when it is written down, and what is odd."""

from collections.abc import Iterator, Mapping, Sequence

from tests.simulation.reading import claims, goods, linking, requests
from tests.simulation.reading.becoming import Fact, key_lost
from tests.simulation.reading.box import Pickup, Release
from tests.simulation.reading.told import Register, Settings, Told

TERMINAL = frozenset({"terminal_operator"})
MAY_REPORT: Mapping[str, frozenset[str]] = {
    "report_discharge": TERMINAL,
    "report_terminal_release": TERMINAL,
    "report_terminal_block": TERMINAL,
    "report_scanning": TERMINAL,
    "report_terminal_unblock": TERMINAL,
    "report_gate_in": TERMINAL,
    "report_gate_out": TERMINAL,
    "report_customs_status": frozenset({"customs"}),
}
WRITTEN: Mapping[str, str] = {
    "report_discharge": "discharged",
    "report_terminal_release": "terminal_released",
    "report_terminal_block": "terminal_blocked",
    "report_scanning": "scanning_ordered",
    "report_terminal_unblock": "terminal_unblocked",
    "report_gate_in": "gated_in",
    "report_customs_status": "customs_status_set",
}
# What the other findings tell; whatever else lacked, only the terminal can have set aside
# (cpu.md §1.1 [TERM-IG]).
TOLD_ELSEWHERE = frozenset(
    {"release_blocked", "no_holder", "transfer_pending", "no_pickup_assigned"}
)


def leaving(
    release: Release, told: Told, register: Register, others: Sequence[Release]
) -> Iterator[str]:
    """Yield what is wrong with the leaving of the box under this release."""
    pickup, answered_for = release.pickup, False
    if pickup is None:
        answered_for = any(_answers_for(other, release, told) for other in others)
    elif _by_another(pickup, told, register):
        yield "left_by_another"
    elif told.body.get("modality", "unknown") not in {"unknown", pickup.modality}:
        yield "transport_differs"
    if pickup is None and not answered_for:
        yield "left_without_right"
    if release.blocked:
        yield "left_while_blocked"
    lacked = set(release.missing(told.heard_at)) - TOLD_ELSEWHERE
    if not answered_for and (lacked or told.body.get("overruled")):
        yield "terminal_overruled"


def _by_another(pickup: Pickup, told: Told, register: Register) -> bool:
    """A terminal knows who comes by barge or rail by the VAT number (cpu.md §6.2)."""
    named = told.body.get("picked_up_by")
    if named is None:
        return False
    meant, vat = register.named(named), register.vat_of(pickup.operator)
    vats = [register.vat_of(one) for one in meant[:1]] if len(meant) == 1 else []
    came = named["code"] if named["scheme"] == "vat" else next(iter(vats), None)
    return meant != [pickup.operator] and (vat is None or came != vat)


def _answers_for(other: Release, release: Release, told: Told) -> bool:
    """Tell whether the box leaves under another release of it, which ends with this one."""
    better = other.pickup is not None or (other.live and not release.live)
    return not other.gone and linking.fits(other, told) and better


def written(
    release: Release, told: Told, register: Register, others: Sequence[Release]
) -> Iterator[Fact]:
    """Yield what is written down of a report about *release*."""
    if told.kind != "report_gate_out":
        yield {"type": WRITTEN[told.kind], **_values(told, release, others)}
        return
    findings = [] if release.gone else list(leaving(release, told, register, others))
    absurd = requests.out_of_time(told, Settings())
    yield {"type": "gated_out", "left_at": told.heard_at if absurd else told.said_at}
    yield from key_lost(release, "picked_up")
    yield from ({"type": "finding_made", "finding": each} for each in findings)


def _values(told: Told, release: Release, others: Sequence[Release]) -> Fact:
    values: Fact = {}
    if told.kind == "report_customs_status":
        values = {"status": told.body["status"], **goods.named(told, release, others)}
    words = claims.words_in(told)
    return {**values, "evidence": words} if words else values
