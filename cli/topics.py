"""`releasebus topics`: which topics the bus has, what they are for, and whether they are there."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.table import Table

from cli.exits import Exit, ending
from cli.options import DEFAULT_KAFKA, AsJson, BootstrapServers, Namespace
from cli.voice import aside, console, emit
from producers.login import Servers
from schemas.topics import FIXED, outbox, pickup_rights, within

# What topics of terminals and parties begin with, whoever they are.
OF_WHO_JOINED = (pickup_rights("", "").name[:9], outbox("").name[:6])


@dataclass(frozen=True, slots=True)
class Line:
    """One topic that the bus has, or should have."""

    topic: str
    exists: bool
    purpose: str
    key: str
    partitions: int
    kept: str


@ending
def topics(
    *,
    create: Annotated[bool, typer.Option("--create", help="Make those that are missing.")] = False,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """List the topics of the bus; with --create make those that are missing.

    Ends with 1 where a fixed topic is missing. Terminals and parties get theirs when they join.
    """
    there = asyncio.run(_topics(bootstrap_servers, namespace, create=create))
    lines = [_line(place, namespace, there) for place in range(len(FIXED))]
    fixed = {line.topic for line in lines}
    joined = sorted(name for name in there - fixed if _is_of_who_joined(name, namespace))
    if as_json:
        emit({"topics": [_as_json(line) for line in lines], "of_who_joined": joined})
    else:
        _show(lines, joined)
    if not all(line.exists for line in lines):
        if not as_json:
            aside().print("Some are missing: `releasebus topics --create` makes them.")
        raise typer.Exit(Exit.FOUND)


async def _topics(bootstrap_servers: Servers, namespace: str, *, create: bool) -> set[str]:
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from consumers.tail import topics_on  # noqa: PLC0415 - the same
    from producers.topics import ensure  # noqa: PLC0415 - the same

    await reach_broker(bootstrap_servers)
    if create:
        await ensure(bootstrap_servers, namespace, FIXED)
    return await topics_on(bootstrap_servers)


def _line(place: int, namespace: str, there: set[str]) -> Line:
    topic = within(namespace, FIXED[place])
    kept = "for ever" if topic.retention_days is None else f"{topic.retention_days} days"
    return Line(
        topic.name,
        topic.name in there,
        topic.purpose,
        topic.key,
        topic.partitions,
        "newest a key" if topic.compacted else kept,
    )


def _is_of_who_joined(name: str, namespace: str) -> bool:
    return name.startswith(tuple(namespace + prefix for prefix in OF_WHO_JOINED))


def _as_json(line: Line) -> dict[str, object]:
    return {
        "topic": line.topic,
        "exists": line.exists,
        "purpose": line.purpose,
        "key": line.key,
        "partitions": line.partitions,
        "kept": line.kept,
    }


def _show(lines: list[Line], joined: list[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("topic", "there", "kept", "what"):
        table.add_column(name, overflow="fold")
    for line in lines:
        there = "[green]yes[/]" if line.exists else "[red]no[/]"
        table.add_row(line.topic, there, line.kept, line.purpose)
    for name in joined:
        table.add_row(name, "[green]yes[/]", "", "")
    console().print(table)
