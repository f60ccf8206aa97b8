"""A container's story for a person and for a program: chain, lights, why not, who can fix it."""

import io
import json
import re

import pytest
from rich.console import Console

from cli.ledger import opened, story_in
from cli.story import Story, as_object, drawn
from producers.simulator.cargo import Stage
from schemas.reasons import Missing
from schemas.words import explained
from tests.cli.played import PlayedDay


def _story(played: PlayedDay, container: str) -> Story:
    with opened(played.database_url) as connection:
        return story_in(connection, container)


def _at(played: PlayedDay, stage: Stage) -> str:
    return next(box.number for box in played.day.boxes if box.stage is stage)


def _screen(story: Story, width: int = 80) -> str:
    written = io.StringIO()
    Console(file=written, width=width, color_system=None).print(drawn(story))
    return written.getvalue()


def test_what_keeps_a_container_is_told_with_who_can_fix_it(played: PlayedDay) -> None:
    told = " ".join(_screen(_story(played, _at(played, Stage.CUSTOMS_HOLD))).split())

    words = explained(Missing.CUSTOMS_NOT_CLEARED)
    assert f"{words.sentence()} Can fix: {words.who_can_fix()}" in told


def test_a_container_that_may_leave_says_so(played: PlayedDay) -> None:
    told = _screen(_story(played, _at(played, Stage.READY)))

    assert "yes, with the driver or operator that is assigned" in told
    assert "(holds the right)" in told


def test_lights_are_told_apart_without_colours(played: PlayedDay) -> None:
    held = _screen(_story(played, _at(played, Stage.CUSTOMS_HOLD)))
    ready = _screen(_story(played, _at(played, Stage.READY)))

    assert "● customs" not in held
    assert {"● customs", "● together"} <= {
        f"{lamp} {word}" for lamp, word in re.findall(r"([●◐○]) (\w+)", ready)
    }


def test_a_right_that_nobody_answered_is_not_shown_as_held(played: PlayedDay) -> None:
    told = _screen(_story(played, _at(played, Stage.OFFERED)))

    assert "(has not answered)" in " ".join(told.split())
    assert "(holds the right)" not in told


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen(played: PlayedDay, width: int) -> None:
    for box in played.day.boxes[:20]:
        told = _screen(_story(played, box.number), width)
        assert max(len(line.rstrip()) for line in told.splitlines()) <= width


def test_the_event_that_was_asked_for_is_marked(played: PlayedDay) -> None:
    story = _story(played, played.container())
    event = next(iter(story.lines)).event
    written = io.StringIO()

    Console(file=written, width=200).print(drawn(story, [event]))

    assert f"◀ {event}" in written.getvalue()


def test_a_program_gets_every_entry_and_every_stay(played: PlayedDay) -> None:
    story = _story(played, played.container())

    told = json.loads(json.dumps(as_object(story)))

    assert len(told["entries"]) == len(story.entries)
    assert [each["stay"]["container"] for each in told["stays"]] == [story.container]
    assert told["stays"][0]["may_leave"] == (not told["stays"][0]["missing"])
