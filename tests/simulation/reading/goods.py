"""The customs light of a box with several bills of lading (cpu.md §2.2 [CUSTL]).

Red is "documentary control, partially or not cleared", so a green bill hides no other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.simulation.reading import linking
from tests.simulation.reading.box import Release
from tests.simulation.reading.told import Told

SEVERITY = (
    "released", "transhipment", "portequalisation", "favv", "selectedforscan",
    "notreleased", "documentarycontrol",
)  # fmt: skip
RED = SEVERITY[-2:]


def light(goods: Mapping[str, str], bills: Collection[str]) -> str:
    """Return the most severe of what was said; a bill that nobody named is not cleared."""
    said = [*goods.values(), *("notreleased" for bill in bills if bill not in goods)]
    return max(said, key=SEVERITY.index)


def each_bill(release: Release) -> dict[str, str]:
    """Return what is known of every bill."""
    if not release.goods and (status := release.customs) is not None:
        return dict.fromkeys(release.bills, status)
    return dict(release.goods)


def named(told: Told, release: Release, others: Iterable[Release]) -> dict[str, Any]:
    """Return the bills that a report of customs is about, unless it is about all there are."""
    bills = list(dict.fromkeys([*release.bills, *release.goods]))
    theirs = {bill for other in others if not other.over for bill in other.bills}
    said = told.body.get("bills_of_lading") or [
        bill for bill in bills if bill in release.bills or bill not in theirs
    ]
    of = [bill for bill in bills if bill in said]
    alone = not release.goods and len(release.bills) == 1
    return {} if of == bills or alone else {"bills_of_lading": of}


def of_the_box(
    releases: Sequence[Release], about: Sequence[Release] = (), told: Told | None = None
) -> Iterator[tuple[Release, dict[str, Any]]]:
    """Yield which releases a red bill of another holds, and which it holds no longer."""
    for release in [each for each in releases if not each.over]:
        turns_red = told is not None and told.body["status"] in RED and release in about
        others = _of_others(release, releases, about, told)
        news = {
            bill: of
            for bill, of in others.items()
            if _is_news(release, bill, of, turns_red=turns_red)
        }
        for status in sorted(set(news.values()), key=SEVERITY.index, reverse=True):
            bills = [bill for bill, of in news.items() if of == status]
            yield release, {"status": status, "bills_of_lading": bills}


def _is_news(release: Release, bill: str, status: str, *, turns_red: bool) -> bool:
    was = release.goods.get(bill)
    return was != status and not turns_red if status in RED else was in RED


def _of_others(
    release: Release, releases: Sequence[Release], about: Sequence[Release], told: Told | None
) -> dict[str, str]:
    stand: dict[str, str] = {}
    for other in releases:
        visits = (other.stay_number, other.vessel), (release.stay_number, release.vessel)
        if other is release or other.over or other.port != release.port:
            continue
        if not linking.one_visit(*visits):
            continue
        said = {bill: of for bill, of in each_bill(other).items() if bill in other.bills}
        if told is not None and other in about:
            names = told.body.get("bills_of_lading") or other.bills
            said |= {bill: told.body["status"] for bill in other.bills if bill in names}
        if said:
            stand |= {bill: said.get(bill, "notreleased") for bill in other.bills}
    return {bill: status for bill, status in stand.items() if bill not in release.bills}


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
