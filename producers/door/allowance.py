"""How often who may call: a token bucket each, the clock handed in."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

MOST_STRANGERS = 10_000
NETWORK_BITS = 64
"""Of an IPv6 address: the rest is whatever its owner likes."""
ALL_OTHERS = ""


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


class Strangers:
    """The buckets of peers that no token names, by where they call from; memory is bounded.

    A bucket that has filled up again says nothing, and is forgotten first. Where *most* places
    are held back at once, every further one shares one bucket: many addresses gain nothing.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float], most: int = MOST_STRANGERS) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """Return how many places are remembered."""
        return len(self._buckets)

    def wait_seconds(self, address: str) -> float:
        """Take one call from *address*; return how long it has to wait instead, or 0."""
        now = self._clock()
        place = self._remembered(network_of(address), now)
        full = Bucket(float(self._rate.burst), now)
        bucket, wait = taken(self._buckets.get(place, full), self._rate, now)
        self._buckets[place] = bucket
        # The one that was asked last stands last: at the front, who has paused the longest.
        self._buckets.move_to_end(place)
        return wait

    def _remembered(self, place: str, now: float) -> str:
        if place in self._buckets:
            return place
        while self._buckets and self._is_full(next(iter(self._buckets.values())), now):
            self._buckets.popitem(last=False)
        return place if len(self._buckets) < self._most else ALL_OTHERS

    def _is_full(self, bucket: Bucket, now: float) -> bool:
        return bucket.left + (now - bucket.at) * self._rate.per_second >= self._rate.burst


def network_of(address: str) -> str:
    """Return whom *address* stands for: itself, or its network where one may have many."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return f"{int(known) >> (128 - NETWORK_BITS):x}::/{NETWORK_BITS}"
