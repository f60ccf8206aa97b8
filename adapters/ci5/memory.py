"""What is remembered of one container: its steps at Ci5, and what was asked there."""

from typing import Final

from adapters.exit_steps.actors import Actor
from adapters.exit_steps.steps import Shown, Where
from adapters.remembered import Remembered
from schemas.value import Value, altered

VERSION: Final = 1
MOST: Final = 100
"""Steps seen, requests open and codes learnt that are remembered, the latest."""


class Memory(Value, frozen=True):
    """One container's passage; `holding` is who was last said to hold the right there."""

    version: int = VERSION
    where: Where | None = None
    steps: tuple[Shown, ...] = ()
    seen: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    agent: str = ""
    forwarder: str = ""
    haulier: str = ""
    mode: str = ""
    holding: str = ""
    actors: tuple[Actor, ...] = ()
    asked: tuple[str, ...] = ()


_MEMORIES: Final = Remembered(Memory())
recalled, kept = _MEMORIES.recalled, _MEMORIES.kept


def at_passage(memory: Memory, where: Where) -> Memory | None:
    """Return the memory of the passage *where*, a new one begun; None where that one is over."""
    before = memory.where
    if before is None or not before.visit or not where.visit or before.visit == where.visit:
        visit = where.visit or ("" if before is None else before.visit)
        return altered(memory, where=altered(where, visit=visit))
    if where.visit in memory.passages:
        return None
    return Memory(
        where=where,
        passages=(*memory.passages, before.visit)[-MOST:],
        actors=memory.actors,
        asked=memory.asked,
    )
