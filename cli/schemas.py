"""`releasebus schemas`: write the schemas for who has no Python, check them, or release them."""

from pathlib import Path
from typing import Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import AsJson
from cli.voice import emit
from schemas import export
from schemas.evolution import released

FOLDER = Path("docs/schemas")


@ending
def schemas(
    *,
    folder: Annotated[Path, typer.Option(help="Where the schemas stand.")] = FOLDER,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where one is not current.")
    ] = False,
    compatible: Annotated[
        bool,
        typer.Option(
            "--compatible", help="Write nothing; end with 1 where a released version is broken."
        ),
    ] = False,
    release: Annotated[
        int | None, typer.Option(metavar="VERSION", help="Keep those of now as this version.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write JSON Schemas, and the AsyncAPI and OpenAPI documents, of everything that travels."""
    if check + compatible + (release is not None) > 1:
        raise Told("Give one of --check, --compatible and --release.", Exit.USAGE)
    if compatible:
        _compare(folder, as_json=as_json)
    elif release is not None:
        _release(folder, release, as_json=as_json)
    else:
        _write(folder, check=check, as_json=as_json)


def _write(folder: Path, *, check: bool, as_json: bool) -> None:
    from producers.door import openapi  # noqa: PLC0415 - heavy: only when it is run

    beside = {openapi.FILE: openapi.document()}
    differences = export.check(folder, beside) if check else export.export(folder, beside)
    if as_json:
        emit({"folder": str(folder), "differences": differences})
    else:
        typer.echo("\n".join([*differences, _summary(folder, differences, written=not check)]))
    if check and differences:
        raise typer.Exit(Exit.FOUND)


def _compare(folder: Path, *, as_json: bool) -> None:
    versions = released.released_in(folder)
    judged = released.judged(versions, released.documents_now())
    newest = max(versions, default=0)
    added = judged.added_since(newest)
    if as_json:
        emit({"released": [*versions], "breaches": judged.breaches, "added": added})
    else:
        typer.echo("\n".join([*judged.breaches, _verdict(len(judged.breaches), newest, added)]))
    if judged.breaches:
        raise typer.Exit(Exit.FOUND)


def _verdict(breaches: int, newest: int, added: tuple[str, ...]) -> str:
    if breaches:
        return f"{breaches} must not stand so; how schemas change: docs/schemas/README.md."
    return f"No released version is broken; since version {newest}: {len(added)} additions."


def _release(folder: Path, version: int, *, as_json: bool) -> None:
    count = released.release(folder, version)
    kept = folder / released.FOLDER / str(version)
    if as_json:
        emit({"folder": str(kept), "documents": count})
    else:
        typer.echo(f"Version {version} is released: {count} documents in {kept}.")


def _summary(folder: Path, differences: list[str], *, written: bool) -> str:
    if not differences:
        return f"The schemas in {folder} are current."
    if written:
        return f"The schemas in {folder} are written: {len(differences)} changed."
    return f"{len(differences)} are not current: write them with `releasebus schemas`."


app = typer.Typer()
app.command()(schemas)
