"""The intake process killed outright, with the same inputs in hand each time."""

import pytest

from tests.faults.scenarios import Scene, intake_killed

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


async def test_an_intake_killed_at_every_step_loses_nothing_and_logs_twice_what_counts_once(
    scene: Scene,
) -> None:
    found = await intake_killed(scene, "before_logged", "half_logged", "between_log_and_places")

    assert found.findings == []
