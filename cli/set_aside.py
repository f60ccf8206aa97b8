"""`releasebus set-aside`: facts that became no document for a system or partner, and again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
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
    PartnersFolder,
    TargetsFile,
    existing_ledger,
    existing_store,
    usable_container,
)
from cli.voice import console, emit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from typing import TypeAlias

    from consumers.dispatch.bench import Aside
    from consumers.dispatch.store import Settled
    from producers.login import Broker

    Resuming: TypeAlias = Callable[[], Awaitable[Settled]]

DISPATCH, GATEWAY = "dispatch", "gateway"
app = typer.Typer(
    help="Facts of which no document for a community system, or interchange for a partner, could "
    "be made.",
    no_args_is_help=True,
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
    """List what dispatch and the gateway put aside because our code broke on it.

    In the order of the facts; of the gateway `system` is the partner.
    """
    found = _all(_stores(database_url), _wanted(container))
    if as_json:
        emit(
            {
                "set_aside": [
                    {
                        "event": f"{each.arrival.shard}-{each.arrival.seq}",
                        "container": each.arrival.container,
                        "system": each.system,
                        "part": part,
                        "error": each.error,
                    }
                    for part, each in found
                ]
            }
        )
    elif found:
        _show(found)
    else:
        console().print("Nothing is set aside.")


@app.command("resume", epilog=EXIT_CODES)
@ending
def resume_set_aside(  # noqa: PLR0913  a parameter is an option of the command
    container: OfContainer = "",
    *,
    wait_seconds: Annotated[
        float, typer.Option(min=1, help="How long it may take; what was done by then stays done.")
    ] = 60.0,
    targets: TargetsFile = None,
    partners: PartnersFolder = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Render again what was put aside, of CONTAINER or of all, after our code was mended.

    A running dispatch and gateway send what comes of it. What is told to EDIFACT partners is
    rendered where --partners are; a start of the gateway does so, too. Ends with 1 where
    something stays aside.
    """
    stores, wanted = _stores(database_url), _wanted(container)
    before = len(_all(stores, wanted))
    again = Again(bootstrap_servers, namespace, stores, existing_ledger(database_url))
    settled = asyncio.run(_resume(again, (targets, partners), wanted, wait_seconds))
    still = len(_all(stores, wanted))
    if as_json:
        emit(
            {
                "ok": not still,
                "were_set_aside": before,
                "documents": settled,
                "still_set_aside": still,
            }
        )
    elif not still:
        console().print(f"{before} were set aside: {settled} documents came of them.")
    if still and as_json:
        raise typer.Exit(Exit.FOUND)
    if still:
        raise Told(
            f"{still} stay set aside, {settled} documents were made. "
            "`releasebus set-aside list` says why: mend that, and resume again; what is for a "
            "partner with --partners.",
            Exit.FOUND,
        )


@dataclass(frozen=True, slots=True)
class Again:
    """Where it is rendered again."""

    bootstrap_servers: "Broker"
    namespace: str
    stores: "Mapping[str, str]"
    ledger_url: str


def _wanted(container: str) -> str | None:
    return usable_container(container) if container else None


def _stores(database_url: str) -> "Mapping[str, str]":
    """Return where dispatch and the gateway keep their own, of those that ever ran."""
    from cli.partner_answers import existing_gateway  # noqa: PLC0415 - only when it is run

    stores = {}
    with suppress(Told):
        stores[GATEWAY] = existing_gateway(database_url)
    try:
        stores[DISPATCH] = existing_store(database_url)
    except Told:
        if not stores:
            raise
    return stores


def _all(stores: "Mapping[str, str]", container: str | None) -> "list[tuple[str, Aside]]":
    """Return what is put aside, by the part that put it there, in the facts' order."""
    from consumers.dispatch.store import Store  # noqa: PLC0415 - heavy: only when it is run
    from consumers.dispatch.tables import DISPATCH as OF_SYSTEMS  # noqa: PLC0415 - the same
    from consumers.gateway.tables import TOLD  # noqa: PLC0415 - the same

    found: list[tuple[str, Aside]] = []
    for part, url in stores.items():
        store = Store(url, tables=TOLD if part == GATEWAY else OF_SYSTEMS)
        try:
            found.extend((part, each) for each in store.parked(container))
        finally:
            store.close()
    return sorted(found, key=lambda each: (each[1].arrival.shard, each[1].arrival.seq, each[0]))


async def _resume(
    again: Again, files: tuple[Path | None, Path | None], container: str | None, wait: float
) -> int:
    """Return how many documents came of it."""
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run

    resuming = [*_dispatch(again, files[0], container), *_gateway(again, files[1], container)]
    await reach_broker(again.bootstrap_servers)
    try:
        async with asyncio.timeout(wait):
            return sum([(await each()).documents for each in resuming])
    except TimeoutError as error:
        raise Told(
            f"It was not done in {wait:g} s; what was done stays done. Look whether the "
            "broker holds the directory's facts, and resume again.",
            Exit.FOUND,
        ) from error


def _dispatch(again: Again, targets: Path | None, container: str | None) -> "Iterator[Resuming]":
    from cli.deliveries import targets_of  # noqa: PLC0415 - heavy: only when it is run
    from consumers.dispatch.run import resume  # noqa: PLC0415 - the same
    from consumers.dispatch.settings import DispatchSettings  # noqa: PLC0415 - the same

    if DISPATCH in again.stores:
        settings = DispatchSettings(
            again.bootstrap_servers,
            again.stores[DISPATCH],
            again.namespace,
            targets=targets_of(targets),
        )
        yield lambda: resume(settings, container)


def _gateway(again: Again, partners: Path | None, container: str | None) -> "Iterator[Resuming]":
    from cli.gateway_part import partners_in  # noqa: PLC0415 - heavy: only when it is run
    from consumers.gateway.run import resume  # noqa: PLC0415 - the same
    from consumers.gateway.settings import GatewaySettings  # noqa: PLC0415 - the same

    if GATEWAY in again.stores and partners is not None:
        settings = GatewaySettings(
            again.bootstrap_servers,
            again.stores[GATEWAY],
            partners_in(partners),
            again.namespace,
            ledger_url=again.ledger_url,
        )
        yield lambda: resume(settings, container)


def _show(found: "list[tuple[str, Aside]]") -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("event", "container", "for", "of", "because of"):
        table.add_column(column, overflow="fold")
    for part, each in found:
        event = f"{each.arrival.shard}-{each.arrival.seq}"
        # The container is a record's key, which nobody read where the fact could not be.
        table.add_row(event, Text(each.arrival.container), each.system, part, each.error)
    screen = console()
    screen.print(table)
    screen.print(
        f"{len(found)} set aside. When our code is mended: "
        "releasebus set-aside resume [CONTAINER]",
        markup=False,
    )
