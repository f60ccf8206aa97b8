"""What became of a call is noted, however long the store is only read; no call is repeated."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError, OperationalError

from adapters.contract import HTTP_STATUS
from adapters.portbase import SYSTEM
from consumers.dispatch.delivery import outcomes
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.bounded import NOT_KEPT
from consumers.dispatch.delivery.calls import Again, Delivered, Rejected
from consumers.dispatch.delivery.carriers import Brought
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.documents import Unsent, keep_documents, row_of
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.incoming.tables import outgoing
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from consumers.outgoing import unsent
from ledger.directory.directory import Directory
from producers.records import Record
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.dispatch.delivery.test_round import until
from tests.consumers.dispatch.delivery.test_round_killed import call

TARGETS = to(Target("Rotterdam", "portbase", "portbase", url="https://rotterdam.test"))
EVERY = range(12)
PATIENCE_SECONDS = 20
QUOTED = "driver Jan " + "Janssens"
TOOK = Brought(Delivered(201), {}, b'{"id":1}')


@dataclass(slots=True)
class Way:
    """A way to the system, which answers the same to all; and what came by it."""

    answer: Brought = TOOK
    came: list[str] = field(default_factory=list)

    async def bring(self, document: Unsent) -> Brought:
        """Answer."""
        self.came.append(document.id)
        return self.answer

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a test can wait for."""
    monkeypatch.setattr(outcomes, "NOTE_SECONDS", (0.01,))
    monkeypatch.setattr(rounds, "TROUBLE_SECONDS", 0.01)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """One call is to be brought."""
    made, incoming = Store(sqlite_url, targets=TARGETS), IncomingStore(sqlite_url)
    made.create()
    incoming.create()
    with made._engine.begin() as connection:
        keep_documents(connection, DISPATCH, [row_of(call(1, 1), "portbase")], TARGETS)
    yield made
    incoming.close()
    made.close()


def deliveries(
    store: Store, way: Way, partitions: Callable[[], range] = lambda: EVERY
) -> Deliveries:
    replies = Replies({"portbase": SYSTEM}, Directory)
    return Deliveries(TARGETS, store.lanes, replies, partitions, 0.01, lambda _: way)


async def brought_once(store: Store, replies: Replies, way: Way) -> Deliveries:
    """Bring what is due, see that it is not due again, and let go."""
    made = Deliveries(TARGETS, store.lanes, replies, lambda: EVERY, 0.01, lambda _: way)
    await made.once("Rotterdam")
    assert await made.once("Rotterdam") == []
    await made.stop()
    return made


def told(store: Store) -> list[Record]:
    """Return what is to be put on the system's topic."""
    with store._engine.connect() as connection:
        return [each.record for each in unsent(connection, outgoing, EVERY, 10)]


def read_only(store: Store, times: int, then: Callable[[], None] = lambda: None) -> None:
    """Let the store be read, and not be written so many times."""
    left = iter(range(times))

    @sa.event.listens_for(store._engine, "before_cursor_execute")
    def refuses(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE") and next(left, None) is not None:
            then()
            raise OperationalError("update", {}, OSError("a standby"))


@pytest.mark.parametrize("verdict", [Delivered(201), Again("it answers 503")])
async def test_a_call_that_was_answered_is_not_made_again_while_the_store_is_only_read(
    store: Store, verdict: Delivered | Again
) -> None:
    read_only(store, times=5)
    way = Way(replace(TOOK, verdict=verdict))
    made = deliveries(store, way)

    (brought,) = await made.once("Rotterdam")

    assert brought.verdict == verdict
    assert len(way.came) == 1
    assert made.counted.total() == 1
    assert await made.once("Rotterdam") == []
    await made.stop()


async def test_what_another_process_brings_now_is_left_to_it(store: Store) -> None:
    own = [EVERY]
    read_only(store, times=100, then=own.clear)
    way = Way()
    made = deliveries(store, way, lambda: own[0] if own else range(0))

    with pytest.raises(OperationalError):
        await made.once("Rotterdam")

    assert await made.once("Rotterdam") == []
    assert len(way.came) == 1
    await made.stop()


async def test_a_process_that_cannot_note_what_it_brought_ends_when_told_to(store: Store) -> None:
    tries: list[int] = []
    read_only(store, times=10**9, then=lambda: tries.append(1))
    way = Way()
    made = deliveries(store, way)
    running = asyncio.create_task(made.run())
    await until(lambda: len(tries) > 3)

    running.cancel()
    await asyncio.wait({running})
    await made.stop()

    assert len(way.came) == 1


class Breaks(LookupError):
    """A bug of ours, whose words quote what it broke at."""


@pytest.mark.parametrize("verdict", [Delivered(201), Rejected(422)])
async def test_a_reply_that_our_code_fails_to_make_is_told_without_content_and_nothing_is_repeated(
    store: Store,
    verdict: Delivered | Rejected,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    made_record = Replies._said

    def breaks(self: Replies, document: Unsent, content: bytes, *more: Any) -> Record:
        if content != NOT_KEPT:
            raise Breaks(QUOTED)
        return made_record(self, document, content, *more)

    monkeypatch.setattr(Replies, "_said", breaks)
    way = Way(Brought(verdict, {}, QUOTED.encode()))

    made = await brought_once(store, Replies({"portbase": SYSTEM}, Directory), way)

    assert made.counted.total() == made.counted[type(verdict).__name__.lower()] == 1
    (record,) = told(store)
    assert record.value == NOT_KEPT
    assert (HTTP_STATUS, str(verdict.status).encode()) in record.headers
    assert "Breaks" in caplog.text
    assert "in breaks" in caplog.text
    assert QUOTED not in caplog.text


async def test_a_reply_that_cannot_be_made_at_all_is_none_and_nothing_is_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> Record:
        raise Breaks(QUOTED)

    monkeypatch.setattr(Replies, "_said", breaks)
    way = Way(Brought(Delivered(201), {}, QUOTED.encode()))

    made = await brought_once(store, Replies({"portbase": SYSTEM}, Directory), way)

    assert made.counted == {"delivered": 1}
    assert told(store) == []
    assert "Nothing is told of the answer to ledger-1-1.portbase.nominate.portbase" in caplog.text
    assert QUOTED not in caplog.text


@pytest.mark.parametrize(
    "error", [Breaks(QUOTED), DataError("insert", {"value": QUOTED}, ValueError(QUOTED))]
)
async def test_a_reply_that_the_store_does_not_take_keeps_the_verdict_from_nobody(
    store: Store,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(*_: object) -> None:
        raise error

    monkeypatch.setattr("consumers.dispatch.delivery.lanes.keep", breaks)
    way = Way(Brought(Rejected(422), {}, QUOTED.encode()))

    made = await brought_once(store, Replies({"portbase": SYSTEM}, Directory), way)

    assert made.counted == {"rejected": 1}
    assert [each.status for each in store.lanes.rejected(10)] == [422]
    assert type(error).__name__ in caplog.text
    assert QUOTED not in caplog.text


async def test_a_long_answer_is_redacted_while_the_loop_serves_all_others(store: Store) -> None:
    loop, served = asyncio.get_running_loop(), threading.Event()
    in_time: list[bool] = []

    def takes_long(data: bytes) -> bytes:
        loop.call_soon_threadsafe(served.set)
        in_time.append(served.wait(PATIENCE_SECONDS))
        return data

    functions = replace(SYSTEM.functions, redact=takes_long)
    slow = Replies({"portbase": replace(SYSTEM, functions=functions)}, Directory)

    await brought_once(store, slow, Way())

    assert in_time == [True]
    assert [record.value for record in told(store)] == [TOOK.content]
