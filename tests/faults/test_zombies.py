"""A ledger process frozen past its session, succeeded by another, and woken."""

import pytest

from tests.faults.scenarios import Scene, stopped_and_woken

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    "step", ["before_transaction", "before_commit", "before_send", "mid_publish"]
)
async def test_a_zombie_is_fenced_wherever_it_stopped(scene: Scene, step: str) -> None:
    found = await stopped_and_woken(scene, step)

    assert found.findings == []


async def test_a_zombie_with_only_a_tick_in_hand_moves_no_shard_back(scene: Scene) -> None:
    found = await stopped_and_woken(scene, "with_a_tick_in_hand", 3)

    assert found.findings == []
