"""What customs say of the goods, bill by bill: the light is that of the worst bill.

Red is "documentary control, partially or not cleared" (cpu.md §2.2 [CUSTL]): what is said of one
bill of lading clears no other that is in the same container.
"""

from collections.abc import Iterator, Sequence

from ledger.law.policy import Policy
from schemas.facts import CustomsStatusSet
from schemas.messages import CustomsStatus, ReportCustomsStatus
from schemas.stay import BillAtCustoms, Evidence, Stay

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


def bills_meant(stay: Stay, message: ReportCustomsStatus, policy: Policy) -> tuple[str, ...]:
    """Return the bills of *stay* that the report is about; none stands for all of them."""
    own, named = stay.bills_of_lading, message.bills_of_lading
    if not named or not policy.customs_by_bill:
        return ()
    if len(own) == 1 and not stay.customs_by_bill:
        return ()
    known = tuple(dict.fromkeys((*own, *(each.bill for each in stay.customs_by_bill))))
    meant = tuple(bill for bill in known if bill in named)
    return () if len(meant) == len(known) else meant


def by_bill_after(stay: Stay, fact: CustomsStatusSet) -> tuple[BillAtCustoms, ...]:
    """Return what customs said of each bill, after what they now say of some."""
    if not fact.bills_of_lading:
        return ()
    known = _statuses(stay)
    known.update(dict.fromkeys(fact.bills_of_lading, fact.status))
    return tuple(BillAtCustoms(bill, status) for bill, status in known.items())


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
    statuses = _statuses(stay)
    for status in WORST_FIRST:
        of = tuple(bill for bill in statuses if statuses[bill] is status)
        if of:
            yield CustomsStatusSet(status=status, evidence=evidence, bills_of_lading=of)
            evidence = ()


def _statuses(stay: Stay) -> dict[str, CustomsStatus]:
    if stay.customs_by_bill:
        return {each.bill: each.status for each in stay.customs_by_bill}
    return {} if stay.customs is None else dict.fromkeys(stay.bills_of_lading, stay.customs)
