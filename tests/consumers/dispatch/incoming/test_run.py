"""The circle on Kafka: a fact becomes a call, its answer a question, its answer a message."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from adapters.contract import IN_REPLY_TO
from adapters.portbase.profile import STATE, TRACK
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.settings import DispatchSettings
from schemas.logged import Logged, read_logged
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.topics import LEDGER_LOG, system_in, within
from tests.adapters.portbase.rounds import BILL, TRACKING, Round
from tests.adapters.rotterdam import ORGANISATIONS, PORTBASE, in_rotterdam
from tests.adapters.story import CONTAINER, FORWARDER, to
from tests.consumers.dispatch.delivery.made import to as to_targets
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver, receiver
from tests.consumers.dispatch.facts_topic import FactsTopic, facts_topic
from tests.engines import KafkaAtHand

PATIENCE_SECONDS = 90


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a test can wait for."""
    monkeypatch.setattr(rounds, "WAIT_SECONDS", (0.05,))
    monkeypatch.setattr(rounds, "REST_SECONDS", (0.01,))


@pytest.fixture
def settings(
    kafka: KafkaAtHand, database_url: str, namespace: str, there: Receiver
) -> DispatchSettings:
    calls = Target("Rotterdam", "portbase", "portbase", url=there.url)
    return DispatchSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        database_url=database_url,
        namespace=namespace,
        session_timeout_ms=6_000,
        look_again_seconds=0.1,
        targets=to_targets(calls),
    )


@pytest.fixture
async def bus(settings: DispatchSettings) -> AsyncIterator[FactsTopic]:
    async with facts_topic(settings, ORGANISATIONS) as topic:
        yield topic


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110  what a receiver has got has no event
            await asyncio.sleep(0.02)


async def logged(settings: DispatchSettings, count: int) -> list[Logged]:
    """Return what stands on the ledger's log once *count* messages do, and a moment more."""
    topic = within(settings.namespace, LEDGER_LOG).name
    return [
        read_logged(record.headers, record.value) for record in await _read(settings, topic, count)
    ]


async def _read(settings: DispatchSettings, topic: str, count: int) -> list[Any]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=str(settings.bootstrap_servers), auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[Any] = []
    try:
        consumer.assign([TopicPartition(topic, each) for each in range(12)])
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < count:
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    found.extend(records)
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found.extend(records)
    finally:
        await consumer.stop()
    return found


def answering(there: Receiver) -> None:
    """Let Portbase follow the bill, and tell the release when it is looked up."""
    tracked = {"trackedBLs": [{"id": TRACKING, "blNumber": BILL}], "notTrackedBLs": []}
    there.answers[TRACK] = [
        Answer(503),
        Answer(200, content=json.dumps(tracked).encode()),
    ]
    state = json.dumps(Round().state()).encode()
    there.answers[STATE.format(TRACKING)] = [Answer(200, content=state)] * 20


async def test_an_asked_release_is_observed_when_the_system_shows_it(
    bus: FactsTopic, settings: DispatchSettings, there: Receiver
) -> None:
    story = in_rotterdam()
    answering(there)
    await bus.publish(story.released(release_to=to(FORWARDER)))

    async with bus.dispatching():
        found = await logged(settings, 2)

    (track,) = {each.content for each in there.at(TRACK)}
    assert json.loads(track)
    assert len(there.at(TRACK)) == 2  # the same again, after the 503
    said = {type(each.message): each.message for each in found}
    assert said.keys() == {AnswerRequest, ObserveRelease}
    answered, observed = said[AnswerRequest], said[ObserveRelease]
    assert isinstance(answered, AnswerRequest)
    assert answered.accepted
    assert isinstance(observed, ObserveRelease)
    assert (observed.container, observed.status) == (CONTAINER, "released")
    assert {each.attestation.organisation for each in found} == {PORTBASE}
    topic = within(settings.namespace, system_in("portbase")).name
    replies = await _read(settings, topic, 2)
    for reply in replies:
        assert dict(reply.headers)[IN_REPLY_TO]


async def test_a_restart_hears_and_asks_nothing_twice(
    bus: FactsTopic, settings: DispatchSettings, there: Receiver
) -> None:
    answering(there)
    await bus.publish(in_rotterdam().released(release_to=to(FORWARDER)))
    async with bus.dispatching():
        before = await logged(settings, 2)
    calls = len(there.came)

    async with bus.dispatching():
        await asyncio.sleep(1)
    after = await logged(settings, len(before))

    assert [each.envelope.id for each in after] == [each.envelope.id for each in before]
    assert len(there.came) == calls
