"""Days of chance are lawful; the checker finds what is planted, and shares only words."""

import ast
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation import reading
from tests.simulation.bugs import BUGS, Bug
from tests.simulation.campaign import Wanted, finds_anything, played_anew
from tests.simulation.checker import Checker
from tests.simulation.days import summary
from tests.simulation.reading.told import Register, Told

READING = Path(reading.__file__).parent


@pytest.mark.parametrize(
    ("seed", "containers"),
    [(1, 40), *(pytest.param(n, 120, marks=pytest.mark.searches) for n in (1, 2, 3))],
)
def test_a_day_of_chance_is_lawful_to_the_last_entry(seed: int, containers: int) -> None:
    verdict = played_anew(Wanted(seed, containers))

    assert verdict.findings == []
    assert verdict.illegal == 0
    assert verdict.messages == sum(verdict.outcomes.values()) > containers * 8
    assert set(verdict.outcomes) == {"applied", "refused", "waiting", "duplicate"}
    assert "illegal                                  0" in summary(verdict, 1, 1.0)


@pytest.mark.searches
def test_nothing_is_found_where_nothing_is_planted() -> None:
    assert not finds_anything(Wanted(5, containers=60, disorder=0.9))


@pytest.mark.searches
@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_planted_bug_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.owner, bug.name, bug.by)

    assert finds_anything(Wanted(5, containers=500, disorder=0.4))


@pytest.mark.parametrize(("left_at", "illegal"), [("2026-03-01", 1), ("2025-11-01", 0)])
def test_who_drove_is_not_forgotten_before_its_term(left_at: str, illegal: int) -> None:
    entry = {
        "shard": "ledger-0",
        "seq": 1,
        "recorded_at": "2026-04-01T00:00:00Z",
        "container": "CPUU1000010",
        "fact": {"type": "personal_parts_erased", "keys": ["k"]},
        "cause": {"message_type": "releasebus.tick", "message_id": "t", "waited": False},
        "stay": {"left_at": f"{left_at}T00:00:00Z"},
    }
    checker = Checker(Register())
    checker.take((), [entry])

    assert checker.verdict.illegal == illegal


@pytest.mark.parametrize(
    ("fact", "light_changes", "illegal"),
    [
        ("note_added", [], 0),
        ("refused", [], 0),
        ("note_added", [{"light": "customs"}], 1),
        ("terminal_blocked", [], 1),
    ],
)
def test_a_note_among_the_messages_of_a_day_is_passed_over_unless_it_moves_something(
    fact: str, light_changes: list[object], illegal: int
) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    entry = {
        "shard": "ledger-0",
        "seq": 1,
        "container": "CPUU1000010",
        "fact": {"type": fact, "reason": "no_such_note"},
        "outcome": "applied",
        "light_changes": light_changes,
        "cause": {"message_type": "releasebus.add_note", "message_id": "n", "waited": False},
    }
    checker = Checker(Register())
    checker.take([Told("H", "n", "add_note", {"container": "CPUU1000010"}, at, at)], [entry])

    assert checker.close().illegal == illegal


def test_the_reading_shares_nothing_with_the_law_but_words() -> None:
    for module in READING.glob("*.py"):
        for name in _imported(module):
            own = name.startswith("tests.simulation.reading")
            assert own or name.split(".")[0] in sys.stdlib_module_names, f"{module}: {name}"


def _imported(module: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names
