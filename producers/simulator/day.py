"""The plan of a whole day: every message of every container, in an order that can be kept."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import TypeAlias

from ledger.law.pickup import pickup_id
from producers import sealing
from producers.simulator import numbers
from producers.simulator.cargo import Box, Outline, loaded
from producers.simulator.cast import Cast
from producers.simulator.ending import Expected, reckoned
from producers.simulator.lines import Lines, Seal, Step
from producers.simulator.malformed import spoiled
from producers.simulator.planned import DUPLICATE, Planned
from producers.simulator.script import Story, script
from schemas.messages import AssignPickup, ConfirmPickupEnd, UpdatePickup

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
    time_passes: bool = False,
) -> Day:
    """Return the day of *seed*: the same again whenever it is asked for.

    Only what *seal* makes differs: no box for a driver is ever the same twice. *starts_at* is
    midnight of the day, which must be over when it is played: the ledger refuses requests that
    say they come from the future. *time_passes* where the ledger's time is that of the day.
    """
    outline = Outline(seed, containers, starts_at, time_passes)
    told = list(_told(cast, outline, seal))
    said = sorted(
        (planned for _, messages in told for planned in messages),
        key=lambda planned: (planned.wave, planned.at),
    )
    boxes = tuple(story.box for story, _ in told)
    expected = tuple(reckoned(story.box.number, story.steps) for story, _ in told)
    return Day(seed, starts_at, cast, boxes, tuple(said), expected)


def unfolding(cast: Cast, outline: Outline, seal: Seal = sealing.seal) -> Iterator[Planned]:
    """Yield the same messages by their moments; memory holds the containers under way alone."""
    under_way: UnderWay = []
    for place, (story, messages) in enumerate(_told(cast, outline, seal)):
        while under_way and under_way[0][0] < story.box.ship.berthed_at:
            yield _next_of(under_way)
        _go_on(under_way, place, iter(messages))
    while under_way:
        yield _next_of(under_way)


UnderWay: TypeAlias = list[tuple[datetime, int, Planned, Iterator[Planned]]]
"""A heap: what each container under way says next, and when, and what it says after that."""


def _next_of(under_way: UnderWay) -> Planned:
    _, place, planned, rest = heapq.heappop(under_way)
    _go_on(under_way, place, rest)
    return planned


def _go_on(under_way: UnderWay, place: int, rest: Iterator[Planned]) -> None:
    planned = next(rest, None)
    if planned is not None:
        heapq.heappush(under_way, (planned.at, place, planned, rest))


def _told(cast: Cast, outline: Outline, seal: Seal) -> Iterator[tuple[Story, tuple[Planned, ...]]]:
    """Yield each container's story and its messages, by their moments; chance is its own."""
    apart = min(1000 // FLAWED_OF_A_THOUSAND, outline.containers // FEWEST_FLAWED)
    for place, box in enumerate(loaded(cast, outline)):
        chance = Random(f"story {outline.seed} {box.number}")
        story = _story(cast, box, outline.starts_at, chance, seal)
        said = list(_said(story, chance))
        if place % max(1, apart) == 0:
            said.append(_flawed(story, place // max(1, apart), chance))
        yield story, tuple(sorted(said, key=lambda planned: planned.at))


def _story(cast: Cast, box: Box, starts_at: datetime, chance: Random, seal: Seal) -> Story:
    midnight = starts_at + timedelta(days=(box.ship.berthed_at - starts_at).days)
    return Story(box, script(Lines(box, cast, box.ship.quay, midnight, chance, seal)))


def _said(story: Story, chance: Random) -> Iterator[Planned]:
    last_right = ""
    for said in _at_their_moments(story, chance):
        if isinstance(said.content, AssignPickup | UpdatePickup):
            # What the terminal reads in its entitlement.
            last_right = pickup_id(said.organisation, said.message_id)
        yield _about(said, last_right)


def _at_their_moments(story: Story, chance: Random) -> Iterator[Planned]:
    at = story.box.ship.berthed_at
    for place, act in enumerate(story.acts):
        at += timedelta(minutes=chance.uniform(*MINUTES_BETWEEN_ACTS))
        at = max([at, *(step.not_before for step in act if step.not_before is not None)])
        yield from _act(story.box.ship.first_wave + place, at, act, chance)


def _about(said: Planned, right: str) -> Planned:
    if not isinstance(said.content, ConfirmPickupEnd):
        return said
    return replace(said, content=said.content.model_copy(update={"pickup_id": right}))


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


def _flawed(story: Story, number: int, chance: Random) -> Planned:
    """Spoil a message that nobody needs, each in another way than the one before."""
    at = story.box.ship.berthed_at + timedelta(minutes=chance.uniform(0, 300))
    return spoiled(number, story.box, story.box.ship.first_wave + 1, at, chance)
