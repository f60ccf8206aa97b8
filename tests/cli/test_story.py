"""A container's story for a person and for a program: chain, lights, why not, who can fix it."""

import io
import json
import re

import pytest
from rich.console import Console

from cli.ledger import opened, story_in
from cli.story import Story, as_object, drawn, story_of
from producers.simulator.cargo import Stage
from schemas.note_messages import AddNote, WithdrawNote
from schemas.reasons import Missing
from schemas.words import Language, explained
from tests.adapters.story import HAULIER, PARTIES
from tests.adapters.story import Story as Lived
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


NOTED = {
    Language.EN: (
        "a slot for the barge is requested (BTS-4711; 2025-03-02 14:00 UTC)",
        "notes",
    ),
    Language.NL: ("een termijn voor het binnenschip is aangevraagd (BTS-4711;", "bij"),
    Language.FR: ("un créneau est demandé pour la barge (BTS-4711;", "à noter"),
    Language.DE: ("ein Zeitfenster für das Binnenschiff ist beantragt (BTS-4711;", "Vermerke"),
}


@pytest.mark.parametrize("language", Language)
def test_what_is_noted_beside_a_stay_stands_under_its_lights_and_changes_nothing_else(
    language: Language,
) -> None:
    told, noted, withdrawn = lived(), lived(), lived()
    for each in (noted, withdrawn):
        said = {"reference": "BTS-4711", "at": "2025-03-02T14:00:00Z"}
        each.say(HAULIER, AddNote, state="barge_slot_requested", **said)
    withdrawn.say(HAULIER, WithdrawNote, about="barge_slot", reference="BTS-4711")
    sentence, label = NOTED[language]

    plain, screen, after = (_lines(each, language) for each in (told, noted, withdrawn))

    (line,) = [each for each in screen if each.startswith(f"  {label} ")]
    assert sentence in line
    assert NAMES[HAULIER] in line
    assert [each for each in screen if "BTS-4711" not in each] == plain
    assert len(screen) - len(plain) == len(("as it was said", "as it stands"))
    assert [each for each in after if "BTS-4711" not in each] == plain
    assert not [each for each in after if each.startswith(f"  {label} ")]


def _lines(told: Lived, language: Language) -> list[str]:
    story = story_of(told.container, told.facts, told.file, NAMES, language)
    return [line.rstrip() for line in _screen(story, 200).splitlines()]


NAMES = {party: organisation.name for party, organisation in PARTIES.items()}


def lived() -> Lived:
    """A container that the haulier is to collect."""
    story = Lived()
    story.held_by_haulier()
    story.assigned()
    return story
