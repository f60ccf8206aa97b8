"""The wire to the database cut in the middle of a commit."""

import pytest

from tests.faults.scenarios import Scene, cut_off_in_commit
from tests.faults.wire import wired

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


async def test_a_ledger_finds_out_whether_its_last_commit_was_done(scene: Scene) -> None:
    async with wired(scene.line.database_url) as (wire, url):
        found = await cut_off_in_commit(scene, wire, url)

    assert found.findings == []
