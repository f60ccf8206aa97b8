"""How often an organisation may call: a token bucket each, the clock handed in."""

from collections.abc import Callable
from typing import NamedTuple


class Rate(NamedTuple):
    """So many calls a second for ever, and so many at once after a pause."""

    per_second: float
    burst: int


class Bucket(NamedTuple):
    """What an organisation has left, as of a moment in seconds."""

    left: float
    at: float


def taken(bucket: Bucket, rate: Rate, now: float) -> tuple[Bucket, float]:
    """Take one call at *now*; return what is left, and how many seconds to wait, 0 for none.

    Who has to wait is charged nothing. A clock that goes back gives nothing and takes nothing.
    """
    passed = max(now - bucket.at, 0.0)
    left = min(bucket.left + passed * rate.per_second, float(rate.burst))
    at = max(now, bucket.at)
    if left >= 1:
        return Bucket(left - 1, at), 0.0
    return Bucket(left, at), (1 - left) / rate.per_second


class Allowances:
    """The buckets of all organisations; *clock* is in seconds and never goes back."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def wait_seconds(self, organisation: str) -> float:
        """Take one call of *organisation*; return how long it has to wait instead, or 0."""
        now = self._clock()
        full = Bucket(float(self._rate.burst), now)
        bucket, wait = taken(self._buckets.get(organisation, full), self._rate, now)
        self._buckets[organisation] = bucket
        return wait
