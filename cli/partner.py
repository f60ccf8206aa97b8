"""`releasebus partner`: the files that say what is agreed with EDIFACT partners."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import AsJson
from cli.voice import console, emit, harmless

if TYPE_CHECKING:
    from adapters.edifact.partners import Partner, PartnerFault

app = typer.Typer(
    help="What is agreed with EDIFACT partners, one file each.", no_args_is_help=True
)
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Partners' files (TOML).")]


@app.command("lint", epilog=EXIT_CODES)
@ending
def lint(files: Files, *, as_json: AsJson = False) -> None:
    """Read partners' files as the gateway does; tell every fault, what is unverified and not told.

    Ends with 1 where a file has a fault.
    """
    wrong = 0
    for file in files:
        read = read_partner(file)
        wrong += isinstance(read, tuple)
        if as_json:
            emit(_object(file, read))
        else:
            _show(file, read)
    if wrong:
        raise typer.Exit(Exit.FOUND)


def read_partner(file: Path) -> "Partner | tuple[PartnerFault, ...]":
    """Return the partner that a file describes, named as the file is, or what is wrong with it."""
    from adapters.edifact.partners import partner_from  # noqa: PLC0415 - only when it is run

    try:
        return partner_from(file.read_text(encoding="utf-8"), file.stem)
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}.", Exit.USAGE) from error
    except UnicodeDecodeError as error:
        raise Told(f"{file} is no UTF-8.", Exit.USAGE) from error


def _show(file: Path, read: "Partner | tuple[PartnerFault, ...]") -> None:
    printed = console()
    if isinstance(read, tuple):
        printed.print(Text(f"{harmless(str(file))}: faults: {len(read)}", "red"), soft_wrap=True)
        for fault in read:
            rest = f": {fault.wrong} {fault.remedy}"
            printed.print(Text.assemble(("  " + fault.field, "yellow"), rest), soft_wrap=True)
        return
    sends, got = ", ".join(read.sends) or "nothing", ", ".join(read.gets) or "nothing"
    right = f"{harmless(str(file))}: right; it sends {sends}, and gets {got}"
    printed.print(Text(right, "green"), soft_wrap=True)
    for gets in read.gets.values():
        if untold := ", ".join(gets.untold):
            lacks = "no withdrawn_when" if gets.type == "COREOR" else "no code"
            told = f"  {lacks} in {gets.type}, so never told: {untold}"
            printed.print(Text(told, "yellow"), soft_wrap=True)
    for unheard in read.unheard:
        printed.print(Text(f"  {unheard}", "yellow"), soft_wrap=True)
    for each in read.unverified:
        printed.print(Text(f"  unverified: {each}", "dim"), soft_wrap=True)


def _object(file: Path, read: "Partner | tuple[PartnerFault, ...]") -> dict[str, object]:
    if isinstance(read, tuple):
        faults = [
            {"field": each.field, "wrong": each.wrong, "remedy": each.remedy} for each in read
        ]
        return {"file": str(file), "faults": faults}
    return {
        "file": str(file),
        "faults": [],
        "organisation": read.organisation,
        "sends": [*read.sends],
        "gets": [*read.gets],
        "untold": {each.type: [*each.untold] for each in read.gets.values() if each.untold},
        "unheard": [*read.unheard],
        "unverified": [*read.unverified],
    }
