"""What holds for every engine of this machine: none outlives who asked for it, or fails mutely."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from compose.local.engine import Command, EngineBroken, LocalEngine

WAIT_SECONDS = 60.0

ASK_AND_WAIT = """
import signal, sys, threading, time
# Who is started in the background of a shell is started deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {root!r})
from tests.compose.test_local_engine import Sleeper
engine = Sleeper()
starter = threading.Thread(target=engine.start)  # its end must not end the engine
starter.start()
starter.join()
time.sleep(0.3)
assert engine.is_running
print(engine.folder, engine.pid(), flush=True)
time.sleep(600)
"""


class Sleeper(LocalEngine):
    """An engine that forks a child, says that it is ready, and sleeps."""

    name: ClassVar[str] = "sleeper"
    script: ClassVar[str] = "sleep 601 & echo AWAKE $$ $!; wait"

    def draw_ports(self) -> None:
        """It listens nowhere."""

    def prepare(self) -> None:
        """It keeps nothing."""

    def command(self) -> Command:
        return Command(["sh", "-c", self.script])

    def is_ready(self, log: str) -> bool:
        return "AWAKE" in log

    def pids(self) -> list[int]:
        last = self.log_path.read_text(encoding="utf-8").splitlines()[-1]
        return [int(word) for word in last.split()[1:]]

    def pid(self) -> int:
        return self.pids()[0]


class Failer(Sleeper):
    """An engine that says why, and ends."""

    script: ClassVar[str] = "echo the quay is closed; exit 3"


class Mute(Sleeper):
    """An engine that never gets ready."""

    start_timeout_seconds: ClassVar[float] = 0.3
    script: ClassVar[str] = "echo still thinking; sleep 601"

    def is_ready(self, log: str) -> bool:
        # On a busy machine a third of a second is over before it has said anything.
        del log
        assert wait_until(lambda: "still thinking" in self._log_since(0))
        return False


class PortLoser(Sleeper):
    """An engine whose port was taken in the last moment, twice."""

    draws: int = 0

    def draw_ports(self) -> None:
        self.draws += 1

    def command(self) -> Command:
        lost = "echo java.net.BindException: Address already in use; exit 1"
        return Command(["sh", "-c", lost if self.draws < 3 else self.script])


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that waits to be buried does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(said.stdout.strip()) and not said.stdout.strip().startswith("Z")


def wait_until(condition: Callable[[], bool]) -> bool:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while not condition() and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_engine_goes_with_the_process_that_asked_for_it(how: signal.Signals) -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", ASK_AND_WAIT.format(root=str(root))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as asker:
        assert asker.stdout is not None
        folder, pid = asker.stdout.readline().split()
        assert lives(int(pid))
        asker.send_signal(how)
        asker.wait(WAIT_SECONDS)
    assert wait_until(lambda: not lives(int(pid)))
    assert wait_until(lambda: not Path(folder).exists())


def test_an_engine_goes_with_its_warden() -> None:
    engine = Sleeper()
    engine.start()
    assert engine._warden is not None
    engine._warden.kill()
    assert wait_until(lambda: not lives(engine.pid()))
    assert not engine.is_running
    for pid in engine.pids()[1:]:  # what it forked is nobody's now: this test's own to end
        os.kill(pid, signal.SIGKILL)
    engine.close()


@pytest.mark.parametrize("end", [LocalEngine.kill, LocalEngine.close])
def test_a_kill_leaves_nothing_that_the_engine_forked(end: Callable[[LocalEngine], None]) -> None:
    engine = Sleeper()
    engine.start()
    pids = engine.pids()
    assert len(pids) == 2
    assert all(lives(pid) for pid in pids)
    end(engine)
    assert not any(lives(pid) for pid in pids)
    engine.close()


def test_an_engine_that_ends_at_once_is_reported_with_its_last_words() -> None:
    engine = Failer()
    with pytest.raises(EngineBroken, match=r"sleeper ended while starting(.|\n)*quay is closed"):
        engine.start()
    assert not engine.is_running
    engine.close()


def test_an_engine_that_never_gets_ready_is_given_up_and_ended() -> None:
    engine = Mute()
    with pytest.raises(EngineBroken, match=r"was not ready in 0 s(.|\n)*still thinking"):
        engine.start()
    assert not engine.is_running
    engine.close()


def test_a_port_lost_to_another_is_drawn_again() -> None:
    with PortLoser() as engine:
        assert engine.is_running
        assert engine.draws == 3


def test_sending_to_a_stopped_engine_says_so() -> None:
    with Sleeper() as engine:
        engine.stop()
        with pytest.raises(EngineBroken, match="is not running"):
            engine.pause()
        engine.start()
        assert engine.is_running


def test_closing_twice_is_closing_once() -> None:
    engine = Sleeper()
    engine.start()
    engine.close()
    engine.close()
    assert not engine.folder.exists()
