"""Parts of the bus as real processes: started, struck at a step, killed, stopped, woken, ended."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.orders import Orders

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05
LAST_WORDS = 200
A_MOMENT_SECONDS = 0.5


class Part:
    """One process; `log` is what it said."""

    def __init__(self, orders: Orders) -> None:
        self.name = orders.name
        self.log = orders.armed.with_suffix(".log")
        self._armed = orders.armed
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.part_process", orders.model_dump_json()],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def runs(self) -> bool:
        """Tell whether the process is there, stopped or not."""
        return self._process.poll() is None

    def arm(self) -> None:
        """Let it strike itself when it next comes to its step."""
        self._armed.touch()

    async def struck(self) -> None:
        """Wait until it has struck itself at its step: killed or stopped."""
        await self._until(lambda: not self._armed.exists() or not self.runs, "came to its step")
        assert not self._armed.exists(), f"{self.name} ended first\n{self.last_words()}"
        await self._until(lambda: not self.runs or self._is_stopped(), "struck itself")

    async def killed(self) -> None:
        """Wait until it has killed itself at its step."""
        await self.struck()
        assert self._process.returncode == -signal.SIGKILL, self.last_words()

    def kill(self) -> None:
        """Kill it outright."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Freeze it: it holds what it holds, and says nothing more."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on where it was stopped."""
        self._process.send_signal(signal.SIGCONT)

    async def ended(self) -> int:
        """Ask it to end in good order; return its exit status."""
        self._process.terminate()
        await self._until(lambda: not self.runs, "ended")
        return self._process.returncode

    def said(self, words: str) -> int:
        """Return how often it said *words*."""
        return self.log.read_text(errors="replace").count(words)

    def last_words(self) -> str:
        """Return the end of what it said, and what it waits for, for whoever has to find out."""
        if self.runs and not self._is_stopped():
            self._process.send_signal(signal.SIGUSR1)
            time.sleep(A_MOMENT_SECONDS)
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
        return "\n    ".join([f"{self.name} (exit status {self._process.poll()}):", *lines])

    def _is_stopped(self) -> bool:
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] == "T"

    async def _until(self, seen: Callable[[], bool], what: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not seen():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{self.name} never {what}\n{self.last_words()}")
            await asyncio.sleep(LOOK_SECONDS)
