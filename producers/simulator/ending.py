"""How each container must stand at the end of the day: a bookkeeping of the simulator's own.

Deliberately no use of ledger/law: it is what the law's answers are compared with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from producers.simulator.lines import Step
from producers.simulator.planned import APPLIED, WAITS_FOR_EVER, WAITS_THEN_APPLIED
from schemas import messages as m
from schemas.messages import ContainerMessage, CustomsStatus, Modality
from schemas.reasons import Finding
from schemas.stay import Gate, Hop, ReleaseStatus, Stay, TerminalLight
from schemas.value import altered


@dataclass(frozen=True, slots=True)
class Ending:
    """What must be true of one stay in the end; `operator` is who has the pick-up right."""

    agent: str
    terminal: str
    release_identification: str
    status: ReleaseStatus = ReleaseStatus.RELEASED
    hops: tuple[Hop, ...] = ()
    operator: str | None = None
    modality: Modality | None = None
    customs: CustomsStatus | None = None
    discharged: bool = False
    terminal_light: TerminalLight = TerminalLight.UNKNOWN
    gate: Gate = Gate.UNKNOWN

    @property
    def may_leave(self) -> bool:
        """Tell whether a gate must let it out to whoever has the pick-up right."""
        return (
            self.status is ReleaseStatus.RELEASED
            and self.operator is not None
            and self.discharged
            and self.customs in LETS_LEAVE
            and self.terminal_light is TerminalLight.RELEASED
        )


# cpu.md §2.2, §7 rule 18: green, and the orange ones.
LETS_LEAVE = frozenset(
    {
        CustomsStatus.RELEASED,
        CustomsStatus.SELECTED_FOR_SCAN,
        CustomsStatus.TRANSHIPMENT,
        CustomsStatus.PORT_EQUALISATION,
        CustomsStatus.FAVV,
    }
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be known of one container: its stays, what still waits, what was alarmed."""

    container: str
    stays: tuple[Ending, ...] = ()
    waiting: int = 0
    findings: tuple[Finding, ...] = ()


def ending_of(stay: Stay) -> Ending:
    """Return what of a ledger's *stay* is compared."""
    return Ending(
        agent=stay.agent,
        terminal=stay.terminal,
        release_identification=stay.release_identification,
        status=stay.status,
        hops=stay.hops,
        operator=None if stay.pickup is None else stay.pickup.operator,
        modality=None if stay.pickup is None else stay.pickup.modality,
        customs=stay.customs,
        discharged=stay.discharged,
        terminal_light=stay.terminal_light,
        gate=stay.gate,
    )


def as_expected(expected: Expected, stays: Iterable[Stay]) -> bool:
    """Tell whether a container's *stays* stand as they must."""
    return set(expected.stays) == {ending_of(stay) for stay in stays}


def reckoned(container: str, steps: Iterable[Step]) -> Expected:
    """Return how the container stands when everything of *steps* was answered as planned."""
    stays: dict[str, Ending] = {}
    early: list[Step] = []
    waiting = 0
    findings: list[Finding] = []
    for step in steps:
        findings.extend(step.findings)
        if step.answer == WAITS_FOR_EVER:
            waiting += 1
        elif step.answer == WAITS_THEN_APPLIED:
            early.append(step)
        elif step.answer == APPLIED:
            _apply(stays, step, early)
    return Expected(container, tuple(stays.values()), waiting, tuple(findings))


def _apply(stays: dict[str, Ending], step: Step, early: list[Step]) -> None:
    if isinstance(step.message, m.Release):
        stays[step.about] = _opened(step, step.message)
        for waited in early:
            _apply(stays, waited, [])
        early.clear()
        return
    for number in [step.about] if step.about else _reported_of(stays):
        if number in stays:
            stays[number] = _after(stays[number], step)


def _reported_of(stays: Mapping[str, Ending]) -> list[str]:
    """Return what a report is about: what is at hand, else the visit that ended last."""
    at_hand = [number for number, stay in stays.items() if stay.status not in OVER]
    gone = [n for n, stay in stays.items() if stay.status is ReleaseStatus.GATED_OUT]
    return at_hand or gone[-1:]


OVER = frozenset({ReleaseStatus.GATED_OUT, ReleaseStatus.DELETED})


def _opened(step: Step, message: m.Release) -> Ending:
    ending = Ending(step.sender, step.quay, message.release_identification)
    return ending if step.receiver is None else _passed_on(ending, step, step.receiver)


def _after(ending: Ending, step: Step) -> Ending:
    match step.message:
        case m.Update() if step.quay != ending.terminal:
            return replace(ending, terminal=step.quay, operator=None, modality=None)
        case m.Update() | m.UpdatePickup() | m.SetMeansOfTransport() | m.ConfirmPickupEnd():
            return ending
        case m.Block():
            return replace(ending, status=ReleaseStatus.BLOCKED)
        case m.Unblock():
            return replace(ending, status=ReleaseStatus.RELEASED)
        case m.Delete():
            return replace(
                ending, status=ReleaseStatus.DELETED, hops=(), operator=None, modality=None
            )
        case m.AssignPickup(modality=modality):
            return replace(ending, operator=step.sender, modality=modality)
        case m.RevokePickup():
            return replace(ending, operator=None, modality=None)
        case m.Transfer() | m.Accept() | m.Decline() | m.Revoke():
            return _chain(ending, step)
        case _:
            return _reported(ending, step.message)


def _chain(ending: Ending, step: Step) -> Ending:
    match step.message:
        case m.Accept():
            last = altered(ending.hops[-1], accepted=True)
            return replace(ending, hops=(*ending.hops[:-1], last))
        case m.Revoke() if step.sender == ending.agent:
            return replace(ending, hops=(), operator=None, modality=None)
        case m.Decline() | m.Revoke():
            return replace(ending, hops=ending.hops[:-1])
        case _:
            return _passed_on(ending, step, step.receiver or "")


def _passed_on(ending: Ending, step: Step, receiver: str) -> Ending:
    return replace(ending, hops=(*ending.hops, Hop(step.sender, receiver)))


LIGHTS: Mapping[type[ContainerMessage], TerminalLight] = {
    m.ReportTerminalRelease: TerminalLight.RELEASED,
    # No story has a hold lifted that did not come after a release.
    m.ReportTerminalUnblock: TerminalLight.RELEASED,
    m.ReportTerminalBlock: TerminalLight.BLOCKED,
    m.ReportScanning: TerminalLight.SCANNING,
}


def _reported(ending: Ending, message: ContainerMessage) -> Ending:
    match message:
        case m.ReportDischarge():
            return replace(ending, discharged=True)
        case m.ReportCustomsStatus(status=status):
            return replace(ending, customs=status)
        case m.ReportGateIn():
            return replace(ending, gate=Gate.GATE_IN)
        case m.ReportGateOut():
            return replace(
                ending,
                gate=Gate.GATE_OUT,
                status=ReleaseStatus.GATED_OUT,
                operator=None,
                modality=None,
            )
        case _:
            return replace(ending, terminal_light=LIGHTS[type(message)])
