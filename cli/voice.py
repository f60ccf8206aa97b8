"""What commands say: words for a person on a terminal, JSON for a program, never both."""

import json
import os
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

COLUMNS_VARIABLE = "COLUMNS"
# Without a terminal rich would wrap at 80; what goes into a file is not to be broken, unless
# COLUMNS asks for it.
WIDTH_IN_A_FILE = 100
UNBROKEN = "\N{NO-BREAK SPACE}"
WIDTH_OF_A_PAGE = 80


def console() -> Console:
    """Return the console for what was asked for."""
    seen = Console(highlight=False)
    if seen.is_terminal or _columns_are_said():
        return seen
    return Console(highlight=False, width=WIDTH_IN_A_FILE)


def _columns_are_said() -> bool:
    """Tell whether COLUMNS says how wide it shall be; rich follows it, into a pipe too."""
    said = os.environ.get(COLUMNS_VARIABLE, "")
    return said.isdecimal() and int(said) > 0


def paper() -> Console:
    """Return the console for what may be printed and filed: never wider than a page."""
    seen = Console(highlight=False)
    return Console(highlight=False, width=min(seen.width, WIDTH_OF_A_PAGE))


def aside() -> Console:
    """Return the console for what goes on meanwhile: standard error, so that pipes stay clean."""
    return Console(stderr=True, highlight=False)


def wrapped(parts: Iterable[str], width: int) -> str:
    """Return *parts*, commas between them, in lines of *width*; no part is broken."""
    whole = (part.replace(" ", UNBROKEN) for part in parts)
    lines = textwrap.wrap(", ".join(whole), width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace(UNBROKEN, " ")


def harmless(text: str) -> str:
    """Return *text* of somebody's file as a terminal takes it: it neither steers nor breaks it."""
    return text.translate(_SHOWN)


_SHOWN = (
    # U+2400 and on are pictures of the control characters.
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xDC80, 0xDD00)), "\N{REPLACEMENT CHARACTER}")
)
"""The last are C1, and bytes that were no characters (surrogateescape)."""


def emit(data: Any) -> None:
    """Answer a program; a byte that was no character is one of JSON's own escapes."""
    told = json.dumps(data, ensure_ascii=False, default=str)
    typer.echo(told.encode(errors="backslashreplace").decode())


class Steps:
    """Progress of long work on standard error; silent where nobody sits there."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task: Any = None

    def begin(self, what: str, total: float | None = None) -> None:
        """Begin a step of *total* parts; of None nobody knows how many."""
        if self._progress is None:
            return
        self.end()
        self._task = self._progress.add_task(what, total=total)

    def reached(self, completed: float) -> None:
        """Show how far the step is."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=completed)

    def end(self) -> None:
        """End the step in hand."""
        if self._progress is None or self._task is None:
            return
        task = self._progress.tasks[self._progress.task_ids.index(self._task)]
        done = task.total if task.total is not None else 1
        self._progress.update(self._task, total=done, completed=done)
        self._task = None


@contextmanager
def steps(*, quiet: bool) -> Iterator[Steps]:
    """Show the progress of long work while inside."""
    seen = aside()
    if quiet or not seen.is_terminal:
        yield Steps(None)
        return
    columns = (
        TextColumn("  {task.description:<34}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=seen, transient=True) as progress:
        yield Steps(progress)
