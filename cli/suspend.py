"""`releasebus party suspend` and `reinstate`: an organisation is stopped, and let act again."""

from typing import Annotated

import typer

from cli.exits import ending
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

Party = Annotated[str, typer.Argument(help="The organisation's NxtPort id.")]
Why = Annotated[str, typer.Option("--reason", help="Why; the two sign it, and it is told.")]


@ending
def suspend(  # noqa: PLR0913 - a command's options are its parameters
    organisation: Party,
    *,
    reason: Why = "",
    agreed: Agreed = None,
    wait_seconds: WaitSeconds = 30.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Suspend an organisation, as two people agreed: it gives, receives and uses no right.

    Under the pick-up rights that it has nobody leaves, within seconds of the ledger's time.
    """
    from schemas.override_messages import SuspendOrganisation  # noqa: PLC0415 - heavy: only when it is run

    where = Where(bootstrap_servers, existing_ledger(database_url), namespace)
    signed = signed_by_two(agreed, Override.SUSPEND_ORGANISATION, organisation, reason)
    asked = SuspendOrganisation(organisation=organisation, reason=reason)
    carry_out(where, asked, signed, wait_seconds)
    done(f"{organisation} is suspended.", as_json=as_json)


@ending
def reinstate(  # noqa: PLR0913 - a command's options are its parameters
    organisation: Party,
    *,
    reason: Why = "",
    agreed: Agreed = None,
    wait_seconds: WaitSeconds = 30.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Let a suspended organisation act again, as two people agreed; what it held counts anew."""
    from schemas.override_messages import ReinstateOrganisation  # noqa: PLC0415 - heavy: only when it is run

    where = Where(bootstrap_servers, existing_ledger(database_url), namespace)
    signed = signed_by_two(agreed, Override.REINSTATE_ORGANISATION, organisation, reason)
    asked = ReinstateOrganisation(organisation=organisation, reason=reason)
    carry_out(where, asked, signed, wait_seconds)
    done(f"{organisation} may act again.", as_json=as_json)
