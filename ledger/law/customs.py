"""What customs say of the goods, bill by bill: the light is that of the worst bill.

Red is "documentary control, partially or not cleared" (cpu.md §2.2 [CUSTL]): what is said of one
bill of lading clears no other that is in the same container.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.law.policy import Policy
from ledger.law.standing import of_one_visit
from schemas.facts import CustomsStatusSet
from schemas.messages import CustomsStatus, ReportCustomsStatus
from schemas.stay import BillAtCustoms, Evidence, ReleaseStatus, Stay
from schemas.value import altered

# Red, then what lets the container leave with an obligation, then green; red says why, too.
WORST_FIRST = (
    CustomsStatus.DOCUMENTARY_CONTROL,
    CustomsStatus.NOT_RELEASED,
    CustomsStatus.SELECTED_FOR_SCAN,
    CustomsStatus.FAVV,
    CustomsStatus.PORT_EQUALISATION,
    CustomsStatus.TRANSHIPMENT,
    CustomsStatus.RELEASED,
)
RED = frozenset(WORST_FIRST[:2])


def bills_meant(
    stay: Stay, message: ReportCustomsStatus, others: Sequence[Stay], policy: Policy
) -> tuple[str, ...]:
    """Return the bills of *stay* that the report is about; none stands for all of them.

    Where it names none, it is not about what hangs on another release of the box.
    """
    own, named = stay.bills_of_lading, message.bills_of_lading
    if not policy.customs_by_bill:
        return ()
    if not stay.customs_by_bill and (len(own) == 1 or not named):
        return ()
    known = tuple(dict.fromkeys((*own, *(each.bill for each in stay.customs_by_bill))))
    beside = {bill for other in others if _there(other) for bill in other.bills_of_lading}
    about = set(named) or {bill for bill in known if bill in own or bill not in beside}
    meant = tuple(bill for bill in known if bill in about)
    return () if len(meant) == len(known) else meant


def of_the_box(
    stays: Sequence[Stay], met: Sequence[Stay], message: ReportCustomsStatus | None = None
) -> Iterator[tuple[str, CustomsStatusSet]]:
    """Yield what a release of the box takes over of the bills of another, by its id.

    One box is let out once: a red bill under one release holds the others, too, until customs
    clear it. *message* is about to be heard, of the releases *met*.
    """
    red = message is not None and message.status in RED
    for stay in stays:
        is_red = red and any(each.release_id == stay.release_id for each in met)
        beside = _beside(stay, stays, met, message) if _there(stay) else {}
        taken = _taken_over(stay, beside, is_red=is_red)
        yield from ((stay.release_id, fact) for fact in _told(taken))


def _taken_over(
    stay: Stay, beside: Mapping[str, CustomsStatus], *, is_red: bool
) -> dict[str, CustomsStatus]:
    """Return what is news of *beside*; what turns red itself needs it when it turns green."""
    held = {each.bill: each.status for each in stay.customs_by_bill}
    return {
        bill: status
        for bill, status in beside.items()
        if (
            not is_red and held.get(bill) is not status if status in RED else held.get(bill) in RED
        )
    }


def _beside(
    stay: Stay, stays: Sequence[Stay], met: Sequence[Stay], message: ReportCustomsStatus | None
) -> dict[str, CustomsStatus]:
    """Return how the bills stand of the other releases of the box, once *message* is heard."""
    found: dict[str, CustomsStatus] = {}
    for other in stays:
        same_box = other.port == stay.port and of_one_visit(other, stay)
        if other is stay or not same_box or not _there(other):
            continue
        own, said = other.bills_of_lading, _statuses(other)
        if message is not None and any(each.release_id == other.release_id for each in met):
            named = message.bills_of_lading or own
            said.update({bill: message.status for bill in own if bill in named})
        if said.keys() & set(own):
            silent = CustomsStatus.NOT_RELEASED
            found.update({bill: said.get(bill, silent) for bill in own})
    return {bill: found[bill] for bill in found if bill not in stay.bills_of_lading}


def _there(stay: Stay) -> bool:
    return stay.on_quay and stay.status is not ReleaseStatus.DELETED


def by_bill_after(stay: Stay, fact: CustomsStatusSet) -> tuple[BillAtCustoms, ...]:
    """Return what customs said of each bill, after what they now say of some."""
    if not fact.bills_of_lading:
        return ()
    known = _statuses(stay)
    known.update(dict.fromkeys(fact.bills_of_lading, fact.status))
    return tuple(BillAtCustoms(bill, status) for bill, status in known.items())


def by_bill_over(stay: Stay, bills: Sequence[str]) -> tuple[BillAtCustoms, ...]:
    """Return what customs said of each bill, where an update gives the release *bills*.

    What was said of the release was said of the bills that it had: one that is new is not cleared.
    """
    if stay.customs_by_bill or set(bills) <= set(stay.bills_of_lading):
        return stay.customs_by_bill
    return tuple(BillAtCustoms(bill, status) for bill, status in _statuses(stay).items())


def worst(by_bill: Sequence[BillAtCustoms], bills: Sequence[str]) -> CustomsStatus:
    """Return the light of a release of *bills*, where customs have named some of them.

    A bill of which they said nothing is not cleared. One that an update took from the release
    counts on: its goods are in the container all the same.
    """
    said = {each.bill: each.status for each in by_bill}
    silent = not said.keys() >= set(bills)
    told = {*said.values(), *((CustomsStatus.NOT_RELEASED,) if silent else ())}
    return next(status for status in WORST_FIRST if status in told)


def carried_over(
    stay: Stay, bills: Sequence[str], evidence: tuple[Evidence, ...], policy: Policy
) -> Iterator[CustomsStatusSet]:
    """Yield what customs said of the goods of *stay*, for a new release of *bills*."""
    if stay.customs is None:
        return
    whole = not stay.customs_by_bill and set(bills) <= set(stay.bills_of_lading)
    if whole or not policy.customs_by_bill:
        yield CustomsStatusSet(status=stay.customs, evidence=evidence)
        return
    first, *more = _told(_statuses(stay))
    yield altered(first, evidence=evidence)
    yield from more


def _told(statuses: Mapping[str, CustomsStatus]) -> Iterator[CustomsStatusSet]:
    for status in WORST_FIRST:
        bills = tuple(bill for bill in statuses if statuses[bill] is status)
        if bills:
            yield CustomsStatusSet(status=status, bills_of_lading=bills)


def _statuses(stay: Stay) -> dict[str, CustomsStatus]:
    if stay.customs_by_bill:
        return {each.bill: each.status for each in stay.customs_by_bill}
    return {} if stay.customs is None else dict.fromkeys(stay.bills_of_lading, stay.customs)
