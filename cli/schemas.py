"""`releasebus schemas`: write the schemas for who has no Python, or check them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from schemas import export

FOLDER = Path("docs/schemas")
NOT_CURRENT = 1

app = typer.Typer(invoke_without_command=True)


@app.callback()
def schemas(
    *,
    folder: Annotated[Path, typer.Option(help="Where the schemas stand.")] = FOLDER,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; exit with 1 where a file is not current."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Write JSON Schemas and the AsyncAPI document of everything that travels."""
    differences = export.check(folder) if check else export.export(folder)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "differences": differences}))
    else:
        typer.echo("\n".join([*differences, _summary(folder, differences, written=not check)]))
    if check and differences:
        raise typer.Exit(NOT_CURRENT)


def _summary(folder: Path, differences: list[str], *, written: bool) -> str:
    if not differences:
        return f"The schemas in {folder} are current."
    if written:
        return f"The schemas in {folder} are written: {len(differences)} changed."
    return f"{len(differences)} are not current: write them with `releasebus schemas`."
