"""What one member holds of its inputs: paused in time, emptied in a rebalance, never skipped."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from hypothesis import given
from hypothesis import strategies as st

from consumers.intake import inputs as module
from consumers.intake.inputs import HELD_BYTES, Inputs
from schemas.topics import DIRECTORY_LOG, LEDGER_LOG
from tests.consumers.intake.records import (
    CARRIER,
    KEYS,
    PARTY,
    REGISTRATIONS,
    TERMINAL,
    came,
    place,
)

CARRIED, HELD_RIGHTS = place(CARRIER), place(PARTY)
PAIR = (CARRIED, HELD_RIGHTS)


@dataclass
class Fetching:
    """What inputs ask of a consumer; the tests say where it stands."""

    assigned: set[TopicPartition] = field(default_factory=set)
    ends: dict[TopicPartition, int] = field(default_factory=dict)
    positions: dict[TopicPartition, int] = field(default_factory=dict)
    paused: set[TopicPartition] = field(default_factory=set)
    asked: list[TopicPartition] = field(default_factory=list)
    in_rebalance: asyncio.Event | None = None

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def highwater(self, partition: TopicPartition) -> int | None:
        assert partition in self.assigned, "aiokafka asserts the same"
        return self.ends.get(partition)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused.difference_update(partitions)

    async def position(self, partition: TopicPartition) -> int:
        self.asked.append(partition)
        if self.in_rebalance is not None:
            await self.in_rebalance.wait()
        if partition not in self.assigned:
            raise IllegalStateError(f"Partition {partition} is not assigned")
        return self.positions[partition]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.0)


@pytest.fixture
def fetching() -> Fetching:
    return Fetching()


async def inputs_of(fetching: Fetching, *assigned: TopicPartition) -> Inputs:
    inputs = Inputs("")
    inputs.attach(fetching)
    await assign(inputs, fetching, *assigned)
    return inputs


async def assign(inputs: Inputs, fetching: Fetching, *assigned: TopicPartition) -> None:
    """Rebalance, as aiokafka does: everything revoked, then the new assignment."""
    await inputs.on_partitions_revoked(fetching.assigned)
    fetching.assigned = set(assigned)
    await inputs.on_partitions_assigned(assigned)


def read_to_the_end(fetching: Fetching, *places: TopicPartition) -> None:
    for each in places:
        fetching.ends.setdefault(each, 0)
        fetching.positions.setdefault(each, fetching.ends[each])


async def went(inputs: Inputs, limit: int = 1000) -> list[tuple[str, int, int]]:
    return [
        (record.topic, record.partition, record.offset) for record in await inputs.ready(limit)
    ]


# --- an input that runs ahead --------------------------------------------------------------------


async def test_an_input_that_runs_far_ahead_is_paused_until_half_of_it_is_through(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 100, HELD_RIGHTS: 1}
    fetching.positions = {CARRIED: 9, HELD_RIGHTS: 0}
    megabyte = b" " * (HELD_BYTES // 8 - 100)  # what a record costs beside its value

    inputs.take([came(CARRIER, megabyte, offset=n, timestamp=n) for n in range(7)])
    assert fetching.paused == set()
    inputs.take([came(CARRIER, megabyte, offset=n, timestamp=n) for n in range(7, 9)])
    assert fetching.paused == {CARRIED}
    assert await went(inputs) == []

    # The lagging input catches up to the fifth record's moment: four may go, that is not half.
    inputs.take([came(PARTY, offset=0, timestamp=4)])
    fetching.ends[HELD_RIGHTS] = 2
    assert len(await went(inputs, limit=4)) == 4
    assert fetching.paused == {CARRIED}
    # The fifth and the lagging input's own.
    assert len(await went(inputs)) == 2
    assert fetching.paused == set()


async def test_an_input_that_others_took_over_is_not_resumed(fetching: Fetching) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 2, HELD_RIGHTS: 0}
    inputs.take([came(CARRIER, b" " * 2 * HELD_BYTES)])
    assert fetching.paused == {CARRIED}

    # The group has taken it already, and the listener is not told yet.
    fetching.assigned = {HELD_RIGHTS}
    inputs.take([])

    assert fetching.paused == {CARRIED}


# --- rebalances ------------------------------------------------------------------------------


async def test_a_rebalance_drops_what_is_held_back(fetching: Fetching) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 1, HELD_RIGHTS: 5}
    inputs.take([came(CARRIER)])
    before = inputs.generation

    await inputs.on_partitions_revoked(PAIR)
    assert inputs.generation > before
    assert await went(inputs) == []

    read_to_the_end(fetching, *PAIR)
    await inputs.on_partitions_assigned(PAIR)
    assert await went(inputs) == []
    # It is fetched again, from the committed place.
    inputs.take([came(CARRIER)])
    fetching.ends[HELD_RIGHTS] = fetching.positions[HELD_RIGHTS] = 0
    assert await went(inputs) == [(CARRIER, 0, 0)]


async def test_what_has_to_be_read_again_after_a_rebalance_is_overtaken_by_nothing(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends, fetching.positions = {CARRIED: 0, HELD_RIGHTS: 1}, {CARRIED: 0}
    inputs.take([came(PARTY, timestamp=1)])
    assert await went(inputs) == [(PARTY, 0, 0)]

    await assign(inputs, fetching, *PAIR)  # its place was not committed
    fetching.ends[CARRIED], fetching.positions[HELD_RIGHTS] = 1, 0
    inputs.take([came(CARRIER, timestamp=9)])
    assert await went(inputs) == []

    inputs.take([came(PARTY, timestamp=1)])
    assert await went(inputs) == [(PARTY, 0, 0), (CARRIER, 0, 0)]


async def test_records_of_a_partition_that_is_no_longer_ours_are_ignored(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR, place(CARRIER, 1), place(PARTY, 1))
    await assign(inputs, fetching, *PAIR)
    read_to_the_end(fetching, *PAIR)
    fetching.ends[CARRIED] = 1

    inputs.take([came(CARRIER, partition=1), came(CARRIER), came(PARTY, partition=1)])

    assert await went(inputs) == [(CARRIER, 0, 0)]


async def test_a_partition_lost_while_its_place_is_looked_up_harms_nobody(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 0, HELD_RIGHTS: 0}
    fetching.positions = {CARRIED: 0, HELD_RIGHTS: 0}
    fetching.in_rebalance = asyncio.Event()
    asking = asyncio.create_task(inputs.ready(10))
    await asyncio.sleep(0)
    assert fetching.asked == [CARRIED]

    await assign(inputs, fetching, HELD_RIGHTS)
    fetching.in_rebalance.set()

    assert await asking == []
    inputs.take([came(PARTY)])
    fetching.ends[HELD_RIGHTS] = 1
    assert await went(inputs) == [(PARTY, 0, 0)]


# --- places of inputs that bring nothing ---------------------------------------------------------


async def test_an_input_that_was_always_quiet_does_not_hold_the_others_back(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    # Its records were all read before: the committed place is its end.
    fetching.ends = {CARRIED: 1, HELD_RIGHTS: 7}
    fetching.positions = {CARRIED: 1, HELD_RIGHTS: 7}

    inputs.take([came(CARRIER)])

    assert await went(inputs) == [(CARRIER, 0, 0)]


async def test_markers_of_foreign_transactions_at_the_end_are_no_records_to_wait_for(
    fetching: Fetching,
) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 9, HELD_RIGHTS: 3}
    inputs.take([came(PARTY, offset=1, timestamp=1), came(CARRIER, offset=8, timestamp=2)])

    # Offset 2 is a marker: it is never handed over, but the fetch has passed it.
    fetching.positions = {CARRIED: 9, HELD_RIGHTS: 3}

    assert await went(inputs) == [(PARTY, 0, 1)]
    assert await went(inputs) == [(CARRIER, 0, 8)]


async def test_records_on_their_way_are_waited_for(fetching: Fetching) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 1, HELD_RIGHTS: 1}
    fetching.positions = {CARRIED: 1, HELD_RIGHTS: 0}
    inputs.take([came(CARRIER, timestamp=9)])

    assert await went(inputs) == []

    inputs.take([came(PARTY, timestamp=5)])
    assert await went(inputs) == [(PARTY, 0, 0), (CARRIER, 0, 0)]


async def test_an_end_that_no_fetch_has_told_yet_is_waited_for(fetching: Fetching) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 1}
    fetching.positions = {HELD_RIGHTS: 0}
    inputs.take([came(CARRIER)])

    assert await went(inputs) == []


async def test_a_place_is_asked_for_only_when_nothing_came_for_a_while(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_SECONDS", 60.0)
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 1, HELD_RIGHTS: 1}
    inputs.take([came(CARRIER)])

    await inputs.ready(10)

    assert fetching.asked == []


# --- partition numbers -----------------------------------------------------------------------


async def test_the_same_partition_number_is_one_stream_and_registrations_are_their_own(
    fetching: Fetching,
) -> None:
    late, joining = place(TERMINAL, 1), place(REGISTRATIONS)
    inputs = await inputs_of(fetching, *PAIR, place(CARRIER, 1), late, joining)
    fetching.ends = {
        CARRIED: 1, HELD_RIGHTS: 0, place(CARRIER, 1): 1, late: 4, joining: 1,
    }  # fmt: skip
    fetching.positions = {HELD_RIGHTS: 0, late: 0}

    inputs.take(
        [came(CARRIER), came(CARRIER, partition=1), came(REGISTRATIONS, key=b"NXT21000000001")]
    )

    # Number 1 waits for its terminal; nobody else waits for it.
    assert set(await went(inputs)) == {(CARRIER, 0, 0), (REGISTRATIONS, 0, 0)}
    assert set(inputs.quiet_places) == {(LEDGER_LOG, 0), (DIRECTORY_LOG, 0)}


async def test_an_organisations_keys_and_the_registrations_are_one_stream_by_the_brokers_time(
    fetching: Fetching,
) -> None:
    joining, keys, carried = place(REGISTRATIONS), place(KEYS), place(CARRIER)
    inputs = await inputs_of(fetching, joining, keys, carried)
    fetching.ends = {joining: 2, keys: 1, carried: 0}
    fetching.positions = {carried: 0, keys: 0}

    inputs.take([came(REGISTRATIONS, timestamp=10), came(REGISTRATIONS, offset=1, timestamp=30)])
    assert await went(inputs) == []  # what is younger waits for the keys
    inputs.take([came(KEYS, timestamp=20)])

    assert await went(inputs) == [(REGISTRATIONS, 0, 0), (KEYS, 0, 0), (REGISTRATIONS, 0, 1)]


async def test_time_passes_only_where_nothing_is_held_back(fetching: Fetching) -> None:
    inputs = await inputs_of(fetching, *PAIR)
    fetching.ends = {CARRIED: 1, HELD_RIGHTS: 0}
    fetching.positions = {CARRIED: 0, HELD_RIGHTS: 0}
    assert inputs.quiet_places == []  # nobody knows yet what is in there

    await went(inputs)
    assert inputs.quiet_places == []  # something is on its way

    inputs.take([came(CARRIER)])
    assert inputs.quiet_places == []
    await went(inputs)
    assert inputs.quiet_places == [(LEDGER_LOG, 0)]


async def test_time_passes_for_organisations_only_where_no_registration_is_held_back(
    fetching: Fetching,
) -> None:
    joining = place(REGISTRATIONS)
    inputs = await inputs_of(fetching, joining)
    fetching.ends, fetching.positions = {joining: 1}, {joining: 0}

    inputs.take([came(REGISTRATIONS, key=b"NXT21000000001")])
    assert inputs.quiet_places == []
    await went(inputs)
    assert inputs.quiet_places == [(DIRECTORY_LOG, 0)]


async def test_a_busy_partition_does_not_starve_the_others(fetching: Fetching) -> None:
    numbers = [place(CARRIER, number) for number in range(3)]
    inputs = await inputs_of(fetching, *numbers)
    fetching.ends = dict.fromkeys(numbers, 100)
    inputs.take(
        [came(CARRIER, partition=number, offset=n) for number in range(3) for n in range(100)]
    )

    served = {partition for _ in range(3) for _, partition, _ in await went(inputs, limit=10)}

    assert served == {0, 1, 2}


# --- committing the highest place of each input is safe ------------------------------------------


def of_inputs(numbers: Iterable[int]) -> list[TopicPartition]:
    return [place(topic, number) for topic in (CARRIER, PARTY, TERMINAL) for number in numbers]


@given(
    st.lists(st.tuples(st.sampled_from(of_inputs((0, 1))), st.integers(0, 3)), max_size=40),
    st.lists(st.integers(1, 7), min_size=1, max_size=12),
)
def test_what_is_handed_out_is_a_beginning_of_each_input_however_little_is_taken_at_once(
    arrivals: list[tuple[TopicPartition, int]], limits: list[int]
) -> None:
    asyncio.run(hand_out(arrivals, limits))


async def hand_out(arrivals: list[tuple[TopicPartition, int]], limits: list[int]) -> None:
    fetching = Fetching()
    inputs = await inputs_of(fetching, *of_inputs((0, 1)))
    clock, counts = 0, dict.fromkeys(of_inputs((0, 1)), 0)
    for input_, later in arrivals:
        clock += later
        record = came(
            input_.topic, partition=input_.partition, offset=counts[input_], timestamp=clock
        )
        inputs.take([record])
        counts[input_] += 1
    fetching.ends = fetching.positions = counts

    through = dict.fromkeys(counts, 0)
    for limit in (*limits, 1000, 1000):
        batch = await inputs.ready(limit)
        assert len(batch) <= limit
        for record in batch:
            # So whatever is committed, nothing before it was left out.
            assert record.offset == through[TopicPartition(record.topic, record.partition)]
            through[TopicPartition(record.topic, record.partition)] += 1
    assert through == counts
    assert set(inputs._held_bytes.values()) <= {0}
