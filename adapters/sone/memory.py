"""What is remembered of one container: how it stands at S)ONE, and what was asked there."""

import hashlib
import re
from typing import Final

from adapters.exit_steps.actors import Actor
from adapters.exit_steps.steps import Shown, Where
from adapters.remembered import Remembered
from schemas.system_messages import ObserveRelease
from schemas.value import Value, altered

VERSION: Final = 1
MOST_SEEN: Final = 200
"""Events remembered, so that a doubled webhook says nothing twice; a passage has some twenty."""
MOST_ASKED: Final = 40
"""Calls whose answers are awaited, and party codes learnt."""


class Asked(Value, frozen=True):
    """One document that was sent: the request it asks for, empty where nobody did."""

    document: str
    request: str = ""
    decides: bool = False


class Order(Value, frozen=True):
    """The transport order by which the right passes to a haulier.

    `request` is the transfer's; `chain` who held the right before, the first first. `change` is
    the request of a PUT that was not answered, `body` what it asks for; it is `sent` once under an
    ETag, and again only where that proved to be an older one.
    """

    request: str
    giver: str
    carrier: str
    chain: tuple[str, ...] = ()
    id: str = ""
    etag: str = ""
    state: str = ""
    answered: bool = False
    change: str = ""
    body: str = ""
    sent: bool = False


class Memory(Value, frozen=True):
    """One container's passage; `tellings` counts what was said of it, so that no id comes twice.

    `holding` is the forwarder whom S)ONE was last said to show as holder, `told` a digest of what
    was said last; `hazardous`: that it is stands beside the release. `unknown` is how often S)ONE
    knew nothing of it.
    """

    version: int = VERSION
    where: Where | None = None
    steps: tuple[Shown, ...] = ()
    seen: tuple[str, ...] = ()
    agent: str = ""
    forwarder: str = ""
    holding: str = ""
    told: str = ""
    tellings: int = 0
    tracked: bool = False
    actors: tuple[Actor, ...] = ()
    asked: tuple[Asked, ...] = ()
    order: Order | None = None
    hazardous: bool = False
    unknown: int = 0


_MEMORIES: Final = Remembered(Memory())
recalled, kept = _MEMORIES.recalled, _MEMORIES.kept
_number = re.compile(r"(.*[^0-9])?([0-9]+)", re.DOTALL).fullmatch


def having_seen(memory: Memory, event: str) -> Memory:
    """Return the memory with an event more, the oldest forgotten."""
    return altered(memory, seen=(*memory.seen, event)[-MOST_SEEN:])


def having_asked(memory: Memory, *asked: Asked) -> Memory:
    """Return the memory with calls more that are to be answered."""
    return altered(memory, asked=(*memory.asked, *asked)[-MOST_ASKED:])


def at_passage(memory: Memory, where: Where) -> Memory | None:
    """Return the memory of the passage *where*, a new one begun; None where it is long over.

    Who was asked what goes on: a release may be asked for before the container has come.
    """
    before = memory.where
    if before is None or not before.visit or not where.visit or before.visit == where.visit:
        visit = where.visit or ("" if before is None else before.visit)
        return altered(memory, where=altered(where, visit=visit))
    if _earlier(where.visit, before.visit):
        return None
    return Memory(
        where=where,
        tellings=memory.tellings,
        tracked=memory.tracked,
        actors=memory.actors,
        asked=memory.asked,
        order=memory.order,
    )


def _earlier(one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    if first is None or second is None or first[1] != second[1]:
        return False
    return _size(first[2]) < _size(second[2])


def _size(digits: str) -> tuple[int, str]:
    """Return what numbers are ordered by, however long they are (Python reads 4,300 digits)."""
    bare = digits.lstrip("0")
    return len(bare), bare


def digest_of(message: ObserveRelease) -> str:
    """Return what tells one observation from another; who holds the right is told by itself."""
    said = message.model_dump_json(exclude_none=True, exclude={"holders"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]
