"""`releasebus override`: one person proposes what needs four eyes, another one confirms it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.voice import aside, emit
from schemas.overrides import (
    SUBJECTS,
    Intent,
    Override,
    digest_of,
    signed_form,
    signed_intent_in,
    to_sign,
)
from schemas.signatures import header_of
from schemas.unreadable import Unreadable

app = typer.Typer(
    help="What two people have to agree on, each with a key of their own.", no_args_is_help=True
)
OwnKey = Annotated[Path, typer.Option("--key", help="Your own key, nobody else's.")]


@app.command("propose", epilog=EXIT_CODES)
@ending
def propose(
    what: Annotated[Override, typer.Argument(help="What is proposed.")],
    subject: Annotated[str, typer.Argument(help="Of whom or what; for `resume` the container.")],
    *,
    key: OwnKey,
    detail: Annotated[
        str,
        typer.Option(
            help="The rest, to the letter; for `resume` its --note, else as its command says."
        ),
    ] = "",
) -> None:
    """Sign a proposal and write it out; within fifteen minutes another person confirms it."""
    if not (subject + detail).isprintable():
        raise Told("What is proposed is one line of signs that a screen can show.", Exit.USAGE)
    typer.echo(_signed(Intent(what, subject, detail, datetime.now(UTC)), key))
    aside().print(f"{what}: {SUBJECTS[what]} is {subject}", markup=False)


@app.command("confirm", epilog=EXIT_CODES)
@ending
def confirm(
    proposal: Annotated[Path, typer.Argument(help="The file that has the proposal.")],
    *,
    key: OwnKey,
) -> None:
    """Sign that proposal too, and write both out as the command takes them that does it.

    Read what standard error shows before you hand it on: it is what you agree to.
    """
    written = _text_in(proposal).strip()
    came = signed_intent_in(written)
    if isinstance(came, Unreadable):
        raise Told(f"{proposal} has no proposal: {came.sentence}", Exit.USAGE)
    intent = came.intent
    if not (intent.subject + intent.detail).isprintable():
        # A screen follows them: what is shown would not be what is signed.
        raise Told(
            f"{proposal} has signs in it that move what a screen shows. Do not confirm it: ask "
            "who proposed it, and have it proposed anew.",
            Exit.FOUND,
        )
    if intent.confirms is not None:
        raise Told(f"{proposal} confirms another proposal: nothing to confirm.", Exit.USAGE)
    aside().print(
        f"{intent.override}: {intent.subject} {intent.detail} (signed {intent.at:%H:%M:%S})",
        markup=False,
    )
    again = Intent(
        intent.override, intent.subject, intent.detail, datetime.now(UTC), digest_of(written)
    )
    emit({"proposal": written, "confirmation": _signed(again, key)})


def agreement_in(file: Path) -> tuple[str, str]:
    """Return proposal and confirmation as `confirm` wrote them."""
    try:
        content = json.loads(_text_in(file))
        proposal, confirmation = content["proposal"], content["confirmation"]
    except (ValueError, KeyError, TypeError) as error:
        raise Told(
            f"{file} is not what `releasebus override confirm` writes.", Exit.USAGE
        ) from error
    return str(proposal), str(confirmation)


def _signed(intent: Intent, key_file: Path) -> str:
    from ledger.key_file import key_kept_in  # noqa: PLC0415 - heavy: only when it is run
    from producers.signing import message_key  # noqa: PLC0415 - the same

    if not key_file.is_file():
        raise Told(
            f"There is no key at {key_file}: `releasebus key show` makes one, and the register "
            "registers it for the person that you are.",
            Exit.USAGE,
        )
    signed = to_sign(header_of(message_key(key_file).key_id), intent)
    return signed_form(signed, key_kept_in(key_file).sign(signed).signature)


def _text_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Told(f"{file} cannot be read: {error}", Exit.USAGE) from error
