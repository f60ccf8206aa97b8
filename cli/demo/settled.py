"""Waiting until a bus has nothing left to do, and all that it did can be read."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from cli.options import Where, store_beside
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from consumers.lag import Lag, Place, places_of, until_readable
from consumers.tail import topics_on
from ledger.book import tables
from ledger.book.engine import open_book, reading
from schemas.topics import (
    DIRECTORY_INPUTS,
    DIRECTORY_LOG,
    INPUTS,
    LEDGER_LOG,
    Topic,
    within,
)

LOOK_AGAIN_SECONDS = 0.1
STANDSTILL_SECONDS = 60.0
INTAKE = "intake"
LEDGER, DIRECTORY = "ledger-", "directory-"

ByShard: TypeAlias = Mapping[str, int]


class NotSettled(Exception):
    """The bus has stood still for a minute and still owes something.

    Look at the logs of its parts for what they wait for.
    """


@dataclass(frozen=True, slots=True)
class Rest:
    """What the parts still have to do, from the parties' topics to the last document."""

    unsorted: int
    unanswered: int
    unpublished: int
    undispatched: int
    unsent: bool

    @property
    def is_reached(self) -> bool:
        """Tell whether nothing is on its way any more."""
        return self == Rest(0, 0, 0, 0, unsent=False)

    def __str__(self) -> str:
        """Say what is left to do, part by part."""
        left = (
            f"intake has {self.unsorted} records to sort",
            f"apply {self.unanswered} messages to answer and {self.unpublished} facts to publish",
            f"dispatch {self.undispatched} facts to render and {self.unsent:d} or more to send",
        )
        return ", ".join(left)


@dataclass(frozen=True, slots=True)
class Book:
    """How far the shards of the ledger are, and dispatch behind them."""

    answered: ByShard
    written: ByShard
    published: ByShard
    dispatched: ByShard
    unsent: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The partitions that a message passes before the ledger has it; the logs by kind of shard."""

    inputs: Sequence[Place]
    logs: Mapping[str, Sequence[Place]]


async def until_settled(where: Where) -> None:
    """Return when everything that was published so far has had all its consequences.

    However long that takes, as long as it goes on. Raises NotSettled.
    """
    clock = asyncio.get_running_loop().time
    way = await _way(where)
    async with Lag(where.bootstrap_servers) as lag:
        rest, moved_at = await _rest(where, lag, way), clock()
        while not rest.is_reached:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            before, rest = rest, await _rest(where, lag, way)
            if rest != before:
                moved_at = clock()
            elif clock() - moved_at > STANDSTILL_SECONDS:
                raise NotSettled(str(rest))
    topics = await topics_on(where.bootstrap_servers)
    places = await places_of(where.bootstrap_servers, topics)
    await until_readable(where.bootstrap_servers, places)


async def _way(where: Where) -> Way:
    async def places(*topics: Topic) -> list[Place]:
        names = [within(where.namespace, topic).name for topic in topics]
        return await places_of(where.bootstrap_servers, names)

    inputs = await places(*INPUTS, *DIRECTORY_INPUTS)
    return Way(inputs, {LEDGER: await places(LEDGER_LOG), DIRECTORY: await places(DIRECTORY_LOG)})


async def _rest(where: Where, lag: Lag, way: Way) -> Rest:
    # In the order of a message's way: what one part is done with, the next one is asked for.
    unsorted = await lag.unread(where.namespace + INTAKE, way.inputs)
    logged: dict[str, int] = {}
    for kind, places in way.logs.items():
        ends = await lag.ends(places)
        logged |= {f"{kind}{place.partition}": end for place, end in ends.items()}
    book = await asyncio.to_thread(_book, where.database_url)
    return Rest(
        unsorted,
        unanswered=_behind(logged, book.answered),
        unpublished=_behind(book.written, book.published),
        undispatched=_behind(
            {shard: last for shard, last in book.written.items() if shard.startswith(LEDGER)},
            book.dispatched,
        ),
        unsent=book.unsent,
    )


def _behind(ahead: ByShard, behind: ByShard) -> int:
    return sum(max(0, last - behind.get(shard, 0)) for shard, last in ahead.items())


def _book(database_url: str) -> Book:
    engine = open_book(database_url)
    try:
        with reading(engine) as connection:
            shards = connection.execute(tables.shard.select()).all()
    finally:
        engine.dispose()
    marks, unsent = _dispatched(store_beside(database_url))
    return Book(
        answered={row.shard: row.next_offset for row in shards},
        written={row.shard: row.next_seq - 1 for row in shards},
        published={row.shard: row.relayed_seq for row in shards},
        dispatched=marks,
        unsent=unsent,
    )


def _dispatched(database_url: str) -> tuple[dict[str, int], bool]:
    engine, store = open_book(database_url), Store(database_url)
    try:
        with reading(engine) as connection:
            marks = connection.execute(DISPATCH.seen.select()).all()
        return {row.shard: row.seq for row in marks}, store.oldest_unsent(
            datetime.now(UTC)
        ) is not None
    finally:
        store.close()
        engine.dispose()
