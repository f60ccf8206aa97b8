"""What came in is on its topic for good before it is answered, or it is said to be doubtful."""

import asyncio

import pytest

from producers.door.posting import BrokerAway, Posting
from producers.records import Record
from schemas.topics import PARTY, within
from tests.engines import KafkaAtHand
from tests.topics_at_hand import Place


async def test_calls_side_by_side_are_all_there(kafka: KafkaAtHand, namespace: str) -> None:
    place = Place(kafka.bootstrap_servers, namespace)
    await place.make(PARTY)
    posting = Posting(kafka.bootstrap_servers)
    records = [
        Record(within(namespace, PARTY).name, number % 12, b"k", str(number).encode())
        for number in range(20)
    ]
    try:
        await asyncio.gather(*(posting.post(record) for record in records))
        found = await place.read(PARTY)
    finally:
        await posting.close()

    assert {record.value for record in found} == {record.value for record in records}


async def test_a_broker_that_is_away_is_told_in_time() -> None:
    posting = Posting("127.0.0.1:1", patience_seconds=1)
    record = Record("t", 0, None, b"")

    with pytest.raises(BrokerAway):
        await asyncio.wait_for(posting.post(record), 30)
    await posting.close()
