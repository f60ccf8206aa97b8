"""A shard that is taken over publishes what its table has, and stops where entries lack."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from consumers.apply.settings import ApplySettings
from consumers.apply.takeover import EntriesLost, Takeover
from consumers.apply.thread import DatabaseThread
from ledger.book.lease import Lease, take
from producers.relay import Beat, Relay, Told
from producers.topics import TopicMaker
from tests.books import new_sqlite_book
from tests.ledger.book.log import LEDGER, Clerk, clerk_of
from tests.ledger.book.tampering import change, tampering

BOX = "CPUU1000010"


class Recorded(Relay):
    """A relay that publishes to a list."""

    def __init__(self) -> None:
        self.published_seq = 0
        self.told: list[int] = []

    async def publish(self, told: Sequence[Told], beats: Sequence[Beat] = ()) -> None:
        del beats
        self.told.extend(entry.recorded.seq for entry in told)
        self.published_seq = self.told[-1]


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    engine = new_sqlite_book(tmp_path / "book.db")
    clerk = clerk_of(engine)
    clerk.settle(clerk.log.whole_day(BOX))
    yield clerk
    clerk.book.forget()
    engine.dispose()


async def published(engine: Engine, relay: Recorded) -> Lease:
    thread = DatabaseThread()
    try:
        takeover = Takeover(ApplySettings("nowhere", ""), engine, thread, TopicMaker("nowhere"))
        lease = take(engine, LEDGER, "heir")
        await takeover._publish_missing(relay, lease)
    finally:
        thread.close()
    return lease


async def test_everything_that_the_row_counts_is_published_from_the_table(clerk: Clerk) -> None:
    relay = Recorded()

    lease = await published(clerk.engine, relay)

    assert relay.told == list(range(1, lease.next_seq))


@pytest.mark.parametrize(
    ("lost", "told"), [("seq > 9", list(range(1, 10))), ("seq = 5", []), ("seq = 1", [])]
)
async def test_entries_that_are_counted_and_not_there_stop_the_shard_loudly(
    clerk: Clerk, lost: str, told: list[int]
) -> None:
    with tampering(clerk.engine) as connection:
        assert change(connection, f"DELETE FROM entry WHERE shard = '{LEDGER}' AND {lost}")  # noqa: S608  ours
    relay = Recorded()

    with pytest.raises(EntriesLost):
        await published(clerk.engine, relay)

    assert relay.told == told
