"""Steps up to the exit come in any order, and come to one observation."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.exit_steps import steps
from adapters.exit_steps.steps import Shown, Step, Where, joined, observation
from schemas.messages import CustomsStatus
from schemas.observed import ObservedLight, ObservedStatus

WHERE = Where("CPUU1000010", "FRLEH", "TDF", "CNI0000000001")
NOON = datetime(2025, 8, 15, 12, tzinfo=UTC)

# step | member of the observation | what it is while the step holds | once it was withdrawn
TABLE = [
    (Step.SEEN_ON_QUAY, "discharged", True, False),
    (Step.DELIVERY_ORDER, "status", ObservedStatus.RELEASED, ObservedStatus.BLOCKED),
    (Step.CUSTOMS_RELEASED, "customs", CustomsStatus.RELEASED, CustomsStatus.NOT_RELEASED),
    (Step.HAULIER_IDENTIFIED, "no_pickup", False, True),
    (Step.EXIT_AUTHORISED, "terminal_light", ObservedLight.RELEASED, ObservedLight.BLOCKED),
    (Step.GATED_OUT, "gate_out", True, False),
]


def test_the_table_has_every_step() -> None:
    assert [row[0] for row in TABLE] == list(Step)


@pytest.mark.parametrize(("step", "member", "holding", "withdrawn"), TABLE)
def test_what_a_step_comes_to(step: Step, member: str, holding: object, withdrawn: object) -> None:
    held = observation(WHERE, (Shown(step, NOON, holds=True),))
    over = observation(WHERE, (Shown(step, NOON, holds=False),))

    assert getattr(held, member) == holding
    assert getattr(over, member) == withdrawn
    assert held.confirmed_at == NOON


def test_of_two_at_one_time_the_later_told_stands() -> None:
    held, over = (Shown(Step.DELIVERY_ORDER, NOON, holds=holds) for holds in (True, False))

    assert joined((held,), over) == (over,)
    assert joined((over,), held) == (held,)


# told before | at first | and then: what holds, and is dated far ahead, silences nothing
FAR = NOON.replace(year=2205)
SOON = NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("first", "then", "holds"),
    [
        ((FAR, True), (NOON, False), False),
        ((FAR, True), (NOON - timedelta(days=1), False), False),
        ((FAR, True), (FAR, False), False),
        ((FAR, False), (FAR, True), False),
        ((NOON, False), (FAR, True), False),
        ((NOON, True), (FAR, False), False),
        # What was withdrawn far ahead was when it was told: all that is newer counts again.
        ((FAR, False), (NOON - timedelta(minutes=1), True), False),
        ((FAR, False), (NOON + timedelta(minutes=1), True), True),
        ((SOON, True), (NOON, False), True),
    ],
)
def test_what_is_dated_far_ahead_can_be_taken_back(
    first: tuple[datetime, bool], then: tuple[datetime, bool], *, holds: bool
) -> None:
    told: tuple[Shown, ...] = ()
    for at, held in (first, then):
        shown = steps.told(Step.CUSTOMS_RELEASED, at, holds=held, came=NOON)
        told = joined(told, shown)

    (stands,) = told
    assert stands.holds is holds
    assert stands.at <= SOON


def test_where_nobody_knows_when_it_came_its_date_is_taken() -> None:
    assert steps.told(Step.GATED_OUT, FAR, holds=True, came=None) == Shown(
        Step.GATED_OUT, FAR, holds=True
    )


def test_of_what_nobody_told_nothing_is_said() -> None:
    said = observation(WHERE, ()).model_dump(exclude_defaults=True)

    assert said == {
        "container": "CPUU1000010",
        "port": "FRLEH",
        "terminal": "TDF",
        "stay_number": "CNI0000000001",
    }


told = st.builds(
    Shown,
    st.sampled_from(list(Step)),
    st.integers(0, 1000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.booleans(),
)


@given(
    st.lists(told, unique_by=lambda each: each.at).flatmap(
        lambda each: st.tuples(st.permutations(each), st.permutations(each))
    )
)
def test_the_order_in_which_events_come_changes_nothing(
    orders: tuple[list[Shown], list[Shown]],
) -> None:
    nothing: tuple[Shown, ...] = ()
    first, second = (reduce(joined, order, nothing) for order in orders)

    assert observation(WHERE, first) == observation(WHERE, second)


@given(st.lists(told))
def test_a_step_told_twice_is_told_once(steps: list[Shown]) -> None:
    once: tuple[Shown, ...] = reduce(joined, steps, ())
    again: tuple[Shown, ...] = reduce(joined, once, once)

    assert again == once
