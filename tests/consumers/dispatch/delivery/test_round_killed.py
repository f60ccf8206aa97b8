"""Killed while it brings: every call is made, under one key, in its order, and its answer kept."""

import asyncio
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from adapters.contract import HTTP_METHOD, IN_REPLY_TO, Document
from consumers.dispatch.documents import keep_documents, row_of
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from tests.consumers.dispatch.delivery.bringing import EVERY, targets_at
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver, receiver
from tests.consumers.dispatch.delivery.test_round import until

BILLS, EACH, KILLS = 6, 10, 4
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def call(bill: int, number: int) -> Document:
    """Return the call *number* about a bill."""
    return Document(
        id=f"ledger-{bill}-{number}.portbase.nominate.portbase",
        type="portbase.request",
        receiver="portbase",
        content_type="application/json",
        content=b'{"bill": %d, "number": %d}' % (bill, number),
        correlation_id=f"BL{bill}",
        subject=f"BL{bill}",
        time=NOON,
        headers=((HTTP_METHOD, "POST"),),
    )


def stored(database_url: str, there: Receiver) -> None:
    """Store all calls, as dispatch does it."""
    targets = targets_at(there.url)
    store = Store(database_url, targets=targets)
    store.create()
    store.close()
    incoming = IncomingStore(database_url)
    incoming.create()
    incoming.close()
    rows = [
        row_of(call(bill, number), "portbase") for bill in range(BILLS) for number in range(EACH)
    ]
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        keep_documents(connection, DISPATCH, rows, targets)
    engine.dispose()


@contextmanager
def bringing(database_url: str, there: Receiver) -> Iterator[None]:
    """Bring in a process of its own, which is killed in the end."""
    module = "tests.consumers.dispatch.delivery.bringing"
    process = subprocess.Popen([sys.executable, "-m", module, database_url, there.url])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def waiting(database_url: str) -> int:
    """Return how many calls are not answered yet."""
    store = Store(database_url)
    found = store.lanes.waiting()
    store.close()
    return sum(each.documents for each in found)


def answered(database_url: str) -> set[str]:
    """Return the calls whose answers are kept for the system's topic."""
    incoming = IncomingStore(database_url)
    found = incoming.unsent(EVERY, 10_000)
    incoming.close()
    return {(dict(each.record.headers)[IN_REPLY_TO] or b"").decode() for each in found}


@pytest.mark.faults
async def test_what_is_killed_while_it_brings_loses_no_call_and_no_answer(
    sqlite_url: str,
) -> None:
    with receiver() as there:
        there.answers["/"] = [Answer(503 if turn % 5 == 2 else 200) for turn in range(40)]
        stored(sqlite_url, there)
        for kill in range(KILLS):
            already = len(there.came)
            with bringing(sqlite_url, there):
                await until(lambda more=already + 5 + kill: len(there.came) >= more)  # type: ignore[misc]  # bound at once
        with bringing(sqlite_url, there):
            await until(lambda: waiting(sqlite_url) == 0)
        # What the kill cut off within its body no server takes for a call.
        came = [c for c in there.came if len(c.content) == int(c.headers["content-length"])]

    bodies: dict[str, set[bytes]] = defaultdict(set)
    order: dict[str, list[str]] = defaultdict(list)
    for each in came:
        key = each.headers["idempotency-key"]
        bodies[key].add(each.content)
        about = key.split(".")[0].rpartition("-")[0]
        if key not in order[about]:
            order[about].append(key)
    wanted = {
        call(bill, n).id: call(bill, n).content for bill in range(BILLS) for n in range(EACH)
    }
    assert bodies == {key: {content} for key, content in wanted.items()}
    for bill in range(BILLS):
        assert order[f"ledger-{bill}"] == [call(bill, number).id for number in range(EACH)]
    assert await asyncio.to_thread(answered, sqlite_url) == set(wanted)
