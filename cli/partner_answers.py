"""`releasebus partner answers`: what partners did not take, or acknowledge in time, or get."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    SQLITE,
    AsJson,
    DatabaseUrl,
    existing_ledger,
    store_beside,
)
from cli.voice import console, emit
from schemas.partner_answers import PARTNER_ANSWER, Verdict

if TYPE_CHECKING:
    from schemas.partner_answers import PartnerAnswer

WRONG = (Verdict.REJECTED, Verdict.OVERDUE, Verdict.UNSENT)


@ending
def answers(
    partner: Annotated[
        str, typer.Argument(help="The partner's name; without it all of them.")
    ] = "",
    *,
    accepted: Annotated[
        bool, typer.Option("--accepted", help="Those that a partner took, too.")
    ] = False,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """List what partners rejected of what they were told, have not acknowledged, or were not sent.

    What cannot be written as a partner reads it is unsent, with the reason. Ends with 1 where
    there is any. Nothing is sent again by itself; what was accepted after all is overdue no more,
    and everything goes after thirty days. As it happens it stands on edi.answers.v1.
    """
    wanted = (*WRONG, Verdict.ACCEPTED) if accepted else WRONG
    found = _found(existing_gateway(database_url), partner or None, wanted)
    if as_json:
        emit({"answers": [PARTNER_ANSWER.shown(each) for each in found]})
    elif found:
        _show(found)
    else:
        console().print("Nothing is rejected, nothing is overdue, nothing is unsent.")
    if any(each.verdict in WRONG for each in found):
        raise typer.Exit(Exit.FOUND)


def existing_gateway(database_url: str) -> str:
    """Return where the gateway of this ledger keeps its own, if it has ever run beside it."""
    from consumers.gateway.store import is_kept_at  # noqa: PLC0415 - heavy: only when it is run

    own = store_beside(existing_ledger(database_url), "gateway")
    is_file = not own.startswith(SQLITE) or Path(own.removeprefix(SQLITE)).is_file()
    if is_file and is_kept_at(own):
        return own
    raise Told(
        "The gateway keeps nothing there: it has not run beside this ledger.", Exit.UNREACHABLE
    )


def _found(
    store_url: str, partner: str | None, verdicts: Sequence[Verdict]
) -> "Sequence[PartnerAnswer]":
    from consumers.gateway.store import GatewayStore  # noqa: PLC0415 - heavy: only when it is run

    store = GatewayStore(store_url)
    try:
        return store.answers(partner, verdicts)
    finally:
        store.close()


def _show(found: "Sequence[PartnerAnswer]") -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("partner", "interchange", "message", "about", "sent", "", "by", "why"):
        table.add_column(column, overflow="fold")
    for each in found:
        sent = "" if each.sent_at is None else f"{each.sent_at:%Y-%m-%d %H:%M}"
        what = (each.message_type or "not ours", each.container or "")
        table.add_row(
            *(each.partner, each.reference, *what, sent, each.verdict.value),
            each.answered_by or "",
            each.reason or "",
        )
    console().print(table)
