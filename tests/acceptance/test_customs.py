"""Customs' own messages on the whole way: bytes in, the light, the gate, an answer on disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.customs import SYSTEM
from consumers.dispatch.delivery.targets import Target, Targets
from consumers.dispatch.run import run as run_dispatch
from consumers.dispatch.settings import DispatchSettings
from producers.raw import RawProducer
from schemas import facts as f
from schemas import messages as m
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import Outcome, RecordedFact, read
from schemas.lights import Colour
from schemas.messages import CustomsStatus, RegisterOrganisation, Role
from schemas.topics import DEAD_LETTERS, LEDGER_FACTS, system_in
from tests.acceptance.test_line import (
    CONTAINER,
    at_quay,
    book_adds_up,
    entitlements,
    the_right_passes_down,
    told,
)
from tests.adapters.customs.ccrm import said, sample
from tests.bus import FORWARDER, Bus, join, people, running_bus
from tests.engines import KafkaAtHand

PATIENCE_SECONDS = 90
LINK = "NXT21000000009"
JOINS = RegisterOrganisation(
    organisation=LINK, name="Customs link", roles=(Role.CUSTOMS,), system="customs"
)

# Everybody joins first, on a machine that may be busy.
pytestmark = [pytest.mark.searches, pytest.mark.timeout(300)]


@asynccontextmanager
async def dispatching(
    bus: Bus, folder: Path, system: str = "customs", receiver: str = "customs"
) -> AsyncIterator[None]:
    """Run dispatch, which puts what *receiver* is told of *system* into *folder*."""
    target = Target(system, system, receiver, folder=str(folder))
    settings = DispatchSettings(
        bus.address.bootstrap_servers,
        bus.database_url,
        bus.address.namespace,
        look_again_seconds=0.1,
        targets=Targets({(system, receiver): target}),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(run_dispatch(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def say(bus: Bus, data: bytes, name: str, speaker: str = LINK) -> None:
    """Put *data* on customs' topic, as their link does it: redacted first."""
    envelope = Envelope(
        name, ORGANISATION_SOURCE + speaker, "customs.webhook", datetime.now(UTC), CONTAINER, "",
        min(SYSTEM.media_in),
    )  # fmt: skip
    content = SYSTEM.functions.redact(data)
    async with RawProducer(bus.address) as producer:
        topic = system_in("customs")
        await producer.publish(topic, CONTAINER.encode(), content, headers_of(envelope))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110  a folder has no event
            await asyncio.sleep(0.05)


def answers(folder: Path) -> list[str]:
    """Return which message was answered with which result."""
    written = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.xml"))]
    return sorted(
        f"{_in(each, 'ReferencedMessageIdentification')} {_in(each, 'Result')}" for each in written
    )


async def facts_up_to(bus: Bus, kind: str) -> list[RecordedFact]:
    """Return the ledger's facts, once one of this kind is among them."""
    facts: list[RecordedFact] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while all(each.fact.type != kind for each in facts):
            facts = [read(record.value) for record in await bus.records(LEDGER_FACTS)]
    return facts


def _in(text: str, name: str) -> str:
    return text.partition(f"<{name}>")[2].partition("<")[0]


async def test_what_customs_say_turns_the_light_and_is_answered_once(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        await join(bus, [JOINS])
        async with people(bus) as cast, dispatching(bus, tmp_path):
            # Before there is a release of the container, and from somebody who is not customs.
            await say(bus, sample("documentary_control"), "hook-1")
            await say(bus, sample("released"), "hook-2", speaker=FORWARDER)
            await until(lambda: len(answers(tmp_path)) == 1)
            await the_right_passes_down(cast, bus)
            assert await told(cast.terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
            assert not any(each.may_leave for each in await entitlements(bus))
            # The same twice, what is older than it, and what is none.
            for name in ("hook-3", "hook-4"):
                await say(bus, sample("released"), name)
            await say(bus, said("CCRM-OLD", "09:15", CustomsStatus="FAVV"), "hook-5")
            await say(bus, said("CCRM-PORT", Port="NLRTM"), "hook-6")
            await say(bus, b"<!DOCTYPE x>" + said(), "hook-7")
            await until(lambda: len(answers(tmp_path)) == 4)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (await entitlements(bus))[-1].may_leave:
                    pass
            letters = await bus.records(DEAD_LETTERS, 3)

        assert answers(tmp_path) == [
            "CCRM-2025-0000041 NotLinked",
            "CCRM-2025-0000042 Linked",
            "CCRM-OLD Overtaken",
            "CCRM-PORT Refused",
        ]
        assert sorted(dict(each.headers)["dlq-reason-code"] for each in letters) == [
            b"doctype", b"not_the_system", b"port_unknown",
        ]  # fmt: skip
        facts = await facts_up_to(bus, "repeated")
        of_customs = [each for each in facts if isinstance(each.fact, f.CustomsStatusSet)]
        red, green = of_customs
        assert [each.light_changes[0].after for each in of_customs] == [
            CustomsStatus.DOCUMENTARY_CONTROL,
            CustomsStatus.RELEASED,
        ]
        assert red.cause.waited
        assert green.lights is not None
        assert green.lights.combined is Colour.GREEN
        assert green.cause.organisation == LINK
        assert green.cause.message_id == "customs-CCRM-2025-0000042"
        assert green.cause.occurred_at == datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
    book_adds_up(database_url)
