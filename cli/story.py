"""A container's whole story: its entries, its chain, its lights, why not, and who can fix it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.consignment import consignment_told
from cli.words import Line, Names, Telling, Tone, line_of, with_remedy
from ledger.law.file import File, Held
from ledger.law.leave import missing_to_leave
from ledger.law.lights import lights_of
from ledger.law.policy import Policy
from schemas.facts import RECORDED, RecordedFact
from schemas.lights import Colour, CommercialLight, Lights
from schemas.reasons import Missing
from schemas.stay import Gate, Stay, TerminalLight
from schemas.value import Form
from schemas.words import COLON, Language, explained, phrase, said
from schemas.words.notes import note_in_words

COLOURS = {
    Tone.NEWS: "",
    Tone.GOOD: "green",
    Tone.REFUSED: "yellow",
    Tone.WAITING: "cyan",
    Tone.ALARM: "bold red",
}
STAY: Form[Stay] = Form(Stay)
"""How a stay is written for a program."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the ledger knows of one container, at one moment."""

    container: str
    entries: tuple[RecordedFact, ...]
    file: File
    names: Names
    now: datetime
    language: Language = Language.EN

    @property
    def lines(self) -> Iterator[Line]:
        """The entries in words, in order."""
        return (line_of(recorded, self.names, self.language) for recorded in self.entries)

    def name(self, party: str | None) -> str:
        """Return what a party is called."""
        return Telling(self.names, self.language).name(party)

    def phrase(self, key: str, **filled: object) -> str:
        """Return a phrase in the story's language."""
        return phrase(key, self.language, **filled)

    def missing(self, stay: Stay) -> tuple[Missing, ...]:
        """Return why the container may not leave under *stay*."""
        return missing_to_leave(stay, self.now, Policy())


def story_of(
    container: str,
    entries: Iterable[RecordedFact],
    file: File,
    names: Names,
    language: Language = Language.EN,
) -> Story:
    """Return the story of *container* as it stands now."""
    return Story(container, tuple(entries), file, names, datetime.now(UTC), language)


def as_object(story: Story) -> dict[str, Any]:
    """Return the story for a program."""
    return {
        "container": story.container,
        "stays": [_stay_object(story, stay) for stay in story.file.stays],
        "waiting": [_held_object(held) for held in story.file.waiting],
        "parked": story.file.parked,
        "entries": [
            {
                "event": line.event,
                "at": line.at.isoformat(),
                "said": line.said,
                "recorded": RECORDED.shown(recorded),
            }
            for line, recorded in zip(story.lines, story.entries, strict=True)
        ],
        "names": {party: story.names[party] for party in sorted(_parties(story))},
    }


def _stay_object(story: Story, stay: Stay) -> dict[str, Any]:
    missing = story.missing(stay)
    return {
        "stay": STAY.shown(stay),
        "may_leave": not missing,
        "missing": [
            {
                "reason": reason.value,
                "sentence": explained(reason).sentence(story.language),
                "who_can_fix": explained(reason).who_can_fix(story.language),
            }
            for reason in missing
        ],
    }


def _held_object(held: Held) -> dict[str, str]:
    cause = held.question.cause
    return {
        "message_id": cause.message_id,
        "message_type": cause.message_type,
        "organisation": cause.organisation,
        "until": held.until.isoformat(),
    }


def _parties(story: Story) -> set[str]:
    mentioned = {party for stay in story.file.stays for party in stay.parties}
    mentioned |= {recorded.cause.organisation for recorded in story.entries}
    return mentioned & story.names.keys()


def drawn(story: Story, marked: Collection[str] = ()) -> RenderableType:
    """Return the story for a person, for any width from 60 characters on.

    The events in *marked* are those that were asked for.
    """
    parts: list[RenderableType] = [_entries(story, marked)]
    for stay in story.file.stays:
        parts += ["", *_standing(story, stay)]
    if told := consignment_told(story.entries, story.language):
        parts += ["", *(Text(each) for each in told)]
    if story.file.waiting:
        parts += ["", _waiting(story)]
    if story.file.parked:
        parts += ["", Text(story.phrase("parked"), "bold red")]
    return Group(*parts)


def _entries(story: Story, marked: Collection[str]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    day: object = None
    for line in story.lines:
        if line.at.date() != day:
            day = line.at.date()
            table.add_row("", Text(_day(line.at, story.language), "dim"))
        said = Text(line.said, COLOURS[line.tone])
        if line.event in marked:
            said.append(f"  ◀ {line.event}", "bold")
        table.add_row(f"{line.at:%H:%M}", said)
    return table


def _day(at: datetime, language: Language) -> str:
    return f"{said('weekdays', str(at.isoweekday()), language)} {at:%Y-%m-%d}"


def _standing(story: Story, stay: Stay) -> list[RenderableType]:
    title = Text(f"{place_of(stay, story.language)}{COLON[story.language]} ", "bold")
    title.append(said("statuses", stay.status, story.language))
    return [
        title,
        _labelled(story.phrase("chain"), _chain(story, stay)),
        _labelled(story.phrase("pickup"), _pickup(story, stay)),
        _labelled(story.phrase("lights"), _lights(lights_of(stay), story)),
        *_notes(story, stay),
        _labelled(story.phrase("leave"), _leave(story, stay)),
    ]


def place_of(stay: Stay, language: Language) -> str:
    """Return which release it is, and where."""
    return phrase(
        "at_quay",
        language,
        release=stay.release_identification,
        quay=stay.terminal,
        port=stay.port,
    )


def _labelled(label: str, content: RenderableType) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(width=10, style="dim")
    table.add_column(overflow="fold")
    table.add_row(label, content)
    return Padding(table, (0, 0, 0, 2))


def _chain(story: Story, stay: Stay) -> Text:
    told = Text(story.name(stay.agent))
    for hop in stay.hops:
        told.append(" ─▶ " if hop.accepted else " ╌▶ ", "dim")
        told.append(story.name(hop.receiver), "" if hop.accepted else "yellow")
    if stay.pending is not None:
        told.append(f" {story.phrase('has_not_answered')}", "yellow")
    elif stay.hops:
        told.append(f" {story.phrase('holds_the_right')}", "green")
    return told


def _pickup(story: Story, stay: Stay) -> Text:
    pickup = stay.pickup
    if pickup is None:
        used = stay.gate is Gate.GATE_OUT
        return Text(story.phrase("used" if used else "none"), "" if used else "yellow")
    parts = [story.name(pickup.operator), said("modalities", pickup.modality, story.language)]
    if pickup.driver is not None:
        who = f"{pickup.driver.alias or ''} {pickup.driver.mask}".strip()
        parts.append(story.phrase("driver", driver=who))
    return Text(", ".join(parts), "green")


def _lights(lights: Lights, story: Story) -> Text:
    told = Text()
    shown = (
        ("commercial", _light(lights.commercial_release is CommercialLight.OK)),
        ("customs", _customs_colour(lights)),
        ("discharged", _light(lights.terminal_operation)),
        ("terminal", _light(lights.terminal_ready is TerminalLight.RELEASED)),
        ("together", _COMBINED[lights.combined]),
    )
    for label, colour in shown:
        told.append(f"{_LAMPS[colour]} ", colour)
        told.append(f"{story.phrase(f'light_{label}')}  ")
    return told


# Told apart without colours too: in a file, on paper, by whoever does not see them.
_LAMPS = {"green": "●", "yellow": "◐", "red": "○"}
_COMBINED = {Colour.GREEN: "green", Colour.YELLOW: "yellow", Colour.RED: "red"}
_ORANGE = {"selectedforscan", "transhipment", "portequalisation", "favv"}


def _light(green: bool) -> str:  # noqa: FBT001 - a light is on or off
    return "green" if green else "red"


def _customs_colour(lights: Lights) -> str:
    if lights.customs is None:
        return "red"
    if lights.customs in _ORANGE:
        return "yellow"
    return _light(lights.customs == "released")


def _notes(story: Story, stay: Stay) -> Iterator[RenderableType]:
    if not stay.notes:
        return
    language = story.language
    told = (
        f"{story.name(each.by)}{COLON[language]} {note_in_words(each, language)}"
        for each in stay.notes
    )
    yield _labelled(story.phrase("notes"), Text("\n".join(told)))


def _leave(story: Story, stay: Stay) -> RenderableType:
    missing = story.missing(stay)
    if not missing:
        return Text(story.phrase("yes"), "green")
    if Missing.ALREADY_GATED_OUT in missing:
        return Text(story.phrase("has_left"))
    why = (Text(with_remedy(reason, story.language)) for reason in missing)
    lines = (Padding(each, (0, 0, 0, 2)) for each in why)
    return Group(Text(story.phrase("no"), "yellow"), *lines)


def _waiting(story: Story) -> Text:
    return Text(f"{story.phrase('in_waiting_room')}{COLON[story.language]} {waits(story)}", "cyan")


def waits(story: Story) -> str:
    """Return what waits for a release of the container, a sentence each."""
    return " ".join(
        story.phrase(
            "waits",
            party=story.name(held.question.cause.organisation),
            ask=said("asks", held.question.cause.message_type, story.language),
            until=f"{held.until:%Y-%m-%d %H:%M}",
        )
        for held in story.file.waiting
    )
