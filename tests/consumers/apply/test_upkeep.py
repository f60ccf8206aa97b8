"""Beside the batches: marks, heartbeats, heads, a hint for Kafka; trouble is waited out."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
import pytest
from aiokafka.errors import KafkaConnectionError

from consumers.apply.upkeep import Upkeep
from ledger.book.heads import HeadKey, check_head, head_key
from ledger.directory.directory import Directory, directory_of
from producers.records import Record
from producers.topics import TopicNotMade
from schemas.entitlement import HEARTBEAT
from schemas.heads import HEAD, Head
from schemas.topics import Topic
from tests.adapters.story import ORGANISATIONS
from tests.consumers.apply.fakes import FIRST, SECOND, SETTINGS, Bench, InLine, held

KEY: HeadKey = head_key(None)
QUICK = replace(SETTINGS, flush_seconds=0.0, heartbeat_seconds=0.0)
RIGHTS = ["terminal.beanr-1742.pickup-rights.v1", "terminal.beanr-913.pickup-rights.v1"]
PATIENCE_SECONDS = 10.0


@dataclass
class Topics:
    """Makes topics, unless it is told to fail."""

    made: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)

    async def ensure(self, topics: Any) -> None:
        asked: list[Topic] = list(topics)
        if self.trouble:
            raise self.trouble.pop(0)
        self.made.extend(topic.name for topic in asked)


@dataclass
class Care:
    """Upkeep on two shards, on a directory with two terminals."""

    bench: Bench
    topics: Topics
    upkeep: Any
    directory: list[Directory | Exception]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Keep the shards up until something has happened."""
        caring = asyncio.create_task(self.upkeep.run(self.bench.assignment, self.bench.consumer))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not happened() and not caring.done():  # noqa: ASYNC110  no events here
                    await asyncio.sleep(0)
        finally:
            caring.cancel()
            await asyncio.wait({caring})
        if not caring.cancelled():
            caring.result()

    def beaten(self, partition: Any, published_seq: int = 0) -> list[list[Record]]:
        """Return the records of each beat that was offered to a shard's relay."""
        beats = self.bench.relay(partition).beats()
        return [list(beat.records(published_seq)) for beat in beats]


@pytest.fixture
async def care(monkeypatch: pytest.MonkeyPatch) -> Care:
    bench, topics = Bench(), Topics()
    bench.holds(held(FIRST, 12, next_seq=18, head=bytes(32)), held(SECOND))
    made: Any = Upkeep
    upkeep = made(QUICK, None, InLine(), bench.takeover, topics, KEY)
    directory: list[Directory | Exception] = [directory_of(ORGANISATIONS, 7)]

    def roll() -> Directory:
        found = directory[0] if len(directory) == 1 else directory.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(upkeep, "_roll", roll)
    return Care(bench, topics, upkeep, directory)


def heads(records: list[list[Record]]) -> list[Head]:
    return [
        HEAD.read(record.value or b"")
        for beat in records
        for record in beat
        if record.topic == "ledger.heads.v1"
    ]


async def test_every_terminal_hears_of_every_shard_what_is_published_by_then(care: Care) -> None:
    await care.until(lambda: len(care.bench.relay(SECOND).offered) >= 1)

    for partition, shard in ((FIRST, "ledger-0"), (SECOND, "ledger-1")):
        first, *_ = care.beaten(partition, published_seq=17)
        rights = [record for record in first if record.topic in RIGHTS]
        assert [record.topic for record in rights] == RIGHTS
        for record in rights:
            heart = HEARTBEAT.read(record.value or b"")
            assert (heart.shard, heart.seq) == (shard, 17)
    assert care.topics.made[:2] == RIGHTS


async def test_a_head_is_signed_where_it_moved_and_not_again_where_it_did_not(care: Care) -> None:
    await care.until(lambda: len(care.bench.relay(FIRST).offered) >= 3)
    (head,) = heads(care.beaten(FIRST))

    assert (head.shard, head.seq, head.hash) == ("ledger-0", 17, bytes(32).hex())
    assert check_head(head, KEY.public_key)
    assert heads(care.beaten(SECOND)) == [], "a shard without entries has no head"

    first = care.bench.assignment.held[FIRST]
    first.lease = replace(first.lease, next_seq=20, head=bytes([1] * 32))
    seen = len(first.relay.offered)
    await care.until(lambda: len(first.relay.offered) >= seen + 2)
    assert [head.seq for head in heads(care.beaten(FIRST))] == [17, 19]


async def test_a_relay_that_is_full_or_failed_is_not_burdened(care: Care) -> None:
    care.bench.relay(FIRST).has_room = False
    third = care.bench.relay(SECOND)
    third.failure = KafkaConnectionError("away")
    await care.until(lambda: len(care.bench.consumer.did("committed")) >= 2)

    assert care.bench.relay(FIRST).offered == third.offered == []
    # And no head is taken for signed that never went out.
    assert care.bench.assignment.held[FIRST].headed_seq == 0


async def test_marks_move_also_while_nothing_comes_in(care: Care) -> None:
    await care.until(lambda: len(care.bench.takeover.marked) >= 3)

    shards = list(care.bench.assignment.held.values())
    assert care.bench.takeover.marked[:3] == [shards, shards, shards]


async def test_hearts_beat_less_often_than_marks_move(care: Care) -> None:
    care.upkeep._settings = replace(QUICK, heartbeat_seconds=3600.0)
    await care.until(lambda: len(care.bench.takeover.marked) >= 5)

    assert len(care.bench.relay(FIRST).offered) == 1


@pytest.mark.parametrize(
    "trouble",
    [psycopg.OperationalError("away"), KafkaConnectionError("away"), TimeoutError()],
    ids=lambda error: type(error).__name__,
)
async def test_without_the_directory_no_heart_beats_and_the_next_time_it_does(
    care: Care, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    care.topics.trouble = [trouble]
    care.directory.insert(0, trouble)
    with caplog.at_level(logging.WARNING):
        await care.until(lambda: bool(care.bench.relay(FIRST).offered))

    assert caplog.text.count("No heartbeat this time") == 2


async def test_upkeep_that_breaks_says_so(care: Care) -> None:
    care.topics.trouble = [TopicNotMade("terminal.beanr-1742.pickup-rights.v1: error 38")]

    with pytest.raises(TopicNotMade):
        await care.until(lambda: bool(care.bench.relay(FIRST).offered))


async def test_kafka_is_told_our_place_for_lag_tools(care: Care) -> None:
    care.bench.consumer.refusing = [KafkaConnectionError("away")]
    await care.until(lambda: bool(care.bench.consumer.did("committed")))

    assert care.bench.consumer.did("committed")[0] == ({FIRST: 12, SECOND: 0},)
    assert care.bench.consumer.refusing == []


async def test_who_holds_nothing_says_nothing(care: Care) -> None:
    care.bench.assignment.held.clear()
    await care.until(lambda: len(care.bench.takeover.marked) >= 3)

    assert care.bench.consumer.did("committed") == []


async def test_the_relays_marks_follow_what_is_published(care: Care) -> None:
    """A successor publishes anew what no mark says to be out: every reader hears it twice."""
    await care.until(lambda: bool(care.bench.consumer.did("committed")))

    in_hand = list(care.bench.assignment.held.values())
    assert care.bench.takeover.marked[:1] == [in_hand]
