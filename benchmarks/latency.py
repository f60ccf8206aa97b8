"""How long from publishing an assignment until the terminal has the entitlement, paced."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.bus import Passage, Place, passed, running, send, through
from benchmarks.spent import Meter
from benchmarks.workload import PORT, QUAY, Said, at_the_door, logged
from ledger.book.engine import open_book
from producers.records import send_all
from schemas.entitlement import HEARTBEAT_KEY
from schemas.messages import AssignPickup
from schemas.topics import pickup_rights, within

SLICE_SECONDS = 0.01


async def entitlement_delays(
    place: Place, said: Sequence[Said], rate: int, engines: Mapping[str, int]
) -> tuple[list[float], str]:
    """Return, sorted, the seconds from publish to entitlement at *rate* assignments a second.

    Of the second half, for the first finds the processes as a rush has left them. With it goes
    what a message cost.
    """
    first = next(at for at, one in enumerate(said) if isinstance(one.message, AssignPickup))
    assignments = [one for one in said if isinstance(one.message, AssignPickup)]
    engine = open_book(place.database_url)
    async with running(place, ["intake", "apply"]) as (intake, apply):
        meter = Meter({"load": os.getpid(), "intake": intake.pid, "apply": apply.pid, **engines})
        before = passed(engine)
        await send(place, [logged(one, place.namespace) for one in said[:first]])
        await through(engine, first, meter, before, time.perf_counter())
        published: dict[str, float] = {}
        watching = asyncio.create_task(_arrivals(place, len(assignments)))
        await asyncio.sleep(1.0)
        meter.start()
        began = time.perf_counter()
        await _paced(place, assignments, rate, published)
        arrived = await asyncio.wait_for(watching, 120)
        cost = Passage(len(assignments), time.perf_counter() - began, meter.spent()).cost
    engine.dispose()
    in_order = sorted(published, key=published.__getitem__)
    settled = in_order[len(in_order) // 2 :]
    delays = sorted(arrived[container] - published[container] for container in settled)
    return delays, cost


async def _paced(
    place: Place, assignments: Sequence[Said], rate: int, published: dict[str, float]
) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=place.bootstrap_servers, enable_idempotence=True, linger_ms=0
    )
    await producer.start()
    at_once = max(1, int(rate * SLICE_SECONDS))
    began = time.perf_counter()
    for begin in range(0, len(assignments), at_once):
        due = began + begin / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        now = time.perf_counter()
        some = assignments[begin : begin + at_once]
        published.update({one.message.container: now for one in some})
        await send_all(producer, [at_the_door(one, place.namespace) for one in some])
    await producer.stop()


async def _arrivals(place: Place, awaited: int) -> dict[str, float]:
    topic = TopicPartition(within(place.namespace, pickup_rights(PORT, QUAY)).name, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.bootstrap_servers, isolation_level="read_committed"
    )
    await consumer.start()
    consumer.assign([topic])
    await consumer.seek_to_end(topic)
    arrived: dict[str, float] = {}
    while len(arrived) < awaited:
        fetched = await consumer.getmany(timeout_ms=100)
        now = time.perf_counter()
        keys = (bytes(record.key) for record in fetched.get(topic, ()))
        named = (key.decode().partition("/")[0] for key in keys if not _beat(key))
        for container in named:
            arrived.setdefault(container, now)
    await consumer.stop()
    return arrived


def _beat(key: bytes) -> bool:
    return key.startswith(HEARTBEAT_KEY.encode())
