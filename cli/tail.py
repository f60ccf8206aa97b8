"""`releasebus tail`: what comes on a topic, as it comes."""

import asyncio
from typing import Annotated

import typer

from cli.exits import ending
from cli.options import (
    DEFAULT_KAFKA,
    DEFAULT_LANGUAGE,
    AsJson,
    BootstrapServers,
    Namespace,
    SpokenLanguage,
)
from producers.login import Servers
from schemas.words import Language


@ending
def tail(  # noqa: PLR0913  a parameter is an option of the command
    topic: Annotated[str, typer.Argument(help="The topic's name, without the namespace.")],
    *,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Everything that still stands on it first.")
    ] = False,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="End where the topic ends now.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="End after so many; 0: never.")] = 0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Show what comes on TOPIC until Ctrl-C; with --json one object a line, as it came.

    Reasons and facts are told in words as well, in the language that is asked for.
    """
    asyncio.run(
        _tail(
            bootstrap_servers,
            namespace + topic,
            from_start=from_start,
            until_end=until_end,
            limit=limit,
            language=None if as_json else language,
        )
    )


async def _tail(
    bootstrap_servers: Servers,
    topic: str,
    *,
    from_start: bool,
    until_end: bool,
    limit: int,
    language: Language | None,
) -> None:
    from cli.records import as_line, as_words  # noqa: PLC0415 - heavy: only when it is run
    from consumers.reach import reach_broker  # noqa: PLC0415 - the same
    from consumers.tail import following, standing  # noqa: PLC0415 - the same

    await reach_broker(bootstrap_servers)
    records = (
        standing(bootstrap_servers, [topic])
        if until_end
        else following(bootstrap_servers, topic, from_start=from_start)
    )
    shown = 0
    async for record in records:
        typer.echo(as_line(record) if language is None else as_words(record, language))
        shown += 1
        if shown == limit:
            return
