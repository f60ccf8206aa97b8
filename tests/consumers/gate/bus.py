"""The bus's side of a terminal's topic on a real broker, for the tests of its gate."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from consumers.gate import Gate
from consumers.gate.settings import GateSettings
from producers.topics import ensure
from schemas.topics import pickup_rights
from tests.consumers.gate.examples import (
    DRIVER,
    SHARD,
    KeyAndValue,
    beat,
    entitlement,
    record,
    settings,
    why,
)

PATIENCE_SECONDS = 60.0
BEAT_SECONDS = 0.2


def live(bootstrap_servers: str, namespace: str, **changed: Any) -> GateSettings:
    """Return the settings of a gate that goes by the machine's clock."""
    given: dict[str, Any] = {"clock": lambda: datetime.now(UTC)}
    return settings(bootstrap_servers=bootstrap_servers, namespace=namespace, **given | changed)


def valid(seq: int = 1, **changed: Any) -> KeyAndValue:
    """Return the record of a right that is valid by the machine's clock."""
    now = datetime.now(UTC)
    dates = {"valid_from": now.replace(year=now.year - 1), "expires_at": now.replace(year=2100)}
    return record(entitlement(seq, **dates | changed))


async def make_topic(gate: GateSettings) -> None:
    """Make the terminal's topic."""
    await ensure(gate.bootstrap_servers, gate.namespace, [pickup_rights("BEANR", "1742")])


@contextlib.asynccontextmanager
async def publisher(gate: GateSettings, **options: Any) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer for the terminal's topic."""
    producer = AIOKafkaProducer(bootstrap_servers=gate.bootstrap_servers, **options)
    try:
        await producer.start()
        yield producer
    finally:
        # In a task of its own: a test that ends meanwhile must not leave it open.
        closing = asyncio.create_task(producer.stop())
        await asyncio.wait({closing}, timeout=PATIENCE_SECONDS)


async def publish(producer: AIOKafkaProducer, gate: GateSettings, *records: KeyAndValue) -> None:
    """Publish *records* in order, and wait until the broker has them."""
    sent = [
        await producer.send(gate.topic, key=key, value=value, partition=0)
        for key, value in records
    ]
    await asyncio.gather(*sent)


async def say(gate: GateSettings, *records: KeyAndValue) -> None:
    """Publish *records* through a producer of their own."""
    async with publisher(gate) as producer:
        await publish(producer, gate, *records)


def beats(seq: int) -> list[KeyAndValue]:
    """Return a heartbeat of every shard as of now; *seq* is that of SHARD."""
    now = datetime.now(UTC)
    shards = [f"ledger-{number}" for number in range(12)]
    return [beat(seq if shard == SHARD else 0, shard=shard, at=now) for shard in shards]


@contextlib.asynccontextmanager
async def beating(gate: GateSettings, seq: int) -> AsyncIterator[None]:
    """Let every shard beat, whatever happens to the broker."""
    enough = asyncio.Event()

    async def go_on() -> None:
        while not enough.is_set():
            with contextlib.suppress(KafkaError, OSError):
                async with publisher(gate, request_timeout_ms=5000) as producer:
                    while not enough.is_set():
                        await publish(producer, gate, *beats(seq))
                        await asyncio.sleep(BEAT_SECONDS)
            await asyncio.sleep(BEAT_SECONDS)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        # Not cancelled: aiokafka would leave a connection open that is just being made.
        enough.set()
        await task


async def until(
    gate: Gate, expected: tuple[str, ...], *, container: str | None = None, **asked: Any
) -> None:
    """Ask again and again until the answer is *expected*; fail with the last one."""
    given = {"identity": DRIVER} | asked
    box = container or "CPUU1000010"
    await eventually(lambda: why(gate.ask(box, **given)), expected)


async def eventually(look: Callable[[], Any], expected: Any) -> None:
    """Look again and again until *expected* is seen; fail with what was seen last."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while (seen := look()) != expected:
        assert asyncio.get_running_loop().time() < deadline, f"{seen} and never {expected}"
        await asyncio.sleep(0.02)
