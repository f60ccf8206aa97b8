"""`releasebus set-aside`: facts that became no document for a community system, and again."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_KAFKA,
    AsJson,
    BootstrapServers,
    DatabaseUrl,
    Namespace,
    TargetsFile,
    existing_store,
    usable_container,
)
from cli.voice import console, emit

if TYPE_CHECKING:
    from consumers.dispatch.bench import Aside
    from consumers.dispatch.settings import DispatchSettings
    from consumers.dispatch.store import Settled
    from producers.login import Broker

app = typer.Typer(
    help="Facts of which no document for a community system could be made.", no_args_is_help=True
)
OfContainer = Annotated[
    str, typer.Argument(help="The container's number; without it all of them.")
]


@app.command("list", epilog=EXIT_CODES)
@ending
def list_set_aside(
    container: OfContainer = "",
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """List what dispatch put aside because our code broke on it, in the order of the facts."""
    found = _found(existing_store(database_url), _wanted(container))
    if as_json:
        emit(
            {
                "set_aside": [
                    {
                        "event": f"{each.arrival.shard}-{each.arrival.seq}",
                        "container": each.arrival.container,
                        "system": each.system,
                        "error": each.error,
                    }
                    for each in found
                ]
            }
        )
    elif found:
        _show(found)
    else:
        console().print("Nothing is set aside.")


@app.command("resume", epilog=EXIT_CODES)
@ending
def resume_set_aside(
    container: OfContainer = "",
    *,
    wait_seconds: Annotated[
        float, typer.Option(min=1, help="How long it may take; what was done by then stays done.")
    ] = 60.0,
    targets: TargetsFile = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Render again what was put aside, of CONTAINER or of all, after our code was mended.

    A running dispatch sends what comes of it. Ends with 1 where something stays aside.
    """
    url, wanted = existing_store(database_url), _wanted(container)
    before = len(_found(url, wanted))
    settings = _settings(bootstrap_servers, url, namespace, targets)
    settled = asyncio.run(_resume(settings, wanted, wait_seconds))
    if as_json:
        emit(
            {
                "ok": not settled.aside,
                "were_set_aside": before,
                "documents": settled.documents,
                "still_set_aside": settled.aside,
            }
        )
    elif not settled.aside:
        console().print(f"{before} were set aside: {settled.documents} documents came of them.")
    if settled.aside and as_json:
        raise typer.Exit(Exit.FOUND)
    if settled.aside:
        raise Told(
            f"{settled.aside} stay set aside, {settled.documents} documents were made. "
            "`releasebus set-aside list` says why: mend that, and resume again.",
            Exit.FOUND,
        )


def _wanted(container: str) -> str | None:
    return usable_container(container) if container else None


def _found(store_url: str, container: str | None) -> "tuple[Aside, ...]":
    from consumers.dispatch.store import Store  # noqa: PLC0415 - heavy: only when it is run

    store = Store(store_url)
    try:
        return store.parked(container)
    finally:
        store.close()


def _settings(
    bootstrap_servers: "Broker", store_url: str, namespace: str, targets: Path | None
) -> "DispatchSettings":
    from cli.deliveries import targets_of  # noqa: PLC0415 - heavy: only when it is run
    from consumers.dispatch.settings import DispatchSettings  # noqa: PLC0415 - the same

    known = targets_of(targets)
    return DispatchSettings(bootstrap_servers, store_url, namespace, targets=known)


async def _resume(
    settings: "DispatchSettings", container: str | None, wait_seconds: float
) -> "Settled":
    from consumers.dispatch.run import resume  # noqa: PLC0415 - heavy: only when it is run
    from consumers.reach import reach_broker  # noqa: PLC0415 - the same

    await reach_broker(settings.bootstrap_servers)
    try:
        async with asyncio.timeout(wait_seconds):
            return await resume(settings, container)
    except TimeoutError as error:
        raise Told(
            f"It was not done in {wait_seconds:g} s; what was done stays done. Look whether the "
            "broker holds the directory's facts, and resume again.",
            Exit.FOUND,
        ) from error


def _show(found: "tuple[Aside, ...]") -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("event", "container", "system", "for"):
        table.add_column(column, overflow="fold")
    for each in found:
        event = f"{each.arrival.shard}-{each.arrival.seq}"
        # The container is a record's key, which nobody read where the fact could not be.
        table.add_row(event, Text(each.arrival.container), each.system, each.error)
    screen = console()
    screen.print(table)
    screen.print(
        f"{len(found)} set aside. When our code is mended: "
        "releasebus set-aside resume [CONTAINER]",
        markup=False,
    )
