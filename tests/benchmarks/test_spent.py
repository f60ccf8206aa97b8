"""What processes have spent: theirs, that of those they started, and nobody else's."""

import os
import subprocess
import sys

import pytest

from benchmarks.spent import Meter

BUSY = "import time\nwhile time.process_time() < 0.3: pass\n"
PARENT_OF_BUSY = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")


def test_time_of_an_ended_child_counts_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as idle:
        waiting = f"{PARENT_OF_BUSY}print(1, flush=True)\ninput()"
        busy = subprocess.Popen(
            [sys.executable, "-c", waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with busy:
            meter = Meter({"idle": idle.pid, "busy": busy.pid})
            assert busy.stdout is not None
            busy.stdout.readline()
            spent = meter.spent()
            busy.communicate(b"\n")
        idle.communicate(b"\n")
    assert spent["busy"] >= 0.3
    assert spent["idle"] < 0.3


def test_what_our_own_children_spend_is_not_our_own() -> None:
    meter = Meter({"load": os.getpid()})
    meter.start()
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert meter.spent()["load"] < 0.3


def test_what_was_spent_before_the_start_is_not_counted() -> None:
    script = f"{BUSY}print(1, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        meter = Meter({"it": process.pid})
        meter.start()
        assert meter.spent()["it"] < 0.1
        process.communicate(b"\n")
