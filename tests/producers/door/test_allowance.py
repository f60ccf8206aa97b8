"""A token bucket: so many calls at once after a pause, and so many a second for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.door.allowance import (
    Allowances,
    Bucket,
    Rate,
    Strangers,
    network_of,
    taken,
)

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


def strangers(most: int, rate: Rate = RATE) -> tuple[Strangers, list[float]]:
    """Return them with a clock that is set by hand."""
    clock = [0.0]
    return Strangers(rate, lambda: clock[0], most), clock


def test_a_stranger_is_held_back_by_where_it_calls_from() -> None:
    found, clock = strangers(most=9)
    waits = [found.wait_seconds("192.0.2.1") for _ in range(4)]

    assert waits == [0, 0, 0, 0.5]
    assert found.wait_seconds("192.0.2.2") == 0
    clock[0] = 0.5
    assert found.wait_seconds("192.0.2.1") == 0


def test_of_strangers_no_more_is_remembered_than_fits_and_the_others_share_one_bucket() -> None:
    found, _ = strangers(most=10)
    waits = [found.wait_seconds(f"198.51.100.{number}") for number in range(200)]

    assert waits[: 10 + RATE.burst] == [0] * (10 + RATE.burst)
    assert all(waits[10 + RATE.burst :]), "who changes its address gains nothing"
    assert len(found) == 11


def test_who_paused_long_enough_is_forgotten_for_others() -> None:
    found, clock = strangers(most=2)
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        found.wait_seconds(address)
    clock[0] = 60.0

    assert [found.wait_seconds("192.0.2.4") for _ in range(4)] == [0, 0, 0, 0.5]
    assert len(found) == 1


def test_who_is_held_back_is_not_forgotten_for_others() -> None:
    found, clock = strangers(most=1, rate=Rate(per_second=1, burst=1))
    assert found.wait_seconds("192.0.2.1") == 0
    clock[0] = 0.5
    found.wait_seconds("192.0.2.2")

    assert found.wait_seconds("192.0.2.1") == 0.5


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 2)), max_size=100), st.integers(1, 4))
def test_no_crowd_gets_more_than_its_buckets(calls: list[tuple[int, float]], most: int) -> None:
    found, clock = strangers(most, Rate(1, 1))
    got = 0
    for peer, pause in calls:
        clock[0] += pause
        got += found.wait_seconds(f"192.0.2.{peer}") == 0
        assert len(found) <= most + 1

    assert got <= (most + 1) * (1 + clock[0]) + 1e-6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("/run/door.sock", "/run/door.sock", True),
        ("", "192.0.2.1", False),
    ],
)
def test_whom_an_address_stands_for(one: str, other: str, same: bool) -> None:  # noqa: FBT001  a parameter of the table
    assert (network_of(one) == network_of(other)) is same
