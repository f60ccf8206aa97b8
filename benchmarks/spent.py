"""CPU time of processes and all that they started: a busy machine does not falsify it."""

import os
from collections.abc import Mapping
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSES = Path("/proc")
# proc(5): the fields of `stat` behind the name in brackets; the last two are of ended children.
PARENT, TIMES = 1, slice(11, 15)
COMPILERS = ("C1 Compiler", "C2 Compiler")
COMPILING = ", of it compiling"


class Meter:
    """What each of some processes has spent since the meter was started.

    Of a Java process the compiler's part is told beside it: it is what a broker that has just
    begun spends most of its time on.
    """

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = dict(processes)
        self._began: dict[str, float] = {}
        self._compilers: dict[Path, float] = {}

    def start(self) -> None:
        """Begin anew."""
        self._began, self._compilers = self._read(), {}
        for process in self._processes.values():
            self._compilers.update(_compilers(process))

    def spent(self) -> dict[str, float]:
        """Return the CPU seconds of each since the start, by name."""
        spent: dict[str, float] = {}
        for name, now in self._read().items():
            spent[name] = now - self._began.get(name, 0.0)
            # A compiler's thread that had no work for long has ended, and what it did is lost.
            found = _compilers(self._processes[name])
            if found:
                began = (self._compilers.get(thread, 0.0) for thread in found)
                spent[name + COMPILING] = sum(found.values()) - sum(began)
        return spent

    def _read(self) -> dict[str, float]:
        parents = _parents()
        return {
            name: sum(map(_cpu_seconds, _tree(process, parents)))
            for name, process in self._processes.items()
        }


def _parents() -> dict[int, int]:
    parents: dict[int, int] = {}
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit() and (fields := _fields(folder)):
            parents[int(folder.name)] = int(fields[PARENT])
    return parents


def _tree(root: int, parents: Mapping[int, int]) -> list[int]:
    """Return *root* and everything under it; not what our own children count for themselves."""
    if root == os.getpid():
        return [root]
    found = [root]
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found


def _cpu_seconds(process: int) -> float:
    times = [int(ticks) for ticks in _fields(PROCESSES / str(process))[TIMES]]
    if process == os.getpid():
        times = times[:2]
    return sum(times) / TICKS_A_SECOND


def _compilers(process: int) -> dict[Path, float]:
    """Return what each compiler's thread of the process, and of those under it, has spent."""
    tree = _tree(process, _parents())
    threads = (thread for each in tree for thread in (PROCESSES / str(each) / "task").glob("*"))
    return {
        thread: sum(int(ticks) for ticks in _fields(thread)[TIMES][:2]) / TICKS_A_SECOND
        for thread in threads
        if _name(thread).startswith(COMPILERS)
    }


def _fields(folder: Path) -> list[str]:
    """Return the fields of `stat` behind the name; none where the process is gone."""
    try:
        return (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _name(thread: Path) -> str:
    try:
        return (thread / "comm").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""
