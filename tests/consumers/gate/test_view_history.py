"""Whatever a publisher goes through, no gate lets leave what the ledger has forbidden by then."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import example, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from consumers.gate.answers import Leave
from consumers.gate.view import View
from schemas.reasons import Missing
from tests.chance import examples
from tests.consumers.gate.examples import (
    BOX,
    OTHER_BOX,
    SHARD,
    KeyAndValue,
    apply,
    ask,
    beat,
    right,
    settings,
    view_of,
    why,
)

BOXES = (BOX, OTHER_BOX)
BEAT, YES, NO = ("beat",), ("entry", BOX, True), ("entry", BOX, False)
BLOCKED = {"missing": (Missing.RELEASE_BLOCKED,)}
ALSO = {f"ledger-{number}" for number in range(12)} - {SHARD}


@dataclass
class Topic:
    """A shard's publisher and the topic it writes: entries, takeovers, heartbeats, compaction.

    As producers/relay: a successor publishes anew, in order, and beats only when it is through.
    """

    entries: list[tuple[str, bool]] = field(default_factory=list)
    log: list[KeyAndValue] = field(default_factory=list)
    again: int = 0

    def entry(self, box: str, *, may_leave: bool) -> None:
        """Decide anew about *box* and publish it."""
        self.finish()
        self.entries.append((box, may_leave))
        self._publish(len(self.entries))

    def beat(self) -> None:
        """Publish a heartbeat."""
        self.finish()
        self.log.append(beat(len(self.entries)))

    def take_over(self, back: int, through: int) -> None:
        """Publish anew from *back* entries ago, but die after *through* of them."""
        first = max(1, len(self.entries) - back)
        self.again = min(len(self.entries) + 1, first + through)
        for seq in range(first, self.again):
            self._publish(seq)
        if self.again > len(self.entries):
            self.again = 0

    def finish(self) -> None:
        """Let the last takeover, if it died, be followed by one that gets through."""
        if self.again:
            self.take_over(back=len(self.entries) - self.again, through=len(self.entries))

    def compact(self, upto: int) -> None:
        """Keep of the first *upto* records the last of each key, as the broker's cleaner does."""
        head, tail = self.log[:upto], self.log[upto:]
        last = {key: place for place, (key, _) in enumerate(head)}
        self.log = [each for place, each in enumerate(head) if last[each[0]] == place] + tail

    def allows(self, box: str) -> bool:
        """Tell whether the last entry about *box* lets it leave."""
        return next((yes for name, yes in reversed(self.entries) if name == box), False)

    def _publish(self, seq: int) -> None:
        box, may_leave = self.entries[seq - 1]
        self.log.append(right(seq, container=box, shard=SHARD, **({} if may_leave else BLOCKED)))


Step = tuple[Any, ...]
ENTRIES = st.tuples(st.just("entry"), st.sampled_from((BOX, *BOXES)), st.booleans())
TAKEOVERS = st.tuples(st.just("take_over"), st.integers(0, 3), st.integers(0, 3))
STEPS: st.SearchStrategy[Step] = st.one_of(
    ENTRIES,
    ENTRIES,
    ENTRIES,
    st.tuples(st.just("beat")),
    TAKEOVERS,
    st.tuples(st.just("compact"), st.integers(0, 30)),
)
# The worst moment to begin to read: a takeover died half-way, and the broker has compacted.
WORST_END = TAKEOVERS.map(lambda takeover: [takeover, ("compact", 1000)])


def take(topic: Topic, step: Step) -> None:
    match step:
        case "entry", box, may_leave:
            topic.entry(box, may_leave=may_leave)
        case ("beat",):
            topic.beat()
        case "take_over", back, through:
            topic.take_over(back, through)
        case "compact", upto:
            topic.compact(upto)
        case _:
            raise AssertionError(step)


def leaves(view: View, box: str) -> bool:
    return isinstance(ask(view, container=box), Leave)


def all_shards_beat(view: View) -> None:
    apply(view, *(beat(0, shard=shard) for shard in sorted(ALSO)))


@settings_of_hypothesis(max_examples=examples(200))
@example([BEAT, YES, NO], [("take_over", 1, 1), ("compact", 1000)], [BEAT])
@example([BEAT], [], [YES, NO, ("take_over", 1, 1), BEAT])
@given(st.lists(STEPS, max_size=6), st.just([]) | WORST_END, st.lists(STEPS, max_size=6))
def test_nothing_leaves_that_is_forbidden_by_what_was_published(
    before: list[Step], end: list[Step], after: list[Step]
) -> None:
    topic = Topic()
    for step in before + end:
        take(topic, step)
    view = View(settings())
    all_shards_beat(view)
    apply(view, *topic.log)
    view.catch_up()
    assert not [box for box in BOXES if leaves(view, box) and not topic.allows(box)]

    for step in (each for each in after if each[0] != "compact"):
        read = len(topic.log)
        take(topic, step)
        apply(view, *topic.log[read:])
        assert not [box for box in BOXES if leaves(view, box) and not topic.allows(box)]


@settings_of_hypothesis(deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_once_the_shard_has_beaten_every_container_has_its_last_answer(
    steps: list[Step],
) -> None:
    topic = Topic()
    for step in steps:
        take(topic, step)
    topic.beat()
    view = View(settings())
    all_shards_beat(view)
    apply(view, *topic.log)
    view.catch_up()

    assert [leaves(view, box) for box in BOXES] == [topic.allows(box) for box in BOXES]


@settings_of_hypothesis(deadline=None)
@given(st.data(), st.lists(st.booleans(), min_size=1, max_size=8))
def test_in_any_order_and_repeated_the_highest_number_counts(
    data: st.DataObject, decisions: list[bool]
) -> None:
    records = [
        right(seq, **({} if may_leave else BLOCKED)) for seq, may_leave in enumerate(decisions)
    ]
    repeated = data.draw(st.lists(st.sampled_from(records), max_size=8))
    view = view_of(*data.draw(st.permutations(records + repeated)), beat(len(decisions)))

    assert why(ask(view)) == (("leaves",) if decisions[-1] else ("release_blocked",))


@settings_of_hypothesis(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=20) | st.none(), st.binary(max_size=60) | st.none())))
def test_no_bytes_break_a_view(records: list[KeyAndValue]) -> None:
    view = view_of(right(7), beat(9))
    apply(view, *records)

    assert why(ask(view)) == ("leaves",)
