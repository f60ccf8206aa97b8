"""One batch of facts on the bench: for whom it is rendered, and with what knowledge."""

from dataclasses import replace

import pytest

from consumers.dispatch import bench
from consumers.dispatch.bench import Bench, memory_keys, parties_of, serving
from consumers.dispatch.documents import LARGEST_DOCUMENT
from ledger.directory.directory import Directory, directory_of
from schemas.value import altered
from tests.adapters.story import (
    AGENT,
    DIRECTORY,
    FORWARDER,
    OTHER_TERMINAL,
    TERMINAL,
    Story,
    facts_by_type,
)
from tests.consumers.dispatch.counting_system import CountingSystem, a_fact, an_arrival


def test_only_those_whom_a_fact_names_are_handed_over() -> None:
    handed = parties_of(facts_by_type()["updated"], DIRECTORY)

    assert set(handed) == {AGENT, FORWARDER, TERMINAL, OTHER_TERMINAL}


def test_who_is_not_registered_is_not_made_up() -> None:
    assert parties_of(facts_by_type()["released"], Directory()) == {}


def test_a_port_that_nobody_serves_gets_nothing(caplog: pytest.LogCaptureFixture) -> None:
    elsewhere = altered(a_fact(1), port="XXNNN")

    assert serving(elsewhere) == ()
    assert serving(elsewhere) == ()
    assert len([entry for entry in caplog.records if "XXNNN" in entry.getMessage()]) == 1


def test_what_time_did_goes_to_the_system_of_the_stays_port() -> None:
    story = Story()
    story.released()
    expired, *_ = story.wait(days=61)

    assert [system.name for system in serving(expired)] == ["antwerp_cpu", "customs"]


def test_a_party_missing_from_the_directory_puts_the_fact_aside() -> None:
    released, *_ = Story().released()
    found = Bench(Directory(), {}, set())

    found.take(replace(an_arrival(1), recorded=released))

    assert [aside.error for aside in found.aside] == ["PartyMissing"]
    assert found.made == []


def test_a_document_larger_than_its_topic_takes_is_put_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counting = CountingSystem()
    monkeypatch.setattr(bench, "systems_of", lambda _port: (counting.system(),))
    huge = "X" * LARGEST_DOCUMENT
    found = Bench(directory_of((), 0), {}, set())

    found.take(an_arrival(1, container=huge))

    assert [aside.error for aside in found.aside] == ["DocumentTooLarge"]
    assert found.changed == set()


def test_memory_is_asked_for_once_a_container_and_system(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = (CountingSystem("a").system(), CountingSystem("b").system())
    monkeypatch.setattr(bench, "systems_of", lambda _port: systems)
    arrivals = [an_arrival(1), an_arrival(2), replace(an_arrival(3), recorded=None)]

    assert set(memory_keys(arrivals)) == {("a", "CPUU1000010"), ("b", "CPUU1000010")}


def test_a_system_that_cannot_tell_where_a_fact_belongs_is_put_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(_recorded: object) -> str:
        raise KeyError("bill of lading")

    system = CountingSystem().system()
    crooked = replace(system, functions=replace(system.functions, correlation_of_fact=lost))
    monkeypatch.setattr(bench, "systems_of", lambda _port: (crooked,))
    found = Bench(Directory(), {}, set())

    assert list(memory_keys([an_arrival(1)])) == []
    found.take(an_arrival(1))

    assert [aside.error for aside in found.aside] == ["KeyError"]
