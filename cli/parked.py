"""`releasebus parked`: the containers that stand still, since when, and what for."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.exits import ending
from cli.options import DEFAULT_DATABASE, AsJson, DatabaseUrl, existing_ledger, usable_container
from cli.voice import console, emit

if TYPE_CHECKING:
    from cli.words import Names
    from ledger.book.aside import Parking
    from schemas.facts import RecordedFact


@ending
def parked(
    container: Annotated[
        str, typer.Argument(help="The container's number; without it all of them.")
    ] = "",
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """List the containers of which a message broke our code, and what stands behind it.

    Nothing of them is let out until `releasebus resume`.
    """
    from cli.ledger import names_in, opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.aside import parkings  # noqa: PLC0415 - the same

    wanted = usable_container(container) if container else None
    with opened(existing_ledger(database_url)) as connection:
        found, names = parkings(connection, wanted), names_in(connection)
    if as_json:
        emit({"parked": [as_object(each) for each in found]})
    elif found:
        _show(found, names)
    else:
        console().print(f"Nothing is parked{f' of {wanted}' if wanted else ''}.")


def as_object(parking: "Parking") -> dict[str, Any]:
    """Return what is parked of a container for a program."""
    first = parking.entries[0] if parking.entries else None
    return {
        "container": parking.container,
        "shard": parking.shard,
        "since": None if first is None else first.recorded_at.isoformat(),
        "error": error_of(first),
        "messages": [
            {
                "event": f"{entry.shard}-{entry.seq}",
                "message_id": entry.cause.message_id,
                "message_type": entry.cause.message_type,
                "organisation": entry.cause.organisation,
                "occurred_at": entry.cause.occurred_at.isoformat(),
                "error": error_of(entry),
            }
            for entry in parking.messages
        ],
    }


def error_of(entry: "RecordedFact | None") -> str:
    """Return what parked the message: the kind of our error, or that it stands behind another."""
    return str(getattr(entry.fact, "error", "")) if entry is not None else ""


def asked(entry: "RecordedFact", names: "Names") -> Text:
    """Return who asked for what, in words."""
    from cli.words import Telling  # noqa: PLC0415 - heavy: only when it is run

    telling, cause = Telling(names), entry.cause
    who, ask = telling.name(cause.organisation), telling.word("asks", cause.message_type)
    return Text(f"{who}: {ask}")


def _show(found: "tuple[Parking, ...]", names: "Names") -> None:
    screen = console()
    for parking in found:
        first = parking.entries[0] if parking.entries else None
        since = "" if first is None else f" since {first.recorded_at:%Y-%m-%d %H:%M} UTC"
        screen.print(Text.assemble((parking.container, "bold"), f"{since}, in {parking.shard}"))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for entry in parking.entries:
            # Time has no sender; it broke our code where no message did.
            who = asked(entry, names) if entry.outcome is not None else Text("time passes")
            table.add_row(f"{entry.shard}-{entry.seq}", who, Text(error_of(entry), "dim"))
        screen.print(table)
    screen.print(
        f"{len(found)} parked. When our code is mended and apply runs anew: "
        "releasebus resume CONTAINER"
    )
