"""A party reads its outbox: answers by id, each entry once, whatever the broker does meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError

from producers import outbox as module
from producers.outbox import KEPT_NOTICES, Outbox, OutboxClosed
from schemas.facts import Outcome
from schemas.notices import NOTICE, UNREADABLE, Answered, Notice
from schemas.value import Misformed

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BOX = TopicPartition("t1.party.nxt1.outbox.v1", 0)
PATIENCE_SECONDS = 10.0


@dataclass
class Broker:
    """What stands on the outbox, and a consumer that reads it as aiokafka does."""

    records: list[bytes | None] = field(default_factory=list)
    there: bool = True
    trouble: list[Exception] = field(default_factory=list)
    position: int = -1
    stopped: bool = False

    async def start(self) -> None:
        """There is nothing to connect to."""

    async def stop(self) -> None:
        self.stopped = True

    async def topics(self) -> set[str]:
        await self._may_fail()
        return {BOX.topic} if self.there else set()

    async def end_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, len(self.records))

    def assign(self, places: Sequence[TopicPartition]) -> None:
        assert places == [BOX]

    def seek(self, place: TopicPartition, offset: int) -> None:
        assert place == BOX
        self.position = offset

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, Sequence[Any]]:
        del timeout_ms
        await self._may_fail()
        new, self.position = self.records[self.position :], len(self.records)
        records = [ConsumerRecord(*BOX, 0, 0, 1, None, value, None, 0, 0, ()) for value in new]
        return {BOX: records} if records else {}

    async def _may_fail(self) -> None:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.pop(0)

    def tell(self, *notices: Notice) -> None:
        self.records.extend(NOTICE.written(notice) for notice in notices)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(module, "committed_reader", lambda _: broker)
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0.0)
    return broker


@pytest.fixture
async def outbox(broker: Broker) -> AsyncIterator[Outbox]:
    """An outbox that is open, and expects the answers to m1 and m2."""
    async with opened() as outbox:
        yield outbox
    assert broker.stopped


@asynccontextmanager
async def opened() -> AsyncIterator[Outbox]:
    outbox = Outbox("nowhere:9", "t1.", "NXT1")
    outbox.expect(["m1", "m2"])
    await outbox.open()
    try:
        yield outbox
    finally:
        await outbox.close()


def notice(
    seq: int, message_id: str = "m1", outcome: str = Outcome.APPLIED, *, shard: str = "ledger-3"
) -> Notice:
    answer = Answered(message_id=message_id, outcome=outcome)
    return Notice(shard=shard, seq=seq, recorded_at=NOW, answer=answer)


async def answer(outbox: Outbox, message_id: str = "m1") -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await outbox.answer(message_id)).outcome


async def told(outbox: Outbox, count: int) -> list[tuple[str, int]]:
    """Return what the party was told, once it was told so much."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(outbox.notices) < count:  # noqa: ASYNC110  an outbox tells of answers alone
            await asyncio.sleep(0)
    return [(each.shard, each.seq) for each in outbox.notices]


# --- answers -------------------------------------------------------------------------------------


async def test_an_answer_is_found_by_the_id_of_its_message(broker: Broker, outbox: Outbox) -> None:
    broker.tell(notice(1, "m2", Outcome.REFUSED), notice(2, "m1", Outcome.APPLIED))

    assert await answer(outbox, "m1") == Outcome.APPLIED
    assert await answer(outbox, "m2") == Outcome.REFUSED


async def test_an_answer_with_a_fact_of_a_later_version_is_read_and_the_rest_is_followed(
    broker: Broker, outbox: Outbox
) -> None:
    """Who is not upgraded yet goes on: one unheard sort of fact used to end the outbox."""
    later = NOTICE.written(notice(1)).replace(b'"answer"', b'"fact":{"type":"craned"},"answer"')
    assert later != NOTICE.written(notice(1))
    broker.records.append(later)
    broker.tell(notice(2, "m2"))

    assert await answer(outbox, "m1") == Outcome.APPLIED
    assert await answer(outbox, "m2") == Outcome.APPLIED


async def test_who_waits_is_told_when_the_answer_comes(broker: Broker, outbox: Outbox) -> None:
    waiting = [asyncio.create_task(answer(outbox, "m1")) for _ in range(3)]
    broker.tell(notice(1, "m2"))
    assert await answer(outbox, "m2") == Outcome.APPLIED
    assert not any(waiter.done() for waiter in waiting)

    broker.tell(notice(2, "m1"))
    assert await asyncio.gather(*waiting) == [Outcome.APPLIED] * 3


async def test_answers_that_nobody_asked_for_are_not_kept(broker: Broker, outbox: Outbox) -> None:
    broker.tell(notice(1, "another process's"), notice(2, "m1"))
    await answer(outbox, "m1")

    assert list(outbox._answers) == ["m1"]


async def test_a_duplicate_does_not_hide_the_first_answer_and_stands_where_none_is_known(
    broker: Broker, outbox: Outbox
) -> None:
    broker.tell(notice(1, "m1"), notice(2, "m1", Outcome.DUPLICATE))
    broker.tell(notice(3, "m2", Outcome.DUPLICATE))

    assert await answer(outbox, "m2") == Outcome.DUPLICATE
    assert await answer(outbox, "m1") == Outcome.APPLIED


async def test_who_was_told_to_wait_hears_the_end_of_it(broker: Broker, outbox: Outbox) -> None:
    broker.tell(notice(1, "m1", Outcome.WAITING))
    async with asyncio.timeout(PATIENCE_SECONDS):
        first = await outbox.answer("m1")
        later = asyncio.create_task(outbox.answer_after("m1", first))
        broker.tell(notice(2, "m2"))
        await outbox.answer("m2")
        assert not later.done()

        broker.tell(notice(3, "m1", Outcome.REFUSED))
        assert (await later).outcome == Outcome.REFUSED


async def test_what_intake_could_not_read_is_answered_too(broker: Broker, outbox: Outbox) -> None:
    broker.tell(notice(9, "m2"), notice(0, "m1", UNREADABLE, shard=""))

    assert await answer(outbox, "m1") == UNREADABLE


# --- each entry once -----------------------------------------------------------------------------


async def test_what_a_relay_publishes_again_is_told_once(broker: Broker, outbox: Outbox) -> None:
    broker.tell(notice(1), notice(2), notice(1), notice(2), notice(3))

    assert await told(outbox, 3) == [("ledger-3", 1), ("ledger-3", 2), ("ledger-3", 3)]
    broker.tell(notice(3), notice(4))
    assert (await told(outbox, 4))[3:] == [("ledger-3", 4)]


async def test_each_shard_counts_for_itself_and_intake_does_not_count(
    broker: Broker, outbox: Outbox
) -> None:
    broker.tell(notice(7), notice(5, shard="ledger-4"))
    broker.tell(notice(0, shard=""), notice(0, shard=""))

    assert await told(outbox, 4) == [("ledger-3", 7), ("ledger-4", 5), ("", 0), ("", 0)]


async def test_only_the_latest_notices_are_kept(broker: Broker, outbox: Outbox) -> None:
    broker.tell(*(notice(seq, "m9") for seq in range(1, KEPT_NOTICES + 5)), notice(5000, "m1"))
    await answer(outbox, "m1")

    assert len(outbox.notices) == KEPT_NOTICES
    assert outbox.notices[-1].seq == 5000


# --- where it begins, and what comes between -----------------------------------------------------


async def test_what_was_told_before_it_was_opened_is_past(broker: Broker) -> None:
    broker.tell(notice(1, "m1", Outcome.REFUSED))
    async with opened() as outbox:
        broker.tell(notice(2, "m1", Outcome.APPLIED))

        assert await answer(outbox) == Outcome.APPLIED
        assert await told(outbox, 1) == [("ledger-3", 2)]


async def test_an_outbox_that_comes_later_is_read_from_its_start(broker: Broker) -> None:
    broker.there = False
    async with opened() as outbox:
        waiting = asyncio.create_task(answer(outbox))
        broker.tell(notice(1))
        broker.there = True

        assert await waiting == Outcome.APPLIED


async def test_a_broker_that_is_away_is_asked_again(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened() as outbox:
        with caplog.at_level(logging.WARNING):
            broker.trouble = [KafkaConnectionError("away"), KafkaConnectionError("away")]
            broker.tell(notice(1))
            assert await answer(outbox) == Outcome.APPLIED
    assert "cannot be read" in caplog.text


async def test_a_broker_that_is_away_while_there_is_no_outbox_is_asked_again(
    broker: Broker,
) -> None:
    broker.there = False
    async with opened() as outbox:
        broker.trouble = [KafkaConnectionError("away"), KafkaConnectionError("away")]
        waiting = asyncio.create_task(answer(outbox))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while broker.trouble:  # noqa: ASYNC110  the fake has no event
                await asyncio.sleep(0)
        broker.tell(notice(1))
        broker.there = True

        assert await waiting == Outcome.APPLIED


async def test_a_record_without_a_value_says_nothing(broker: Broker, outbox: Outbox) -> None:
    broker.records.append(None)
    broker.tell(notice(1))

    assert await answer(outbox) == Outcome.APPLIED


# --- the end -------------------------------------------------------------------------------------


async def test_who_waits_when_it_is_closed_is_told_so_and_not_as_if_cancelled(
    broker: Broker,
) -> None:
    async with opened() as outbox:
        waiting = asyncio.create_task(answer(outbox))
        broker.tell(notice(1, "m2"))
        await answer(outbox, "m2")
    with pytest.raises(OutboxClosed):
        await waiting
    with pytest.raises(OutboxClosed):
        await answer(outbox, "m1")
    assert await answer(outbox, "m2") == Outcome.APPLIED


async def test_who_waits_on_an_outbox_that_cannot_be_understood_is_told_why(
    broker: Broker,
) -> None:
    async with opened() as outbox:
        waiting = asyncio.create_task(answer(outbox))
        broker.records.append(b"no notice")

        with pytest.raises(Misformed):
            await waiting
        with pytest.raises(Misformed):
            await answer(outbox)
