"""An older program takes no shard whose entries a newer one wrote, and fences nobody."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from sqlalchemy import select

from consumers.apply.settings import ApplySettings
from consumers.apply.takeover import Takeover
from consumers.apply.thread import DatabaseThread
from ledger.book import tables
from ledger.book.engine import reading
from ledger.book.lease import Lease
from producers.topics import TopicMaker
from schemas.evolution.upcasts import SCHEMA_VERSION, OfANewerVersion
from tests.books import new_sqlite_book
from tests.ledger.book.log import LEDGER, Clerk, clerk_of
from tests.ledger.book.older import of_the_next_version, written_by_another_version

PARTITION = TopicPartition("ledger.log.v1", 0)


class Consumer:
    """A consumer whose log holds all that the ledger was asked."""

    async def beginning_offsets(self, places: Iterable[TopicPartition]) -> dict[Any, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[Any, int]:
        return dict.fromkeys(places, 10_000)


class Taking(Takeover):
    """A takeover that ends with the lease."""

    async def _held(self, partition: TopicPartition, lease: Lease) -> Any:
        return partition, lease


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    engine = new_sqlite_book(tmp_path / "book.db")
    clerk = clerk_of(engine)
    clerk.settle(clerk.log.whole_day("CPUU1000010"))
    yield clerk
    clerk.book.forget()
    engine.dispose()


async def take(clerk: Clerk) -> Any:
    thread = DatabaseThread()
    settings = ApplySettings("nowhere", "")
    try:
        takeover = Taking(settings, clerk.engine, thread, TopicMaker("nowhere"))
        return await takeover.take(Consumer(), PARTITION)
    finally:
        thread.close()


def epoch(clerk: Clerk) -> int:
    columns = tables.shard.c
    with reading(clerk.engine) as connection:
        found = connection.execute(select(columns.epoch).where(columns.shard == LEDGER))
        return int(found.scalar_one())


async def test_a_shard_of_our_own_version_is_taken(clerk: Clerk) -> None:
    before = epoch(clerk)

    partition, lease = await take(clerk)

    assert (partition, lease.shard) == (PARTITION, LEDGER)
    assert epoch(clerk) > before


async def test_a_shard_that_a_newer_version_wrote_is_left_to_who_may_go_on(clerk: Clerk) -> None:
    last = len(written_by_another_version(clerk, dict))
    written_by_another_version(clerk, of_the_next_version, first=last)
    before = epoch(clerk)

    with pytest.raises(OfANewerVersion, match=f"schema version {SCHEMA_VERSION + 1}"):
        await take(clerk)

    assert epoch(clerk) == before
