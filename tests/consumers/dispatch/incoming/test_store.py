"""What comes of a system's words is kept whole or not at all, once, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.contract import HTTP_METHOD, HTTP_PATH, Headers, Memory, Parsed, Request
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.documents import LARGEST_DOCUMENT, TOO_LARGE
from consumers.dispatch.incoming import store as storing
from consumers.dispatch.incoming.desk import IncomingDesk
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.remembered import remembered
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.adapters.story import CONTAINER
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.dispatch.incoming.saying import a_state, desk, record

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TARGETS = to(Target("Rotterdam", "portbase", "portbase", url="https://portbase.example.org"))


class Both:
    """Dispatch's store and the one of what comes in, in one database."""

    def __init__(self, url: str) -> None:
        self.dispatch = Store(url, targets=TARGETS)
        self.dispatch.create()
        self.incoming = IncomingStore(url, TARGETS)
        self.incoming.create()

    def memory(self) -> dict[tuple[str, str], Memory]:
        key = ("portbase", CONTAINER)
        with self.dispatch._engine.begin() as connection:
            return remembered(connection, DISPATCH, {key})

    def close(self) -> None:
        self.incoming.close()
        self.dispatch.close()


@pytest.fixture(params=["postgres_url", "sqlite_url"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    made = Both(request.getfixturevalue(request.param))
    yield made
    made.close()


def counting() -> IncomingDesk:
    """Return a desk whose system counts what it heard, and asks after each; it breaks on `bug`."""

    def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
        if b"bug" in data:
            raise KeyError(data)
        count = str(int(memory or "0") + 1)
        path = f"/bills/{count}"
        asked = Request(f"ask-{count}", "GET", path, CONTAINER, headers=(("on-behalf-of", "1"),))
        found = SYSTEM.functions.parse(data, headers, memory)
        return replace(found, memory=count, requests=(asked,))

    system = replace(SYSTEM, functions=replace(SYSTEM.functions, parse=parse))
    return replace(desk(), systems={"portbase": system})


def about(correlation_id: str) -> IncomingDesk:
    """Return the same desk, whose system speaks of *correlation_id*."""
    system = counting().systems["portbase"]
    functions = replace(system.functions, correlation_of_bytes=lambda *_: correlation_id)
    return replace(desk(), systems={"portbase": replace(system, functions=functions)})


def asking(content: bytes, **more: Any) -> IncomingDesk:
    """Return the same desk, whose system asks with *content*."""
    system = counting().systems["portbase"]

    def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
        found = system.functions.parse(data, headers, memory)
        whole = tuple(replace(each, content=content, **more) for each in found.requests)
        return replace(found, requests=whole)

    other = replace(system, functions=replace(system.functions, parse=parse))
    return replace(desk(), systems={"portbase": other})


def kinds(both: Both) -> list[str]:
    return [each.system for each in both.incoming.unsent(range(12), 100)]


def test_log_memory_requests_and_place_are_kept_together(both: Both) -> None:
    heard = both.incoming.settle(counting(), [record(offset=3), record(a_state(x=1), offset=4)])

    assert [len(each.requests) for each in heard.outcomes] == [1, 1]
    assert heard.marks == {("pcs.portbase.in.v1", 0): 5}
    assert kinds(both) == ["log", "log"]
    assert both.memory() == {("portbase", CONTAINER): "2"}
    (first, second) = both.dispatch.unsent(range(12), 10)
    assert (first.id, second.id) == ("ask-1", "ask-2")
    assert dict(first.headers) == {
        HTTP_METHOD: b"GET",
        HTTP_PATH: b"/bills/1",
        "on-behalf-of": b"1",
    }
    (due,) = both.dispatch.lanes.due("Rotterdam", range(12), NOW, 10)
    assert due.document.id == "ask-1"


def test_a_request_that_no_topic_takes_is_rejected_at_once_and_stops_nothing(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    both.incoming.settle(asking(b"x" * (LARGEST_DOCUMENT + 1)), [record(offset=3)])
    both.incoming.settle(counting(), [record(offset=4)])

    assert [each.id for each in both.dispatch.unsent(range(12), 10)] == ["ask-2"]
    assert [
        each.document.id for each in both.dispatch.lanes.due("Rotterdam", range(12), NOW, 10)
    ] == ["ask-2"]
    (rejected,) = both.dispatch.lanes.rejected(10)
    assert (rejected.document.id, rejected.status, rejected.why) == ("ask-1", 413, TOO_LARGE)
    assert rejected.document.content == b""
    assert "Not sent: ask-1 for portbase" in caplog.text


@pytest.mark.parametrize("name", ["x" * 9000, "a\0b"])
def test_an_id_that_no_index_takes_stops_nothing(both: Both, name: str) -> None:
    named = both.incoming.settle(asking(b"", id=name), [record(offset=3)])
    about = both.incoming.settle(asking(b"", correlation_id=name), [record(offset=4)])
    both.incoming.settle(asking(b""), [record(offset=5)])

    for heard in (named, about):
        ((problem,),) = [each.problems for each in heard.outcomes]
        assert (problem.code, problem.sensitive) == ("malformed", True)
    assert kinds(both) == ["log", "letter", "log", "letter", "log"]
    assert len(both.dispatch.unsent(range(12), 10)) == 1


def test_what_is_about_something_that_no_index_takes_is_a_letter(both: Both) -> None:
    heard = both.incoming.settle(about("x" * 9000), [record(offset=3)])

    assert [each.code for each in heard.outcomes[0].problems] == ["malformed"]
    assert kinds(both) == ["letter"]
    assert both.memory() == {}


def test_the_largest_request_is_sent(both: Both) -> None:
    both.incoming.settle(asking(b"x" * LARGEST_DOCUMENT), [record(offset=3)])

    (unsent,) = both.dispatch.unsent(range(12), 10)
    assert len(unsent.content) == LARGEST_DOCUMENT
    assert both.dispatch.lanes.rejected(10) == ()


def test_what_was_heard_before_leads_to_nothing(both: Both) -> None:
    both.incoming.settle(counting(), [record(offset=3)])

    heard = both.incoming.settle(counting(), [record(offset=2), record(offset=3)])

    assert heard.outcomes == ()
    assert kinds(both) == ["log"]
    assert both.memory() == {("portbase", CONTAINER): "1"}


def test_nothing_is_kept_of_a_batch_that_fails(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_move", broken)
        with pytest.raises(OSError, match="no space"):
            both.incoming.settle(counting(), [record(offset=3)])

    assert kinds(both) == []
    assert both.memory() == {}
    assert both.dispatch.unsent(range(12), 10) == ()
    assert len(both.incoming.settle(counting(), [record(offset=3)]).outcomes) == 1


def test_an_adapters_own_fault_is_a_dead_letter_and_the_next_is_heard(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [record(a_state(reason="bug Janssens"), offset=3), record(offset=4)]

    heard = both.incoming.settle(counting(), batch)

    assert kinds(both) == ["letter", "log"]
    assert [each.code for each in heard.outcomes[0].problems] == ["not_handled"]
    letter = both.incoming.unsent((0,), 1)[0].record
    assert (letter.value or b"").startswith(b"sha256:")
    assert "Janssens" not in caplog.text


def test_one_of_which_nothing_can_be_stored_is_set_aside_once(both: Both) -> None:
    for _ in range(2):
        both.incoming.set_aside(counting(), record(offset=3))

    assert kinds(both) == ["letter"]
    assert both.incoming.settle(counting(), [record(offset=3)]).outcomes == ()


def test_what_was_sent_is_not_sent_again_and_is_forgotten_in_time(both: Both) -> None:
    both.incoming.settle(counting(), [record(offset=3), record(a_state(x=1), offset=4)])
    first, second = both.incoming.unsent((0,), 10)
    assert first.record.key == CONTAINER.encode()

    both.incoming.sent([first], NOW)

    assert both.incoming.unsent((0,), 10) == (second,)
    assert both.incoming.unsent((1,), 10) == ()
    assert both.incoming.forget(NOW) == 0
    assert both.incoming.forget(NOW + timedelta(days=1)) == 1


def test_memory_is_held_by_one_at_a_time(postgres_url: str) -> None:
    """A fact and an answer about the same: the second waits for the first, and loses nothing.

    A writer of SQLite has the whole file: there no other begins meanwhile.
    """
    both = Both(postgres_url)
    own, keys = ("portbase", CONTAINER), {("portbase", CONTAINER), ("portbase", "another")}
    engine = both.dispatch._engine
    with engine.begin() as first:
        remembered(first, DISPATCH, keys)
        with engine.connect() as second:
            second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(sa.exc.OperationalError) as refused:
                remembered(second, DISPATCH, {own})
    error: Any = refused.value.orig
    assert error.sqlstate == "55P03"  # lock_not_available
    with engine.begin() as after:
        assert remembered(after, DISPATCH, keys) == {}
    both.close()


def test_what_is_set_aside_is_the_last_that_was_heard(both: Both) -> None:
    both.incoming.settle(counting(), [record(offset=5)])
    both.incoming.set_aside(counting(), record(offset=6))

    place = (record().topic, record().partition)
    assert both.incoming.lasts([place])[place].offset == 6
