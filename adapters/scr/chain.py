"""Who passed the right to whom in SCR: told from who held it when it was last seen.

A release shows its owner and who was it before, not the chain, and what happened between two
looks is not shown at all: so hops may be skipped (identity_scr_portbase.md §B.5).
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

TRANSFER: Final = "transfer"
REVOKE: Final = "revoke"

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
