"""`releasebus notifications`: what Certified Pick up's users were told of a container, again."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    AsJson,
    DatabaseUrl,
    existing_store,
    usable_container,
)
from cli.voice import console, emit

if TYPE_CHECKING:
    from adapters.antwerp_cpu.replay import Stored
    from adapters.antwerp_cpu.wire_read import StoredNotification


@ending
def notifications(
    container: Annotated[str, typer.Argument(help="The container's number.")],
    *,
    days: Annotated[int, typer.Option(min=0, max=30, help="How many days back; 30 are kept.")] = 7,
    party: Annotated[str, typer.Option(help="Only what was told to this NxtPort id.")] = "",
    event: Annotated[str, typer.Option(help="Only this event, such as Transferred.")] = "",
    reference: Annotated[str, typer.Option(help="Only this publicReferenceId.")] = "",
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Give the notifications about CONTAINER again, in the order in which they were made.

    With --json as Certified Pick up's GET /notifications answers. Ends with 1 where none is kept.
    """
    from adapters.antwerp_cpu.replay import (  # noqa: PLC0415 - heavy: only when it is run
        Replay,
        stored_notifications,
    )

    kept = _kept(usable_container(container), days, party or None, database_url)
    asked = Replay(event or None, reference or None)
    found = list(stored_notifications(kept, asked))
    if not found:
        raise Told(f"No such notification about {container!r} is kept.", Exit.FOUND)
    if as_json:
        emit([each.model_dump(mode="json", by_alias=True) for each in found])
    else:
        console().print(_drawn(found))


def _kept(container: str, days: int, party: str | None, database_url: str) -> "list[Stored]":
    from adapters.antwerp_cpu.profile import NAME  # noqa: PLC0415 - heavy: only when it is run
    from adapters.antwerp_cpu.replay import Stored  # noqa: PLC0415 - the same
    from consumers.dispatch.store import Store  # noqa: PLC0415 - the same

    store = Store(existing_store(database_url))
    try:
        since = datetime.now(UTC) - timedelta(days=days)
        documents = store.told(NAME, container, since, party)
        return [Stored(each.content, each.made_at) for each in documents]
    finally:
        store.close()


def _drawn(found: "list[StoredNotification]") -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("stored on", "event", "to", "about"):
        table.add_column(column, overflow="fold")
    for each in found:
        table.add_row(each.stored_on, each.event, each.nxt_entity_id, _about(each))
    return table


def _about(notification: "StoredNotification") -> str:
    """Return what is new in it, in CPu's own words."""
    body = json.loads(notification.message)["body"]
    if "greenLightName" in body:
        return f"{body['greenLightName']} {body['newValue']}"
    return str(body.get("actionType") or "")
