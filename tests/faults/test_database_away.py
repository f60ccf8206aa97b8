"""The database gone for longer than Kafka bears a consumer that does not poll."""

import pytest

from compose.local import LocalPostgres
from tests.faults.part_process import MAX_POLL_INTERVAL_MS
from tests.faults.scenarios import Scene, database_away

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
AWAY_SECONDS = MAX_POLL_INTERVAL_MS / 1000 + 2


async def test_two_ledgers_wait_for_their_database_and_stay_in_their_group(
    scene_on_own_database: Scene, breakable_postgres: LocalPostgres
) -> None:
    found = await database_away(scene_on_own_database, breakable_postgres, AWAY_SECONDS)

    assert found.findings == []
