"""`releasebus settle-dispute`: of several claims to a box, two people say which is let out."""

from typing import Annotated

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
    usable_container,
)
from cli.overriding import Agreed, WaitSeconds, carry_out, done, signed_by_two
from schemas.overrides import Override


@ending
def settle_dispute(  # noqa: PLR0913 - a command's options are its parameters
    container: Annotated[str, typer.Argument(help="The container's number.")],
    release_id: Annotated[
        str, typer.Argument(help="The release that is let out, by its id.")
    ] = "",
    *,
    note: Annotated[str, typer.Option(help="Why this one; the two sign it.")] = "",
    agreed: Agreed = None,
    wait_seconds: WaitSeconds = 30.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Let one of several claims to CONTAINER out, as two people agreed, and none of the others.

    Without RELEASE_ID the claims are told. It holds until somebody claims the box anew.
    """
    from schemas.override_messages import SettleDispute  # noqa: PLC0415 - heavy: only when it is run

    where = Where(bootstrap_servers, existing_ledger(database_url), namespace)
    box = usable_container(container)
    claims = _claims(where, box)
    if release_id not in claims:
        told = "\n".join(f"  {each}  {of}" for each, of in claims.items()) or "  none"
        raise Told(f"Name one of the disputed releases of {box}:\n{told}", Exit.USAGE)
    signed = signed_by_two(agreed, Override.SETTLE_DISPUTE, release_id, note)
    asked = SettleDispute(container=box, release_id=release_id, note=note)
    carry_out(where, asked, signed, wait_seconds)
    done(f"{release_id} is let out, and no other claim to {box}.", as_json=as_json)


def _claims(where: Where, container: str) -> dict[str, str]:
    """Return the disputed releases by their ids: whose each is, and under which number."""
    from cli.ledger import opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.read import now  # noqa: PLC0415 - the same

    with opened(where.database_url) as connection:
        stays = now(connection, container).stays
    return {
        stay.release_id: f"{stay.agent} {stay.release_identification}"
        for stay in stays
        if stay.live and stay.disputed
    }
