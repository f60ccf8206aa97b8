"""What becomes of a pick-up right whose operator is suspended on the bus, and reinstated.

The right stays, with the whole chain behind it, and lets nobody out. It is looked after with
whatever is heard of the container, and with the ticks (docs/decisions/0019).
"""

from collections.abc import Iterable, Iterator

from ledger.directory.directory import Directory
from schemas.override_facts import OperatorReinstated, OperatorSuspended
from schemas.stay import Stay

OfOperator = tuple[str, OperatorSuspended | OperatorReinstated]


def followed(stays: Iterable[Stay], directory: Directory) -> Iterator[OfOperator]:
    """Yield for which releases it is news that who would collect is suspended, or is no more."""
    for stay in stays:
        if stay.pickup is None or not stay.on_quay:
            continue
        operator = stay.pickup.operator
        suspended = operator in directory.suspended
        if suspended and not stay.operator_suspended:
            yield stay.release_id, OperatorSuspended(operator=operator)
        elif stay.operator_suspended and not suspended:
            yield stay.release_id, OperatorReinstated(operator=operator)
