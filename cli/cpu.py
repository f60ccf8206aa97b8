"""`releasebus cpu`: what Certified Pick up would answer a party that asks, from the ledger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import DEFAULT_DATABASE, DatabaseUrl, existing_ledger, usable_container

if TYPE_CHECKING:
    from adapters.antwerp_cpu.reads import Reader, Which
    from adapters.antwerp_cpu.standing import Standing
    from adapters.antwerp_cpu.wire_out import Notification

app = typer.Typer(
    help="What Certified Pick up would answer a party that asks, in its own JSON.",
    no_args_is_help=True,
)
Container = Annotated[str, typer.Argument(help="The container's number.")]
Asker = Annotated[str, typer.Option("--party", help="Who asks, by its NxtPort id.")]
Bills = Annotated[
    list[str] | None, typer.Option("--bill", help="A bill of lading of the release; repeatable.")
]
Number = Annotated[str, typer.Option("--release", help="The release's own identification.")]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of what is asked, and who asks."""

    releases: "tuple[Standing, ...]"
    reader: "Reader"


@app.command("detail", epilog=EXIT_CODES)
@ending
def detail(
    container: Container,
    *,
    party: Asker,
    bill: Bills = None,
    release: Number = "",
    database_url: DatabaseUrl = DEFAULT_DATABASE,
) -> None:
    """Answer GetReleaseDetail; ends with 1 where no release, or more than one, is meant."""
    from adapters.antwerp_cpu.reads import release_detail  # noqa: PLC0415 - only when it is run

    known = _known([container], party, database_url)
    which = _which(container, bill, release)
    _tell(release_detail(known.releases, which, known.reader))


@app.command("lights", epilog=EXIT_CODES)
@ending
def lights(
    container: Container,
    *,
    party: Asker,
    combined: Annotated[
        bool, typer.Option("--combined", help="The combined light alone.")
    ] = False,
    bill: Bills = None,
    release: Number = "",
    database_url: DatabaseUrl = DEFAULT_DATABASE,
) -> None:
    """Answer GetAllReleaseLights, or GetCombinedGreenLight."""
    from adapters.antwerp_cpu.reads import (  # noqa: PLC0415 - heavy: only when it is run
        combined_light,
        release_lights,
    )

    known = _known([container], party, database_url)
    which = _which(container, bill, release)
    answer: Callable[..., Notification] = combined_light if combined else release_lights
    _tell(answer(known.releases, which, known.reader))


@app.command("release", epilog=EXIT_CODES)
@ending
def release(
    release_id: Annotated[str, typer.Argument(help="The releaseId of a notification.")],
    *,
    party: Asker,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
) -> None:
    """Answer a terminal's GET /release-rights?releaseId=, with its sealed driver.

    Ends with 1 for everybody who does not run the quay of the release.
    """
    from adapters.antwerp_cpu.reads import terminal_detail  # noqa: PLC0415 - only when it is run

    known = _known(_containers_of(release_id, database_url), party, database_url)
    found = terminal_detail(known.releases, release_id.lower(), known.reader)
    if found is None:
        raise Told("The party runs no quay where such a release is collected.", Exit.FOUND)
    typer.echo(found.model_dump_json(by_alias=True))


@app.command("containers", epilog=EXIT_CODES)
@ending
def containers(
    numbers: Annotated[list[str], typer.Argument(help="The containers to choose from.")],
    *,
    party: Asker,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A filter by CPu's own name, such as status=Active or page=2; repeatable.",
        ),
    ] = None,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
) -> None:
    """Answer GetPagedContainers of these containers, by Certified Pick up's filters."""
    from adapters.antwerp_cpu.lists import paged_containers  # noqa: PLC0415 - only when it is run
    from adapters.antwerp_cpu.queries import list_query  # noqa: PLC0415 - the same
    from schemas.unreadable import Unreadable  # noqa: PLC0415 - the same

    asked = list_query(dict(each.partition("=")[::2] for each in where or ()))
    if isinstance(asked, Unreadable):
        raise Told(f"At {asked.position}: {asked.sentence}", Exit.USAGE)
    known = _known(numbers, party, database_url)
    _tell(paged_containers(known.releases, *asked, known.reader))


def _known(numbers: Iterable[str], party: str, database_url: str) -> Known:
    from adapters.antwerp_cpu.reads import Reader  # noqa: PLC0415 - heavy: only when it is run
    from adapters.antwerp_cpu.standing import standings  # noqa: PLC0415 - the same
    from cli.ledger import directory_in, opened  # noqa: PLC0415 - the same
    from ledger.book.read import history  # noqa: PLC0415 - the same

    with opened(existing_ledger(database_url)) as connection:
        parties = directory_in(connection).by_id
        if party not in parties:
            raise Told(f"Nobody is registered as {party!r}.", Exit.USAGE)
        releases = tuple(
            standing
            for number in dict.fromkeys(usable_container(each) for each in numbers)
            for standing in standings(history(connection, number))
        )
    return Known(releases, Reader(party, parties, datetime.now(UTC)))


def _which(container: str, bills: list[str] | None, release: str) -> "Which":
    from adapters.antwerp_cpu.queries import detail_query  # noqa: PLC0415 - only when it is run

    query = {"billOfLadingNumbers": ",".join(bills or ()), "releaseIdentification": release}
    return detail_query(usable_container(container), query)


def _containers_of(release_id: str, database_url: str) -> list[str]:
    from cli.ledger import opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.read import As, find  # noqa: PLC0415 - the same

    with opened(existing_ledger(database_url)) as connection:
        return [
            match.container
            for match in find(connection, release_id)
            if match.found_as is As.RELEASE_ID
        ]


def _tell(answer: "Notification") -> None:
    from adapters.antwerp_cpu.wire_out import written  # noqa: PLC0415 - only when it is run

    typer.echo(written(answer).decode())
    if answer.errors:
        raise typer.Exit(Exit.FOUND)
