"""`releasebus resume`: what is parked of a container is heard again, and what became of it."""

import asyncio
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

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
from cli.override import agreement_in
from cli.parked import as_object, asked, error_of
from cli.voice import console, emit
from schemas.overrides import digest_of

if TYPE_CHECKING:
    from cli.words import Names
    from ledger.book.aside import Parking
    from schemas.facts import RecordedFact
    from schemas.messages import Resume

LOOK_AGAIN_SECONDS = 0.1
LONGEST_NOTE = 2000
"""As `Resume.note`."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """How a resume went: what was parked, the ledger's answer, and what the messages came to.

    `answer` is None where none came in time; `still` is what is parked after it.
    """

    message_id: str
    parking: "Parking"
    answer: "RecordedFact | None"
    became: "tuple[RecordedFact, ...]"
    still: "Parking | None"
    names: "Names"


@ending
def resume(  # noqa: PLR0913 - a command's options are its parameters
    container: Annotated[str, typer.Argument(help="The container's number.")],
    *,
    note: Annotated[str, typer.Option(help="What was mended; it stands in the ledger.")] = "",
    agreed: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What two people signed for it, as `override confirm` writes; where it is asked.",
        ),
    ] = None,
    wait_seconds: Annotated[
        float, typer.Option(min=0, help="How long to wait for what becomes of it.")
    ] = 30.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Hear again, in order, what is parked of CONTAINER; then its entitlement counts again.

    Mend what broke first, and start apply anew with it. Ends with 1 where nothing is parked, it
    breaks again, or no answer comes in time.
    """
    if len(note) > LONGEST_NOTE:
        raise Told(f"A note is {LONGEST_NOTE} characters at most.", Exit.USAGE)
    where = Where(bootstrap_servers, existing_ledger(database_url), namespace)
    parking = _parked(where, usable_container(container))
    if parking is None:
        raise Told(f"Nothing of {container} is parked; `releasebus parked` lists all.", Exit.FOUND)
    message, message_id = _message(parking.container, note, agreed)
    asyncio.run(_put_on_log(where, message, message_id))
    found = _became(where, parking, message_id, wait_seconds)
    if as_json:
        _emit(found)
    else:
        _show(found)
    _end(found, wait_seconds, as_json=as_json)


def _parked(where: Where, container: str) -> "Parking | None":
    from cli.ledger import opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.aside import parkings  # noqa: PLC0415 - the same

    with opened(where.database_url) as connection:
        return next(iter(parkings(connection, container)), None)


def _message(container: str, note: str, agreed: Path | None) -> "tuple[Resume, str]":
    """Return what is put on the log, and its id: of what two agreed on, the agreement's own."""
    from schemas.messages import Resume  # noqa: PLC0415 - heavy: only when it is run

    if agreed is None:
        return Resume(container=container, note=note), f"resume-{uuid.uuid4()}"
    proposal, confirmation = agreement_in(agreed)
    message = Resume(container=container, note=note, proposal=proposal, confirmation=confirmation)
    return message, digest_of(proposal)


async def _put_on_log(where: Where, message: "Resume", message_id: str) -> None:
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from producers.operator import operator_record, put_on_log  # noqa: PLC0415 - the same

    await reach_broker(where.bootstrap_servers)
    record = operator_record(message, message_id, datetime.now(UTC), where.namespace)
    await put_on_log(where.bootstrap_servers, record)


def _became(where: Where, parking: "Parking", message_id: str, wait_seconds: float) -> Resumed:
    from cli.ledger import names_in, opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.aside import answer_to, became_of, parkings  # noqa: PLC0415 - the same

    deadline = time.monotonic() + wait_seconds
    while True:
        with opened(where.database_url) as connection:
            answer = answer_to(connection, message_id)
            if answer is not None or time.monotonic() > deadline:
                return Resumed(
                    message_id,
                    parking,
                    answer,
                    became_of(connection, parking),
                    next(iter(parkings(connection, parking.container)), None),
                    names_in(connection),
                )
        time.sleep(LOOK_AGAIN_SECONDS)


def _emit(found: Resumed) -> None:
    answer = found.answer
    emit(
        {
            "ok": answer is not None and found.still is None,
            "resume_id": found.message_id,
            "was_parked": as_object(found.parking),
            "answer": None if answer is None else answer.outcome,
            "reason": None if answer is None else getattr(answer.fact, "reason", None),
            "became": [_became_object(entry) for entry in found.became],
            "still_parked": None if found.still is None else as_object(found.still),
        }
    )


def _became_object(entry: "RecordedFact") -> dict[str, Any]:
    return {
        "message_id": entry.cause.message_id,
        "message_type": entry.cause.message_type,
        "organisation": entry.cause.organisation,
        "outcome": entry.outcome,
        "reason": getattr(entry.fact, "reason", None),
        "event": f"{entry.shard}-{entry.seq}",
    }


def _show(found: Resumed) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("was parked", "for", "became"):
        table.add_column(column, overflow="fold")
    for before, after in zip(found.parking.messages, found.became, strict=True):
        reason = getattr(after.fact, "reason", "")
        outcome = f"{after.outcome}: {reason}" if reason else str(after.outcome)
        table.add_row(asked(before, found.names), Text(error_of(before), "dim"), Text(outcome))
    console().print(table)


def _end(found: Resumed, wait_seconds: float, *, as_json: bool) -> None:
    container, answer = found.parking.container, found.answer
    if answer is not None and found.still is None:
        if not as_json:
            heard = len(found.became)
            console().print(f"{container} moves again: {heard} heard, its entitlement counts.")
        return
    if as_json:
        raise typer.Exit(Exit.FOUND)
    if answer is None:
        raise Told(
            f"No answer came in {wait_seconds:g} s. Look whether apply runs: the resume stands on "
            "the log and is followed as soon as it does; do not send it again.",
            Exit.FOUND,
        )
    still = found.still
    error = error_of(still.entries[0]) if still is not None and still.entries else ""
    raise Told(
        f"{container} stays parked and lets nothing out ({error}). The log of apply names the "
        "place in our code: mend it, start apply anew, and resume again.",
        Exit.FOUND,
    )
