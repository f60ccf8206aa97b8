"""What is done to a line: each scenario breaks something, lets it heal, and has it audited."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compose.local import LocalKafka, LocalPostgres
from compose.local.postgres import StopMode
from tests.faults.audit import (
    PUBLISHED,
    Audited,
    Finding,
    audit,
    outcome_of_each,
    published_without_commit,
)
from tests.faults.line import Line, NeverSeen, waves
from tests.faults.parts import Part
from tests.faults.wire import Lost, Wire
from tests.faults.workload import CAUSAL, GATE, LIGHTS, PAPERS, Said, cast, causal, shuffled

AT_REST = "after the last fault everything comes to rest"
ALIKE = "what does not depend on chance ends as it does without a fault"
STOP = "SIGSTOP"
TAKEN = "is ours from"
TROUBLE = "The database is in trouble"


@dataclass(frozen=True)
class Workload:
    """What is said in a run, in its order."""

    said: tuple[Said, ...]

    def of(self, *phases: int) -> list[Said]:
        """Return what is said in these parts of the run."""
        return [said for said in self.said if said.phase in phases]


WORKLOAD = Workload((*causal(24), *shuffled(24)))


@dataclass
class Scene:
    """One run of a scenario; with a *bug* the parts that are struck have it."""

    line: Line
    bug: str | None = None
    faultless: Any = None

    def ledger(self, name: str, **orders: Any) -> Part:
        """Start a ledger process that has the scenario's bug."""
        return self.line.ledger(name, bug=self.bug, **orders)

    def intake(self, name: str, **orders: Any) -> Part:
        """Start an intake process that has the scenario's bug."""
        return self.line.intake(name, bug=self.bug, **orders)

    async def audited(self) -> Audited:
        """Let the line come to rest, and look at everything."""
        try:
            await self.line.at_rest()
        except NeverSeen as never:
            found = await audit(self.line)
            found.findings.append(Finding(AT_REST, str(never)))
            return found
        found = await audit(self.line)
        if self.faultless is not None:
            found.findings.extend(unlike(self.faultless, outcome_of_each(found.read, CAUSAL)))
        return found


def unlike(faultless: Any, found: Any) -> list[Finding]:
    """Return where a run ended otherwise than the faultless one."""
    return [
        Finding(ALIKE, f"{name}: {found.get(name)}, without a fault {faultless.get(name)}")
        for name in faultless.keys() | found.keys()
        if faultless.get(name) != found.get(name)
    ]


async def begun(scene: Scene) -> None:
    """Let everybody join, and the papers of every container be settled."""
    await scene.line.log(cast())
    await scene.line.at_rest()
    await scene.line.log(WORKLOAD.of(PAPERS))
    await scene.line.at_rest()


async def faultless(line: Line) -> Audited:
    """Break nothing."""
    scene = Scene(line)
    scene.ledger("only")
    await begun(scene)
    await line.log(WORKLOAD.of(LIGHTS, GATE))
    return await scene.audited()


async def killed(scene: Scene, step: str) -> Audited:
    """Kill the ledger at *step* under load, and let another process go on."""
    first = scene.ledger("first", step=step)
    await begun(scene)
    first.arm()
    await scene.line.log(WORKLOAD.of(LIGHTS))
    await first.killed()
    early = await published_without_commit(scene.line)
    scene.line.ledger("second")
    await scene.line.log(WORKLOAD.of(GATE))
    found = await scene.audited()
    found.findings.extend(Finding(PUBLISHED, what) for what in early)
    return found


async def killed_when_another_joins(scene: Scene) -> Audited:
    """Kill the ledger in the rebalance that a second process brings about, under load."""
    first = scene.ledger("first", step="when_revoked")
    await begun(scene)
    first.arm()
    scene.line.ledger("second")
    await scene.line.log(WORKLOAD.of(LIGHTS))
    await first.killed()
    await scene.line.log(WORKLOAD.of(GATE))
    return await scene.audited()


async def killed_when_taking_over(scene: Scene) -> Audited:
    """Kill a second process in the rebalance, with leases taken and nothing else done."""
    scene.ledger("first")
    await begun(scene)
    second = scene.ledger("second", step="when_taken")
    second.arm()
    await scene.line.log(WORKLOAD.of(LIGHTS))
    await second.killed()
    await scene.line.log(WORKLOAD.of(GATE))
    found = await scene.audited()
    await scene.line.owned_by("first")
    return found


async def stopped_and_woken(scene: Scene, step: str, *ticks: int) -> Audited:
    """Freeze the ledger at *step* past its session; wake it when another has gone on for long.

    It must find out, drop everything and join anew: both own shards in the end.
    """
    zombie = scene.ledger("zombie", step=step, signal=STOP)
    await begun(scene)
    zombie.arm()
    await scene.line.log(() if ticks else WORKLOAD.of(LIGHTS), *ticks)
    await zombie.struck()
    scene.line.ledger("heir")
    await scene.line.log(WORKLOAD.of(LIGHTS, GATE) if ticks else WORKLOAD.of(GATE))
    await scene.line.owned_by("heir")
    await scene.line.at_rest()
    zombie.wake()
    if scene.bug is None:
        await scene.line.owned_by("zombie", "heir")
        assert zombie.runs, zombie.last_words()
    else:
        await has_moved_on(scene, zombie)
    return await scene.audited()


async def has_moved_on(scene: Scene, zombie: Part) -> None:
    """Wait until a zombie with a bug has done its harm: it has joined anew, or it is gone."""
    done: Callable[[], bool] = lambda: (  # noqa: E731 - one condition, used once
        not zombie.runs or {row["owner"] for row in scene.line.shards()} == {"zombie", "heir"}
    )
    await scene.line.until(done, "moved on")


async def intake_killed(scene: Scene, *steps: str) -> Audited:
    """Kill one intake process after another, each at its step with the same inputs in hand."""
    scene.ledger("ledger")
    # Whole, bug or not: what is said later rests on what this one has done with.
    line, whole = scene.line, scene.line.intake("whole")
    await line.say(cast())
    await line.at_rest()
    await line.say(WORKLOAD.of(PAPERS))
    wave, *others = waves(WORKLOAD.of(LIGHTS))
    # Nobody reads while this is put in, so that each has all of it in hand.
    await whole.ended()
    await line.publish_rubbish()
    await line.publish(wave)
    for step in steps:
        intake = scene.intake(step, step=step)
        intake.arm()
        await intake.killed()
    line.intake("last")
    await line.all_read()
    await line.say([said for each in others for said in each])
    await line.say(WORKLOAD.of(GATE))
    return await scene.audited()


async def everything_twice(scene: Scene) -> Audited:
    """Send every message twice, the register's too."""
    scene.ledger("ledger")
    scene.intake("intake")
    await scene.line.say(cast(), times=2)
    await scene.line.at_rest()
    await scene.line.say(WORKLOAD.of(PAPERS, LIGHTS, GATE), times=2)
    return await scene.audited()


async def database_away(scene: Scene, database: LocalPostgres, seconds: float) -> Audited:
    """Stop the database under load, for longer than Kafka bears a consumer that does not poll."""
    parts = [scene.ledger("first"), scene.ledger("second")]
    await begun(scene)
    await scene.line.owned_by("first", "second")
    taken = [part.said(TAKEN) for part in parts]
    await scene.line.log(WORKLOAD.of(LIGHTS))
    await asyncio.to_thread(database.stop, StopMode.IMMEDIATE)
    await scene.line.log(WORKLOAD.of(GATE))
    await scene.line.until(
        lambda: all(part.said(TROUBLE) for part in parts), "missed the database"
    )
    await asyncio.sleep(seconds)
    await asyncio.to_thread(database.start)
    found = await scene.audited()
    if [part.said(TAKEN) for part in parts] != taken:
        found.findings.append(Finding(AT_REST, "the group lost a member meanwhile"))
    return found


async def broker_killed(scene: Scene, broker: LocalKafka) -> Audited:
    """Kill the broker under load, and start it again on what it had written."""
    parts = [scene.intake("intake"), scene.ledger("first"), scene.ledger("second")]
    line = scene.line
    await line.say(cast())
    await line.at_rest()
    await line.say(WORKLOAD.of(PAPERS))
    wave, *others = waves(WORKLOAD.of(LIGHTS))
    await line.publish(wave)
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    await line.all_read()
    await line.say([said for each in others for said in each])
    await line.say(WORKLOAD.of(GATE))
    found = await scene.audited()
    ended = [part.last_words() for part in parts if not part.runs]
    found.findings.extend(Finding(AT_REST, words) for words in ended)
    return found


async def cut_off_in_commit(scene: Scene, wire: Wire, url: str) -> Audited:
    """Cut the ledger off from its database in a commit: once it was done, once it was not."""
    ledger = scene.ledger("only", database_url=url)
    await begun(scene)
    for lost, phase in ((Lost.ANSWER, LIGHTS), (Lost.QUESTION, GATE)):
        wire.cut_next(lost)
        await scene.line.log(WORKLOAD.of(phase))
        await wire.has_cut()
        await scene.line.at_rest()
    assert ledger.runs, ledger.last_words()
    return await scene.audited()
