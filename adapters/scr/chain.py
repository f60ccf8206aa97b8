"""Who passed the right to whom in SCR: told from who held it when it was last seen.

A release shows its owner and who was it before, not the chain, and what happened between two
looks is not shown at all: so hops may be skipped (identity_scr_portbase.md §B.5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from adapters.scr.calls import same

TRANSFER: Final = "transfer"
REVOKE: Final = "revoke"
MOST_ALIKE: Final = 2
"""Notices of one name to one organisation that are remembered: SCR may not answer for hours."""

Account: TypeAlias = str
"""An address in SCR, in lower case."""


@dataclass(frozen=True, slots=True)
class Given:
    """`giver` passed the right to `receiver`, who has accepted it: SCR asks nobody."""

    giver: Account
    receiver: Account


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`giver` took the right back from whom it had given it to; the creator takes all of it."""

    giver: Account


Move: TypeAlias = Given | TakenBack


@dataclass(frozen=True, slots=True)
class Owners:
    """What a release shows of who holds it."""

    creator: Account
    owner: Account
    previous: Account | None = None


def noticed(events: tuple[str, ...], name: str, organisation: str) -> tuple[str, ...]:
    """Return *events* with a notice to *organisation* that *name* happened, in lower case."""
    notice = f"{name} {same(organisation)}"
    return events if events.count(notice) >= MOST_ALIKE else (*events, notice)


def names_of(events: Iterable[str]) -> frozenset[str]:
    """Return what happened."""
    return frozenset(notice.partition(" ")[0] for notice in events)


def unexplained(events: tuple[str, ...], moves: Iterable[Move]) -> tuple[str, ...]:
    """Return the notices that *moves* leave over: giver and receiver are both told of a transfer.

    Else the second notice of a transfer would make another of it, back to its giver, where the
    giver's revoke shows before it is told (identity_scr_portbase.md §F.1 S6).
    """
    left = list(events)
    given = (move for move in moves if isinstance(move, Given))
    for party in chain.from_iterable((move.giver, move.receiver) for move in given):
        notice = f"{TRANSFER} {party}"
        if notice in left:
            left.remove(notice)
    return tuple(left)


def moved(
    holders: tuple[Account, ...], shown: Owners, events: frozenset[str]
) -> tuple[tuple[Move, ...], tuple[Account, ...]]:
    """Return what moved since *holders* held the right, the last one now, and who holds it after.

    *events* are what SCR told of since, in lower case. The creator is none of the holders.
    """
    path = (shown.creator, *holders)
    if shown.owner == path[-1]:
        return (), holders
    if shown.owner not in path:
        moves, after = _given_on(path, shown, events)
    elif TRANSFER in events and REVOKE not in events and shown.owner != shown.creator:
        moves, after = (Given(path[-1], shown.owner),), (*path, shown.owner)
    else:
        moves, after = _taken_back(path, shown.owner)
    return moves, after[1:]


def _given_on(
    path: tuple[Account, ...], shown: Owners, events: frozenset[str]
) -> tuple[tuple[Move, ...], tuple[Account, ...]]:
    giver = shown.previous
    # After a revoke the previous owner is who lost it (S8), and gave it to nobody.
    unknown = giver is None or giver == shown.owner or (giver not in path and REVOKE in events)
    if giver is None or unknown:
        return (Given(path[-1], shown.owner),), (*path, shown.owner)
    if giver not in path:
        skipped = Given(path[-1], giver)
        return (skipped, Given(giver, shown.owner)), (*path, giver, shown.owner)
    moves, after = _taken_back(path, giver)
    return (*moves, Given(giver, shown.owner)), (*after, shown.owner)


def _taken_back(
    path: tuple[Account, ...], to: Account
) -> tuple[tuple[Move, ...], tuple[Account, ...]]:
    """Return how the right came back *to* one of the path: hop by hop, by the creator at once."""
    place = len(path) - 1 - path[::-1].index(to)
    if place == 0:
        return ((TakenBack(to),) if len(path) > 1 else ()), path[:1]
    givers = path[place:-1][::-1]
    return tuple(TakenBack(giver) for giver in givers), path[: place + 1]
