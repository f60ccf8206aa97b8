"""The gates of the day: each terminal's own reader, asked about every container at its quay."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from cli.options import Where
from consumers.gate import Answer, CannotTell, Gate, GateSettings, Leave, Stays, explained
from producers.simulator import Day
from producers.simulator.cargo import Box
from producers.simulator.cast import PORT, Quay
from producers.simulator.ending import Ending

READY_SECONDS = 60.0
TELL_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a gate who wants a container; `rightly` if they must get it."""

    box: Box
    quay: str
    identity: str | None = field(repr=False)
    vat: str | None
    rightly: bool
    wrong_driver: bool = False


class GateNotReady(Exception):
    """A gate did not read its terminal's topic to the end in time.

    Look whether the broker runs, and how long the topic is.
    """


@dataclass(slots=True)
class AtTheGates:
    """What the gates said; `wrong` are the answers that must not be."""

    asked: int = 0
    leave: int = 0
    stay: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    wrong: list[str] = field(default_factory=list)


async def ask_the_gates(day: Day, where: Where) -> AtTheGates:
    """Start a gate a terminal and ask each about everybody who could stand there."""
    told = AtTheGates()
    async with AsyncExitStack() as leaving:
        gates = {
            quay.code: await leaving.enter_async_context(Gate(_settings(quay, where)))
            for quay in day.cast.quays
        }
        for quay, gate in gates.items():
            await _ready(quay, gate)
        for visit in visits(day):
            _note(told, visit, await _answer(gates[visit.quay], visit))
    return told


async def _ready(quay: str, gate: Gate) -> None:
    try:
        await gate.ready(READY_SECONDS)
    except TimeoutError as error:
        raise GateNotReady(f"gate {quay}, {gate.health().trouble}") from error


def visits(day: Day) -> Iterator[Visit]:
    """Yield who comes: for each container its driver or operator, and where that works another."""
    for box, expected in zip(day.boxes, day.expected, strict=True):
        for ending in _in_force(box.latest, expected.stays):
            yield from _visits_for(day, box.latest, ending)


def _visits_for(day: Day, box: Box, ending: Ending) -> Iterator[Visit]:
    identity = box.driver.card if box.driver is not None else None
    rightly = ending.may_leave
    yield Visit(box, ending.terminal, identity, box.operator.vat, rightly=rightly)
    if rightly and box.driver is not None:
        another = next(each for each in day.cast.drivers if each != box.driver)
        yield Visit(box, ending.terminal, another.card, None, rightly=False, wrong_driver=True)


def _in_force(box: Box, stays: Iterable[Ending]) -> list[Ending]:
    return [ending for ending in stays if ending.release_identification == box.number_in_force]


def _settings(quay: Quay, where: Where) -> GateSettings:
    return GateSettings(
        bootstrap_servers=where.bootstrap_servers,
        port=PORT,
        terminal=quay.code,
        private_keys={quay.key.key_id: quay.key.private_key},
        namespace=where.namespace,
    )


async def _answer(gate: Gate, visit: Visit) -> Answer:
    """Ask until the gate can tell: right after its start it waits for the next heartbeat."""
    give_up_at = asyncio.get_running_loop().time() + TELL_SECONDS
    while True:
        answer = gate.ask(visit.box.number, identity=visit.identity, operator_vat=visit.vat)
        late = asyncio.get_running_loop().time() > give_up_at
        if late or not isinstance(answer, CannotTell):
            return answer
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _note(told: AtTheGates, visit: Visit, answer: Answer) -> None:
    told.asked += 1
    if isinstance(answer, Leave) != visit.rightly:
        told.wrong.append(f"gate {visit.quay}, {visit.box.number}: {answer}")
    match answer:
        case Leave():
            told.leave += 1
        case Stays(reasons=reasons) if visit.wrong_driver:
            told.turned_away += bool(reasons)
        case Stays(reasons=reasons):
            told.stay[explained(reasons[0]).sentence()] += 1
        case CannotTell():
            told.wrong.append(f"gate {visit.quay} cannot tell of {visit.box.number}")
