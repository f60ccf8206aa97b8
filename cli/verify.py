"""`releasebus verify`: whether the book is what was written, to the byte."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    AsJson,
    DatabaseUrl,
    HeadsFile,
    HeadsFrom,
    Namespace,
    existing_ledger,
)
from cli.voice import console, emit, steps

if TYPE_CHECKING:
    from cli.audit import Audit

SHOWN = 20


@ending
def verify(
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    heads: HeadsFile = None,
    bootstrap_servers: HeadsFrom = "",
    public_key: Annotated[
        Path | None,
        typer.Option(
            help="The bus's public keys in hex, one a line, as `up` keeps them in HEAD_KEY.pub: "
            "then a head counts only signed by one of them."
        ),
    ] = None,
    head_key: Annotated[
        Path | None, typer.Option(help="The same with the secret key file itself.")
    ] = None,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Recompute every hash chain and compare every column with its entry.

    Finds an edit, a deletion, an insertion and a reordering; with heads also a book that was cut
    off or computed anew. Ends with 1 where anything is found, and with 4 where heads were asked
    for and a chain has none.
    """
    from cli.audit import heads_kept, keys_in, verified  # noqa: PLC0415 - heavy

    url, keys = existing_ledger(database_url), keys_in(public_key, head_key)
    kept = heads_kept(heads, bootstrap_servers, namespace)
    with steps(quiet=as_json) as progress:
        audit = verified(url, kept, keys, progress)
    if as_json:
        _emit(audit, len(kept))
    else:
        _show(audit, len(kept))
    if audit.without_head and (heads is not None or bootstrap_servers):
        raise typer.Exit(Exit.UNPROVEN)


def _emit(audit: "Audit", heads: int) -> None:
    emit(
        {
            "ok": not audit.findings,
            "entries": audit.entries,
            "shards": audit.shards,
            "heads": heads,
            "without_head": audit.without_head,
            "findings": [
                {"shard": each.shard, "seq": each.seq, "what": each.what}
                for each in audit.findings
            ],
        }
    )
    if audit.findings:
        raise typer.Exit(Exit.FOUND)


def _show(audit: "Audit", heads: int) -> None:
    screen = console()
    for each in audit.findings[:SHOWN]:
        screen.print(f"[red]{each.shard} entry {each.seq}[/]: {each.what}")
    if audit.findings:
        raise Told(
            f"{len(audit.findings)} things are not as they were written (--json has all). Keep "
            "the database as it is, and find out who had access to it.",
            Exit.FOUND,
        )
    against = f", against {heads} signed heads" if heads else ""
    screen.print(
        f"[green]The book is what was written[/]: {audit.entries:,} entries in {audit.shards} "
        f"chains, every hash recomputed{against}."
    )
    if audit.without_head:
        bare = ", ".join(audit.without_head) if heads else "any chain"
        screen.print(
            f"Without a signed head nothing proves that {bare} was not cut off (--heads)."
        )
