"""The course of a demo: all join, the day is played, the bus comes to rest, and is looked at."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.audit import Audit, keys_in, verified
from cli.demo.bus import Bus, Keys, in_processes, in_this_process
from cli.demo.elsewhere import Travelled, states_of, travel
from cli.demo.engines import Engines
from cli.demo.folder import HEAD_KEY, LOGS, TRUST
from cli.demo.gates import AtTheGates, ask_the_gates
from cli.demo.harvest import Harvest, harvest
from cli.demo.settled import until_settled
from cli.demo.state import State
from cli.demo.tally import Check, Standing, arrived, checks, signed, standing
from cli.ledger import opened, story_in
from cli.options import Where
from cli.parts import prepare_database
from cli.story import Story
from cli.voice import Steps
from consumers.intake.trust import entry_for
from consumers.patience import wait_for_the_embedded_broker
from ledger.book.heads import public_half
from producers.client import BusAddress
from producers.simulator import Day, cast_of, plan_day
from producers.simulator.cargo import Box, Stage, Trouble
from producers.simulator.elsewhere import Tour
from producers.simulator.play import Played, play, register
from producers.simulator.signers import Signers, new_signers
from producers.topics import ensure
from schemas.topics import FIXED

WORTH_TELLING = (
    Trouble.DECLINED,
    Trouble.TAKEN_BACK,
    Trouble.FROZEN,
    Trouble.CHAIN_REVOKED,
    Trouble.INTRUDER,
)
STILL_THERE = (Stage.CUSTOMS_HOLD, Stage.READY, Stage.INSIDE)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that is known at the end of a demo."""

    day: Day
    engines: Engines
    played: Played
    stands: Standing
    found: Harvest
    gates: AtTheGates
    audit: Audit
    checks: tuple[Check, ...]
    story: Story
    tour: Tour
    travelled: Travelled
    elsewhere: Mapping[str, State]

    @property
    def adds_up(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.amiss

    @property
    def amiss(self) -> tuple[Check, ...]:
        """What does not add up."""
        return tuple(check for check in self.checks if check.faults)


@dataclass(frozen=True, slots=True)
class Show:
    """A demo that is under way: what is played, where, and how its progress is shown.

    `folder` is left behind, with public keys at most; `secrets` is gone with the demo.
    """

    day: Day
    tour: Tour
    engines: Engines
    folder: Path
    secrets: Path
    signers: Signers
    progress: Steps

    @property
    def where(self) -> Where:
        """Where the bus is."""
        return self.engines.where

    @property
    def keys(self) -> Keys:
        """The file of the key that signs the heads, and of those that intake trusts."""
        return Keys(self.secrets / HEAD_KEY, self.folder / TRUST)

    @property
    def public_head_key(self) -> Path:
        """Where the public half of the key that signs the heads is left."""
        return public_half(self.folder / HEAD_KEY)


def signers_of(day: Day, tour: Tour) -> Signers:
    """Return new keys for everybody who speaks on *day*, and for the systems of other ports."""
    return new_signers([*(company.id for company in day.cast.companies), *tour.speakers])


def planned(seed: int, containers: int) -> Day:
    """Return yesterday, as *seed* would have it: the ledger takes nothing from the future."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = midnight - timedelta(days=1)
    return plan_day(cast_of(seed), seed=seed, containers=containers, starts_at=starts_at)


async def run(show: Show) -> Result:
    """Play the day on a whole bus and look at what came of it."""
    _end_on_sigterm()
    if not show.engines.are_real:
        wait_for_the_embedded_broker()
    show.progress.begin("making tables and topics")
    await asyncio.to_thread(prepare_database, show.where.database_url)
    await ensure(show.where.bootstrap_servers, show.where.namespace, FIXED)
    _trust_the_doors(show)
    async with _running(show) as bus:
        played, travelled, gates = await bus.during(_played(show))
    shutil.copyfile(public_half(show.keys.heads), show.public_head_key)
    show.progress.begin("reading every topic")
    box = told_of(show.day)
    found = await harvest(show.where, show.folder, {box.number, *show.tour.worth_telling()})
    return await asyncio.to_thread(_looked_at, show, played, travelled, found, gates)


def told_of(day: Day) -> Box:
    """Return the container whose story is worth telling: trouble on the way, and still there."""

    def worth(box: Box) -> tuple[int, int]:
        good = (box.trouble in WORTH_TELLING, box.stage in STILL_THERE, box.driver is not None)
        return sum(good), len(box.route)

    return max(day.boxes, key=worth)


def _trust_the_doors(show: Show) -> None:
    """Write the public keys of the register's sources, as an operator does once."""
    doors = show.signers.doors.items()
    entries = (entry_for(door.source, key.public_key) for door, key in doors)
    show.keys.trust.write_text("".join(entries), encoding="utf-8")


@asynccontextmanager
async def _running(show: Show) -> AsyncIterator[Bus]:
    if show.engines.are_real:
        async with in_processes(show.where, show.keys, show.folder / LOGS) as bus:
            yield bus
    else:
        async with in_this_process(show.where, show.keys) as bus:
            yield bus


async def _played(show: Show) -> tuple[Played, Travelled, AtTheGates]:
    address = BusAddress(show.where.bootstrap_servers, show.where.namespace)
    progress, day, signers = show.progress, show.day, show.signers
    progress.begin("everybody joins the bus")
    joined = await register(day.cast, address, signers, show.tour.registrations())
    progress.begin("playing the day", len(day.planned))
    played, travelled = await asyncio.gather(
        play(day, address, signers, on_progress=lambda now: progress.reached(now.answered)),
        travel(show.tour, show.where, signers),
    )
    played.joined = joined
    progress.begin("waiting for the last answers")
    await until_settled(show.where)
    progress.begin("asking the gates")
    gates = await ask_the_gates(day, show.where)
    return played, travelled, gates


def _looked_at(
    show: Show, played: Played, travelled: Travelled, found: Harvest, gates: AtTheGates
) -> Result:
    show.progress.begin("looking at every container")
    stands = standing(show.day, show.where)
    keys = keys_in(show.public_head_key, None)
    audit = verified(show.where.database_url, found.heads, keys, show.progress)
    with opened(show.where.database_url) as connection:
        story = story_in(connection, told_of(show.day).number, stands.names)
        abroad = states_of(connection, show.tour)
    faults = tuple(f"{each.shard} entry {each.seq}: {each.what}" for each in audit.findings)
    chains = f"{audit.entries:,} entries verify, against {len(found.heads)} signed heads"
    told = checks(show.day, played, stands, found, gates, travelled)
    return Result(
        show.day,
        show.engines,
        played,
        stands,
        found,
        gates,
        audit,
        (
            *told,
            arrived(show.tour, travelled, abroad),
            signed(found, show.signers),
            Check(chains, faults),
        ),
        story,
        show.tour,
        travelled,
        abroad,
    )


def _end_on_sigterm() -> None:
    """Let SIGTERM end the demo as Ctrl-C does: everything is stopped and cleaned up."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine that runs is in a task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
