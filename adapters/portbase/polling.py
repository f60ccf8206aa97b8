"""What Portbase is asked from time to time: a webhook that was lost is told by nothing else."""

from adapters.contract import Memory, Request
from adapters.portbase.hearing import state_of
from adapters.portbase.memory import Known, digest, remembered
from schemas.value import Misformed


def poll(_correlation_id: str, memory: Memory) -> tuple[Request, ...]:
    """Return the GET of a bill of which something is awaited: an answer, or that it leaves."""
    try:
        known = remembered(memory)
    except Misformed:
        # Told as a problem with whatever comes next.
        return ()
    if known.tracking_id is None or not _awaits(known):
        return ()
    unique = digest("poll", known.bill, known.turn)
    return (state_of(known.bill, known.tracking_id, unique),)


def _awaits(known: Known) -> bool:
    return bool(known.asked) or any(box.released and box.left is None for box in known.boxes)
