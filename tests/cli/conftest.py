"""What tests of commands may ask for: a ledger with a day in it, and no wish to change it."""

from pathlib import Path

import pytest

from tests.cli.played import PlayedDay, played_day


@pytest.fixture(autouse=True)
def _no_width_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever starts the tests may have set how wide an answer is: a test says so itself."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    """A day of 80 containers in a ledger, to be read only."""
    return played_day(tmp_path_factory.mktemp("played"), containers=80)


@pytest.fixture
def own_ledger(tmp_path: Path) -> PlayedDay:
    """A small day in a ledger of this test alone."""
    return played_day(tmp_path, containers=6)
