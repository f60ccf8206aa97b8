"""The handler of edi.in.v1: stored before it is committed, sent only when stored, lost never."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from psycopg.errors import ProgramLimitExceeded
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from consumers import batches
from consumers.apply.thread import DatabaseThread
from consumers.dispatch import sender as sending
from consumers.dispatch.sender import Sender
from consumers.gateway import follow
from consumers.gateway.came import Came
from consumers.gateway.desk import Desk
from consumers.gateway.follow import Taker
from consumers.gateway.handled import Handled
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from consumers.joining import SaidMissing
from consumers.outgoing import Waiting
from producers.careful import Courier
from producers.interchanges import interchange_record
from producers.records import Record
from producers.signing import SpokenFor, new_message_key
from tests.consumers.dispatch.test_follow import ConsumerByHand
from tests.consumers.gateway.interchanges import (
    GATEWAY,
    QUAY,
    an_appointment,
    aperak,
    codeco,
    directory,
    interchange,
    partner,
    record,
    understand,
)
from tests.consumers.gateway.view import ViewByHand

PLACE = TopicPartition("edi.in.v1", 3)
ONE = interchange(codeco("1"))
AWAY = OperationalError("INSERT", {}, OSError("the database is away"))


class Steered:
    """A taker whose consumer is steered by hand, and what was done in which order."""

    def __init__(self, url: str) -> None:
        self.settings = GatewaySettings("nowhere:9092", url, {"quay": partner()})
        self.store = GatewayStore(url)
        self.store.create()
        self.thread = DatabaseThread()
        self.view = ViewByHand(directory())
        self.consumer = ConsumerByHand(assigned={PLACE})
        self.sender = Sender(self.settings, self.store, self.thread, _as_stored)
        self.taker = Taker(self.settings, self.store, self.thread, self.view, self.sender)
        self.taker.attach(self)

    def close(self) -> None:
        self.thread.close()
        self.store.close()

    def unsent(self) -> list[str]:
        return [each.system for each in self.store.unsent([3], 100)]


def _as_stored(waiting: Waiting, _namespace: str) -> Record:
    return waiting.record


@pytest.fixture
def steered(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steered]:
    """A taker on SQLite."""
    monkeypatch.setattr(batches, "BACKOFF_SECONDS", (0.001,))
    monkeypatch.setattr(follow, "MEANING", (understand, aperak))
    found = Steered(sqlite_url)
    yield found
    found.close()


async def test_a_batch_is_committed_when_it_is_stored(steered: Steered) -> None:
    await steered.taker.take([record(ONE), record(ONE, offset=1)])

    assert steered.unsent() == ["contrl", "log", "contrl"]
    assert steered.consumer.committed == [{PLACE: 2}]


async def test_nothing_is_committed_while_the_database_is_away_and_it_is_tried_in_place(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = steered.store.settle
    failed: list[list[dict[TopicPartition, int]]] = []

    def fails_twice(*given: Any) -> Any:
        if len(failed) < 2:
            failed.append(list(steered.consumer.committed))
            raise AWAY
        return settle(*given)

    monkeypatch.setattr(steered.store, "settle", fails_twice)
    await steered.taker.take([record(ONE)])

    assert failed == [[], []]
    assert steered.unsent() == ["contrl", "log"]
    assert steered.consumer.committed == [{PLACE: 1}]


@pytest.mark.parametrize(
    "broken",
    [
        ZeroDivisionError(),
        DataError("INSERT", {}, ValueError("a value that no column takes")),
        OperationalError("INSERT", {}, ProgramLimitExceeded("index row requires 9056 bytes")),
    ],
)
async def test_a_record_that_breaks_us_is_a_dead_letter_alone_and_nobody_waits_behind_it(
    steered: Steered, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    settled = Desk.settled

    def breaks(desk: Desk, came: Came, seen: Collection[str]) -> Handled:
        if came.record.offset == 1:
            raise broken
        return settled(desk, came, seen)

    monkeypatch.setattr(Desk, "settled", breaks)
    two, three = (interchange(codeco("1"), reference=f"REF{n}") for n in (2, 3))
    await steered.taker.take([record(ONE), record(two, offset=1), record(three, offset=2)])

    assert steered.unsent() == ["contrl", "log", "letter", "contrl", "log"]
    assert steered.taker.counted["dead:not_handled"] == 1
    assert steered.consumer.committed == [{PLACE: 3}]

    monkeypatch.undo()  # and it may be brought again, to a gateway that was mended
    await steered.taker.take([record(two, offset=3)])
    assert steered.taker.counted["repeated"] == 0


async def test_what_another_process_settled_at_the_same_time_is_no_record_that_breaks_us(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, calls = steered.store.settle, iter(range(2))

    def comes_second(*given: Any) -> Any:
        if next(calls, None) is not None:
            raise IntegrityError("INSERT", {}, OSError("unique"))
        return settle(*given)

    monkeypatch.setattr(steered.store, "settle", comes_second)
    await steered.taker.take([record(ONE)])

    assert steered.unsent() == ["contrl", "log"]
    assert steered.taker.counted["dead:not_handled"] == 0


async def test_whatever_breaks_leaves_no_handler_and_gives_up_only_when_told_to(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> Any:
        steered.taker.stop()
        raise ZeroDivisionError

    monkeypatch.setattr(steered.store, "settle", breaks)
    await steered.taker.take([record(ONE)])

    assert steered.consumer.committed == []


async def test_what_is_stored_is_sent_by_whoever_is_next_once_and_under_the_same_ids(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the store's commit and the sending; and again before the mark."""
    sent: list[Record] = []

    async def takes(_producer: object, records: Sequence[Record]) -> None:
        sent.extend(records)

    async def connected(_courier: object) -> None:
        return None

    monkeypatch.setattr(sending, "send_all", takes)
    monkeypatch.setattr(Courier, "connected", connected)
    await steered.taker.take([record(ONE)])
    assert sent == []

    await _a_process_sends(steered, marks=False, monkeypatch=monkeypatch)
    await _a_process_sends(steered, marks=True, monkeypatch=monkeypatch)
    await _a_process_sends(steered, marks=True, monkeypatch=monkeypatch)

    assert sent[:2] == sent[2:]
    assert len({dict(each.headers)["ce_id"] for each in sent}) == 2
    assert steered.unsent() == []


async def _a_process_sends(
    steered: Steered, *, marks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(steered.settings, steered.store, steered.thread, _as_stored)
    await sender.on_partitions_assigned([PLACE])
    with monkeypatch.context() as patched:
        if not marks:
            patched.setattr(steered.store, "sent", _ends)
        running = asyncio.create_task(sender.drain(5))
        await asyncio.wait({running})
    assert marks == (running.exception() is None)


def _ends(*_: Any) -> None:
    raise SystemError  # as if the process had ended


async def test_what_was_said_right_after_its_gateway_was_appointed_is_let_in(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory is behind: it is read to its end before anybody is taken for a forger."""
    key = new_message_key()
    spoken_for = SpokenFor(QUAY, "folder of the partner quay", "folder")
    made = interchange_record("quay", ONE, GATEWAY, key=key, spoken_for=spoken_for)

    async def caught_up() -> None:
        steered.view.directory = directory(gateways=[an_appointment()])

    monkeypatch.setattr(steered.view, "caught_up", caught_up)
    await steered.taker.take([record(ONE, headers=made.headers)])

    assert steered.unsent() == ["contrl", "log"]
    assert steered.taker.counted["forged"] == 0


async def test_a_store_that_is_behind_what_was_committed_takes_again_from_where_it_stands(
    steered: Steered,
) -> None:
    """It was lost, or put back from yesterday: Kafka's committed places say too much."""
    await steered.taker.take([record(ONE, offset=5)])
    assert steered.consumer.sought == [(PLACE, 0)]
    assert steered.unsent() == []
    assert steered.consumer.committed == []

    await steered.taker.take([record(ONE), record(ONE, offset=5)])
    assert steered.unsent() == ["contrl", "log", "contrl"]
    assert steered.consumer.committed == [{PLACE: 6}]

    another = Steered(steered.settings.database_url)
    await another.taker.take([record(ONE, offset=7)])
    assert another.consumer.sought == [(PLACE, 6)]
    await another.taker.take([record(ONE, offset=6), record(ONE, offset=7)])
    assert another.consumer.committed == [{PLACE: 8}]
    another.close()


async def test_a_topic_that_does_not_hold_what_the_store_lacks_stops_the_place_loudly(
    steered: Steered,
) -> None:
    await steered.taker.take([record(ONE)])
    again = Steered(steered.settings.database_url)
    again.consumer.begins = 4
    taking = asyncio.create_task(again.taker.take([record(ONE, offset=4)]))
    async with asyncio.timeout(30):
        while len(again.consumer.polled) < 3:  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.001)
    again.taker.stop()
    await taking

    assert isinstance(again.taker.trouble, SaidMissing)
    assert again.consumer.committed == []
    again.close()
