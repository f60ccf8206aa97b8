"""How a release stands after a fact, and what facts time and a request lead to."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from tests.simulation.reading import goods
from tests.simulation.reading.box import Pickup, Release
from tests.simulation.reading.told import Json, Settings

Fact: TypeAlias = dict[str, Any]
MOST_WORDS = 16
LIGHT: Mapping[str, str] = {
    "terminal_released": "released",
    "terminal_blocked": "blocked",
    "scanning_ordered": "scanning",
}


def key_lost(release: Release, why: str) -> Iterator[Fact]:
    """Yield the end of the pick-up right, where there is one."""
    if release.pickup is not None:
        yield {"type": "pickup_ended", "why": why, "terminal": release.terminal}


def lapsed(release: Release, now: datetime) -> Iterator[Fact]:
    """Yield what time alone has done since it was last written down (cpu.md §3.1, §3.3)."""
    if release.live and release.expires_at <= now:
        yield {"type": "expired"}
        yield from key_lost(release, "release_expired")
    else:
        yield from run_out(release, now)


def run_out(release: Release, now: datetime) -> Iterator[Fact]:
    """Yield the end of a pick-up right whose own date has passed."""
    ends = None if release.pickup is None else release.pickup.expires_at
    if ends is not None and ends <= now:
        yield from key_lost(release, "ran_out")


def told_long_enough(release: Release, now: datetime, settings: Settings) -> Iterator[Fact]:
    """Yield the ended rights that their terminals need not be told of any more (design.md §3)."""
    told_for = timedelta(days=settings.ended_told_days)
    for quay, at in release.ended:
        if at + told_for <= now:
            yield {"type": "entitlement_withdrawn", "terminal": quay}


def silent(release: Release, now: datetime) -> Iterator[Fact]:
    """Yield the quays before that have not confirmed the end of their right in time."""
    for quay, _ in release.ended:
        if quay in release.waits_for and release.waits_for[quay] <= now:
            yield {"type": "confirmation_lapsed", "terminal": quay}


def become(release: Release, fact: Json, now: datetime) -> None:
    """Let *fact* be true of *release*."""
    kind = fact["type"]
    if kind in PLAIN:
        for name, value in PLAIN[kind].items():
            setattr(release, name, value)
    elif kind in LIGHT:
        _light(release, LIGHT[kind])
    elif kind in BECOMES:
        BECOMES[kind](release, fact, now)


def _light(release: Release, light: str) -> None:
    # An unblock brings back what the block covered; a release or a scan covers nothing.
    if light != "blocked":
        release.light_before = "unknown"
    elif release.light != "blocked":
        release.light_before = release.light
    release.light = light


PLAIN: Mapping[str, Mapping[str, Any]] = {
    "blocked": {"blocked": True},
    "unblocked": {"blocked": False},
    "expired": {"expired": True},
    "deleted": {"deleted": True, "expired": False, "blocked": False, "hops": []},
    # cpu.md §3.1: "resets the process", so the next to accept first is the one that pays.
    "chain_revoked": {"hops": [], "first_release_party": None, "means": None},
    "disputed": {"disputed": True},
    "dispute_settled": {"disputed": False},
}


def _transferred(release: Release, fact: Json, _now: datetime) -> None:
    release.hops = [*release.hops, (fact["giver"], fact["receiver"], False)]


def _accepted(release: Release, fact: Json, _now: datetime) -> None:
    release.hops = [*release.hops[:-1], (fact["giver"], fact["receiver"], True)]
    # cpu.md §7 rule 9: the first who accepted pays.
    release.first_release_party = release.first_release_party or fact["receiver"]


def _back(release: Release, _fact: Json, _now: datetime) -> None:
    release.hops = release.hops[:-1]


def _assigned(release: Release, fact: Json, _now: datetime) -> None:
    release.pickup = Pickup(**fact["pickup"])
    _withdrawn(release, {"terminal": release.terminal}, _now)


def _ended(release: Release, fact: Json, now: datetime) -> None:
    made_by = "" if release.pickup is None else release.pickup.made_by
    release.pickup = None
    _withdrawn(release, fact, now)
    release.ended = [*release.ended, (fact["terminal"], now)]
    release.ended_by[fact["terminal"]] = made_by


def _confirmed(release: Release, fact: Json, _now: datetime) -> None:
    release.confirmed.add(fact["terminal"])
    release.waits_for.pop(fact["terminal"], None)


def _silent(release: Release, fact: Json, _now: datetime) -> None:
    del release.waits_for[fact["terminal"]]


def _withdrawn(release: Release, fact: Json, _now: datetime) -> None:
    release.waits_for.pop(fact["terminal"], None)
    release.ended_by.pop(fact["terminal"], None)
    release.confirmed.discard(fact["terminal"])
    release.ended = [each for each in release.ended if each[0] != fact["terminal"]]


def _means(release: Release, fact: Json, _now: datetime) -> None:
    release.means = fact["means_of_transport"]


def _unblocked(release: Release, _fact: Json, _now: datetime) -> None:
    if release.light == "blocked":
        release.light, release.light_before = release.light_before, "unknown"


def _customs(release: Release, fact: Json, _now: datetime) -> None:
    named: list[str] = fact.get("bills_of_lading", [])
    said: dict[str, str] = dict.fromkeys(named, str(fact["status"]))
    release.goods = goods.each_bill(release) | said if named else {}
    release.customs = fact["status"]
    _light_of_goods(release)
    _heard(release, fact)


def _discharged(release: Release, fact: Json, _now: datetime) -> None:
    release.discharged = True
    _heard(release, fact)


def _heard(release: Release, fact: Json) -> None:
    for word in fact.get("evidence", ()):
        if word not in release.words and len(release.words) < MOST_WORDS:
            release.words = [*release.words, word]


def _light_of_goods(release: Release) -> None:
    if release.goods:
        release.customs = goods.light(release.goods, release.bills)


def _came(release: Release, _fact: Json, _now: datetime) -> None:
    if not release.gone:
        release.gate = "gateinreceived"


def _gone(release: Release, fact: Json, _now: datetime) -> None:
    if release.gone:
        return  # the same leaving, told twice
    release.gone, release.gate = True, "gateoutreceived"
    release.left_at = fact["left_at"]


def _updated(release: Release, fact: Json, _now: datetime) -> None:
    if fact["terminal"] != release.terminal:
        # INFERRED: what the old quay reported no longer counts.
        release.discharged, release.light, release.light_before = False, "unknown", "unknown"
        release.gate = "unknown"
        release.words = [word for word in release.words if word["of"] != "terminal"]
        if (until := fact["quay_before_confirms_by"]) is not None:
            release.waits_for[release.terminal] = until
    bills: tuple[str, ...] = tuple(fact["bills_of_lading"])
    if not set(bills) <= set(release.bills):
        # Customs spoke of the bills that were there: a new one is not cleared.
        release.goods = goods.each_bill(release)
    release.terminal, release.bills = fact["terminal"], bills
    _light_of_goods(release)
    release.valid_from, release.expires_at = fact["valid_from"], fact["expires_at"]
    release.vessel = fact["vessel_imo"]
    release.stay_number, release.expiry_given = fact["stay_number"], fact["expiry_given"]
    if fact["revived"]:
        release.expired = False


BECOMES: Mapping[str, Callable[[Release, Json, datetime], None]] = {
    "transferred": _transferred,
    "accepted": _accepted,
    "declined": _back,
    "transfer_revoked": _back,
    "pickup_assigned": _assigned,
    "pickup_ended": _ended,
    "means_of_transport_set": _means,
    "entitlement_withdrawn": _withdrawn,
    "pickup_end_confirmed": _confirmed,
    "confirmation_lapsed": _silent,
    "terminal_unblocked": _unblocked,
    "customs_status_set": _customs,
    "discharged": _discharged,
    "gated_in": _came,
    "gated_out": _gone,
    "updated": _updated,
}
