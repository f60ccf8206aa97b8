"""`releasebus party`: who is in the directory, by which identifier, and what each still lacks."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_LANGUAGE,
    AsJson,
    DatabaseUrl,
    SpokenLanguage,
    existing_ledger,
)
from cli.voice import console, emit
from schemas.words import Language, explained

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.directory.directory import Directory
    from ledger.law.ruling import Refusal
    from schemas.organisations import Organisation
    from schemas.steps import Step

app = typer.Typer(
    help="Who is in the directory, and what each has to do before it may act.",
    no_args_is_help=True,
)
Party = Annotated[str, typer.Argument(help="The organisation's NxtPort id.")]


@app.command(name="list")
@ending
def list_(
    *,
    lacking: Annotated[
        bool, typer.Option("--lacking", help="Only those that have a step to take.")
    ] = False,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """List the organisations, with the step that each lacks first."""
    everybody = sorted(_directory(database_url).by_id.values(), key=lambda each: each.name)
    found = [each for each in everybody if each.lacks or not lacking]
    if as_json:
        emit({"organisations": [_as_object(each) for each in found]})
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for each in found:
        roles = Text(", ".join(each.roles) or each.system or "", "dim")
        table.add_row(each.id, Text(each.name, "bold"), roles, _first(each, language))
    console().print(table)


@app.command()
@ending
def show(
    organisation: Party,
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Show one organisation: codes, accounts at other systems, and what it lacks.

    Who its admin is and whom it bills is shown to who may read the ledger's keys.
    """
    from cli.ledger import directory_in, opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.load import standing  # noqa: PLC0415 - the same
    from ledger.book.personal import opened_text  # noqa: PLC0415 - the same

    with opened(existing_ledger(database_url)) as connection:
        found = _found(directory_in(connection), "nxtport", organisation)
        stands = standing(connection, found.id)
        locked = () if stands is None else (stands.admin, stands.billing)
        people = [text for each in locked if (text := opened_text(connection, each))]
    if as_json:
        emit(_as_object(found) | {"people": people})
        return
    screen = console()
    screen.print(Text.assemble((found.name, "bold"), f"  {found.id}, version {found.version}"))
    screen.print(", ".join(found.roles) or found.system or "")
    for line in _lines(found, people):
        screen.print(line, markup=False)
    _print_steps(found.lacks, language)


@app.command()
@ending
def find(
    scheme: Annotated[str, typer.Argument(help="Its kind: vat, EORI, NxtEntityId, …")],
    code: Annotated[str, typer.Argument(help="The identifier, in any spelling.")],
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Look an organisation up by any identifier that it has.

    Ends with 1 where it is nobody's, or of several.
    """
    found = _found(_directory(database_url), scheme, code)
    if as_json:
        emit(_as_object(found))
    else:
        console().print(Text.assemble((found.name, "bold"), f"  {found.id}"))


@app.command()
@ending
def ready(
    organisation: Party,
    *,
    ports: Annotated[str, typer.Option(help="UN/LOCODEs, as BEANR,NLRTM,FRLEH.")],
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Say port by port what an organisation lacks, who can do it, and at which door.

    Ends with 1 where something is missing.
    """
    from ledger.directory.readiness import missing_in  # noqa: PLC0415 - heavy: only when it is run
    from ledger.law.ruling import Refusal  # noqa: PLC0415 - the same

    found = _found(_directory(database_url), "nxtport", organisation)
    missing: dict[str, tuple[Step, ...]] = {}
    for port in filter(None, (each.strip().upper() for each in ports.split(","))):
        lacks = missing_in(found, port)
        if isinstance(lacks, Refusal):
            raise _told(lacks)
        missing[port] = lacks
    if as_json:
        emit(
            {
                "organisation": found.id,
                "missing": {port: _steps(missing[port]) for port in missing},
            }
        )
    else:
        for port, lacks in missing.items():
            console().print(Text.assemble((port, "bold"), "  " if lacks else "  ready"))
            _print_steps(lacks, language)
    if any(missing.values()):
        raise typer.Exit(Exit.FOUND)


def _directory(database_url: str) -> "Directory":
    from cli.ledger import directory_in, opened  # noqa: PLC0415 - heavy: only when it is run

    with opened(existing_ledger(database_url)) as connection:
        return directory_in(connection)


def _found(directory: "Directory", scheme: str, code: str) -> "Organisation":
    from ledger.directory.phonebook import Listed, look_up  # noqa: PLC0415 - heavy: only when run

    found = look_up(directory, scheme, code)
    if isinstance(found, Listed):
        return found.organisation
    raise _told(found)


def _told(refusal: "Refusal") -> Told:
    return Told(f"{explained(refusal.reason).sentence()} {refusal.detail}".rstrip(), Exit.FOUND)


def _first(organisation: "Organisation", language: Language) -> Text:
    if not organisation.lacks:
        return Text("may act", "green")
    return Text(explained(organisation.lacks[0]).sentence(language), "yellow")


def _print_steps(steps: "Iterable[Step]", language: Language) -> None:
    for step in steps:
        console().print(Text(f"  {explained(step).whole(language)}"))


def _lines(organisation: "Organisation", people: "Iterable[str]") -> "Iterable[str]":
    yield from (f"{code.scheme} {code.value}" for code in organisation.codes)
    yield from (f"terminal {quay.port} {quay.code}" for quay in organisation.terminals)
    for account in organisation.accounts:
        carrier = f" of {account.carrier}" if account.carrier else ""
        yield f"{account.system} {account.code}{carrier}: {account.status}"
    yield from (each for each in (organisation.address, organisation.language) if each)
    yield from people


def _as_object(organisation: "Organisation") -> dict[str, Any]:
    from ledger.book.stored import ORGANISATION  # noqa: PLC0415 - heavy: only when it is run

    told: dict[str, Any] = ORGANISATION.shown(organisation)
    return told | {"lacks": _steps(organisation.lacks)}


def _steps(steps: "Iterable[Step]") -> list[dict[str, str]]:
    return [
        {
            "step": step,
            "sentence": explained(step).sentence(),
            "who_can_fix": explained(step).who_can_fix(),
        }
        for step in steps
    ]
