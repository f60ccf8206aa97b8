"""`releasebus schemas`: write the schemas for who has no Python, or check them."""

from pathlib import Path
from typing import Annotated

import typer

from cli.exits import Exit, ending
from cli.options import AsJson
from cli.voice import emit
from schemas import export

FOLDER = Path("docs/schemas")


@ending
def schemas(
    *,
    folder: Annotated[Path, typer.Option(help="Where the schemas stand.")] = FOLDER,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where one is not current.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write JSON Schemas and the AsyncAPI document of everything that travels."""
    differences = export.check(folder) if check else export.export(folder)
    if as_json:
        emit({"folder": str(folder), "differences": differences})
    else:
        typer.echo("\n".join([*differences, _summary(folder, differences, written=not check)]))
    if check and differences:
        raise typer.Exit(Exit.FOUND)


def _summary(folder: Path, differences: list[str], *, written: bool) -> str:
    if not differences:
        return f"The schemas in {folder} are current."
    if written:
        return f"The schemas in {folder} are written: {len(differences)} changed."
    return f"{len(differences)} are not current: write them with `releasebus schemas`."


app = typer.Typer()
app.command()(schemas)
