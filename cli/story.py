"""A container's whole story: its entries, its chain, its lights, why not, and who can fix it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.words import MODALITIES, STATUSES, Line, Names, Tone, line_of, name
from ledger.law.file import File, Held
from ledger.law.leave import missing_to_leave
from ledger.law.lights import lights_of
from ledger.law.policy import Policy
from schemas.facts import RECORDED, RecordedFact
from schemas.lights import Colour, CommercialLight, Lights
from schemas.reasons import Missing
from schemas.stay import Gate, Stay, TerminalLight
from schemas.value import Form
from schemas.words import explained

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

    @property
    def lines(self) -> Iterator[Line]:
        """The entries in words, in order."""
        return (line_of(recorded, self.names) for recorded in self.entries)

    def missing(self, stay: Stay) -> tuple[Missing, ...]:
        """Return why the container may not leave under *stay*."""
        return missing_to_leave(stay, self.now, Policy())


def story_of(container: str, entries: Iterable[RecordedFact], file: File, names: Names) -> Story:
    """Return the story of *container* as it stands now."""
    return Story(container, tuple(entries), file, names, datetime.now(UTC))


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
                "sentence": explained(reason).sentence(),
                "who_can_fix": explained(reason).who_can_fix(),
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
    if story.file.waiting:
        parts += ["", _waiting(story)]
    if story.file.parked:
        parts += ["", Text("Its messages are parked: an operator has to resume.", "bold red")]
    return Group(*parts)


def _entries(story: Story, marked: Collection[str]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    day: object = None
    for line in story.lines:
        if line.at.date() != day:
            day = line.at.date()
            table.add_row("", Text(f"{line.at:%A %d %B %Y}", "dim"))
        said = Text(line.said, COLOURS[line.tone])
        if line.event in marked:
            said.append(f"  ◀ {line.event}", "bold")
        table.add_row(f"{line.at:%H:%M}", said)
    return table


def _standing(story: Story, stay: Stay) -> list[RenderableType]:
    title = Text(f"Release {stay.release_identification} at quay {stay.terminal}: ", "bold")
    title.append(STATUSES[stay.status])
    return [
        title,
        _labelled("chain", _chain(story, stay)),
        _labelled("pick-up", _pickup(story, stay)),
        _labelled("lights", _lights(lights_of(stay))),
        _labelled("may leave", _leave(story, stay)),
    ]


def _labelled(label: str, content: RenderableType) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(width=9, style="dim")
    table.add_column(overflow="fold")
    table.add_row(label, content)
    return Padding(table, (0, 0, 0, 2))


def _chain(story: Story, stay: Stay) -> Text:
    said = Text(name(stay.agent, story.names))
    for hop in stay.hops:
        said.append(" ─▶ " if hop.accepted else " ╌▶ ", "dim")
        said.append(name(hop.receiver, story.names), "" if hop.accepted else "yellow")
    if stay.pending is not None:
        said.append(" (has not answered)", "yellow")
    elif stay.hops:
        said.append(" (holds the right)", "green")
    return said


def _pickup(story: Story, stay: Stay) -> Text:
    pickup = stay.pickup
    if pickup is None:
        used = stay.gate is Gate.GATE_OUT
        return Text("used" if used else "none", "" if used else "yellow")
    said = f"{name(pickup.operator, story.names)}, {MODALITIES[pickup.modality]}"
    if pickup.driver is not None:
        said += f", driver {pickup.driver.alias or ''} {pickup.driver.mask}".replace("  ", " ")
    return Text(said, "green")


def _lights(lights: Lights) -> Text:
    said = Text()
    shown = (
        ("commercial", _light(lights.commercial_release is CommercialLight.OK)),
        ("customs", _customs_colour(lights)),
        ("discharged", _light(lights.terminal_operation)),
        ("terminal", _light(lights.terminal_ready is TerminalLight.RELEASED)),
        ("together", _COMBINED[lights.combined]),
    )
    for label, colour in shown:
        said.append(f"{_LAMPS[colour]} ", colour)
        said.append(f"{label}  ")
    return said


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


def _leave(story: Story, stay: Stay) -> RenderableType:
    missing = story.missing(stay)
    if not missing:
        return Text("yes, with the driver or operator that is assigned", "green")
    if missing[0] is Missing.ALREADY_GATED_OUT or Missing.ALREADY_GATED_OUT in missing:
        return Text("it has left")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text("no:", "yellow"), "")
    for reason in missing:
        words = explained(reason)
        fix = f" Can fix: {words.who_can_fix()}"
        table.add_row("", Text.assemble(words.sentence(), (fix, "dim")))
    return table


def _waiting(story: Story) -> Text:
    said = Text(f"{len(story.file.waiting)} waiting for a release: ", "cyan")
    said.append(
        ", ".join(
            f"{held.question.cause.message_type.removeprefix('releasebus.')} of "
            f"{name(held.question.cause.organisation, story.names)}"
            for held in story.file.waiting
        )
    )
    return said
