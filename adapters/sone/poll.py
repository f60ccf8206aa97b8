"""What S)ONE is asked from time to time, since a webhook that is lost comes no second time."""

import hashlib

from adapters.contract import Memory as Written
from adapters.contract import Request
from adapters.exit_steps.steps import Step
from adapters.sone.memory import Memory, recalled
from adapters.sone.orders import is_open, reading_of
from adapters.sone.tracing import reading


def poll(_correlation_id: str, memory: Written) -> tuple[Request, ...]:
    """Return the calls that read the unit and its open order; none once the container has left.

    Their ids are of all that is remembered: what S)ONE refuses is asked again once more is known.
    """
    known = recalled(memory)
    about = f"poll-{hashlib.sha256(memory.encode()).hexdigest()[:16]}"
    left = _has_left(known)
    unit = () if left else reading(known, about)
    order = reading_of(known, about) if is_open(known.order, has_left=left) else ()
    return (*unit, *order)


def _has_left(memory: Memory) -> bool:
    return any(each.step is Step.GATED_OUT and each.holds for each in memory.steps)
