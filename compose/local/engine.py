"""What every engine of one machine can do: start, stop, be killed, paused and started again."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

WARDEN = Path(__file__).with_name("warden.py")
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 25
PORT_TRIES = 4


class EngineUnavailable(RuntimeError):
    """This machine lacks what the engine needs; the message says what to install or set."""


class EngineBroken(RuntimeError):
    """The engine did not start, or did not stop; the message ends with its own last words."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user that an engine runs as when we are root."""

    user_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class Command:
    """How an engine is started: its arguments, environment and the user it runs as."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None


class LocalEngine(ABC):
    """One engine with a throw-away folder: usable in ``with``, or by start() and close().

    The folder lives from the object's making to close(): stop() and kill() keep the data, start()
    and restart() find it again on the same port. When this process ends, however it ends, the
    engine ends with it (warden.py). Not for two threads at once.
    """

    name: ClassVar[str]
    start_timeout_seconds: ClassVar[float] = 60.0
    stop_timeout_seconds: ClassVar[float] = 60.0

    def __init__(self) -> None:
        """Make the folder; nothing runs yet."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"releasebus-{self.name}-", dir=open_folder()))
        self.log_path = self.folder / "engine.log"
        self._warden: subprocess.Popen[bytes] | None = None
        self._has_run = False
        atexit.register(self.close)

    @abstractmethod
    def draw_ports(self) -> None:
        """Choose new ports, before the first start and after a lost race for one."""

    @abstractmethod
    def prepare(self) -> None:
        """Lay out the data folder for the first start; EngineUnavailable if it cannot be."""

    @abstractmethod
    def command(self) -> Command:
        """Say how the engine is started now."""

    @abstractmethod
    def is_ready(self, log: str) -> bool:
        """Tell from the log since the last start, and the ports, whether it serves."""

    @property
    def is_running(self) -> bool:
        """Tell whether the engine's process lives (it may be paused)."""
        return self._warden is not None and self._warden.poll() is None

    @property
    def process_id(self) -> int:
        """The process that all of the engine's stand under; EngineBroken if none runs."""
        if self._warden is None:
            raise EngineBroken(f"{self.name} is not running: start it first")
        return self._warden.pid

    def start(self) -> None:
        """Start the engine and return when it serves; on a running one nothing happens.

        Raises EngineUnavailable or EngineBroken.
        """
        if self.is_running:
            return
        if self._has_run:
            self._launch()
        else:
            self._start_on_new_ports(PORT_TRIES)
            self._has_run = True

    def stop(self) -> None:
        """Stop the engine in good order and keep its data; on a stopped one nothing happens."""
        self._end("SIGTERM")

    def kill(self) -> None:
        """Kill the engine outright (SIGKILL) and keep its data."""
        self._end("SIGKILL")

    def restart(self) -> None:
        """Stop it if it runs, and start it on the same data and port."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the engine's process (SIGSTOP): its connections stay open and unanswered."""
        self._send("SIGSTOP")

    def resume(self) -> None:
        """Let a paused engine go on."""
        self._send("SIGCONT")

    def close(self) -> None:
        """End the engine without ceremony and remove its folder; a second call does nothing."""
        with contextlib.suppress(EngineBroken):  # what is left of it, its warden ends
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it and remove its data."""
        self.close()

    def _start_on_new_ports(self, tries: int) -> None:
        self.draw_ports()
        self.prepare()
        try:
            self._launch()
        except EngineBroken:
            if tries == 1 or not self._lost_a_port():
                raise
            self._start_on_new_ports(tries - 1)

    def _launch(self) -> None:
        command = self.command()
        arguments = [sys.executable, "-I", "-S", os.fspath(WARDEN)]
        arguments += ["--parent", str(os.getpid()), "--folder", os.fspath(self.folder)]
        if command.account is not None:
            arguments += ["--user", str(command.account.user_id)]
            arguments += ["--group", str(command.account.group_id)]
        with self.log_path.open("ab") as log:
            began_at = log.tell()
            self._warden = subprocess.Popen(
                [*arguments, "--", *command.arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **command.environment},
                start_new_session=True,  # Ctrl-C is for us: we stop the engine in good order
            )
        self._await_readiness(self._warden, began_at)

    def _await_readiness(self, warden: subprocess.Popen[bytes], began_at: int) -> None:
        give_up_at = time.monotonic() + self.start_timeout_seconds
        while not self.is_ready(self._log_since(began_at)):
            if warden.poll() is not None:
                self._forget(warden)
                raise EngineBroken(self._with_last_words(f"{self.name} ended while starting"))
            if time.monotonic() > give_up_at:
                self.kill()
                waited = f"{self.name} was not ready in {self.start_timeout_seconds:.0f} s"
                raise EngineBroken(self._with_last_words(waited))
            time.sleep(POLL_SECONDS)

    def _send(self, signal_name: str) -> None:
        warden = self._warden
        if warden is None or warden.stdin is None or warden.poll() is not None:
            message = f"{self.name} is not running: start it before sending {signal_name}"
            raise EngineBroken(message)
        warden.stdin.write(signal_name.encode("ascii") + b"\n")
        warden.stdin.flush()

    def _end(self, signal_name: str) -> None:
        warden = self._warden
        if warden is None:
            return
        with contextlib.suppress(EngineBroken, BrokenPipeError):  # ended by itself meanwhile
            self._send(signal_name)
        try:
            warden.wait(self.stop_timeout_seconds)
        except subprocess.TimeoutExpired as error:
            waited = f"{self.name} did not stop in {self.stop_timeout_seconds:.0f} s"
            raise EngineBroken(self._with_last_words(waited)) from error
        self._forget(warden)

    def _forget(self, warden: subprocess.Popen[bytes]) -> None:
        if warden.stdin is not None:
            warden.stdin.close()
        self._warden = None

    def _log_since(self, offset: int) -> str:
        with self.log_path.open("rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", errors="replace")

    def _lost_a_port(self) -> bool:
        log = self._log_since(0).lower()
        return "address already in use" in log or "failed to bind" in log

    def _with_last_words(self, message: str) -> str:
        lines = self._log_since(0).splitlines()[-LOG_TAIL_LINES:]
        return "\n    ".join([f"{message}; the end of {self.log_path}:", *lines])


def open_folder() -> str:
    """Choose a folder for throw-away data that another user may walk into.

    pytest and clean-room scripts like to set TMPDIR inside a folder that only root may enter;
    PostgreSQL does not run as root.
    """
    for candidate in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  mkdtemp beneath
        folder = Path(candidate).resolve()
        if folder.is_dir() and all(_anyone_may_enter(one) for one in (folder, *folder.parents)):
            return candidate
    return tempfile.gettempdir()


def _anyone_may_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)
