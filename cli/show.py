"""`releasebus show`: everything that the ledger knows by a reference, in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.rule import Rule
from rich.table import Table

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_LANGUAGE,
    AsJson,
    DatabaseUrl,
    SpokenLanguage,
    existing_ledger,
)
from cli.voice import console, emit
from schemas.words import Language

if TYPE_CHECKING:
    from cli.story import Story
    from ledger.book.read import Match

TOLD_IN_FULL = 3


@ending
def show(
    reference: Annotated[
        str,
        typer.Argument(
            help="A container, air waybill, bill of lading, release, a message's or an event's id."
        ),
    ],
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Tell what happened, who holds the right, which lights are green, why not, who can fix it.

    Ends with 1 where nothing is known by REFERENCE.
    """
    found = _found(reference, existing_ledger(database_url), language)
    if not found.matches:
        raise Told(
            f"The ledger knows nothing by {reference!r}. It knows containers, bills of lading, "
            "releases, message ids and events such as ledger-3-17.",
            Exit.FOUND,
        )
    if as_json:
        _emit(reference, found)
    else:
        _show(found)


@dataclass(frozen=True, slots=True)
class Found:
    """What a reference names, and the stories of the containers that it leads to."""

    matches: "tuple[Match, ...]"
    stories: "tuple[Story, ...]"


def _found(reference: str, database_url: str, language: Language) -> Found:
    from cli.ledger import names_in, opened, story_in  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.read import find  # noqa: PLC0415 - the same

    with opened(database_url) as connection:
        matches = find(connection, reference)
        names = names_in(connection)
        containers = dict.fromkeys(match.container for match in matches if match.container)
        return Found(
            matches, tuple(story_in(connection, each, names, language) for each in containers)
        )


def _emit(reference: str, found: Found) -> None:
    from cli.story import as_object  # noqa: PLC0415 - heavy: only when it is run

    emit(
        {
            "reference": reference,
            "found": [
                {
                    "as": match.found_as.value,
                    "container": match.container,
                    "release_id": match.release_id,
                    "event": None if match.shard is None else f"{match.shard}-{match.seq}",
                }
                for match in found.matches
            ],
            "containers": [as_object(story) for story in found.stories],
        }
    )


def _show(found: Found) -> None:
    from cli.story import drawn  # noqa: PLC0415 - heavy: only when it is run

    screen = console()
    events = {f"{match.shard}-{match.seq}" for match in found.matches if match.shard}
    if len(found.stories) > TOLD_IN_FULL:
        screen.print(_overview(found))
        return
    for match in found.matches:
        if not match.container:
            screen.print(
                f"{match.found_as.value.replace('_', ' ')}: event {match.shard}-{match.seq}"
            )
    for story in found.stories:
        screen.print(Rule(story.container, align="left"))
        screen.print(drawn(story, events))


def _overview(found: Found) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("container", "quay", "release", "may leave"):
        table.add_column(column, overflow="fold")
    for story in found.stories:
        for stay in story.file.stays:
            missing = story.missing(stay)
            reasons = ", ".join(each.value.replace("_", " ") for each in missing)
            table.add_row(story.container, stay.terminal, stay.status.value, reasons or "yes")
    return table
