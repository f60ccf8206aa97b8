"""The ledger process killed outright, at every step where it hurts."""

import pytest

from tests.faults.scenarios import (
    Scene,
    killed,
    killed_when_another_joins,
    killed_when_taking_over,
)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.mark.parametrize("step", ["before_commit", "after_commit", "mid_publish"])
async def test_a_ledger_killed_at_a_step_loses_nothing_and_repeats_nothing(
    scene: Scene, step: str
) -> None:
    found = await killed(scene, step)

    assert found.findings == []


async def test_a_ledger_killed_when_another_joins_loses_nothing(scene: Scene) -> None:
    found = await killed_when_another_joins(scene)

    assert found.findings == []


async def test_a_ledger_killed_when_it_takes_over_gives_everything_back(scene: Scene) -> None:
    found = await killed_when_taking_over(scene)

    assert found.findings == []
