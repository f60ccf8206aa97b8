"""Two agents and one box: when a dispute begins and when it is settled (design.md §4)."""

from collections.abc import Iterator, Sequence

from schemas.facts import Disputed, DisputeSettled
from schemas.stay import Stay


def arising(stays: Sequence[Stay], release_id: str) -> Iterator[tuple[str, Disputed]]:
    """Yield the dispute on both sides where the new release meets another agent's."""
    new = next(stay for stay in stays if stay.release_id == release_id)
    for other in stays:
        if _rival(new, other):
            yield new.release_id, _with(other)
            yield other.release_id, _with(new)


def settled(stays: Sequence[Stay]) -> Iterator[tuple[str, DisputeSettled]]:
    """Yield the end of a dispute for each live stay that has no live rival any more."""
    for stay in stays:
        if stay.live and stay.disputed and not any(_rival(stay, other) for other in stays):
            yield stay.release_id, DisputeSettled()


def _rival(stay: Stay, other: Stay) -> bool:
    same_quay = (stay.port, stay.terminal) == (other.port, other.terminal)
    # Where a system decides, it has decided this, too.
    rivals = same_quay and other.live and other.agent != stay.agent
    return rivals and stay.authority == "ledger"


def _with(other: Stay) -> Disputed:
    return Disputed(other_release_id=other.release_id, other_agent=other.agent)
