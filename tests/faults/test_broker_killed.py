"""The broker killed outright, and started again on what it had written."""

import pytest

from compose.local import LocalKafka
from tests.faults.scenarios import Scene, broker_killed

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


async def test_a_killed_broker_costs_nothing_but_time(
    scene_on_own_broker: Scene, breakable_kafka: LocalKafka
) -> None:
    found = await broker_killed(scene_on_own_broker, breakable_kafka)

    assert found.findings == []
