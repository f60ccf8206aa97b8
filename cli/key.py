"""`releasebus key`: the keys that senders sign with, and the file of those that intake trusts."""

from pathlib import Path
from typing import Annotated

import typer

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import AsJson
from cli.voice import aside, console, emit
from schemas.identifiers import Scheme, Unusable, read_party_code

app = typer.Typer(help="The keys that senders sign with.", no_args_is_help=True)
ORGANISATION_OF_REGISTER = "register"
KeyFile = Annotated[
    Path, typer.Argument(help="The sender's own file; a key is made where there is none.")
]


@app.command("show", epilog=EXIT_CODES)
@ending
def show_key(
    file: KeyFile,
    *,
    organisation: Annotated[
        str,
        typer.Option(
            metavar="NXTPORT_ID",
            help="Whose it is: show the message that registers it, for `publish`.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show the public half of the key in FILE; its private half is never shown."""
    from producers.signing import message_key  # noqa: PLC0415 - heavy: only when it is run

    whose = _whose(organisation) if organisation else ""
    key = message_key(file)
    shown = {"public_key": key.public_key}
    if whose:
        emit({"organisation": whose, **shown, "proof": key.possession(whose)})
    elif as_json:
        emit({"key_id": key.key_id, **shown})
    else:
        console().print(f"key_id      {key.key_id}\npublic_key  {key.public_key}", markup=False)


def _whose(said: str) -> str:
    """Return the id in its one spelling: the proof is over that, as the directory has it."""
    code = read_party_code(Scheme.NXTPORT, said)
    if isinstance(code, Unusable):
        raise Told(f"{said!r} is no NxtPort id. {code.reason}", Exit.USAGE)
    return code.value


@app.command("trust", epilog=EXIT_CODES)
@ending
def trust_key(
    file: KeyFile,
    *,
    source: Annotated[
        str, typer.Option(help="The ce_source that it signs for, or a door's name.")
    ] = ORGANISATION_OF_REGISTER,
    as_json: AsJson = False,
) -> None:
    """Write the lines by which intake trusts the key in FILE, for `up --trust`."""
    from consumers.intake.trust import entry_for  # noqa: PLC0415 - heavy: only when it is run
    from producers.signing import message_key  # noqa: PLC0415 - the same

    whole = source if ":" in source else f"urn:releasebus:{source}"
    if '"' in whole or not whole.isprintable():
        raise Told(f"{source!r} is no source.", Exit.USAGE)
    made = not file.exists()
    public_key = message_key(file).public_key
    if made:
        # On the other stream: what is written is the trust file.
        aside().print(f"{file} was not there: a new key was made, and is trusted.", markup=False)
    if as_json:
        emit({"source": whole, "public_key": public_key})
    else:
        typer.echo(entry_for(whole, public_key), nl=False)
