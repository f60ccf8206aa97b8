"""Run one engine, and end it when the process that asked for it is gone.

Run by path with ``python -I -S``: standard library only, nothing of the project.

The parent holds the writing end of our standard input. It sends names of signals for the engine,
one a line; when it dies, however it dies, that pipe closes and the engine is killed. Not
PR_SET_PDEATHSIG alone: that one fires when the *thread* dies which started the child (prctl(2)),
and it is lost when root becomes another user. It is used between the warden and the engine, where
there is one thread, for the case that the warden itself is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOOK_FOR_PARENT_SECONDS = 1.0


def die_with_the_warden() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere the pipe has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of what the engine leaves behind, where Linux allows it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)


def children_of(pid: int) -> list[int]:
    """List the direct children of a process where /proc tells them, else nothing."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in listed.read_text(encoding="ascii").split()]
    except OSError:
        return []


def end_orphans() -> None:
    """End what the engine forked and left behind, and wait until it is gone.

    A restart of PostgreSQL needs the shared memory free that a lost backend still holds.
    """
    with contextlib.suppress(ChildProcessError):  # the way waitpid says that none is left
        while True:
            for pid in children_of(os.getpid()):
                os.kill(pid, signal.SIGKILL)  # ours and not buried yet: no other can have its id
            os.waitpid(-1, 0)


def kill_outright(engine: subprocess.Popen[bytes]) -> None:
    """Kill an engine and what it has forked, as a loss of power would.

    PostgreSQL's backends lead sessions of their own and would live on for a moment, holding the
    shared memory that a restart needs. Stopped first, so that it forks nothing meanwhile.
    """
    engine.send_signal(signal.SIGSTOP)
    forked = children_of(engine.pid)
    engine.kill()
    for pid in forked:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def forward(engine: subprocess.Popen[bytes], names: bytes) -> None:
    """Hand the engine the signals that the parent named."""
    for name in names.decode("ascii").split():
        if name == "SIGKILL":
            kill_outright(engine)
        else:
            engine.send_signal(signal.Signals[name])


def watch(engine: subprocess.Popen[bytes], parent_pid: int, ended_fd: int) -> bool:
    """Serve the parent until the engine ends; true when the parent went first."""
    while engine.poll() is None:
        ready, _, _ = select.select([0, ended_fd], [], [], LOOK_FOR_PARENT_SECONDS)
        if ended_fd in ready:
            os.read(ended_fd, 512)
        names = os.read(0, 512) if 0 in ready else b""
        if os.getppid() != parent_pid or (0 in ready and not names):
            return True
        forward(engine, names)
    return False


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what follows ``--`` is the engine's own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Start the engine, watch it, and clean up behind it if nobody else can."""
    asked = parsed(arguments)
    adopt_orphans()
    ended_fd, wake_fd = os.pipe()
    os.set_blocking(wake_fd, False)
    signal.set_wakeup_fd(wake_fd)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    engine = subprocess.Popen(
        asked.command,
        stdin=subprocess.DEVNULL,
        cwd=asked.folder,
        user=asked.user,
        group=asked.group,
        extra_groups=None if asked.user is None else [],
        preexec_fn=die_with_the_warden,  # noqa: PLW1509  one thread: safe here
    )
    signal.signal(signal.SIGTERM, lambda *_: engine.terminate())
    if watch(engine, asked.parent, ended_fd):
        kill_outright(engine)
        engine.wait()
        shutil.rmtree(asked.folder, ignore_errors=True)
    ended = engine.wait()
    end_orphans()
    return ended & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
