"""The parts of the bus while a demo lasts: in this process, or each in one of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cli.options import DATABASE_VARIABLE, KAFKA_VARIABLE, Where
from cli.parts import WITHOUT_PARTNERS, PartEnded, Running, run_parts
from cli.up import SIGNATURES_VARIABLE, TRUST_VARIABLE
from consumers.intake.trust import trust_everywhere
from producers.login import LOGIN_VARIABLES
from schemas.signatures import SignaturePolicy

HEARTBEAT_SECONDS = 1.0
LOOK_SECONDS = 0.2
STOP_SECONDS = 30
LAST_LINES = 12

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Keys:
    """The file of the key that signs the heads, and of those whose registrations count."""

    heads: Path
    trust: Path


@dataclass(slots=True)
class Bus:
    """The running parts; `failed` ends when one of them does."""

    failed: "asyncio.Task[None]"
    _left: bool = field(default=False)

    async def during(self, work: Awaitable[Result]) -> Result:
        """Return what *work* returns, unless a part of the bus ends before."""
        working = asyncio.ensure_future(work)
        try:
            await asyncio.wait({working, self.failed}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await self.failed
                raise PartEnded("all")
            return await working
        finally:
            working.cancel()


@asynccontextmanager
async def in_this_process(where: Where, keys: Keys) -> AsyncIterator[Bus]:
    """Run all parts in this process."""
    stop = asyncio.Event()
    trust = trust_everywhere(SignaturePolicy.REQUIRED, keys.trust)
    running = Running(HEARTBEAT_SECONDS, keys.heads, trust=trust, policy=SignaturePolicy.REQUIRED)
    parts = asyncio.create_task(run_parts(WITHOUT_PARTNERS, where, running, stop), name="parts")
    try:
        yield Bus(parts)
    finally:
        stop.set()
        await asyncio.wait({parts})
    await parts


@asynccontextmanager
async def in_processes(where: Where, keys: Keys, logs: Path) -> AsyncIterator[Bus]:
    """Run each part in a process of its own, as on a real machine."""
    with _processes(where, keys, logs) as processes:
        watching = asyncio.create_task(_watch(processes, logs), name="processes")
        try:
            yield Bus(watching)
        finally:
            watching.cancel()
            await asyncio.wait({watching})
            await asyncio.to_thread(_stop, processes)


@contextmanager
def _processes(
    where: Where, keys: Keys, logs: Path
) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    environment = {
        **{name: said for name, said in os.environ.items() if name not in LOGIN_VARIABLES},
        KAFKA_VARIABLE: str(where.bootstrap_servers),
        DATABASE_VARIABLE: where.database_url,
        SIGNATURES_VARIABLE: SignaturePolicy.REQUIRED.value,
        TRUST_VARIABLE: str(keys.trust),
    }
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in WITHOUT_PARTNERS:
            options = ["--parts", name, "--while-stdin"]
            options += ["--heartbeat-seconds", str(HEARTBEAT_SECONDS)]
            options += ["--head-key", str(keys.heads)] if name == "apply" else []
            with (logs / f"{name}.log").open("wb") as log:
                processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "cli.main", "up", *options],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    start_new_session=True,  # Ctrl-C is for us: we stop them in good order
                )
        yield processes
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


async def _watch(processes: dict[str, "subprocess.Popen[bytes]"], logs: Path) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        ended = [name for name, process in processes.items() if process.poll() is not None]
        for name in ended:
            raise PartEnded(f"{name}\n{_last_words(logs / f'{name}.log')}\n")


def _stop(processes: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join(f"    {line}" for line in lines)
