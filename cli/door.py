"""`releasebus door`: serve the HTTPS door, and give and take the tokens that open it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import (
    DATABASE_VARIABLE,
    DEFAULT_KAFKA,
    AsJson,
    BootstrapServers,
    Namespace,
    WebhooksFile,
    Where,
    existing_ledger,
)
from cli.voice import console, emit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.door_part import DoorSettings
    from producers.door.callers import Credential

app = typer.Typer(
    help="The HTTPS door: Certified Pick up's own calls, by token.", no_args_is_help=True
)
DEFAULT_FOLDER = Path("door-out")
DEFAULT_PORT = 8443
Folder = Annotated[
    Path, typer.Option(help="Where the door keeps its tokens, its certificate and its key.")
]
Ledger = Annotated[
    str,
    typer.Option(
        envvar=DATABASE_VARIABLE,
        metavar="URL",
        help="The ledger's database, for what callers ask to read of their own; without it the "
        "door reads nothing.",
    ),
]
SpeaksAs = Annotated[
    str,
    typer.Option(
        metavar="NXTPORT_ID",
        help="The door's own id, under which it signs for its callers; by default it signs "
        "nothing, and is let in only where signatures are not required.",
    ),
]


@app.command("serve", epilog=EXIT_CODES)
@ending
def serve_door(  # noqa: PLR0913 - a command's options are its parameters
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    folder: Folder = DEFAULT_FOLDER,
    certificate: Annotated[
        Path | None,
        typer.Option(help="PEM; by default one for this machine is made in the folder."),
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key, PEM.")] = None,
    gate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PORT-TERMINAL=FILE",
            help="Answer for the gate of this quay, with its private keys in FILE; repeatable.",
        ),
    ] = None,
    speaks_as: SpeaksAs = "",
    webhooks: WebhooksFile = None,
    calls_per_second: Annotated[
        float, typer.Option(min=0.1, help="So often may an organisation call.")
    ] = 20.0,
    burst: Annotated[int, typer.Option(min=1, help="And so often at once.")] = 100,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: Ledger = "",
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Serve the door until SIGTERM or Ctrl-C."""
    from cli.door_part import DoorSettings, webhooks_of  # noqa: PLC0415 - heavy: only when it is run
    from producers.door.allowance import Rate  # noqa: PLC0415 - the same

    if (certificate is None) is not (key is None):
        raise Told("Give both --certificate and --key, or neither.", Exit.USAGE)
    gates = [each.partition("=") for each in gate or ()]
    settings = DoorSettings(
        port,
        folder,
        host,
        certificate,
        key,
        {quay: Path(file) for quay, _, file in gates},
        speaks_as,
        Rate(calls_per_second, burst),
        webhooks_of(webhooks),
    )
    if as_json:
        emit({"door": f"https://{host}:{port}", "kafka": bootstrap_servers})
    ledger = existing_ledger(database_url) if database_url else ""
    asyncio.run(_serve(Where(bootstrap_servers, ledger, namespace), settings))


async def _serve(where: Where, settings: "DoorSettings") -> None:
    from cli.door_part import run_door  # noqa: PLC0415 - heavy: only when it is run
    from cli.parts import stop_on_signals  # noqa: PLC0415 - the same
    from consumers.reach import reach_broker  # noqa: PLC0415 - the same

    stop = asyncio.Event()
    stop_on_signals(stop)
    await reach_broker(where.bootstrap_servers)
    await run_door(where, settings, stop)


@app.command("token", epilog=EXIT_CODES)
@ending
def give_token(
    organisation: Annotated[str, typer.Argument(help="Whose token it is: an NxtPort id.")],
    *,
    folder: Folder = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Make a token for an organisation and show it this once: the door keeps a digest only."""
    from producers.door.callers import new_token  # noqa: PLC0415 - heavy: only when it is run
    from schemas.identifiers import Unusable, read_party_code  # noqa: PLC0415 - the same

    code = read_party_code("nxtport", organisation)
    if isinstance(code, Unusable):
        raise Told(f"{organisation!r} is no NxtPort id: {code.reason}", Exit.USAGE)
    token, credential = new_token(code.value)
    _write(folder, {**_known(folder), credential.id: credential})
    if as_json:
        emit({"id": credential.id, "organisation": credential.organisation, "token": token})
    else:
        typer.echo(token)


@app.command("tokens", epilog=EXIT_CODES)
@ending
def list_tokens(*, folder: Folder = DEFAULT_FOLDER, as_json: AsJson = False) -> None:
    """List the tokens that open the door, by id and organisation."""
    known = sorted(_known(folder).values(), key=lambda each: (each.organisation, each.id))
    if as_json:
        emit([{"id": each.id, "organisation": each.organisation} for each in known])
        return
    for each in known:
        console().print(f"{each.id}  {each.organisation}", markup=False)


@app.command("revoke", epilog=EXIT_CODES)
@ending
def revoke_token(
    credential: Annotated[str, typer.Argument(help="The token's id, as `tokens` lists it.")],
    *,
    folder: Folder = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Take a token back; it opens the door no more, from the next call on."""
    known = dict(_known(folder))
    if known.pop(credential, None) is None:
        raise Told(f"There is no token with the id {credential!r}.", Exit.FOUND)
    _write(folder, known)
    if as_json:
        emit({"ok": True, "id": credential})
    else:
        console().print(f"The token {credential} opens the door no more.", markup=False)


def _known(folder: Path) -> "Mapping[str, Credential]":
    from cli.door_part import callers_file  # noqa: PLC0415 - heavy: only when it is run
    from producers.door.callers import credentials_in  # noqa: PLC0415 - the same

    return credentials_in(callers_file(folder))


def _write(folder: Path, known: "Mapping[str, Credential]") -> None:
    from cli.door_part import callers_file  # noqa: PLC0415 - heavy: only when it is run
    from producers.door.callers import write_credentials  # noqa: PLC0415 - the same

    write_credentials(callers_file(folder), known)
