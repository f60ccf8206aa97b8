"""The merge: by the broker's time as far as it is known, nothing lost, nothing held for ever."""

from dataclasses import dataclass, field
from itertools import islice

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from consumers.intake.merge import Merge, Record
from tests.consumers.intake.records import came, place

A, B, C = place("a"), place("b"), place("c")
ALL = (A, B, C)


def at(input_: TopicPartition, offset: int, timestamp: int) -> Record:
    return came(input_.topic, partition=input_.partition, offset=offset, timestamp=timestamp)


def shown(record: Record) -> str:
    return f"{record.topic}{record.timestamp}"


# What has arrived as `a1` (input and time), which inputs have nothing more; what goes through,
# and what is held back.
TABLE = [
    ("nothing arrived", "", "abc", "", ""),
    ("one input, the others read to their ends", "a1 a2", "bc", "a1 a2", ""),
    ("one input, and another may still bring older ones", "a1 a2", "c", "", "a1 a2"),
    ("one input whose own end is not reached", "a1 a2", "abc", "a1 a2", ""),
    ("by time, not by input", "b1 a2 c3", "abc", "b1 a2 c3", ""),
    ("held at the first input that runs dry and may go on", "a1 b2 a3", "ac", "a1 b2", "a3"),
    ("the younger waits while the older input is behind", "b9 c9", "bc", "", "b9 c9"),
    ("the same moment goes by input, whichever came first", "c5 b5 a5", "abc", "a5 b5 c5", ""),
    ("a clock set back does not turn an input around", "a5 a1 b3", "abc", "b3 a5 a1", ""),
]


@pytest.mark.parametrize(
    ("arrived", "read_out", "through", "held"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_a_record_goes_through_when_nothing_older_can_come(
    arrived: str, read_out: str, through: str, held: str
) -> None:
    merge = Merge(ALL)
    for offset, word in enumerate(arrived.split()):
        merge.add([at(place(word[0]), offset, int(word[1:]))])

    went = [shown(record) for record in merge.ready(lambda input_: input_.topic in read_out)]

    assert went == through.split()
    assert sum(map(merge.held, ALL)) == len(held.split())
    assert merge.empty == (not held)


def test_what_is_held_back_can_be_forgotten() -> None:
    merge = Merge(ALL)
    merge.add([at(A, 0, 1)])

    merge.clear()

    assert merge.empty
    assert list(merge.ready(lambda _: True)) == []


def test_what_was_taken_out_is_out_even_when_not_all_is_taken() -> None:
    merge = Merge((A,))
    merge.add([at(A, offset, offset) for offset in range(5)])

    first = next(merge.ready(lambda _: True))

    assert first.offset == 0
    assert [record.offset for record in merge.ready(lambda _: True)] == [1, 2, 3, 4]


# --- whatever the order in which the broker hands things over ----------------------------------


@dataclass
class World:
    """What is in the topics, how much of it was fetched, and what has gone through."""

    clock: int = 0
    topics: dict[TopicPartition, list[Record]] = field(
        default_factory=lambda: {input_: [] for input_ in ALL}
    )
    fetched: dict[TopicPartition, int] = field(default_factory=lambda: dict.fromkeys(ALL, 0))
    known_end: dict[TopicPartition, int] = field(default_factory=lambda: dict.fromkeys(ALL, 0))
    through: list[Record] = field(default_factory=list)
    merge: Merge = field(default_factory=lambda: Merge(ALL))

    def append(self, input_: TopicPartition, later: int) -> None:
        self.clock += later
        topic = self.topics[input_]
        topic.append(at(input_, len(topic), self.clock))

    def fetch(self, input_: TopicPartition, count: int) -> None:
        self.known_end[input_] = len(self.topics[input_])
        begin = self.fetched[input_]
        records = self.topics[input_][begin : begin + count]
        self.fetched[input_] += len(records)
        self.merge.add(records)

    def drain(self, limit: int) -> None:
        for record in islice(self.merge.ready(self.caught_up), limit):
            self.check(record)
            self.through.append(record)

    def caught_up(self, input_: TopicPartition) -> bool:
        return self.fetched[input_] >= self.known_end[input_]

    def check(self, record: Record) -> None:
        """Nothing older is known to stand anywhere that has not gone through."""
        gone = {(done.topic, done.offset) for done in self.through}
        older = [
            other
            for input_ in ALL
            for other in self.topics[input_][: self.known_end[input_]]
            if (other.topic, other.offset) not in gone
            and (other.timestamp, other.topic) < (record.timestamp, record.topic)
        ]
        assert not older, f"{shown(record)} passed {[shown(other) for other in older]}"


inputs = st.sampled_from(ALL)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), inputs, st.integers(0, 2)),
        st.tuples(st.just("fetch"), inputs, st.integers(1, 4)),
        st.tuples(st.just("drain"), inputs, st.integers(1, 5)),
    ),
    max_size=60,
)


def lived(days: list[tuple[str, TopicPartition, int]]) -> World:
    world = World()
    for step, input_, number in days:
        if step == "drain":
            world.drain(number)
        else:
            getattr(world, step)(input_, number)
    return world


@given(steps)
def test_no_younger_record_passes_an_older_one_that_is_known_of(
    days: list[tuple[str, TopicPartition, int]],
) -> None:
    lived(days)  # World.check looks at every record that goes through


@given(steps)
def test_nothing_is_lost_nor_held_for_ever_and_each_input_keeps_its_order(
    days: list[tuple[str, TopicPartition, int]],
) -> None:
    world = lived(days)

    for input_ in ALL:
        world.fetch(input_, len(world.topics[input_]))
    world.drain(len(days))

    assert world.merge.empty
    for input_ in ALL:
        offsets = [record.offset for record in world.through if record.topic == input_.topic]
        assert offsets == list(range(len(world.topics[input_])))


@given(st.permutations([(A, 3), (A, 3), (B, 3), (B, 4), (C, 3), (C, 4)]))
def test_the_order_does_not_depend_on_who_was_fetched_first(
    arrivals: list[tuple[TopicPartition, int]],
) -> None:
    merge = Merge(ALL)
    for input_, timestamp in sorted(arrivals, key=lambda arrival: arrival[1]):
        merge.add([at(input_, timestamp, timestamp)])

    went = [shown(record) for record in merge.ready(lambda _: True)]

    assert went == ["a3", "a3", "b3", "c3", "b4", "c4"]


@given(st.lists(st.tuples(inputs, st.integers(0, 3)), max_size=30))
def test_a_broker_clock_that_jumps_back_costs_order_between_inputs_and_nothing_else(
    arrivals: list[tuple[TopicPartition, int]],
) -> None:
    merge = Merge(ALL)
    for offset, (input_, timestamp) in enumerate(arrivals):
        merge.add([at(input_, offset, timestamp)])

    went = list(merge.ready(lambda _: True))

    assert len(went) == len(arrivals)
    for input_ in ALL:
        own = [record.offset for record in went if record.topic == input_.topic]
        assert own == sorted(own)
