"""A gate beside a real broker: reading to the end, following, and what it does without one."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from compose.local import LocalKafka
from consumers.gate import Gate
from consumers.gate.settings import GateSettings
from schemas.reasons import Missing
from tests.consumers.gate.bus import (
    beating,
    beats,
    eventually,
    live,
    make_topic,
    publish,
    publisher,
    say,
    until,
    valid,
)
from tests.consumers.gate.examples import BOX, DRIVER, OTHER_BOX, KeyAndValue, why
from tests.engines import KafkaAtHand

BLOCKED = {"missing": (Missing.RELEASE_BLOCKED,)}
SHORT_SECONDS = 4.0


@pytest.fixture
async def gate(kafka: KafkaAtHand, namespace: str) -> GateSettings:
    """The settings of a gate whose topic is there."""
    settings = live(kafka.bootstrap_servers, namespace)
    await make_topic(settings)
    return settings


def many(count: int) -> Sequence[KeyAndValue]:
    return [valid(seq, release_id=f"release-{seq}", container=OTHER_BOX) for seq in range(count)]


async def test_a_gate_answers_only_after_it_has_read_the_whole_topic(gate: GateSettings) -> None:
    await say(gate, *many(3000), valid(4000), *beats(4000))

    async with Gate(gate) as one:
        assert why(one.ask(BOX, identity=DRIVER)) == ("cannot_tell", "not_caught_up")
        await one.ready(timeout_seconds=30)
        assert why(one.ask(BOX, identity=DRIVER)) == ("leaves",)
        assert one.health().counts["entitlements"] == 3001
        assert one.health().age_seconds == pytest.approx(0, abs=20)


async def test_a_gate_follows_its_topic(gate: GateSettings) -> None:
    async with Gate(gate) as one, beating(gate, seq=1):
        await one.ready(timeout_seconds=30)
        await until(one, ("no_entitlement",))
        await say(gate, valid(10))
        await until(one, ("leaves",))
        await say(gate, valid(11, **BLOCKED))
        await until(one, ("release_blocked",))


async def test_an_empty_topic_is_read_at_once_and_tells_nothing(gate: GateSettings) -> None:
    async with Gate(gate) as one:
        await one.ready(timeout_seconds=30)

        assert why(one.ask(BOX, identity=DRIVER)) == ("cannot_tell", "stale")
        assert one.health().age_seconds is None


async def test_what_a_transaction_aborted_or_has_not_committed_is_not_believed(
    apache_kafka: KafkaAtHand, namespace: str
) -> None:
    gate = live(apache_kafka.bootstrap_servers, namespace)
    await make_topic(gate)
    async with (
        publisher(gate, transactional_id=f"{namespace}one") as one,
        publisher(gate, transactional_id=f"{namespace}two") as two,
    ):
        async with one.transaction():
            await publish(one, gate, valid(1, **BLOCKED), *beats(1))
        await one.begin_transaction()
        await publish(one, gate, valid(2))
        await one.abort_transaction()
        await two.begin_transaction()
        await publish(two, gate, valid(3))
        async with Gate(gate) as reader:
            await reader.ready(timeout_seconds=30)
            assert why(reader.ask(BOX, identity=DRIVER)) == ("release_blocked",)
            await two.commit_transaction()
            await until(reader, ("leaves",))


async def test_a_gate_waits_for_its_topic_to_be_made(
    apache_kafka: KafkaAtHand, namespace: str
) -> None:
    # Not on the embedded broker: there, asking for a topic makes it.
    gate = live(apache_kafka.bootstrap_servers, namespace)
    async with Gate(gate) as one:
        await asyncio.sleep(0.5)
        assert why(one.ask(BOX, identity=DRIVER)) == ("cannot_tell", "not_caught_up")
        with pytest.raises(TimeoutError):
            await one.ready(timeout_seconds=0.1)
        await make_topic(gate)
        await say(gate, valid(1), *beats(1))
        await one.ready(timeout_seconds=40)
        await until(one, ("leaves",))


async def test_an_unreadable_record_stops_no_gate_and_its_content_is_not_logged(
    gate: GateSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="consumers.gate")
    secret = b'{"driver": "000000012"'
    await say(gate, valid(1), (b"odd", secret), (f"{OTHER_BOX}/a".encode(), secret), *beats(1))

    async with Gate(gate) as one:
        await one.ready(timeout_seconds=30)
        assert why(one.ask(BOX, identity=DRIVER)) == ("leaves",)
        assert why(one.ask(OTHER_BOX, identity=DRIVER)) == (
            "cannot_tell",
            "unreadable_entitlement",
        )
        assert one.health().counts["unreadable"] == 2
    assert "offset 2 is unreadable: truncated" in caplog.text
    assert DRIVER not in caplog.text


async def test_a_topic_that_was_made_anew_leaves_nothing_of_the_old_one(
    apache_kafka: KafkaAtHand, namespace: str
) -> None:
    gate = live(apache_kafka.bootstrap_servers, namespace)
    await make_topic(gate)
    await say(gate, *many(50), valid(60), *beats(60))
    async with Gate(gate) as one:
        await one.ready(timeout_seconds=30)
        assert why(one.ask(BOX, identity=DRIVER)) == ("leaves",)

        admin = AIOKafkaAdminClient(bootstrap_servers=gate.bootstrap_servers)
        await admin.start()
        await admin.delete_topics([gate.topic])
        await admin.close()
        await asyncio.sleep(0.5)
        await make_topic(gate)
        async with beating(gate, seq=70):
            await until(one, ("no_entitlement",))


@pytest.mark.faults
async def test_a_gate_cut_off_from_the_broker_cannot_tell_and_then_answers_again(
    breakable_kafka: LocalKafka, namespace: str
) -> None:
    gate = live(breakable_kafka.bootstrap_servers, namespace, stale_after_seconds=SHORT_SECONDS)
    await make_topic(gate)
    await say(gate, valid(1))
    async with Gate(gate) as one, beating(gate, seq=1):
        await one.ready(timeout_seconds=30)
        await until(one, ("leaves",))

        await asyncio.to_thread(breakable_kafka.kill)
        assert why(one.ask(BOX, identity=DRIVER)) == ("leaves",)
        await until(one, ("cannot_tell", "stale"))
        await eventually(lambda: one.health().trouble is None, expected=False)
        assert why(one.ask(BOX, identity=DRIVER)) == ("cannot_tell", "stale")

        await asyncio.to_thread(breakable_kafka.start)
        await until(one, ("leaves",))
        assert one.health().trouble is None


@pytest.mark.faults
async def test_a_broker_that_hangs_is_as_good_as_none(
    breakable_kafka: LocalKafka, namespace: str
) -> None:
    gate = live(breakable_kafka.bootstrap_servers, namespace, stale_after_seconds=SHORT_SECONDS)
    await make_topic(gate)
    await say(gate, valid(1))
    async with Gate(gate) as one, beating(gate, seq=1):
        await one.ready(timeout_seconds=30)
        await until(one, ("leaves",))
        await asyncio.to_thread(breakable_kafka.pause)
        await until(one, ("cannot_tell", "stale"))
        await asyncio.to_thread(breakable_kafka.resume)
        await until(one, ("leaves",))


async def test_a_gate_stops_at_once_and_leaves_nothing_running(gate: GateSettings) -> None:
    before = asyncio.all_tasks()
    async with Gate(gate) as one:
        await one.ready(timeout_seconds=30)

    assert asyncio.all_tasks() == before


@pytest.mark.faults
async def test_a_gate_that_is_cut_off_stops_too_and_leaves_nothing_running(
    breakable_kafka: LocalKafka, namespace: str
) -> None:
    gate = live(breakable_kafka.bootstrap_servers, namespace)
    await make_topic(gate)
    before = asyncio.all_tasks()
    async with Gate(gate) as one:
        await one.ready(timeout_seconds=30)
        await asyncio.to_thread(breakable_kafka.pause)
        async with Gate(gate):
            await asyncio.sleep(0.5)  # it is in the middle of its start
        await asyncio.to_thread(breakable_kafka.kill)
        await asyncio.sleep(0.5)

    assert asyncio.all_tasks() == before
