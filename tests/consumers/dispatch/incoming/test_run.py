"""What systems say is heard once, from where the store stands; and the circle on Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndTimestamp

from adapters.contract import IN_REPLY_TO
from adapters.portbase.profile import STATE, TRACK
from consumers import batches
from consumers.apply.thread import DatabaseThread
from consumers.batches import DirectoryBehind
from consumers.directory_view import DirectoryView
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.incoming import run as incoming_run
from consumers.dispatch.incoming.run import Listener
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.sender import Sender
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from consumers.joining import SaidMissing
from consumers.outgoing import as_stored
from ledger.directory.directory import directory_of
from schemas.logged import Logged, read_logged
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.topics import LEDGER_LOG, system_in, within
from tests.adapters import story as antwerp
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.adapters.portbase.rounds import BILL, TRACKING, Round
from tests.adapters.rotterdam import ORGANISATIONS, PORTBASE, in_rotterdam
from tests.adapters.story import CONTAINER, FORWARDER, to
from tests.consumers.dispatch.delivery.made import to as to_targets
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver, receiver
from tests.consumers.dispatch.facts_topic import FactsTopic, facts_topic
from tests.consumers.dispatch.incoming.saying import TOPIC, directory, record
from tests.consumers.dispatch.test_follow import ConsumerByHand
from tests.engines import KafkaAtHand

PATIENCE_SECONDS = 90
PLACE = TopicPartition(TOPIC, 0)


class View(DirectoryView):
    """A directory that knows who speaks for Portbase only when it has caught up."""

    def __init__(self) -> None:
        super().__init__("nowhere:9092", "")
        self.directory = directory_of(antwerp.ORGANISATIONS, len(antwerp.ORGANISATIONS))

    async def caught_up(self) -> None:
        """Read to the end."""
        self.directory = directory()


class Never(View):
    """A directory whose topic cannot be read to its end."""

    async def caught_up(self) -> None:
        """Wait for a broker that is away."""
        await asyncio.Event().wait()


class Steered:
    """A listener whose consumer is steered by hand."""

    def __init__(self, url: str, view: DirectoryView) -> None:
        self.settings = DispatchSettings("nowhere:9092", url)
        self.store = IncomingStore(url)
        self.store.create()
        self.dispatch = Store(url)
        self.dispatch.create()
        self.thread = DatabaseThread()
        self.consumer = ConsumerByHand(assigned={PLACE})
        sender = Sender(self.settings, self.store, self.thread, as_stored)
        systems = {"portbase": SYSTEM}
        self.listener = Listener(self.settings, self.store, self.thread, view, sender, systems)
        self.listener.attach(self)

    def kinds(self) -> list[str]:
        return [each.system for each in self.store.unsent([0], 100)]

    def close(self) -> None:
        self.thread.close()
        self.store.close()
        self.dispatch.close()


@pytest.fixture
def steered(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steered]:
    monkeypatch.setattr(batches, "BACKOFF_SECONDS", (0.001,))
    made = Steered(sqlite_url, View())
    yield made
    made.close()


async def in_trouble(steered: Steered, *records: Any) -> BaseException:
    """Let a batch be tried until it is in trouble, then give it up; return the trouble."""
    taking = asyncio.create_task(steered.listener.take(list(records)))
    await until(lambda: len(steered.consumer.polled) > 2)
    steered.listener.stop()
    await taking
    assert steered.listener.trouble is not None
    return steered.listener.trouble


async def test_what_is_said_right_after_its_speaker_was_registered_is_heard(
    steered: Steered,
) -> None:
    await steered.listener.take([record()])

    assert steered.kinds() == ["log"]
    assert steered.consumer.committed == [{PLACE: 1}]


async def test_a_directory_that_cannot_be_read_to_its_end_is_waited_for_in_place(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming_run, "CATCHING_UP_SECONDS", 0.001)
    waiting = Steered(steered.settings.database_url, Never())

    assert isinstance(await in_trouble(waiting, record()), DirectoryBehind)
    assert waiting.kinds() == []
    assert waiting.consumer.committed == []
    waiting.close()


async def test_a_store_that_is_behind_what_was_committed_hears_again_from_where_it_stands(
    steered: Steered,
) -> None:
    """It was lost, or put back from yesterday: Kafka's committed places say too much."""
    await steered.listener.take([record(offset=5)])

    assert steered.consumer.sought == [(PLACE, 0)]
    assert steered.kinds() == []
    assert steered.consumer.committed == []

    await steered.listener.take([record(offset=0), record(offset=5)])
    assert steered.kinds() == ["log", "log"]
    assert steered.consumer.committed == [{PLACE: 6}]


async def test_a_hole_that_a_transaction_left_is_looked_at_once(steered: Steered) -> None:
    await steered.listener.take([record(offset=0)])
    again = Steered(steered.settings.database_url, View())

    for _ in range(2):  # the offset 1 holds the mark of a transaction, and no record
        await again.listener.take([record(offset=2)])

    assert again.consumer.sought == [(PLACE, 1)]
    assert again.consumer.committed == [{PLACE: 3}]
    assert again.kinds() == ["log", "log"]
    again.close()


async def test_what_is_not_there_any_more_stops_the_place_loudly(steered: Steered) -> None:
    await steered.listener.take([record(offset=0)])
    again = Steered(steered.settings.database_url, View())
    again.consumer.begins = 4

    assert isinstance(await in_trouble(again, record(offset=4)), SaidMissing)
    assert again.kinds() == ["log"]
    assert again.consumer.committed == []
    again.close()


async def test_a_topic_that_ends_before_the_mark_stops_the_place_loudly(
    steered: Steered,
) -> None:
    await steered.listener.take([record(offset=0), record(offset=1)])
    steered.consumer.ends = 1

    assert isinstance(await in_trouble(steered, record(offset=0)), SaidMissing)
    assert steered.kinds() == ["log", "log"]


HEARD_AT = record().timestamp
LATER = HEARD_AT + 3_600_000


@pytest.mark.parametrize(
    ("stands_there", "is_another"),
    [
        (OffsetAndTimestamp(0, HEARD_AT), False),
        (OffsetAndTimestamp(0, HEARD_AT + 500), False),  # the brokers' clocks differ a little
        (OffsetAndTimestamp(0, LATER), True),
        (None, True),
    ],
)
async def test_a_topic_made_anew_that_has_grown_past_the_mark_stops_the_place_loudly(
    steered: Steered, stands_there: OffsetAndTimestamp | None, *, is_another: bool
) -> None:
    await steered.listener.take([record(offset=0), record(offset=1)])
    again = Steered(steered.settings.database_url, View())
    again.consumer.first_since = lambda at: stands_there if at == HEARD_AT else None

    new = record(offset=2, timestamp=LATER)
    if is_another:
        assert "was made anew" in str(await in_trouble(again, new))
        assert again.consumer.committed == []
    else:
        await again.listener.take([new])
    assert again.kinds() == ["log"] * (2 if is_another else 3)
    again.close()


async def test_a_topic_made_anew_while_dispatch_runs_stops_the_place_loudly(
    steered: Steered,
) -> None:
    await steered.listener.take([record(offset=0), record(offset=1)])

    trouble = await in_trouble(steered, *(record(offset=n, timestamp=LATER) for n in range(4)))

    assert isinstance(trouble, SaidMissing)
    assert steered.kinds() == ["log", "log"]


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
    # Polls have tests of their own: one more or less would be chance here.
    calls = Target("Rotterdam", "portbase", "portbase", url=there.url, poll_seconds=0)
    return DispatchSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        database_url=database_url,
        namespace=namespace,
        session_timeout_ms=6_000,
        look_again_seconds=0.1,
        targets=to_targets(calls),
        callbacks={"portbase": "https://door.example/hooks/portbase"},
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


@pytest.mark.searches  # seconds on the engines, as its neighbours
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
