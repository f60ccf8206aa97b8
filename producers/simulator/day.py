"""The plan of a whole day: every message of every container, in an order that can be kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from producers import sealing
from producers.simulator import numbers
from producers.simulator.cargo import Box, loaded
from producers.simulator.cast import Cast
from producers.simulator.ending import Expected, reckoned
from producers.simulator.lines import Lines, Seal, Step
from producers.simulator.malformed import spoiled
from producers.simulator.planned import DUPLICATE, Planned
from producers.simulator.script import Story, script

MINUTES_BETWEEN_ACTS = (4, 45)
FLAWED_OF_A_THOUSAND = 15
FEWEST_FLAWED = 4


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that will be said, what must become of it, and how it must end."""

    seed: int
    starts_at: datetime
    cast: Cast
    boxes: tuple[Box, ...]
    planned: tuple[Planned, ...]
    expected: tuple[Expected, ...]

    def waves(self) -> Iterator[tuple[Planned, ...]]:
        """Yield the messages wave by wave, each in the order of its moments."""
        for _, wave in groupby(self.planned, key=lambda planned: planned.wave):
            yield tuple(wave)


def plan_day(
    cast: Cast,
    *,
    seed: int,
    containers: int,
    starts_at: datetime,
    seal: Seal = sealing.seal,
) -> Day:
    """Return the day of *seed*: the same again whenever it is asked for.

    Only what *seal* makes differs: no box for a driver is ever the same twice. *starts_at* is
    midnight of the day, which must be over when it is played: the ledger refuses requests that
    say they come from the future.
    """
    chance = Random(f"day {seed}")
    boxes = tuple(loaded(cast, containers, starts_at, chance))
    stories = [_story(cast, box, starts_at, chance, seal) for box in boxes]
    said = [*_said(stories, chance), *_flawed(stories, chance)]
    said.sort(key=lambda planned: (planned.wave, planned.at))
    expected = tuple(reckoned(story.box.number, story.steps) for story in stories)
    return Day(seed, starts_at, cast, boxes, tuple(said), expected)


def _story(cast: Cast, box: Box, starts_at: datetime, chance: Random, seal: Seal) -> Story:
    lines = Lines(box, cast, box.ship.quay, starts_at, chance, seal)
    return Story(box, script(lines))


def _said(stories: Iterable[Story], chance: Random) -> Iterator[Planned]:
    for story in stories:
        at = story.box.ship.berthed_at
        for place, act in enumerate(story.acts):
            at += timedelta(minutes=chance.uniform(*MINUTES_BETWEEN_ACTS))
            yield from _act(story.box.ship.first_wave + place, at, act, chance)


def _act(wave: int, at: datetime, act: tuple[Step, ...], chance: Random) -> Iterator[Planned]:
    last: Planned | None = None
    by_step: dict[int, Planned] = {}
    for step in act:
        if step.repeated and (first := by_step.get(id(step.message))) is not None:
            yield replace(first, answer=DUPLICATE, at=first.at)
            continue
        last = Planned(
            wave=wave,
            at=at,
            role=step.role,
            organisation=step.sender,
            container=step.message.container,
            message_id=numbers.message_id(chance),
            content=step.message,
            answer=step.answer,
        )
        by_step[id(step.message)] = last
        yield last


def _flawed(stories: list[Story], chance: Random) -> Iterator[Planned]:
    """Spoil a few messages that nobody needs, each in another way."""
    count = max(FEWEST_FLAWED, len(stories) * FLAWED_OF_A_THOUSAND // 1000)
    for number in range(count):
        story = chance.choice(stories)
        at = story.box.ship.berthed_at + timedelta(minutes=chance.uniform(0, 300))
        yield spoiled(number, story.box, story.box.ship.first_wave + 1, at, chance)
