"""How a table of the law is read: its actions, and under each the states with an answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One line of a table for one state."""

    action: str
    state: str
    answer: str
    source: str


def cells(table: str) -> Iterator[Cell]:
    """Each state under each action."""
    for doing, line in _lines(table):
        states, _, rest = line.partition("->")
        answer, _, source = rest.partition("|")
        for state in states.split():
            yield Cell(doing, state, answer.strip(), source.strip())


def rows(found: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells of each action, in the table's order."""
    by_action: dict[str, list[Cell]] = {}
    for cell in found:
        by_action.setdefault(cell.action, []).append(cell)
    return by_action


def _lines(table: str) -> Iterator[tuple[str, str]]:
    """Each action with each of its lines, a line that is broken up put together again."""
    doing, begun = "", ""
    for line in table.splitlines():
        if not line.startswith((" ", "#")) and line:
            assert not begun, f"no source after {begun}"
            doing = line.strip()
        elif line.startswith(" "):
            begun = f"{begun} {line.strip()}".strip()
        if "|" in line:
            yield doing, begun
            begun = ""
