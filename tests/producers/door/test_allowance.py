"""A token bucket: so many calls at once after a pause, and so many a second for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.door.allowance import Allowances, Bucket, Rate, taken

RATE = Rate(per_second=2, burst=3)


def test_after_a_burst_each_call_waits_for_its_share() -> None:
    bucket, waits = Bucket(3, 0), []
    for now in (0, 0, 0, 0, 0.25, 0.5, 0.5):
        bucket, wait = taken(bucket, RATE, now)
        waits.append(wait)

    assert waits == [0, 0, 0, 0.5, 0.25, 0, 0.5]


def test_a_pause_gives_no_more_than_a_burst() -> None:
    bucket, wait = taken(Bucket(0, 0), RATE, 3600)

    assert (bucket.left, wait) == (2, 0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket, wait = taken(Bucket(0, 100), RATE, 50)

    assert (bucket, wait) == (Bucket(0, 100), 0.5)


def test_each_organisation_has_its_own() -> None:
    allowances = Allowances(Rate(1, 1), lambda: 0.0)

    assert allowances.wait_seconds("A") == 0
    assert allowances.wait_seconds("A") == 1
    assert allowances.wait_seconds("B") == 0


@given(st.lists(st.floats(0, 10), max_size=200), st.integers(1, 5), st.integers(1, 5))
def test_nobody_gets_more_than_burst_and_share(
    pauses: list[float], per_second: int, burst: int
) -> None:
    rate, now, got = Rate(per_second, burst), 0.0, 0
    bucket = Bucket(burst, now)
    for pause in pauses:
        now += pause
        bucket, wait = taken(bucket, rate, now)
        got += wait == 0
        assert wait >= 0

    assert got <= burst + now * per_second + 1e-6


@given(st.floats(0, 3), st.floats(0, 10))
def test_who_waits_as_long_as_told_is_let_in(left: float, now: float) -> None:
    bucket, wait = taken(Bucket(left, 0), RATE, now)
    if wait:
        _, again = taken(bucket, RATE, now + wait + 1e-9)
        assert again == pytest.approx(0)
