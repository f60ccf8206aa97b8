"""What tests of commands may ask for: a ledger with a day in it, and no wish to change it."""

import tempfile
from pathlib import Path

import pytest

from tests.cli.played import PlayedDay, played_day


@pytest.fixture(autouse=True)
def _as_if_nothing_was_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A demo's ledger in the folder, or a width set outside, must not change what is shown."""
    monkeypatch.delenv("COLUMNS", raising=False)
    # pytest's own mktemp looks through all that it made before, to number the next.
    monkeypatch.chdir(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    """A day of 80 containers in a ledger, to be read only."""
    return played_day(tmp_path_factory.mktemp("played"), containers=80)


@pytest.fixture(scope="session")
def small_day(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    """A day of 6 containers in a ledger that others are copied from."""
    return played_day(tmp_path_factory.mktemp("small"), containers=6)


@pytest.fixture
def own_ledger(small_day: PlayedDay, tmp_path: Path) -> PlayedDay:
    """A small day in a ledger of this test alone."""
    return small_day.copied_to(tmp_path)
