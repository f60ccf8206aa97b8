"""The customs light of a box with several bills of lading (cpu.md §2.2 [CUSTL]).

Red is "documentary control, partially or not cleared", so a green bill hides no other.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.simulation.reading.box import Release
from tests.simulation.reading.told import Told

SEVERITY = (
    "released", "transhipment", "portequalisation", "favv", "selectedforscan",
    "notreleased", "documentarycontrol",
)  # fmt: skip


def light(goods: Mapping[str, str], bills: Collection[str]) -> str:
    """Return the most severe of what was said; a bill that nobody named is not cleared."""
    said = [*goods.values(), *("notreleased" for bill in bills if bill not in goods)]
    return max(said, key=SEVERITY.index)


def each_bill(release: Release) -> dict[str, str]:
    """Return what is known of every bill."""
    if not release.goods and (status := release.customs) is not None:
        return dict.fromkeys(release.bills, status)
    return dict(release.goods)


def named(told: Told, release: Release) -> dict[str, Any]:
    """Return the bills that a report of customs is about, unless it is about all there are."""
    bills = list(dict.fromkeys([*release.bills, *release.goods]))
    of = [bill for bill in bills if bill in told.body.get("bills_of_lading", ())]
    return {} if of in ([], bills) else {"bills_of_lading": of}


def known(before: Release, bills: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield what was said of the goods of a release before, for one of *bills* after it."""
    if before.customs is None:
        return
    if not before.goods and set(bills) <= set(before.bills):
        yield {"status": before.customs}
        return
    goods = each_bill(before)
    for status in reversed(SEVERITY):
        if of := [bill for bill, said in goods.items() if said == status]:
            yield {"status": status, "bills_of_lading": of}
