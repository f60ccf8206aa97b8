"""Whatever goes wrong on the way to a system and back, its day ends as one without any fault."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from adapters.registry import systems
from consumers.dispatch.delivery import outcomes
from tests.consumers.dispatch.days.bus import Bus, Ended
from tests.consumers.dispatch.days.played import DAYS
from tests.consumers.dispatch.days.there import Chance

IN_MEMORY = Path("/dev/shm")  # noqa: S108  where it is there, nobody waits for a disk
FAULTS = {"reset", "failing", "busy", "slow", "cut", "database_away", "record_doubled"}
OF_WEBHOOKS = {"webhook_doubled", "webhook_late", "broker_away"}
_fact = re.compile(r"ledger-3-([0-9]+)\.").match
BY_THE_WAY = frozenset({"turn", "passed_on", "as_of"})
"""Counts what came, or which word came last: Portbase's, customs' and Cargonaut's own."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that was away is asked again at once: every ninth commit of a day fails."""
    monkeypatch.setattr(outcomes, "NOTE_SECONDS", (0.0,))


async def played(name: str, chance: Chance, folder: Path) -> Ended:
    """Play the day of the system, and return how everything stands then."""
    day = DAYS[name]
    fake = day.fake()
    file = folder / f"{name}-{chance.seed}-{chance.reorders}.db"
    bus = Bus(systems()[name], day.story(), fake.reacts, chance, f"sqlite:///{file}")
    try:
        await day.course(bus, fake)
        await bus.next_hour()
        await bus.ask_again()
        return bus.ended()
    finally:
        await bus.close()


def without_order(ended: Ended) -> tuple[list[Any], dict[tuple[str, str], Any]]:
    """Return stays and memory without what tells in which order things came."""
    stays = [_sorted(json.loads(each)) for each in ended.stays]
    return stays, {key: _sorted(json.loads(text)) for key, text in ended.memory.items()}


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=json.dumps)
    if isinstance(value, dict):
        return {key: _sorted(own) for key, own in value.items() if key not in BY_THE_WAY}
    return value


async def faults_change_nothing(name: str, chance: Chance, calm: Ended, folder: Path) -> None:
    """Compare a day with faults with the *calm* one."""
    ended, which = await played(name, chance, folder), f"{name}, {chance}"
    assert ended.letters == [], which
    assert without_order(ended) == without_order(calm), which
    essence = DAYS[name].essence
    told = [Counter(filter(None, map(essence, each.accepted))) for each in (ended, calm)]
    assert told[0] == told[1], which
    for asked in (True, False):
        facts = facts_of(ended, name, asked=asked)
        assert facts == sorted(facts), which
    if not chance.reorders:
        # The same calls, byte for byte; a key counts facts, of which late webhooks make fewer.
        same = [[call._replace(key="") for call in each.accepted] for each in (ended, calm)]
        assert Counter(same[0]) == Counter(same[1]), which


def facts_of(ended: Ended, name: str, *, asked: bool) -> list[int]:
    """Return of which facts the documents were, as they were taken: all of one container.

    Those that the system itself was *asked*, or those that parties were told, its other target.
    """
    keys = [call.key for call in ended.accepted if call.key.endswith(f".{name}") is asked]
    return [int(found[1]) for key in keys if (found := _fact(key))]


async def calm_day(name: str, folder: Path) -> Ended:
    """Play the day without a fault."""
    calm = await played(name, Chance(), folder)
    assert calm.stays, name
    assert calm.letters == [], name
    return calm


@pytest.mark.parametrize("name", ["portbase"])  # of all others many days, in a search
async def test_a_day_with_faults_ends_as_one_without(name: str, folder: Path) -> None:
    chance = Chance(1)
    await faults_change_nothing(name, chance, await calm_day(name, folder), folder)

    assert chance.met, name


@pytest.mark.searches
@pytest.mark.parametrize("name", DAYS)
async def test_many_days_with_faults_end_as_one_without(name: str, folder: Path) -> None:
    calm, met = await calm_day(name, folder), Counter[str]()
    for seed in range(1, 12):
        for reorders in (False, True):
            chance = Chance(seed, reorders)
            await faults_change_nothing(name, chance, calm, folder)
            met += chance.met

    missed = (FAULTS | OF_WEBHOOKS) - met.keys()
    assert missed <= (OF_WEBHOOKS if name == "antwerp_cpu" else set()) | {"record_doubled"}, name


def test_each_day_is_one_of_a_system() -> None:
    assert set(DAYS) <= set(systems())  # another one made of the template has none yet
