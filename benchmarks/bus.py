"""Running parts of the bus as processes of their own, and watching the ledger get through."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaProducer
from sqlalchemy import Engine, func, select

from benchmarks.spent import COMPILING, Meter
from benchmarks.workload import Said, cast
from ledger.book import tables
from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from producers.client import BusAddress
from producers.doors import Doors
from producers.records import BATCH_BYTES, Record, send_all
from producers.simulator.onboarding import stage_by_stage
from producers.simulator.signers import Signers
from producers.topics import ensure
from schemas.topics import FIXED

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Place:
    """The engines and the namespace of one measurement.

    With the file `trust` signatures are required there, without it they are off.
    """

    bootstrap_servers: str
    database_url: str
    namespace: str
    trust: Path | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """How far the ledger is: places of the logs passed, entries not published, who holds it."""

    consumed: int
    unpublished: int
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """How many messages went through in what time, and the CPU seconds that each process spent."""

    messages: int
    seconds: float
    spent: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def microseconds(self) -> float:
        """What a message cost: microseconds of CPU of all processes together."""
        counted = (cpu for name, cpu in self.spent.items() if not name.endswith(COMPILING))
        return sum(counted) / self.messages * 1_000_000

    @property
    def cost(self) -> str:
        """The same in words, process by process."""
        each = {name: cpu / self.messages * 1_000_000 for name, cpu in self.spent.items()}
        parts = ", ".join(f"{name} {cost:.0f}" for name, cost in each.items())
        return f"{self.microseconds:.0f} us CPU a message: {parts}"


async def prepared(place: Place, signers: Signers | None = None) -> Engine:
    """Make tables and topics, let the cast join, and return the ledger's engine.

    With *signers* every door signs, and everybody has a key in the end.
    """
    engine = open_book(place.database_url)
    migrate(engine)
    await ensure(place.bootstrap_servers, place.namespace, FIXED)
    address = BusAddress(place.bootstrap_servers, place.namespace)
    keys = [] if signers is None else signers.registrations()
    said = [*stage_by_stage(cast()), *keys]
    async with running(place, ["intake", "apply"]), _doors(address, signers) as doors:
        await doors.publish_all(said)
        for message_id, message in said:
            await doors.outcome(message_id, message, timeout_seconds=120)
    return engine


@asynccontextmanager
async def running(
    place: Place, parts: Sequence[str]
) -> AsyncIterator[list["subprocess.Popen[bytes]"]]:
    """Run each of *parts* as a process of its own; the same part twice is two processes."""
    processes = [_started(place, part) for part in parts]
    try:
        yield processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            await asyncio.to_thread(process.wait, 60)


async def send(place: Place, *waves: Iterable[Record]) -> None:
    """Put records on their topics, each wave when the broker has the one before."""
    producer = AIOKafkaProducer(
        bootstrap_servers=place.bootstrap_servers,
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
    )
    await producer.start()
    try:
        for records in waves:
            await send_all(producer, records)
    finally:
        await producer.stop()


async def through(
    engine: Engine, messages: int, meter: Meter, before: Passed, began: float
) -> Passage:
    """Wait until *messages* are through since *before*, the last fact published."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            now = passed(engine)
            if now.consumed - before.consumed >= messages and now.unpublished == 0:
                return Passage(messages, time.perf_counter() - began, meter.spent())
            await asyncio.sleep(POLL_SECONDS)


async def at_work(engine: Engine, processes: int, before: Passed) -> Passed:
    """Wait until so many new processes hold shards and the first batch is done; return where.

    What they did until then, joining the group one after the other, is not of what is timed.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            now = passed(engine)
            new = now.owners - before.owners
            if len(new) >= processes and now.consumed > before.consumed:
                return now
            await asyncio.sleep(POLL_SECONDS)


async def all_read(place: Place, signers: Signers | None = None) -> None:
    """Wait until intake follows its topics: a process starts for longer than it works here."""
    address = BusAddress(place.bootstrap_servers, place.namespace)
    async with _doors(address, signers) as doors:
        # Said a second time, so that nothing changes; its answer has come the whole way.
        again = cast()[0]
        await doors.outcome(await doors.publish(again), again, timeout_seconds=60)


def _doors(address: BusAddress, signers: Signers | None) -> Doors:
    return Doors(address, None if signers is None else signers.doors)


def assert_all_applied(engine: Engine, said: Sequence[Said]) -> None:
    """Every message must have changed a stay, or the rate is that of refusals."""
    outcome = tables.entry.c.outcome
    with engine.connect() as connection:
        counted = select(func.count()).where(outcome == "applied")
        assert connection.execute(counted).scalar_one() >= len(said)


def passed(engine: Engine) -> Passed:
    """Look at the shards' rows."""
    columns = tables.shard.c
    consumed = func.sum(columns.next_offset - columns.ticks)
    unpublished = func.sum(columns.next_seq - 1 - columns.relayed_seq)
    with engine.connect() as connection:
        row = connection.execute(select(consumed, unpublished)).one()
        owners = connection.execute(select(columns.owner)).scalars()
        return Passed(int(row[0] or 0), int(row[1] or 0), frozenset(owners))


def peak_mebibytes(process: "subprocess.Popen[bytes]") -> float:
    """Return the most memory that a running process has had resident so far."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line[:6] == "VmHWM:")
    return int(kibibytes) / 1024


def _started(place: Place, part: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "RELEASEBUS_KAFKA": place.bootstrap_servers,
        "RELEASEBUS_DATABASE": place.database_url,
    }
    command = [sys.executable, "-m", "cli.main", "up", "--parts", part]
    if place.trust is None:
        command += ["--signatures", "off"]
    else:
        command += ["--signatures", "required", "--trust", str(place.trust)]
    return subprocess.Popen(
        [*command, "--namespace", place.namespace],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
