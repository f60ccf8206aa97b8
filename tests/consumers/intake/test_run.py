"""What the pump does: hand on, then commit; never the other way round, and never for others."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaConnectionError

from consumers.directory_view import DirectoryView
from consumers.intake import inputs as inputs_module
from consumers.intake import places as places_module
from consumers.intake import run as module
from consumers.intake.run import Intake, IntakeSettings
from consumers.intake.run import run as run_intake
from consumers.intake.sort import Desk
from consumers.intake.trust import trust_everywhere
from ledger.directory.directory import directory_of
from producers.records import Record, RecordTooLarge
from producers.signing import SpokenFor, new_message_key
from schemas.envelope import ORGANISATION_SOURCE, headers_of
from schemas.keys import Gateway, Key
from schemas.logged import read_logged
from schemas.messages import Tick
from schemas.organisations import Organisation
from schemas.signatures import SignaturePolicy
from schemas.value import altered
from tests.consumers.intake.records import CARRIER, PARTY, REGISTRATIONS, came, place, said
from tests.consumers.intake.signers import signed_by
from tests.schemas.samples import NOW, envelope

CARRIED, HELD_RIGHTS = place(CARRIER), place(PARTY)
AGENT = Organisation("NXT21000000001", 1, "Demo Agent NV", ())
SECONDS = 10.0


@dataclass
class Broker:
    """A broker in one place: what intake reads from it, what it was sent, what was committed."""

    intake: Intake
    assigned: set[TopicPartition]
    sent: list[Record] = field(default_factory=list)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    refusing: list[Exception] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    in_between: Any = None

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.intake._inputs._next.get(partition, 0)

    async def position(self, partition: TopicPartition) -> int:
        del partition
        return 0

    def pause(self, *_: TopicPartition) -> None:
        """Nothing here grows."""

    def resume(self, *_: TopicPartition) -> None:
        """The same."""

    async def send_all(self, _: object, records: Iterable[Record]) -> None:
        self.happened.append("sent")
        if self.refusing:
            raise self.refusing.pop(0)
        self.sent.extend(records)
        if self.in_between is not None:
            await self.in_between()

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.happened.append("committed")
        if self.refusing:
            raise self.refusing.pop(0)
        self.committed.update(offsets)


@pytest.fixture
async def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    view = DirectoryView("nowhere:9", "")
    view.directory = directory_of([AGENT], 1)
    intake = Intake(IntakeSettings("nowhere:9", tick_seconds=3600), view)
    broker = Broker(intake, {CARRIED, HELD_RIGHTS})

    async def connected() -> None:
        """There is nothing to connect to."""

    monkeypatch.setattr(module, "send_all", broker.send_all)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(places_module, "GAP_SECONDS", 0.0)
    monkeypatch.setattr(inputs_module, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(intake._courier, "connected", connected)
    intake._inputs.attach(broker)
    await intake._inputs.on_partitions_assigned(broker.assigned)
    return broker


async def pumped(broker: Broker, until: str) -> None:
    """Run the pump until it has done something, then stop it in good order."""
    stop = asyncio.Event()
    pump = asyncio.create_task(broker.intake._pump(broker, stop))
    try:
        async with asyncio.timeout(SECONDS):
            while until not in broker.happened and not pump.done():  # noqa: ASYNC110  no event here
                await asyncio.sleep(0)
    finally:
        stop.set()
        await pump


async def test_what_was_handed_on_is_committed_and_nothing_else(broker: Broker) -> None:
    await broker.intake.take(
        [said(CARRIER, "release", offset=4), came(CARRIER, None, offset=5), came(PARTY, offset=9)]
    )

    await pumped(broker, "committed")

    assert broker.happened == ["sent", "committed"]
    assert broker.committed == {CARRIED: 6, HELD_RIGHTS: 10}
    topics = [record.topic for record in broker.sent]
    assert sorted(topics) == ["dead-letters.v1", "dead-letters.v1", "ledger.log.v1"]
    assert sum(broker.intake.counted.values()) == 3


async def test_a_broker_that_does_not_take_it_is_asked_again_and_nothing_committed_meanwhile(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.refusing = [KafkaConnectionError("away"), TimeoutError()]
    await broker.intake.take([said(CARRIER, "release")])

    with caplog.at_level(logging.WARNING):
        await pumped(broker, "committed")

    assert broker.happened == ["sent", "sent", "sent", "committed"]
    assert len(broker.sent) == 1
    assert broker.committed == {CARRIED: 1}
    assert "does not take" in caplog.text
    assert "Traceback" not in caplog.text


async def test_what_a_rebalance_overtook_is_left_to_the_next_member(broker: Broker) -> None:
    async def rebalance() -> None:
        await broker.intake._inputs.on_partitions_revoked(broker.assigned)

    broker.in_between = rebalance
    await broker.intake.take([said(CARRIER, "release")])

    await pumped(broker, "sent")

    assert len(broker.sent) == 1
    assert broker.committed == {}


async def test_a_commit_that_comes_too_late_is_repeated_by_others(broker: Broker) -> None:
    await broker.intake.take([said(CARRIER, "release")])

    async def too_late() -> None:
        broker.refusing = [CommitFailedError("rebalanced")]

    broker.in_between = too_late

    await pumped(broker, "committed")

    assert broker.committed == {}


async def test_a_record_that_no_topic_takes_is_set_aside_and_the_others_go_on(
    broker: Broker,
) -> None:
    broker.refusing = [RecordTooLarge("ledger.log.v1"), RecordTooLarge("ledger.log.v1")]
    await broker.intake.take(
        [said(CARRIER, "release", offset=7), said(CARRIER, "release", offset=8)]
    )

    await pumped(broker, "committed")

    assert broker.committed == {CARRIED: 9}
    letter, answer, logged = broker.sent
    assert (letter.topic, logged.topic) == ("dead-letters.v1", "ledger.log.v1")
    assert dict(letter.headers)["dlq-reason-code"] == b"not_handled"
    assert answer.topic == "party.nxt21000000001.outbox.v1"
    assert broker.intake.counted == {"logged": 1, "dead:not_handled": 1}


async def test_a_dead_letter_that_no_topic_takes_stops_intake_and_nothing_is_skipped(
    broker: Broker,
) -> None:
    broker.refusing = [RecordTooLarge("dead-letters.v1")] * 3
    await broker.intake.take([said(CARRIER, "release")])

    with pytest.raises(RecordTooLarge):
        await pumped(broker, "committed")

    assert broker.committed == {}


async def test_what_our_own_code_cannot_handle_is_set_aside_without_its_content(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaking(_: object, record: Any) -> Any:
        raise KeyError(record.value)

    monkeypatch.setattr(Desk, "sort", breaking)
    record = said(PARTY, "accept", offset=3)
    await broker.intake.take([record])

    await pumped(broker, "committed")

    letter, _ = broker.sent
    assert "KeyError" in caplog.text
    assert str(record.value) not in caplog.text
    headers = dict(letter.headers)
    assert headers["dlq-reason-code"] == b"not_handled"
    assert letter.value is not None
    assert letter.value.startswith(b"sha256:"), "its topic can carry a driver"
    assert broker.committed == {HELD_RIGHTS: 4}


async def test_a_forgery_is_an_alarm_that_is_counted_and_names_its_place_alone(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    trust = trust_everywhere(SignaturePolicy.REQUIRED, None)
    broker.intake._settings = IntakeSettings("nowhere:9", trust=trust)
    await broker.intake.take([said(CARRIER, "release", offset=3)])

    await pumped(broker, "committed")

    assert broker.intake.counted["forged"] == broker.intake.counted["dead:signature_missing"] == 1
    (alarm,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert alarm.message == f"Refused as not authentic: signature_missing at {CARRIER}/0/3"
    assert [record.topic for record in broker.sent] == ["dead-letters.v1"]


async def test_a_key_that_was_registered_just_before_is_looked_for_again(broker: Broker) -> None:
    key, view = new_message_key(), broker.intake._view
    trust = trust_everywhere(SignaturePolicy.REQUIRED, None)
    broker.intake._settings = IntakeSettings("nowhere:9", trust=trust)

    async def caught_up() -> None:
        own = Key(key.key_id, key.public_key, NOW)
        view.directory = directory_of([altered(AGENT, keys=(own,))], 2)

    view.caught_up = caught_up  # type: ignore[method-assign]  # no broker here to read from
    first = signed_by(key, said(CARRIER, "release"))
    await broker.intake.take([first, signed_by(new_message_key(), said(CARRIER, "update"))])

    await pumped(broker, "committed")

    assert [record.topic for record in broker.sent] == ["ledger.log.v1", "dead-letters.v1"]
    assert broker.intake.counted["logged"] == broker.intake.counted["forged"] == 1


async def test_a_gateway_that_was_appointed_just_before_is_looked_for_again(
    broker: Broker,
) -> None:
    view, door = broker.intake._view, Organisation("NXT21000000009", 1, "Demo Door", ())
    view.directory = directory_of([AGENT, door], 1)
    appointed = altered(AGENT, gateways=(Gateway(door.id, NOW - timedelta(days=1)),))

    async def caught_up() -> None:
        view.directory = directory_of([appointed, door], 2)

    view.caught_up = caught_up  # type: ignore[method-assign]  # no broker here to read from
    said_in = altered(envelope("release"), source=f"{ORGANISATION_SOURCE}{door.id}")
    headers = (*headers_of(said_in), *SpokenFor(AGENT.id, "TLS", "https").headers())
    await broker.intake.take([said(CARRIER, "release", headers=headers)])

    await pumped(broker, "committed")

    (logged,) = broker.sent
    assert logged.topic == "ledger.log.v1"
    assert dict(logged.headers)["rb_via"] == door.id.encode()


async def test_time_is_told_to_the_partitions_where_nothing_is_held_back(broker: Broker) -> None:
    broker.intake._inputs._next = {CARRIED: 0, HELD_RIGHTS: 0}

    (tick,) = broker.intake._ticks()

    assert (tick.topic, tick.partition, tick.key) == ("ledger.log.v1", 0, None)
    assert tick.value is not None
    logged = read_logged(tick.headers, tick.value)
    assert isinstance(logged.message, Tick)
    assert logged.attestation.organisation == module.CLOCK

    await broker.intake.take([came(CARRIER, timestamp=1)])
    assert broker.intake._ticks() == []


async def test_time_is_told_to_the_directory_too_or_nothing_there_is_ever_overdue(
    broker: Broker,
) -> None:
    joining = place(REGISTRATIONS)
    broker.intake._settings = IntakeSettings("nowhere:9", namespace="t1.")
    broker.assigned = {joining}
    await broker.intake._inputs.on_partitions_revoked(())
    await broker.intake._inputs.on_partitions_assigned([joining])
    broker.intake._inputs._next = {joining: 0}

    (tick,) = broker.intake._ticks()

    assert (tick.topic, tick.partition, tick.key) == ("t1.directory.log.v1", 0, None)
    assert isinstance(read_logged(tick.headers, tick.value or b"").message, Tick)


async def test_intake_stops_in_time_while_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def ensured(*_: object) -> None:
        """The topics were there."""

    async def for_ever(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "ensure", ensured)
    monkeypatch.setattr(module, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(DirectoryView, "run", for_ever)
    monkeypatch.setattr(Intake, "run", for_ever)
    stop = asyncio.Event()
    stop.set()

    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(SECONDS):
            await run_intake(IntakeSettings("nowhere:9"), stop)

    assert "the next member repeats" in caplog.text


async def test_who_is_cut_off_in_leaving_the_group_lets_go_of_its_producer_all_the_same(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Group:
        """A broker that one does not get away from."""

        consumer = broker

        async def start(self) -> None:
            """One of many."""

        async def stop(self) -> None:
            leaving.set()
            await asyncio.Event().wait()

    leaving, dropped, stop = asyncio.Event(), list[str](), asyncio.Event()

    async def drop() -> None:
        dropped.append("producer")

    group = Group()
    monkeypatch.setattr(module, "stream_broker", lambda *_, **__: group)
    monkeypatch.setattr(broker.intake, "_subscribed", lambda _: group)
    monkeypatch.setattr(broker.intake._courier, "drop", drop)
    broker.intake._view._complete.set()
    stop.set()
    running = asyncio.create_task(broker.intake.run(stop))
    async with asyncio.timeout(SECONDS):
        await leaving.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert dropped == ["producer"]


@pytest.mark.parametrize("policy", SignaturePolicy)
async def test_every_start_warns_of_a_topic_on_which_signatures_are_not_required(
    policy: SignaturePolicy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def at_once(*_: object) -> None:
        """There is nothing to do."""

    monkeypatch.setattr(module, "ensure", at_once)
    monkeypatch.setattr(DirectoryView, "run", at_once)
    monkeypatch.setattr(Intake, "run", at_once)

    with caplog.at_level(logging.WARNING):
        trust = trust_everywhere(policy, None)
        await run_intake(IntakeSettings("nowhere:9", trust=trust), asyncio.Event())

    warned = [each for each in caplog.messages if each.startswith("Signatures are")]
    assert any(CARRIER in each for each in warned) is (policy is not SignaturePolicy.REQUIRED)


async def test_a_directory_that_cannot_be_read_ends_intake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ensured(*_: object) -> None:
        """The topics were there."""

    async def for_ever(*_: object) -> None:
        await asyncio.Event().wait()

    async def broken(*_: object) -> None:
        raise ValueError("not a fact")

    monkeypatch.setattr(module, "ensure", ensured)
    monkeypatch.setattr(DirectoryView, "run", broken)
    monkeypatch.setattr(Intake, "run", for_ever)

    with pytest.raises(ValueError, match="not a fact"):
        async with asyncio.timeout(SECONDS):
            await run_intake(IntakeSettings("nowhere:9"), asyncio.Event())


async def test_sorting_lets_others_at_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group's heart beats on the same loop, however long a batch is sorted."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    def long(_: object, record: object) -> object:
        return record

    monkeypatch.setattr(module, "BREATH_SECONDS", 0.0)
    monkeypatch.setattr(module, "_sorted", long)
    beating = asyncio.create_task(beat())
    records: Any = list(range(100))
    desk: Any = None

    assert await module._all_sorted(desk, records) == records
    beating.cancel()
    assert beats > 90
