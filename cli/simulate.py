"""`releasebus partner simulate`: what the bus would answer a partner's interchange, offline."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.exits import Exit, Told, ending
from cli.options import AsJson
from cli.voice import console, emit, harmless

if TYPE_CHECKING:
    from consumers.gateway.handled import Handled, Made


@ending
def simulate(
    partner: Annotated[Path, typer.Argument(help="The partner's TOML file.")],
    files: Annotated[list[Path], typer.Argument(help="Its interchanges, in the order they come.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Play FILES through the gateway as if PARTNER sent them; nothing is sent, nothing is kept.

    Shown is what would go to the ledger's log, and CONTRL and APERAK as they would be sent. Name
    a file twice to see what a repeat does. Ends with 1 where anything is not taken.
    """
    from cli.gateway_part import partner_in  # noqa: PLC0415 - heavy: only when it is run
    from consumers.gateway.simulated import simulated  # noqa: PLC0415 - the same

    sender = partner_in(partner)
    found = simulated(sender, [_read(file) for file in files], datetime.now(UTC))
    for file, one in zip(files, found, strict=True):
        if as_json:
            emit(_as_object(file, one))
        else:
            _show(file, one)
    if any(one.problems or one.repeated for one in found):
        raise typer.Exit(Exit.FOUND)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}.", Exit.USAGE) from error


def _as_object(file: Path, one: "Handled") -> dict[str, Any]:
    from consumers.gateway.handled import LOG  # noqa: PLC0415 - heavy: only when it is run

    return {
        "file": str(file),
        "messages": [_message(made) for made in one.made if made.kind == LOG],
        "answers": [{"type": made.kind, "segments": _segments(made)} for made in _answers(one)],
        "problems": [{"code": each.code, "position": each.position} for each in one.problems],
        "repeated": one.repeated,
    }


def _show(file: Path, one: "Handled") -> None:
    from consumers.gateway.handled import LOG  # noqa: PLC0415 - heavy: only when it is run

    printed = console()
    printed.print(Text(harmless(str(file)), "bold"))
    for made in one.made:
        if made.kind == LOG:
            said = _message(made)
            printed.print(Text.assemble(("  to the ledger: ", "green"), said["type"]))
            printed.print(Text(f"    {json.dumps(said['data'])}"), soft_wrap=True)
    for each in one.problems:
        printed.print(Text(f"  not taken: {each.code}, {each.position}", "red"))
    if one.repeated:
        printed.print(Text("  came before: nothing changes", "yellow"))
    for made in _answers(one):
        printed.print(Text(f"  answered by {made.kind.upper()}", "cyan"))
        for segment in _segments(made):
            printed.print(Text(f"    {segment}"), soft_wrap=True)


def _answers(one: "Handled") -> "list[Made]":
    from consumers.gateway.handled import APERAK, CONTRL  # noqa: PLC0415 - heavy: as above

    return [made for made in one.made if made.kind in (CONTRL, APERAK)]


def _message(made: "Made") -> dict[str, Any]:
    headers = {name: value.decode() for name, value in made.record.headers}
    return {
        "id": headers["ce_id"],
        "type": headers["ce_type"],
        "time": headers["ce_time"],
        "data": json.loads(made.record.value or b"{}"),
    }


def _segments(made: "Made") -> list[str]:
    from adapters.edifact.read import segments_in  # noqa: PLC0415 - heavy: only when it is run

    return [each.text for each in segments_in([made.record.value or b""]) if each.text]
