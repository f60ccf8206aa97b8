"""A shard's facts go out in order, a batch a transaction, by one publisher; nothing is skipped."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, ProducerFenced

from producers import relay as module
from producers.announce import beats, partition_of_shard
from producers.records import Record, RecordTooLarge, send_all
from producers.relay import QUEUED_BATCHES, Beat, OutOfStep, Relay
from producers.topics import TopicMaker
from schemas import facts as f
from schemas.entitlement import ENTITLEMENT, HEARTBEAT, Heartbeat
from schemas.facts import RecordedFact
from schemas.organisations import Terminal
from schemas.stay import Driver
from schemas.topics import BOARD, LEDGER_FACTS, MEBIBYTE, outbox, pickup_rights
from schemas.value import altered
from tests.adapters.story import AGENT, HAULIER
from tests.producers.stories import assigned_stay
from tests.topics_at_hand import Place

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RIGHTS = pickup_rights("BEANR", "1742")
PATIENCE_SECONDS = 20.0
# A shard for each test: they share the topics, and none sees what another published.
shards = (f"{number}.ledger-{number % LEDGER_FACTS.partitions}" for number in count())


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, as far as the relay needs it."""

    recorded: RecordedFact
    body: bytes
    driver: Driver | None = None


@dataclass(slots=True)
class Shard:
    """A shard of the broker, and the relays that come and go."""

    place: Place
    name: str
    maker: TopicMaker
    relays: list[Relay]

    async def relay(self, published_seq: int = 0) -> Relay:
        """Start another relay of the shard."""
        relay = Relay(self.name, self.place.bootstrap_servers, self.place.namespace, self.maker)
        self.relays.append(relay)
        await relay.start(published_seq)
        return relay

    def told(self, *seqs: int) -> tuple[Told, ...]:
        """Return entries of these numbers: each says that the container may be collected."""
        recorded = [altered(assigned_stay(), shard=self.name, seq=seq) for seq in seqs]
        return tuple(Told(each, f.written(each)) for each in recorded)

    def beat(self) -> Beat:
        """Return a heartbeat for the one terminal there is."""

        def records(published_seq: int) -> Iterable[Record]:
            heart = Heartbeat(shard=self.name, seq=published_seq, at=NOW)
            return beats(heart, None, [Terminal("BEANR", "1742")], self.place.namespace)

        return Beat(records)

    async def end(self) -> int:
        """Return where the shard's partition of the internal topic ends, markers and all."""
        return await self.place.end(LEDGER_FACTS, partition_of_shard(self.name))

    async def published(self, at_least: int = 0) -> list[int]:
        """Return the numbers on the internal topic as a reader of committed records sees them."""
        # A transaction's end reaches each of its partitions in its own time.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(seqs := await self._seqs()) < at_least:
                pass
        return seqs

    async def _seqs(self) -> list[int]:
        records = await self.place.read(LEDGER_FACTS)
        facts = [f.read(record.value) for record in records]
        return [fact.seq for fact in facts if fact.shard == self.name]


@pytest.fixture(scope="module")
def maker(real_place: Place) -> TopicMaker:
    return TopicMaker(real_place.bootstrap_servers, real_place.namespace)


@pytest.fixture
async def shard(real_place: Place, maker: TopicMaker) -> AsyncIterator[Shard]:
    await real_place.make(LEDGER_FACTS, BOARD, RIGHTS, outbox(HAULIER))
    shard = Shard(real_place, next(shards), maker, [])
    yield shard
    for relay in shard.relays:
        await relay.stop()


async def until_failed(relay: Relay) -> BaseException:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while relay.failure is None:  # noqa: ASYNC110  a relay tells its owner when asked
            await asyncio.sleep(0.01)
    return relay.failure


# --- order, transactions, what a reader sees -----------------------------------------------------


async def test_what_is_offered_goes_out_in_order_and_is_known_to_be_out(shard: Shard) -> None:
    relay = await shard.relay()
    relay.run()
    for batch in (shard.told(1, 2, 3), shard.told(4), shard.told(5, 6)):
        relay.offer(batch)
    await relay.drain(PATIENCE_SECONDS)

    assert relay.failure is None
    assert relay.idle
    assert relay.published_seq == 6
    assert await shard.published(at_least=6) == [1, 2, 3, 4, 5, 6]


async def test_a_batch_is_one_transaction_and_so_is_what_waited_together(shard: Shard) -> None:
    relay, begin = await shard.relay(), await shard.end()
    await relay.publish(shard.told(1, 2, 3))
    # A transaction leaves one marker at the end of each of its partitions.
    assert await shard.published(at_least=3) == [1, 2, 3]
    assert await shard.end() == begin + 3 + 1

    relay.offer(shard.told(4, 5))
    relay.offer(shard.told(6))
    relay.run()
    await relay.drain(PATIENCE_SECONDS)
    await shard.published(at_least=6)
    assert await shard.end() == begin + 6 + 2


async def test_nothing_of_a_broken_transaction_is_read(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, begin = await shard.relay(), await shard.end()

    async def sent_and_broken(producer: Any, records: Sequence[Record]) -> None:
        await send_all(producer, records)
        raise KafkaConnectionError("gone, after the broker had the records")

    with monkeypatch.context() as broken:
        broken.setattr(module, "send_all", sent_and_broken)
        with pytest.raises(KafkaConnectionError):
            await relay.publish(shard.told(1, 2))
    assert relay.published_seq == 0

    await relay.publish(shard.told(1))
    assert await shard.published(at_least=1) == [1]
    # They are there, for who reads uncommitted records: 2 and a marker, then 1 and a marker.
    assert await shard.end() == begin + 5


# --- one publisher -------------------------------------------------------------------------------


async def test_a_successors_start_makes_the_broker_refuse_the_predecessor(shard: Shard) -> None:
    predecessor = await shard.relay()
    await predecessor.publish(shard.told(1))
    successor = await shard.relay(published_seq=1)

    predecessor.run()
    predecessor.offer(shard.told(2))
    failure = await until_failed(predecessor)
    await successor.publish(shard.told(2, 3))

    assert isinstance(failure, ProducerFenced)
    assert predecessor.published_seq == 1
    assert await shard.published(at_least=3) == [1, 2, 3]


async def test_a_predecessor_that_is_cut_off_in_a_transaction_leaves_nothing(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    predecessor = await shard.relay()
    sent = asyncio.Event()

    async def sent_and_stopped(producer: Any, records: Sequence[Record]) -> None:
        await send_all(producer, records)
        sent.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as stopping:
        stopping.setattr(module, "send_all", sent_and_stopped)
        publishing = asyncio.create_task(predecessor.publish(shard.told(1, 2)))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await sent.wait()
    successor = await shard.relay()
    await successor.publish(shard.told(1))
    publishing.cancel()
    with suppress(asyncio.CancelledError, ProducerFenced):
        await publishing

    assert await shard.published(at_least=1) == [1]


# --- failure -------------------------------------------------------------------------------------


async def failed(shard: Shard, offered: Sequence[Told]) -> Relay:
    """Return a relay that could not publish what was offered to it."""
    relay = await shard.relay()
    relay.run()
    relay.offer(offered)
    await until_failed(relay)
    return relay


async def test_after_a_failure_nothing_is_published_any_more(
    shard: Shard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*_: object) -> None:
        raise KafkaConnectionError("the broker is away")

    monkeypatch.setattr(module, "send_all", refuse)
    relay = await failed(shard, shard.told(1))
    # The broker is back: its owner has to find out first where the shard stands.
    monkeypatch.setattr(module, "send_all", send_all)
    relay.offer(shard.told(1))
    await relay.drain(PATIENCE_SECONDS)

    assert isinstance(relay.failure, KafkaConnectionError)
    assert not relay.idle
    assert relay.published_seq == 0
    assert await shard.published() == []
    assert "publishing failed" in caplog.text


async def test_entries_that_leave_a_gap_are_not_published_and_the_owner_finds_out(
    shard: Shard,
) -> None:
    relay = await failed(shard, shard.told(2, 3))
    assert isinstance(relay.failure, OutOfStep)
    assert relay.published_seq == 0

    successor = await shard.relay()
    await successor.publish(shard.told(1, 2, 3))
    with pytest.raises(OutOfStep):
        await successor.publish(shard.told(3, 4))
    assert await shard.published(at_least=3) == [1, 2, 3]


async def test_a_fact_that_no_topic_takes_is_a_failure_and_not_skipped(shard: Shard) -> None:
    (small,) = shard.told(1)
    large = Told(small.recorded, small.body + b" " * (5 * MEBIBYTE))
    relay = await failed(shard, [large])

    assert isinstance(relay.failure, RecordTooLarge)
    assert relay.published_seq == 0
    assert await shard.published() == []


# --- beats ---------------------------------------------------------------------------------------


async def test_a_heartbeat_stands_behind_everything_that_it_promises(shard: Shard) -> None:
    relay = await shard.relay()
    relay.offer(shard.told(1, 2))
    relay.offer(shard.beat())
    relay.offer(shard.told(3))
    relay.run()
    await relay.drain(PATIENCE_SECONDS)
    relay.offer(shard.beat())
    await relay.drain(PATIENCE_SECONDS)

    assert await on_the_quay(shard, at_least=5) == [
        ("right", 1),
        ("right", 2),
        ("right", 3),
        ("beat", 3),
        ("beat", 3),
    ]


async def test_a_heart_that_beats_first_promises_what_is_known_to_be_out(shard: Shard) -> None:
    relay = await shard.relay(published_seq=41)
    relay.run()
    relay.offer(shard.beat())
    await relay.drain(PATIENCE_SECONDS)

    assert await on_the_quay(shard, at_least=1) == [("beat", 41)]
    assert relay.published_seq == 41


async def on_the_quay(shard: Shard, at_least: int) -> list[tuple[str, int]]:
    """Return what the terminal reads of this shard, in order."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(seen := await _seen_on_the_quay(shard)) < at_least:
            pass
    return seen


async def _seen_on_the_quay(shard: Shard) -> list[tuple[str, int]]:
    seen = []
    for record in await shard.place.read(RIGHTS):
        is_beat = record.key.startswith(b"heartbeat/")
        read: Any = (HEARTBEAT if is_beat else ENTITLEMENT).read(record.value)
        if read.shard == shard.name:
            seen.append(("beat" if is_beat else "right", read.seq))
    return seen


# --- room, drain and stop ------------------------------------------------------------------------


async def test_what_has_no_room_is_not_taken(shard: Shard) -> None:
    relay = await shard.relay()
    for seq in range(1, QUEUED_BATCHES + 1):
        assert relay.has_room
        relay.offer(shard.told(seq))

    assert not relay.has_room
    with pytest.raises(asyncio.QueueFull):
        relay.offer(shard.told(QUEUED_BATCHES + 1))
    relay.run()
    await relay.drain(PATIENCE_SECONDS)
    assert relay.has_room
    assert await shard.published(at_least=QUEUED_BATCHES) == list(range(1, QUEUED_BATCHES + 1))


async def test_draining_waits_no_longer_than_it_is_told(
    shard: Shard, caplog: pytest.LogCaptureFixture
) -> None:
    relay = await shard.relay()
    relay.offer(shard.told(1))  # and nobody runs it

    with caplog.at_level(logging.WARNING):
        await relay.drain(0.02)

    assert "not all facts were published in time" in caplog.text
    assert not relay.idle


async def test_what_was_not_published_when_it_stopped_is_left_to_the_successor(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = await shard.relay()
    under_way = asyncio.Event()

    async def never_ends(*_: object) -> None:
        under_way.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as slow:
        slow.setattr(module, "send_all", never_ends)
        relay.run()
        relay.offer(shard.told(1))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await under_way.wait()
            await relay.stop()
    assert relay.published_seq == 0
    assert relay.failure is None

    successor = await shard.relay()
    await successor.publish(shard.told(1))
    assert await shard.published(at_least=1) == [1]


async def test_the_relays_of_two_shards_refuse_each_other_nothing(shard: Shard) -> None:
    relay, other = await shard.relay(), replace(shard, name=next(shards))
    others = await other.relay()
    await others.publish(other.told(1))
    await relay.publish(shard.told(1))

    assert await shard.published(at_least=1) == await other.published(at_least=1) == [1]


async def test_an_outbox_is_made_when_there_is_first_something_to_put_in(
    shard: Shard,
) -> None:
    relay = await shard.relay()
    (first,) = shard.told(1)
    assert first.recorded.stay is not None
    # The agent's outbox is not there: its name is met here for the first time.
    stay = altered(first.recorded.stay, pickup=None)
    blocked = altered(first.recorded, fact=f.Blocked(), stay=stay)
    await relay.publish([Told(blocked, f.written(blocked))])

    assert len(await shard.place.read(outbox(AGENT), at_least=1)) == 1
