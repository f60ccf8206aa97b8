"""Everything that is said, said twice."""

import pytest

from tests.faults.scenarios import Scene, everything_twice

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


async def test_what_is_sent_twice_counts_once(scene: Scene) -> None:
    found = await everything_twice(scene)

    assert found.findings == []
