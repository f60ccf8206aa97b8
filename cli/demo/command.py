"""The command `releasebus demo`."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, ending
from cli.options import AsJson
from cli.voice import aside, console, emit, steps

if TYPE_CHECKING:
    from cli.demo.run import Result

FOLDER = Path("demo-out")
ELSEWHERE = 4


@ending
def demo(
    *,
    real: Annotated[
        bool, typer.Option("--real", help="On Apache Kafka and PostgreSQL of this machine.")
    ] = False,
    containers: Annotated[int, typer.Option(min=1, help="How many leave the ships.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed is the same day again.")] = 1,
    out: Annotated[Path, typer.Option(help="The folder that is left, made anew.")] = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Play a day at Antwerp and elsewhere on a whole bus, and leave a folder to look at.

    Ends with 1 where a message, a container or a hash does not add up.
    """
    result = _played(out, real=real, containers=containers, seed=seed, quiet=as_json)
    if as_json:
        from cli.demo.summary import summary  # noqa: PLC0415 - heavy: only when it is run

        emit(summary(result, out))
    else:
        from cli.demo.screen import show  # noqa: PLC0415 - the same

        show(result, out, console())
    if not result.adds_up:
        _tell_what_is_amiss(result, out)
        raise typer.Exit(Exit.FOUND)


def _tell_what_is_amiss(result: "Result", folder: Path) -> None:
    # At the very end, so that it is what remains on the screen, or in a log's last lines.
    voice = aside()
    voice.print("\n[bold red]This day does not add up:[/]")
    for check in result.amiss:
        first, more = check.faults[0], len(check.faults) - 1
        rest = f" (and {more:,} more)" if more else ""
        voice.print(f"  not so: {check.what}: {first}{rest}", markup=False, soft_wrap=True)
    look = f"All faults: {folder}/summary.json, under checks; what the parts said: {folder}/logs/."
    voice.print(look, markup=False, soft_wrap=True)


def _played(out: Path, *, real: bool, containers: int, seed: int, quiet: bool) -> "Result":
    from cli.demo.engines import embedded  # noqa: PLC0415 - heavy: only when it is run
    from cli.demo.engines import real as real_engines  # noqa: PLC0415 - the same
    from cli.demo.folder import LOGS, made_anew  # noqa: PLC0415 - the same
    from cli.demo.logs import logging_to, trouble_with  # noqa: PLC0415 - the same
    from cli.demo.run import Show, planned, run, signers_of  # noqa: PLC0415 - the same
    from cli.demo.summary import write_folder  # noqa: PLC0415 - the same
    from producers.simulator.elsewhere import tour_of  # noqa: PLC0415 - the same

    folder = made_anew(out)
    logs = folder / LOGS
    with logging_to(logs / "demo.log"), trouble_with(logs), steps(quiet=quiet) as progress:
        progress.begin("planning the day")
        day = planned(seed, containers)
        tour = tour_of(day.cast, seed, ELSEWHERE)
        starting = real_engines(progress) if real else embedded(folder, progress)
        # Not in the folder that is left: a private key stays nowhere.
        with (
            tempfile.TemporaryDirectory(prefix="releasebus-demo-") as secrets,
            starting as engines,
        ):
            show = Show(day, tour, engines, folder, Path(secrets), signers_of(day, tour), progress)
            try:
                result = asyncio.run(run(show))
            except asyncio.CancelledError as error:
                raise KeyboardInterrupt from error
            progress.begin("writing what is left")
            write_folder(result, folder)
    return result
