"""`releasebus key change`: a key of an organisation is ended or replaced, as two people agreed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_KAFKA,
    AsJson,
    BootstrapServers,
    DatabaseUrl,
    Namespace,
    Where,
    existing_ledger,
)
from cli.overriding import Agreed, WaitSeconds, carry_out, done, signed_by_two
from schemas.overrides import Override

if TYPE_CHECKING:
    from schemas.override_messages import ChangeKey


@ending
def change_key(  # noqa: PLR0913 - a command's options are its parameters
    organisation: Annotated[str, typer.Argument(help="The organisation's NxtPort id.")],
    *,
    revoke: Annotated[str, typer.Option(metavar="KEY_ID", help="The key that ends.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option(
            help="From when it signs no more, in UTC; since it was lost. Now by default."
        ),
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The key that follows, as its holder wrote it by `key show --organisation`.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the two sign it.")] = "",
    agreed: Agreed = None,
    wait_seconds: WaitSeconds = 30.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """End a key of an organisation, or replace it, where the register cannot be waited for.

    Keys of persons are registered by the register alone; here they can be ended.
    """
    from schemas.override_messages import detail_of  # noqa: PLC0415 - heavy: only when it is run

    where = Where(bootstrap_servers, existing_ledger(database_url), namespace)
    moment = None if since is None else since.replace(tzinfo=UTC)
    asked = _asked(organisation, revoke, moment, register, reason)
    detail = detail_of(asked)
    signed = signed_by_two(agreed, Override.CHANGE_KEY, organisation, detail)
    carry_out(where, asked, signed, wait_seconds)
    done(f"{organisation}: {detail}", as_json=as_json)


def _asked(
    organisation: str, revoke: str, since: datetime | None, register: Path | None, reason: str
) -> "ChangeKey":
    from pydantic import ValidationError  # noqa: PLC0415 - heavy: only when it is run

    from schemas.override_messages import ChangeKey  # noqa: PLC0415 - the same

    if not revoke and register is None:
        raise Told(
            "Say which key ends (--revoke), which follows (--register), or both.", Exit.USAGE
        )
    new = {} if register is None else _new_key_in(register)
    try:
        return ChangeKey(
            organisation=organisation,
            key_id=revoke or None,
            effective_at=since if revoke else None,
            reason=reason,
            **new,
        )
    except ValidationError as error:
        raise Told(
            f"That is no change of keys: {error.errors()[0]['msg']}.", Exit.USAGE
        ) from error


def _new_key_in(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {name: str(content[name]) for name in ("public_key", "proof")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Told(
            f"{file} is not what `releasebus key show FILE --organisation ID` writes.", Exit.USAGE
        ) from error
