"""Waiting until a bus has nothing left to do: answered, published, dispatched."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from cli.options import Where
from cli.parts import store_beside
from consumers.dispatch import tables as dispatch_tables
from consumers.dispatch.store import Store
from ledger.book import tables
from ledger.book.engine import open_book, reading
from ledger.book.read import buckets

LOOK_AGAIN_SECONDS = 0.1
PATIENCE_SECONDS = 120.0


class NotSettled(Exception):
    """The bus did not come to rest in time: something in it stands still.

    Look at the logs of its parts for what they wait for.
    """


@dataclass(frozen=True, slots=True)
class Rest:
    """How far the parts have come."""

    answered: int
    unpublished: int
    undispatched: int
    unsent: bool

    def is_reached(self, messages: int) -> bool:
        """Tell whether *messages* are answered and nothing is on its way any more."""
        behind = self.unpublished or self.undispatched or self.unsent
        return self.answered >= messages and not behind


async def until_settled(where: Where, messages: int) -> None:
    """Return when all *messages* on the logs are answered and everything that follows is out."""
    rest = Rest(0, 0, 0, unsent=False)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not rest.is_reached(messages):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                rest = await asyncio.to_thread(_rest, where)
    except TimeoutError as error:
        raise NotSettled(
            f"of {messages} messages {rest.answered} are answered, {rest.unpublished} facts not "
            f"published, {rest.undispatched} not dispatched"
        ) from error


def _rest(where: Where) -> Rest:
    engine = open_book(where.database_url)
    try:
        with reading(engine) as connection:
            answered = sum(sum(each.outcomes.values()) for each in buckets(connection))
            shards = connection.execute(tables.shard.select()).all()
    finally:
        engine.dispose()
    published = {row.shard: row.relayed_seq for row in shards}
    written = {row.shard: row.next_seq - 1 for row in shards}
    marks, unsent = _dispatched(store_beside(where.database_url))
    return Rest(
        answered,
        unpublished=sum(written[shard] - published[shard] for shard in written),
        undispatched=sum(
            last - marks.get(shard, 0)
            for shard, last in written.items()
            if shard.startswith("ledger-")
        ),
        unsent=unsent,
    )


def _dispatched(database_url: str) -> tuple[dict[str, int], bool]:
    engine, store = open_book(database_url), Store(database_url)
    try:
        with reading(engine) as connection:
            marks = connection.execute(dispatch_tables.seen.select()).all()
        return {row.shard: row.seq for row in marks}, store.oldest_unsent(
            datetime.now(UTC)
        ) is not None
    finally:
        store.close()
        engine.dispose()
