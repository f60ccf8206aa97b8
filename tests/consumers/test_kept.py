"""What is kept is read as it stands, and a database that is away is told without its words."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.options import store_beside
from consumers.dispatch.store import Store
from consumers.kept import KeptInBook
from producers.door.door import NotAtHand
from tests.cli.played import PlayedDay, played_day

SINCE = datetime.now(UTC) - timedelta(days=30)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> PlayedDay:
    """A small day in a ledger, and dispatch's tables beside it, empty."""
    played = played_day(tmp_path_factory.mktemp("kept"), containers=3)
    store = Store(store_beside(played.database_url))
    store.create()
    store.close()
    return played


async def test_a_containers_entries_and_a_releases_container_are_found(day: PlayedDay) -> None:
    kept = KeptInBook(day.database_url, store_beside(day.database_url))
    for box in day.day.boxes:
        entries = await kept.entries(box.number)
        ids = {each.stay.release_id for each in entries if each.stay is not None}
        assert {each.container for each in entries} == {box.number}
        assert [await kept.containers_of(each) for each in ids] == [[box.number]] * len(ids)
        assert await kept.containers_of(box.number) == [], (
            "a container's number is no release's id"
        )
    assert await kept.entries("MSCU7029147") == ()
    assert await kept.told("antwerp_cpu", day.day.boxes[0].number, SINCE, "NXT1") == []
    kept.close()


async def test_a_database_that_is_not_there_is_told_without_what_was_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # A database without tables: what it says of that names the statement and what was asked.
    nowhere = f"sqlite:///{tmp_path / 'ledger.db'}"
    kept = KeptInBook(nowhere, nowhere)
    with caplog.at_level(logging.DEBUG):
        for asked in (
            kept.entries("CPUU1000010"),
            kept.containers_of("CPUU1000010"),
            kept.told("antwerp_cpu", "CPUU1000010", SINCE, "NXT1"),
        ):
            with pytest.raises(NotAtHand):
                await asked
    kept.close()
    assert "OperationalError" in caplog.text
    assert "CPUU1000010" not in caplog.text
