"""`releasebus rebuild`: the state made anew from the entries, or only compared with them."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import DEFAULT_DATABASE, AsJson, DatabaseUrl, existing_ledger
from cli.voice import console, emit, steps

if TYPE_CHECKING:
    from ledger.book.rebuild import Checked, Rebuilt

SHOWN = 20


@ending
def rebuild(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; nothing in the book is changed.")
    ] = False,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Make stays, waiting room and organisations anew from the entries alone.

    Stop every process that applies first. With --check the state is only compared; ends with 1
    where it is not what the entries lead to.
    """
    from ledger.book import rebuild as book  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.engine import open_book  # noqa: PLC0415 - the same
    from ledger.book.migrate import check_version  # noqa: PLC0415 - the same

    engine = open_book(existing_ledger(database_url))
    try:
        check_version(engine)
        with steps(quiet=as_json) as progress:
            progress.begin("evolving every entry")
            if check:
                _compared(book.check(engine, progress=progress.reached), as_json=as_json)
            else:
                _restored(book.restore(engine, progress=progress.reached), as_json=as_json)
    finally:
        engine.dispose()


def _compared(checked: "Checked", *, as_json: bool) -> None:
    rebuilt = checked.rebuilt
    if as_json:
        emit(
            {
                "ok": checked.sound,
                "entries": rebuilt.entries,
                "stored_hash": checked.stored_hash,
                "rebuilt_hash": checked.rebuilt_hash,
                "differences": [
                    {
                        "table": each.table,
                        "key": [str(part) for part in each.key],
                        "what": each.what,
                    }
                    for each in checked.differences
                ],
                "findings": _findings(rebuilt),
            }
        )
    for each in () if as_json else checked.differences[:SHOWN]:
        console().print(f"[red]{each.table} {each.key}[/]: {each.what}")
    if not checked.sound:
        _end_badly(rebuilt, "The state is not what the entries lead to", as_json=as_json)
    if not as_json:
        console().print(
            f"[green]The state is what its {rebuilt.entries:,} entries lead to[/]: "
            f"{checked.stored_hash[:16]}…"
        )


def _restored(rebuilt: "Rebuilt", *, as_json: bool) -> None:
    if as_json:
        emit(
            {"ok": not rebuilt.faults, "entries": rebuilt.entries, "findings": _findings(rebuilt)}
        )
    if rebuilt.faults:
        _end_badly(rebuilt, "Nothing was replaced", as_json=as_json)
    if not as_json:
        console().print(f"[green]The state is made anew[/] from {rebuilt.entries:,} entries.")


def _findings(rebuilt: "Rebuilt") -> list[dict[str, object]]:
    return [{"shard": f.shard, "seq": f.seq, "what": f.what} for f in rebuilt.findings]


def _end_badly(rebuilt: "Rebuilt", sentence: str, *, as_json: bool) -> None:
    if as_json:
        raise typer.Exit(Exit.FOUND)
    for each in rebuilt.findings[:SHOWN]:
        console().print(f"[red]{each.shard} entry {each.seq}[/]: {each.what}")
    faults = f" ({rebuilt.faults} faults in the entries: see `verify`)" if rebuilt.faults else ""
    raise Told(f"{sentence}{faults}.", Exit.FOUND)
