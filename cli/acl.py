"""`releasebus acl`: who may log in to Kafka and do what there, compared and made so."""

import os
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_KAFKA,
    AsJson,
    BootstrapServers,
    DatabaseUrl,
    Namespace,
    existing_ledger,
)
from cli.voice import aside, console, emit
from producers.login import Broker
from schemas.access import Access, Difference, difference, of_organisation, of_the_bus, together

if TYPE_CHECKING:
    from producers.administration import Administration
    from schemas.rights import Right

PASSWORD_BYTES = 32

app = typer.Typer(
    help="Users and rights on Kafka, from the roles in schemas/roles.toml.", no_args_is_help=True
)
Organisations = Annotated[
    list[str] | None,
    typer.Option("--organisation", metavar="ID", help="Only the users of this one; repeat it."),
]
All = Annotated[
    bool,
    typer.Option("--all", help="The bus and every organisation of the ledger: nobody else."),
]
UsersFile = Annotated[
    Path | None,
    typer.Option(help="The bus's own users and their roles; by default compose/users.toml."),
]
Renewed = Annotated[
    list[str] | None,
    typer.Option("--renew", metavar="USER", help="Give this user a new password; repeat it."),
]


@app.command("plan", epilog=EXIT_CODES)
@ending
def plan(
    *,
    organisation: Organisations = None,
    everybody: All = False,
    users: UsersFile = None,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Show which users Kafka is to know and what each may do; asks no broker.

    Of the bus itself, of organisations, or with --all of both.
    """
    wanted = _wanted(organisation, users, database_url, namespace, everybody=everybody)
    if as_json:
        emit({"users": {user: sorted(map(str, rights)) for user, rights in wanted.items()}})
        return
    table = Table("user", "may", box=None, pad_edge=False)
    for user in sorted(wanted):
        table.add_row(user, "\n".join(sorted(map(str, wanted[user]))))
    console().print(table)


@app.command("check", epilog=EXIT_CODES)
@ending
def check(
    *,
    organisation: Organisations = None,
    everybody: All = False,
    users: UsersFile = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Say in what the broker differs from the plan; ends with 1 where it does.

    With --all whatever the plan does not give is too many, whoever has it.
    """
    wanted = _wanted(organisation, users, database_url, namespace, everybody=everybody)
    door = _administration(bootstrap_servers)
    found = _compared(door, wanted, bootstrap_servers, namespace, whole=everybody)
    if as_json:
        emit({"ok": found.is_none, **_as_object(found)})
    else:
        _show(found, len(wanted))
    if not found.is_none:
        raise typer.Exit(Exit.FOUND)


@app.command("apply", epilog=EXIT_CODES)
@ending
def apply(  # noqa: PLR0913 - a command's options are its parameters
    *,
    passwords: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where new users' passwords are: a file a user, made where it is not there.",
        ),
    ] = None,
    renew: Renewed = None,
    organisation: Organisations = None,
    everybody: All = False,
    users: UsersFile = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Make the broker's users and rights as the plan has them; the administrator's command.

    Rights too many are taken, with --all also those of users that are in no plan; a user is never
    deleted, and keeps its password unless it is renewed.
    """
    wanted = _wanted(organisation, users, database_url, namespace, everybody=everybody)
    if unknown := set(renew or ()) - wanted.keys():
        raise Told(f"Not in this plan: {', '.join(sorted(unknown))}.", Exit.USAGE)
    door = _administration(bootstrap_servers)
    found = _compared(door, wanted, bootstrap_servers, namespace, whole=everybody)
    new = sorted({*found.users_missing, *(renew or ())})
    for user, password in _passwords(new, passwords, set(renew or ())).items():
        door.set_password(user, password)
    # First what is too many: for a moment somebody may do too little, never too much.
    door.take(found.too_many)
    door.grant(found.missing)
    if as_json:
        emit({"passwords": new, **_as_object(found)})
        return
    console().print(
        f"{len(new)} passwords set, {len(found.missing)} rights given, {len(found.too_many)} taken"
    )
    _show_strangers(found)


def _wanted(
    organisations: Iterable[str] | None,
    users: Path | None,
    database_url: str,
    namespace: str,
    *,
    everybody: bool,
) -> Access:
    """Return what is asked for: of the bus, of some organisations, or of all there are."""
    asked = set(organisations or ())
    if asked and everybody:
        raise Told("Ask for --organisation or for --all, not for both.", Exit.USAGE)
    bus = {} if asked else _of_the_bus(users, namespace)
    if not asked and not everybody:
        return bus
    from cli.ledger import directory_in, opened  # noqa: PLC0415 - heavy: only when it is run

    with opened(existing_ledger(database_url)) as connection:
        known = directory_in(connection).by_id
    if unknown := asked - known.keys():
        raise Told(
            f"The ledger knows no organisation {', '.join(sorted(unknown))}: register it first.",
            Exit.FOUND,
        )
    return together(
        bus, *(of_organisation(known[each], namespace) for each in sorted(asked or known))
    )


def _of_the_bus(file: Path | None, namespace: str) -> dict[str, "frozenset[Right]"]:
    from adapters.registry import systems  # noqa: PLC0415 - heavy: only when it is run

    source = file if file is not None else files("compose") / "users.toml"
    try:
        users = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Told(f"{source} cannot be read as a file of users: {error}", Exit.USAGE) from error
    for user, role in users.items():
        if not isinstance(role, str) or user in {".", ".."} or "/" in user:
            raise Told(f'{source}: {user} is not as in `intake = "intake"`.', Exit.USAGE)
    return of_the_bus(users, systems(), namespace)


def _administration(broker: Broker) -> "Administration":
    import asyncio  # noqa: PLC0415 - heavy: only when it is run

    from consumers.reach import reach_broker  # noqa: PLC0415 - the same

    try:
        from producers.administration import Administration  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise Told(
            f"{error.name} is not installed, and users are made with it: "
            "pip install 'releasebus[acl]'.",
            Exit.USAGE,
        ) from error
    asyncio.run(reach_broker(broker))
    return Administration(broker)


def _compared(
    door: "Administration", wanted: Access, broker: Broker, namespace: str, *, whole: bool
) -> Difference:
    """Compare; who asks is the administrator, and no stranger."""
    ourselves = set() if broker.login is None else {broker.login.user}
    users = door.users() - (ourselves - wanted.keys())
    return difference(wanted, users, door.held(), namespace=namespace, whole=whole)


def _passwords(users: list[str], folder: Path | None, renewed: set[str]) -> Mapping[str, str]:
    """Return each user's password, from its file in *folder*; a missing one is made there."""
    if not users:
        return {}
    if folder is None:
        raise Told(
            f"Say with --passwords FOLDER where the passwords of {', '.join(users)} are or shall "
            "be written, a file each.",
            Exit.USAGE,
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {user: _password(folder / user, anew=user in renewed) for user in users}


def _password(file: Path, *, anew: bool) -> str:
    if file.is_file() and not anew:
        if password := file.read_text(encoding="utf-8").strip():
            return password
        raise Told(f"{file} is empty: write the password into it, or delete it.", Exit.USAGE)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    unfinished = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(f"{password}\n")
    unfinished.replace(file)
    return password


def _as_object(found: Difference) -> dict[str, list[str] | list[dict[str, str]]]:
    def told(pairs: Iterable[tuple[str, "Right"]]) -> list[dict[str, str]]:
        return [{"user": user, "right": str(right)} for user, right in pairs]

    return {
        "users_missing": list(found.users_missing),
        "strangers": list(found.strangers),
        "missing": told(found.missing),
        "too_many": told(found.too_many),
    }


def _show(found: Difference, users: int) -> None:
    if found.is_none:
        console().print(f"{users} users, each with its rights and no other")
        return
    table = Table("user", "what", box=None, pad_edge=False)
    for user in found.users_missing:
        table.add_row(user, "[red]is not there[/]")
    for user, right in found.missing:
        table.add_row(user, f"[red]lacks[/]     {right}")
    for user, right in found.too_many:
        table.add_row(user, f"[red]too many[/]  {right}")
    console().print(table)
    _show_strangers(found)
    aside().print("`releasebus acl apply` with the same options makes it as planned.")


def _show_strangers(found: Difference) -> None:
    if found.strangers:
        aside().print(
            f"In no plan: {', '.join(found.strangers)}. Who is the broker's own stays; delete the "
            "others with Kafka's tools."
        )
