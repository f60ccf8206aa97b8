"""Places are committed behind what was handed on, soon, and never for others."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from consumers.intake import places as module
from consumers.intake.inputs import Inputs
from consumers.intake.places import Places
from tests.consumers.intake.records import CARRIER, PARTY, came, place, said

CARRIED = place(CARRIER)


class Group:
    """A consumer's group, as far as it takes commits; each call waits until it is let through."""

    def __init__(self) -> None:
        self.calls: list[dict[TopicPartition, int]] = []
        self.refusing: Exception | None = None
        self.let_through = asyncio.Event()

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.calls.append(offsets)
        await self.let_through.wait()
        if self.refusing is not None:
            raise self.refusing


@pytest.fixture
def inputs(monkeypatch: pytest.MonkeyPatch) -> Inputs:
    monkeypatch.setattr(module, "GAP_SECONDS", 0.0)
    return Inputs("")


async def let_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def release(offset: int) -> Any:
    return said(CARRIER, "release", offset=offset)


async def test_what_passes_while_a_commit_is_under_way_goes_with_the_next(inputs: Inputs) -> None:
    group = Group()
    places = Places(inputs, group)
    for offset in (4, 5, 6):
        places.passed(0, [release(offset)])
        await let_run()
    assert group.calls == [{CARRIED: 5}]

    group.let_through.set()
    await places.settled()

    assert group.calls == [{CARRIED: 5}, {CARRIED: 7}]


async def test_what_a_rebalance_overtook_is_never_committed(inputs: Inputs) -> None:
    group = Group()
    places = Places(inputs, group)
    places.passed(0, [release(4)])
    await let_run()
    places.passed(0, [release(5)])
    await inputs.on_partitions_revoked([])
    places.passed(0, [release(6)])
    group.let_through.set()
    await places.settled()

    assert group.calls == [{CARRIED: 5}]


async def test_places_of_before_a_rebalance_are_not_mixed_with_those_after_it(
    inputs: Inputs,
) -> None:
    group = Group()
    places = Places(inputs, group)
    places.passed(0, [release(4)])
    await let_run()
    places.passed(0, [said(CARRIER, "release", offset=5)])
    await inputs.on_partitions_revoked([])
    places.passed(1, [came(PARTY, None, offset=9)])
    group.let_through.set()
    await places.settled()

    assert group.calls == [{CARRIED: 5}, {place(PARTY): 10}]


async def test_a_commit_that_comes_too_late_stops_nobody(inputs: Inputs) -> None:
    group = Group()
    group.let_through.set()
    group.refusing = CommitFailedError("rebalanced")
    places = Places(inputs, group)
    places.passed(0, [release(4)])
    await let_run()
    group.refusing = None
    places.passed(0, [release(5)])
    await places.settled()

    assert group.calls == [{CARRIED: 5}, {CARRIED: 6}]


async def test_what_is_no_trouble_of_the_groups_is_raised(inputs: Inputs) -> None:
    group = Group()
    group.let_through.set()
    group.refusing = ZeroDivisionError()
    places = Places(inputs, group)
    places.passed(0, [release(4)])
    await let_run()

    with pytest.raises(ZeroDivisionError):
        places.passed(0, [release(5)])
