"""Running apply: joined anew whenever overtaken, ended as a whole when a part of it breaks."""

import asyncio
import logging
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from consumers.apply import run as module
from consumers.apply.assignment import Assignment
from consumers.apply.loop import ApplyLoop, Overtaken
from consumers.apply.run import run
from consumers.apply.settings import ApplySettings
from consumers.apply.upkeep import Upkeep
from ledger.book.book import Book
from producers.topics import TopicMaker
from tests.consumers.apply.fakes import SETTINGS

PATIENCE_SECONDS = 20.0


@dataclass
class Group:
    """A consumer group that one may join: how often somebody came and went, and with what."""

    joined: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0

    def consumer(self, **options: Any) -> "Group":
        self.joined.append(options)
        return self

    async def start(self) -> None:
        """There is nobody else."""

    async def stop(self) -> None:
        self.left += 1


@pytest.fixture
def settings(sqlite_url: str) -> ApplySettings:
    return replace(SETTINGS, database_url=sqlite_url, namespace="t1.")


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Group:
    group = Group()

    async def ensured(_: TopicMaker, topics: object) -> None:
        assert topics == module.TOPICS

    monkeypatch.setattr(module, "AIOKafkaConsumer", group.consumer)
    monkeypatch.setattr(TopicMaker, "ensure", ensured)
    return group


async def for_ever(*_: object) -> None:
    await asyncio.Event().wait()


async def broken(*_: object) -> None:
    raise KeyError("broken")


async def test_the_place_is_never_chosen_by_kafka(
    settings: ApplySettings, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(_: ApplyLoop, stop: asyncio.Event) -> None:
        stop.set()

    monkeypatch.setattr(ApplyLoop, "run", stopped)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await run(settings, asyncio.Event())

    (options,) = group.joined
    assert options["auto_offset_reset"] == "none"
    assert options["enable_auto_commit"] is False
    assert options["isolation_level"] == "read_committed"
    assert options["group_id"] == "t1.apply"
    assert group.left == 1


async def test_who_was_overtaken_forgets_all_and_joins_anew(
    settings: ApplySettings,
    group: Group,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    happened: list[str] = []

    async def overtaken_twice(_: ApplyLoop, stop: asyncio.Event) -> None:
        happened.append("fed")
        if happened.count("fed") < 3:
            raise Overtaken("ledger-0")
        stop.set()

    monkeypatch.setattr(ApplyLoop, "run", overtaken_twice)
    monkeypatch.setattr(Upkeep, "run", for_ever)
    monkeypatch.setattr(Book, "forget", lambda _: happened.append("forgot"))
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await run(settings, asyncio.Event())

    # What was kept in memory was true under a lease that is lost.
    assert happened == ["fed", "forgot", "fed", "forgot", "fed", "forgot"]
    assert (len(group.joined), group.left) == (3, 3)
    assert caplog.text.count("Overtaken, joining anew") == 2


@pytest.mark.parametrize(
    ("breaks", "goes_on"),
    [(ApplyLoop, Upkeep), (Upkeep, ApplyLoop)],
    ids=["the loop breaks", "the upkeep breaks"],
)
async def test_when_one_part_breaks_the_other_does_not_go_on_without_it(
    settings: ApplySettings,
    group: Group,
    monkeypatch: pytest.MonkeyPatch,
    breaks: type,
    goes_on: type,
) -> None:
    monkeypatch.setattr(breaks, "run", broken)
    monkeypatch.setattr(goes_on, "run", for_ever)
    with pytest.raises(KeyError, match="broken"):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await run(settings, asyncio.Event())

    assert (len(group.joined), group.left) == (1, 1)
    assert not [task for task in asyncio.all_tasks() if task.get_name() in {"apply", "upkeep"}]


@pytest.mark.parametrize("breaks", [False, True], ids=["it is to stop", "a part breaks"])
async def test_what_is_in_hand_is_let_go_before_the_group_is_left(
    settings: ApplySettings, group: Group, monkeypatch: pytest.MonkeyPatch, *, breaks: bool
) -> None:
    """Else a relay that nobody ends publishes beside the successor's."""
    happened: list[tuple[str, int]] = []

    async def fed(_: ApplyLoop, stop: asyncio.Event) -> None:
        stop.set()
        if breaks:
            raise KeyError("broken")

    async def let_go(_: Assignment, drain_seconds: float) -> None:
        assert drain_seconds > 0
        happened.append(("let go", group.left))

    monkeypatch.setattr(ApplyLoop, "run", fed)
    monkeypatch.setattr(Upkeep, "run", for_ever)
    monkeypatch.setattr(Assignment, "let_go", let_go)
    with pytest.raises(KeyError, match="broken") if breaks else nullcontext():
        async with asyncio.timeout(PATIENCE_SECONDS):
            await run(settings, asyncio.Event())

    assert happened == [("let go", 0)]
    assert group.left == 1
