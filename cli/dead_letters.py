"""`releasebus dead-letters`: what could not be read, why, and the bytes as they came."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.demo.folder import TOPICS
from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import DEFAULT_KAFKA, AsJson, BootstrapServers, Namespace
from cli.voice import console, emit, wrapped
from schemas.topics import DEAD_LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    help="What could not be read, why, and the bytes as they came.", no_args_is_help=True
)
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--file", help="Read them from what a demo left, folder or file, not from Kafka."
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
    file: FromFile = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """List the dead letters, the oldest first, and count them by cause."""
    found = sorted(_letters(file, bootstrap_servers, namespace), key=lambda x: x.content["at"])
    letters = [each for each in found if cause in {"", each.header(REASON)}]
    causes = Counter(each.header(REASON) for each in letters)
    if as_json:
        emit({"causes": dict(causes), "letters": [each.content for each in letters]})
        return
    screen = console()
    if not letters:
        screen.print("There are no dead letters.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("place", "cause", "at", "key", "came on"):
        # What does not fit is cut off where it is wrong; `show` has the whole of it.
        table.add_column(column, no_wrap=column != "at")
    for each in letters:
        # As texts: what a sender wrote may look like rich's own marks, and hide all the others.
        table.add_row(
            each.place,
            Text(each.header(REASON)),
            Text(each.header(POSITION), no_wrap=True, overflow="ellipsis"),
            Text(each.content["key"] or "-"),
            Text(each.header(ORIGIN)),
        )
    screen.print(table)
    told = (f"{count} {each}" for each, count in causes.most_common())
    screen.print(wrapped(told, screen.width), markup=False)


@app.command("show", epilog=EXIT_CODES)
@ending
def show_letter(
    place: Annotated[str, typer.Argument(help="Partition and offset, as `list` shows them: 3/17")],
    *,
    file: FromFile = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Show one dead letter: what was wrong, who sent it, and its bytes."""
    letters = _letters(file, bootstrap_servers, namespace)
    found = next((letter for letter in letters if letter.place == place), None)
    if found is None:
        sentence = f"No dead letter stands at {place!r}; `dead-letters list` has them."
        raise Told(sentence, Exit.FOUND)
    if as_json:
        emit(found.content)
    else:
        _show(found)


def _show(letter: Letter) -> None:
    screen = console()
    reason, position = letter.header(REASON), letter.header(POSITION)
    screen.print(Text.assemble((reason, "bold"), f" at {position}"))
    screen.print(letter.header(ERROR), markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in letter.content["headers"].items():
        table.add_row(Text(name), Text("" if value is None else str(value)))
    screen.print(table)
    for kind in ("value", "value_text", "value_base64"):
        if kind in letter.content:
            screen.print(f"[dim]{kind}[/]")
            screen.print(json.dumps(letter.content[kind], ensure_ascii=False), markup=False)


def _letters(file: Path | None, bootstrap_servers: str, namespace: str) -> "Iterator[Letter]":
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
    if not letter.place or "at" not in content:
        raise KeyError("at")
    return letter


async def _on_topic(bootstrap_servers: str, namespace: str) -> list[Letter]:
    from cli.records import as_object  # noqa: PLC0415 - heavy: only when it is run
    from consumers.reach import reach_broker  # noqa: PLC0415 - the same
    from consumers.tail import standing  # noqa: PLC0415 - the same

    await reach_broker(bootstrap_servers)
    records = standing(bootstrap_servers, [namespace + DEAD_LETTERS.name])
    return [Letter(as_object(record)) async for record in records]
