"""A system that takes what it is asked and does not answer: alarmed once, until it does."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from rich.console import Console

from adapters.registry import systems
from cli.verdicts import drawn
from cli.words import Telling
from ledger.book.why import inquire
from ledger.law.context import Context
from ledger.law.policy import Policy
from producers.telling import notices_of
from schemas import messages as m
from schemas.words import Language
from tests.adapters.story import AGENT, CONTAINER
from tests.consumers.dispatch.days.bus import Bus
from tests.consumers.dispatch.days.played import DAYS, Fake, release_of
from tests.consumers.dispatch.days.there import Answer, Call, Chance

ASKED = tuple(name for name in DAYS if systems()[name].authority == "system")
OVERDUE = Policy().request_overdue
OVERDUE_SAID = re.compile("! Demo Agent NV asked to release it; .* has not answered by")


def count(bus: Bus, kind: str) -> int:
    return sum(each.fact.type == kind for each in bus.story.facts)


def told(bus: Bus) -> str:
    """Return what the command says of the container."""
    story = bus.story
    found = inquire(
        CONTAINER, story.file, story.facts, Context(story.directory, bus.now, Policy())
    )
    written = io.StringIO()
    Console(file=written, width=200, color_system=None).print(
        drawn(found, Telling({AGENT: "Demo Agent NV"}, Language.EN))
    )
    return written.getvalue()


def pass_time(bus: Bus, passed: timedelta) -> None:
    bus.now += passed
    bus.story.now = bus.now
    bus.story.wait(minutes=0)


@dataclass
class Mute:
    """Takes every call and gives no answer in time, until it finds its voice."""

    voice: Fake | None = None

    def reacts(self, call: Call) -> Answer:
        """Answer, or let who calls wait in vain."""
        if self.voice is None:
            raise httpx.ReadTimeout("planted")
        return self.voice.reacts(call)


@pytest.mark.parametrize("name", ASKED)
async def test_an_overdue_answer_is_alarmed_once_and_a_late_one_clears_it(
    name: str, sqlite_url: str
) -> None:
    there, story = Mute(), DAYS[name].story()
    bus = Bus(systems()[name], story, there.reacts, Chance(), sqlite_url)
    try:
        bus.say(AGENT, m.Release, **release_of(story.terminal))
        await bus.turn()
        pass_time(bus, OVERDUE - timedelta(minutes=1))
        assert (count(bus, "request_overdue"), "has not answered" in told(bus)) == (0, False)
        for _ in range(3):
            pass_time(bus, timedelta(minutes=1))
            await bus.turn()
        (overdue,) = [each for each in bus.story.facts if each.fact.type == "request_overdue"]
        assert [party for party, _ in notices_of(overdue)] == [AGENT]
        assert OVERDUE_SAID.search(told(bus)), told(bus)

        there.voice = DAYS[name].fake()
        await bus.rest()
        assert count(bus, "request_answered") == 1
        assert not OVERDUE_SAID.search(told(bus)), told(bus)
        pass_time(bus, timedelta(hours=2))
        assert count(bus, "request_overdue") == 1
        assert bus.letters == []
    finally:
        await bus.close()
