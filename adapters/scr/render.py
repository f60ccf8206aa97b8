"""What SCR is told: nothing. Where it is written to is not public (identity_scr_portbase.md §B.1).

What moves a right in Certified Pick up reaches SCR, if at all, by a way of NxtPort's own.
"""

from typing import Final

from adapters.contract import Document, Memory, Parties, Rendered
from schemas.facts import RecordedFact

RENDERED: Final[frozenset[str]] = frozenset()


def render(_recorded: RecordedFact, _parties: Parties, memory: Memory) -> Rendered:
    """Return no document."""
    return Rendered(memory=memory)


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container; no fact names a release by its address."""
    return recorded.container


def proofread(_document: Document) -> tuple[str, ...]:
    """Return that this is no document of SCR's."""
    return ("SCR is sent no documents.",)
