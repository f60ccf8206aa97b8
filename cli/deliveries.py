"""`releasebus deliveries`: which documents are not where they have to be brought, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.exits import Exit, Told, ending
from cli.options import DEFAULT_DATABASE, AsJson, DatabaseUrl, existing_store
from cli.voice import console, emit
from schemas.signatures import SignaturePolicy

if TYPE_CHECKING:
    from consumers.dispatch.delivery.lanes import RejectedDocument, Waiting
    from consumers.dispatch.delivery.targets import Target, Targets
    from producers.door.door import Voice

SHOWN = 50
ShownRejected = Annotated[
    int, typer.Option(min=0, help="So many of the rejected ones, the latest first.")
]


@ending
def deliveries(
    *,
    rejected: ShownRejected = SHOWN,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Tell what waits for its receiver, target by target, and what a receiver rejected for good.

    Ends with 1 where anything was brought in vain. Dispatch brings again what waits, by itself;
    what was rejected it does not.
    """
    waiting, refused = _found(existing_store(database_url), rejected)
    if as_json:
        emit(
            {
                "waiting": [_waiting_object(each) for each in waiting],
                "rejected": [_rejected_object(each) for each in refused],
            }
        )
    else:
        _show(waiting, refused)
    if refused or any(each.attempts for each in waiting):
        raise typer.Exit(Exit.FOUND)


def brought(
    file: Path | None, speaker: tuple[str, Path | None], policy: SignaturePolicy
) -> "tuple[Targets, Voice | None]":
    """Return where documents are brought to, and as whom dispatch says what is answered there."""
    from cli.speaking import voice_of  # noqa: PLC0415 - heavy: only when it is run

    targets, voice = targets_of(file), voice_of("dispatch", *speaker)
    calls = [each.name for each in _called(targets)]
    if calls and voice is None and policy is SignaturePolicy.REQUIRED:
        raise Told(
            f"Signatures are required, so dispatch has to sign what {', '.join(calls)} answers: "
            "say as whom, --dispatch-speaks-as NXTPORT_ID. Or, for a first look, "
            "--signatures off.",
            Exit.USAGE,
        )
    return targets, voice


def _called(targets: "Targets") -> "list[Target]":
    """Return where systems are called, which answer; a folder does not, nor CPu."""
    from adapters.registry import systems  # noqa: PLC0415 - the same

    asked = [each.name for each in systems().values() if each.authority != "ledger"]
    found = (targets.of(name, name) for name in asked)
    return [each for each in found if each is not None and each.url is not None]


def targets_of(file: Path | None) -> "Targets":
    """Return the targets in *file*, none without one; all the files that it names are there."""
    from adapters.registry import systems  # noqa: PLC0415 - heavy: only when it is run
    from consumers.dispatch.delivery.carriers import carrier_to  # noqa: PLC0415 - the same
    from consumers.dispatch.delivery.targets import (  # noqa: PLC0415 - the same
        NOWHERE,
        TargetsUnusable,
        targets_in,
    )

    if file is None:
        return NOWHERE
    try:
        found = targets_in(file, systems())
        for target in found.all:
            carrier_to(target)
    except TargetsUnusable as error:
        raise Told(f"{error}.", Exit.USAGE) from error
    return found


def _found(store_url: str, limit: int) -> "tuple[Sequence[Waiting], Sequence[RejectedDocument]]":
    from consumers.dispatch.store import Store  # noqa: PLC0415 - heavy: only when it is run

    store = Store(store_url)
    try:
        return store.lanes.waiting(), store.lanes.rejected(limit)
    finally:
        store.close()


def _waiting_object(waiting: "Waiting") -> dict[str, object]:
    return {
        "target": waiting.target,
        "documents": waiting.documents,
        "oldest": waiting.oldest.isoformat(),
        "attempts": waiting.attempts,
        "error": waiting.error,
    }


def _rejected_object(rejected: "RejectedDocument") -> dict[str, object]:
    return {
        "target": rejected.target,
        "document": rejected.document.id,
        "type": rejected.document.type,
        "about": rejected.document.subject,
        "status": rejected.status,
        "error": rejected.why,
        "at": rejected.at.isoformat(),
    }


def _show(waiting: "Sequence[Waiting]", refused: "Sequence[RejectedDocument]") -> None:
    screen = console()
    if not waiting and not refused:
        screen.print("Everything is where it was to be brought.")
    if waiting:
        table = _table("waiting for", "documents", "oldest of", "tried", "because")
        for each in waiting:
            oldest = f"{each.oldest:%Y-%m-%d %H:%M}"
            table.add_row(
                *(each.target, f"{each.documents:,}", oldest, f"{each.attempts} x", each.error)
            )
        screen.print(table)
    if refused:
        table = _table("rejected by", "document", "about", "status", "at", "because")
        for one in refused:
            document, at = one.document, f"{one.at:%Y-%m-%d %H:%M}"
            table.add_row(one.target, document.id, document.subject, str(one.status), at, one.why)
        screen.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
