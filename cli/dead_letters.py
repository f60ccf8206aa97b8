"""`releasebus dead-letters`: what could not be read, why, its bytes, and whether it is handled."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.demo.folder import TOPICS
from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import (
    DATABASE_VARIABLE,
    DEFAULT_DATABASE,
    DEFAULT_KAFKA,
    DEMO_DATABASE,
    AsJson,
    BootstrapServers,
    Namespace,
    existing_ledger,
)
from cli.voice import console, emit, harmless, wrapped
from producers.login import Servers
from schemas.topics import DEAD_LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ledger.book.letters import Handled, Place

app = typer.Typer(
    help="What could not be read, why, and the bytes as they came.", no_args_is_help=True
)
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--file", help="Read them from what a demo left, folder or file, not from Kafka."
    ),
]
InLedger = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar=DATABASE_VARIABLE,
        metavar="URL",
        help="The ledger's database, which knows what is handled; by default that of the last "
        "demo. Where there is none nobody says.",
    ),
]
REASON, POSITION, ERROR, ORIGIN = (
    "dlq-reason-code",
    "dlq-position",
    "dlq-error",
    "dlq-original-topic",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as an object; `place` is its partition and offset."""

    content: dict[str, Any]

    @property
    def stands_at(self) -> "Place":
        """Its partition and offset."""
        return int(self.content["partition"]), int(self.content["offset"])

    @property
    def place(self) -> str:
        """Where it stands, as `show` takes it."""
        return f"{self.content['partition']}/{self.content['offset']}"

    def header(self, name: str) -> str:
        """Return one of its headers, or nothing."""
        found = self.content["headers"].get(name)
        return found if isinstance(found, str) else ""


@app.command("list", epilog=EXIT_CODES)
@ending
def list_letters(
    *,
    cause: Annotated[str, typer.Option(help="Only those of this cause.")] = "",
    still_open: Annotated[
        bool, typer.Option("--open", help="Only those that nobody has handled.")
    ] = False,
    file: FromFile = None,
    database_url: InLedger = DEFAULT_DATABASE,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """List the dead letters, the oldest first, and count them by cause."""
    known = _handled(database_url, needed=still_open)
    found = sorted(_letters(file, bootstrap_servers, namespace), key=lambda x: x.content["at"])
    done = known if still_open and known is not None else {}
    letters = [
        each for each in found if cause in {"", each.header(REASON)} and each.stands_at not in done
    ]
    causes = Counter(each.header(REASON) for each in letters)
    if as_json:
        told = [_as_object(each, known) for each in letters]
        emit({"causes": dict(causes), "letters": told})
    elif letters:
        _list(letters, known, causes)
    else:
        console().print("There are no dead letters.")


def _list(
    letters: list[Letter], known: "Mapping[Place, Handled] | None", causes: Counter[str]
) -> None:
    screen, table = console(), Table(box=None, pad_edge=False)
    for column in ("place", "cause", "at", "key", "came on"):
        # What does not fit is cut off where it is wrong; `show` has the whole of it.
        table.add_column(column, no_wrap=column != "at")
    if known is not None:
        table.add_column("handled", no_wrap=True)
    for each in letters:
        # As texts: what a sender wrote may look like rich's own marks, and hide all the others.
        row = [
            Text(each.place),
            Text(harmless(each.header(REASON))),
            Text(harmless(each.header(POSITION)), no_wrap=True, overflow="ellipsis"),
            Text(harmless(each.content["key"] or "-")),
            Text(harmless(each.header(ORIGIN))),
        ]
        if known is not None:
            found = known.get(each.stands_at)
            row.append(Text("-" if found is None else f"{found.at:%Y-%m-%d}"))
        table.add_row(*row)
    screen.print(table)
    told = (f"{count} {harmless(each)}" for each, count in causes.most_common())
    screen.print(wrapped(told, screen.width), markup=False)


@app.command("show", epilog=EXIT_CODES)
@ending
def show_letter(
    place: Annotated[str, typer.Argument(help="Partition and offset, as `list` shows them: 3/17")],
    *,
    file: FromFile = None,
    database_url: InLedger = DEFAULT_DATABASE,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Show one dead letter: what was wrong, who sent it, its bytes, and how it was handled."""
    known = _handled(database_url)
    found = _letter(place, file, bootstrap_servers, namespace)
    if as_json:
        emit(_as_object(found, known))
    else:
        _show(found, (known or {}).get(found.stands_at))


@app.command("handled", epilog=EXIT_CODES)
@ending
def mark_letter(
    place: Annotated[str, typer.Argument(help="Partition and offset, as `list` shows them: 3/17")],
    *,
    note: Annotated[str, typer.Option(help="What was done, for whoever asks later.")],
    file: FromFile = None,
    database_url: InLedger = DEFAULT_DATABASE,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Mark a dead letter as handled, and how; the letter itself stays as it came.

    Ends with 1 where there is no such letter, or it was handled before: that note stands.
    """
    from ledger.book.letters import Handled  # noqa: PLC0415 - heavy: only when it is run

    if not note.strip():
        raise Told("Say with --note what was done.", Exit.USAGE)
    letter = _letter(place, file, bootstrap_servers, namespace)
    now = Handled(datetime.now(UTC), note)
    before = _mark(database_url, letter, now)
    if before is not None:
        when = f"{before.at:%Y-%m-%d %H:%M} UTC"
        raise Told(f"{place} was handled at {when} already: {before.how}", Exit.FOUND)
    if as_json:
        emit({"ok": True, "place": place, "handled": _handled_object(now)})
    else:
        console().print(f"{place} is handled: {note}", markup=False)


def _mark(database_url: str, letter: Letter, now: "Handled") -> "Handled | None":
    from ledger.book.engine import open_book  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.letters import mark_handled  # noqa: PLC0415 - the same
    from ledger.book.migrate import check_version  # noqa: PLC0415 - the same

    engine = open_book(existing_ledger(database_url))
    try:
        check_version(engine)
        with engine.begin() as connection:
            return mark_handled(connection, letter.stands_at, now)
    finally:
        engine.dispose()


def _handled(database_url: str, *, needed: bool = False) -> "Mapping[Place, Handled] | None":
    """Return which letters are handled; None where nobody named a ledger and no demo left one."""
    if database_url == DEFAULT_DATABASE and not needed and not DEMO_DATABASE.is_file():
        return None
    from cli.ledger import opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.letters import handled  # noqa: PLC0415 - the same

    with opened(existing_ledger(database_url)) as connection:
        return handled(connection)


def _as_object(letter: Letter, known: "Mapping[Place, Handled] | None") -> dict[str, Any]:
    if known is None:
        return letter.content
    found = known.get(letter.stands_at)
    return {**letter.content, "handled": None if found is None else _handled_object(found)}


def _handled_object(found: "Handled") -> dict[str, str]:
    return {"at": found.at.isoformat(), "note": found.how}


def _letter(place: str, file: Path | None, bootstrap_servers: Servers, namespace: str) -> Letter:
    letters = _letters(file, bootstrap_servers, namespace)
    found = next((letter for letter in letters if letter.place == place), None)
    if found is None:
        sentence = f"No dead letter stands at {place!r}; `dead-letters list` has them."
        raise Told(sentence, Exit.FOUND)
    return found


def _show(letter: Letter, handled: "Handled | None") -> None:
    screen = console()
    if handled is not None:
        screen.print(f"handled {handled.at:%Y-%m-%d %H:%M} UTC: {handled.how}", markup=False)
    reason, position = letter.header(REASON), letter.header(POSITION)
    screen.print(Text.assemble((harmless(reason), "bold"), f" at {harmless(position)}"))
    screen.print(harmless(letter.header(ERROR)), markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in letter.content["headers"].items():
        table.add_row(Text(harmless(name)), Text(harmless("" if value is None else str(value))))
    screen.print(table)
    for kind in ("value", "value_text", "value_base64"):
        if kind in letter.content:
            screen.print(f"[dim]{kind}[/]")
            shown = json.dumps(letter.content[kind], ensure_ascii=False)
            screen.print(harmless(shown), markup=False)


def _letters(file: Path | None, bootstrap_servers: Servers, namespace: str) -> "Iterator[Letter]":
    if file is None:
        yield from asyncio.run(_on_topic(bootstrap_servers, namespace))
        return
    if file.is_dir():
        file = file / TOPICS / f"{DEAD_LETTERS.name}.jsonl"
    if not file.is_file():
        raise Told(f"There is no file {file}.", Exit.USAGE)
    try:
        with file.open() as lines:
            for line in lines:
                yield _letter_in(line)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Told(
            f"{file} holds no dead letters ({type(error).__name__}): give what a demo left, or "
            f"what `releasebus tail {DEAD_LETTERS.name} --from-start --until-end --json` writes.",
            Exit.USAGE,
        ) from error


def _letter_in(line: str) -> Letter:
    content = json.loads(line)
    letter = Letter({"key": None, **content, "headers": dict(content["headers"])})
    if min(letter.stands_at) < 0 or "at" not in content:
        raise KeyError("at")
    return letter


async def _on_topic(bootstrap_servers: Servers, namespace: str) -> list[Letter]:
    from cli.records import as_object  # noqa: PLC0415 - heavy: only when it is run
    from consumers.reach import reach_broker  # noqa: PLC0415 - the same
    from consumers.tail import standing  # noqa: PLC0415 - the same

    await reach_broker(bootstrap_servers)
    records = standing(bootstrap_servers, [namespace + DEAD_LETTERS.name])
    return [Letter(as_object(record)) async for record in records]
