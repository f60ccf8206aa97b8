"""The summary of a day as a person reads it, at 80 columns."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.demo.folder import DOCUMENTS, HEAD_KEY, LEDGER, LOGS, TERMINALS, TOPICS, TRUST
from cli.demo.run import Result
from cli.demo.state import State, state_of
from cli.options import DATABASE_VARIABLE, DEMO_DATABASE, SQLITE
from cli.story import drawn
from producers.simulator.elsewhere import PLACES
from schemas.reasons import Finding, Missing, Reason
from schemas.words import explained

BAR = 22
SHOWN_FAULTS = 5
NARROW = 80
COMMAND = "releasebus"
SIGNED = (
    "\nSignatures are required: {} companies, each with a proven key of its own,"
    "\nmade for this day and kept nowhere"
)


def show(result: Result, folder: Path, screen: Console) -> None:
    """Print the summary."""
    screen.width = min(screen.width, NARROW)
    for part in _parts(result, folder):
        screen.print(part)
    screen.print("\n[bold]Look further[/]")
    for line in next_commands(result, folder):
        screen.print(line, markup=False, soft_wrap=True)  # to be copied whole


def _parts(result: Result, folder: Path) -> Iterator[RenderableType]:
    yield Rule("A day at Antwerp, and elsewhere", style="bold")
    yield _headline(result)
    yield _titled("Where the containers are at the end of the day", _states(result))
    yield _titled("What keeps those that stay, and who can fix it", _missing(result))
    yield _titled("What the ledger answered", _answers(result))
    if result.found.refusals:
        yield _titled("Refused, and why", _refusals(result))
    if result.found.dead:
        yield _titled("Unreadable: dead letters by cause", _dead(result))
    if result.found.findings:
        yield _titled("Alarms: what happened and was not allowed", _findings(result))
    yield _titled("At the gates", _gates(result))
    yield _titled("The same companies in other ports, on the same onboarding", _elsewhere(result))
    yield _titled(f"One container's story: {result.story.container}", drawn(result.story))
    yield _titled("Does it add up?", _checks(result))
    yield _titled(f"Left in {folder}/", _left(result))


def _titled(title: str, content: RenderableType) -> RenderableType:
    return Group("", Text(title, "bold"), Padding(content, (0, 0, 0, 2)))


def _headline(result: Result) -> Text:
    day, played = result.day, result.played
    ships = len({box.ship.stay_number for box in day.boxes})
    rate = played.published / played.seconds if played.seconds else 0.0
    return Text.assemble(
        f"{len(day.boxes):,} containers off {_count(ships, 'ship')}, "
        f"{len(day.cast.companies)} companies, {day.starts_at:%d %B %Y} (seed {day.seed})\n",
        f"{played.published:,} messages in {played.seconds:.1f} s: ",
        (f"{rate:,.0f} a second", "bold"),
        f", each answered before the next step\non {result.engines.kafka} and "
        f"{result.engines.database}; {result.audit.entries:,} entries in the ledger",
        (SIGNED.format(len(day.cast.companies)), "dim"),
    )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _table(*columns: str) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for kind in columns:
        if kind == "number":
            table.add_column(justify="right", no_wrap=True, min_width=5)
        elif kind == "fixed":
            table.add_column(no_wrap=True)
        else:
            table.add_column(overflow="fold")
    return table


def _states(result: Result) -> Table:
    table, states = _table("fixed", "number", "fixed"), result.stands.states
    most = max(states.values())
    for state in State:
        if states[state]:
            bar = "█" * max(1, round(states[state] / most * BAR))
            table.add_row(state.value, f"{states[state]:,}", Text(bar, _colour(state)))
    return table


def _colour(state: State) -> str:
    if state is State.LEFT:
        return "dim green"
    if state in {State.READY, State.INSIDE}:
        return "green"
    return "red" if state in {State.BLOCKED, State.OTHER} else "yellow"


def _missing(result: Result) -> Table:
    table = _table("number", "text", "text")
    for reason in Missing:
        if count := result.stands.missing[reason]:
            words = explained(reason)
            table.add_row(f"{count:,}", words.sentence(), Text(words.who_can_fix(), "dim"))
    return table


def _answers(result: Result) -> Table:
    outcomes, table = result.found.outcomes, _table("number", "text")
    words = {
        "applied": "applied",
        "refused": "refused, with a reason",
        "waiting": "came before their release and waited",
        "duplicate": "had been said before: counted once, told the first answer again",
        "parked": "parked: our code could not handle them",
    }
    for outcome, said in words.items():
        if outcomes[outcome]:
            table.add_row(f"{outcomes[outcome]:,}", said)
    if again := result.found.repeated_messages:
        table.add_row(f"{again:,}", "of the repetitions are intake's, after trouble: lawful")
    table.add_row(f"{result.found.dead.total():,}", "could not be read: dead letters")
    return table


def _refusals(result: Result) -> Table:
    table = _table("number", "text")
    for reason, count in result.found.refusals.most_common():
        table.add_row(f"{count:,}", explained(Reason(reason)).sentence())
    return table


def _dead(result: Result) -> Columns:
    said = [f"{count:>5}  {cause}" for cause, count in _ordered(result.found.dead)]
    return Columns(said, padding=(0, 2), column_first=True)


def _ordered(counted: Counter[str]) -> Sequence[tuple[str, int]]:
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _findings(result: Result) -> Table:
    table = _table("number", "text")
    for finding, count in result.found.findings.most_common():
        table.add_row(Text(f"{count:,}", "bold red"), explained(Finding(finding)).sentence())
    return table


def _gates(result: Result) -> Table:
    gates, table = result.gates, _table("number", "text")
    table.add_row(f"{gates.asked:,}", "questions to three gates, answered from memory")
    table.add_row(f"{gates.leave:,}", Text("may leave with who came for them", "green"))
    table.add_row(f"{gates.turned_away:,}", "of these were denied to another driver")
    for reason, count in gates.stay.most_common():
        table.add_row(f"{count:,}", Text(f"stay: {reason}"))
    return table


def _elsewhere(result: Result) -> Table:
    table = _table("fixed", "fixed", "number", "number", "text")
    for place in PLACES:
        boxes = [box.number for box in result.tour.boxes if box.place is place]
        states = Counter(result.elsewhere[number] for number in boxes)
        stand = ", ".join(f"{states[each]} {each.value}" for each in State if states[each])
        table.add_row(
            Text(place.name, "bold"),
            place.speaks_as,
            f"{result.found.asked[place.system]:,} {'told' if place.is_airport else 'asked'}",
            f"{result.travelled.said[place.system]:,} said",
            Text(stand, "green"),
        )
    return table


def _checks(result: Result) -> Table:
    table = _table("fixed", "text")
    for check in result.checks:
        mark = Text("✗", "bold red") if check.faults else Text("✓", "green")
        table.add_row(mark, check.what)
        for fault in check.faults[:SHOWN_FAULTS]:
            table.add_row("", Text(fault, "red"))
        if len(check.faults) > SHOWN_FAULTS:
            more = len(check.faults) - SHOWN_FAULTS
            table.add_row("", Text(f"and {more} more (summary.json)", "red"))
    return table


def _left(result: Result) -> RenderableType:
    files, documents = _table("fixed", "text"), result.found.documents.total()
    for name, what in contents(result, documents):
        files.add_row(name, Text(what, "dim"))
    return files


def contents(result: Result, documents: int) -> Iterator[tuple[str, str]]:
    """Yield what is in the folder, and what it is."""
    if not result.engines.are_real:
        yield LEDGER, "the ledger: entries, stays, waiting room, organisations"
    yield f"{TOPICS}/", f"all {result.found.records.total():,} records, a file a topic"
    yield f"{TERMINALS}/", "the pick-up rights as each terminal has them"
    yield f"{DOCUMENTS}/", f"what systems were told of five; all {documents:,} in {TOPICS}/"
    yield f"{LOGS}/", "what the parts of the bus had to say meanwhile"
    yield f"{HEAD_KEY}.pub", "the public key of the signed heads, for `verify`"
    yield TRUST, "the public keys of the doors, whose registrations intake believed"
    yield "summary.json", "everything above, for programs"


def next_commands(result: Result, folder: Path) -> list[str]:
    """Return commands that go on from here."""
    run = _releasebus()
    commands = [f"{run} dead-letters list --file {folder}"]
    if not result.engines.are_real:
        bill = result.day.boxes[0].bills[0]
        commands[:0] = [
            f"{run} why {_kept(result)}",
            f"{run} show {result.story.container}",
            *(f"{run} show {each}" for each in result.tour.worth_telling()),
            f"{run} show {bill}",
            f"{run} verify",
        ]
        if folder != DEMO_DATABASE.parent:
            url = f"{SQLITE}{(folder / LEDGER).resolve()}"
            commands.insert(0, f"export {DATABASE_VARIABLE}={url}")
    return [f"  {command}" for command in commands]


def _kept(result: Result) -> str:
    """Return a container that may not leave, the story's where all have left."""
    now = datetime.now(UTC)
    files = result.stands.files.items()
    kept = (each for each, file in files if state_of(file, now) in {State.CUSTOMS, State.OFFERED})
    return next(kept, result.story.container)


def _releasebus() -> str:
    """Return how the command is called from here."""
    called = Path(sys.argv[0])
    if called.name != COMMAND or shutil.which(COMMAND) == str(called):
        return COMMAND
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_relative_to(here) else str(called)
