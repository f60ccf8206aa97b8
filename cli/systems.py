"""`releasebus systems`: which community systems there are, and what of each is unverified."""

import ast
import re
import shutil
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.exits import Exit, Told, ending
from cli.options import AsJson
from cli.voice import emit, paper

if TYPE_CHECKING:
    from adapters.contract import System

TEMPLATE = "_template"
TEMPLATES_PORT = "XXTPL"
TEMPLATES_TITLE = "The template"
IN_TEXT = frozenset({".py", ".toml", ".json", ".md"})
DECIDES = {"ledger": "the ledger", "system": "the system", None: "no port's own"}


@ending
def systems(
    name: Annotated[
        str | None, typer.Argument(help="One of them, by its name or a port of it.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the community systems: ports, who decides, media types, what is unverified.

    Of one that is named, what no owner of it has confirmed, and what each point rests on.
    """
    if name is not None:
        _show(system_called(name), as_json=as_json)
    elif as_json:
        emit([_as_object(system) for system in _systems()])
    else:
        page = paper()
        page.print(_table(_systems()))
        page.print("\nWhat is unverified, with its source: releasebus systems NAME", style="dim")


def _show(system: "System", *, as_json: bool) -> None:
    if as_json:
        emit(_as_object(system) | {"notes": _notes(system), "untold": _untold(system)})
        return
    page = paper()
    page.print(Text(system.title, "bold"))
    page.print(_facts_of(system))
    if system.profile.untold:
        page.print("\n[bold]What it is not told, and why[/]")
    for each in system.profile.untold:
        page.print(Text(f"  {each.what.removeprefix('releasebus.')}", "yellow"))
        page.print(Padding(Text(each.why), (0, 0, 0, 4)))
    page.print("\n[bold]What no owner has confirmed[/]")
    for note in system.profile.unverified:
        page.print(Text(f"  {note.code}", "yellow"))
        page.print(Padding(Text.assemble(note.says, (f" [{note.source}]", "dim")), (0, 0, 0, 4)))


@ending
def new_system(
    name: Annotated[str, typer.Argument(help="Of the folder: small letters, _ and digits.")],
    *,
    port: Annotated[str, typer.Option(help="Its first port, by UN/LOCODE.")],
) -> None:
    """Make a folder of adapters/ for a new system, from the template; edit it from there."""
    import adapters  # noqa: PLC0415 - only when it is run

    if re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name) is None:
        raise Told(f"{name!r} is no name of a folder such as `port_of_kribi`.", Exit.USAGE)
    if iskeyword(name):
        raise Told(
            f"{name!r} is a word of Python's own, and no module can be called so.", Exit.USAGE
        )
    locode = _free_port(port)
    beside = Path(str(adapters.__file__)).parent
    # A folder would hide a module of the same name: nothing that imports that would run again.
    there = next((each for each in beside.iterdir() if each.stem == name), None)
    if there is not None:
        raise Told(f"{there} is there already.", Exit.USAGE)
    shutil.copytree(beside / TEMPLATE, beside / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (beside / name).rglob("*"):
        if file.suffix in IN_TEXT:
            text = file.read_text(encoding="utf-8")
            text = text.replace(TEMPLATE, name).replace(TEMPLATES_PORT, locode)
            text = text.replace(f'"{TEMPLATES_TITLE}"', f'"{_title(name)}"')
            file.write_text(_in_order(text) if file.suffix == ".py" else text, encoding="utf-8")
    typer.echo(
        f"{beside / name} is a system of {locode}: begin with its README.md. Look at it with"
    )
    typer.echo(f"  releasebus systems {name}")
    typer.echo("  pytest tests/adapters/test_contract.py")


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _in_order(source: str) -> str:
    """Return *source* with its imports from adapters in order, where the name stands elsewhere."""
    lines = source.splitlines(keepends=True)
    ours = [
        each
        for each in ast.parse(source).body
        if isinstance(each, ast.ImportFrom) and str(each.module).startswith("adapters")
    ]
    texts = [lines[each.lineno - 1 : each.end_lineno] for each in ours]
    named = sorted(zip((str(each.module) for each in ours), texts, strict=True))
    for each, (_, text) in reversed(list(zip(ours, named, strict=True))):
        lines[each.lineno - 1 : each.end_lineno] = text
    return "".join(lines)


def system_called(name: str) -> "System":
    """Return the system with this name, or whose port it is; raise Told where there is none."""
    from adapters.registry import PortUnknown, systems, systems_of  # noqa: PLC0415 - when it is run

    known = systems().get(name.lower())
    if known is not None:
        return known
    serving = systems_of(name.upper())
    if isinstance(serving, PortUnknown):
        names = ", ".join(sorted(systems()))
        sentence = f"No community system is called {name!r}; there are {names}."
        if re.fullmatch(r"[A-Za-z]{2}[A-Za-z0-9]{3}", name):
            sentence = f"{sentence} {serving.sentence}"
        raise Told(sentence, Exit.USAGE)
    # Others hear of what happens in the port, too, such as customs; one is its own.
    return next((each for each in serving if each.authority is not None), serving[0])


def _free_port(said: str) -> str:
    from schemas.identifiers import Unusable, read_locode  # noqa: PLC0415 - only when it is run
    from schemas.ports import AIRPORTS, PORTS  # noqa: PLC0415 - the same

    read = read_locode(said)
    if isinstance(read, Unusable) or read.findings:
        raise Told(f"{said!r} is no UN/LOCODE, such as NLRTM.", Exit.USAGE)
    if read.value in PORTS:
        owner = PORTS[read.value].system
        raise Told(f"{read.value} is a port of {owner}, and one alone can be there.", Exit.USAGE)
    if read.value in AIRPORTS:
        owner = AIRPORTS[read.value].system
        raise Told(f"{read.value} is {owner}'s airport, and one alone can be there.", Exit.USAGE)
    return read.value


def _systems() -> "list[System]":
    from adapters.registry import systems  # noqa: PLC0415 - heavy: only when it is run

    return [system for _, system in sorted(systems().items())]


def _table(found: "list[System]") -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("system", no_wrap=True)
    table.add_column("ports", overflow="fold", max_width=20)
    table.add_column("decides", no_wrap=True)
    table.add_column("unverified", justify="right")
    table.add_column("what it is", overflow="fold")
    for system in found:
        table.add_row(
            system.name,
            Text(" ".join(sorted(system.ports)) or "above the ports"),
            DECIDES[system.authority],
            Text(f"{len(system.profile.unverified)}", "yellow"),
            Text(system.title, "dim"),
        )
    return table


def _facts_of(system: "System") -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    media = ("takes", system.media_in), ("is sent", system.media_out)
    table.add_row("ports", " ".join(sorted(system.ports)) or "none: it stands above the ports")
    table.add_row("decides", DECIDES[system.authority])
    for way, types in media:
        table.add_row(way, Text("\n".join(sorted(types)) or "nothing"))
    table.add_row("is told", Text(", ".join(sorted(system.renders)) or "nothing"))
    table.add_row("profile", Text(system.profile.name))
    return table


def _as_object(system: "System") -> dict[str, Any]:
    return {
        "name": system.name,
        "title": system.title,
        "ports": sorted(system.ports),
        "authority": system.authority,
        "media_in": sorted(system.media_in),
        "media_out": sorted(system.media_out),
        "renders": sorted(system.renders),
        "profile": system.profile.name,
        "unverified": len(system.profile.unverified),
    }


def _notes(system: "System") -> list[dict[str, str]]:
    return [
        {"code": note.code, "says": note.says, "source": note.source}
        for note in system.profile.unverified
    ]


def _untold(system: "System") -> list[dict[str, str]]:
    return [{"what": each.what, "why": each.why} for each in system.profile.untold]
