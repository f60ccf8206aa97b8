"""The steps up to an import container's exit, and what they come to as one observation.

Their order is INFERRED (edifact_france.md §A.4): seen on the quay, delivery order, customs,
haulier, exit authorised, gate-out. Each stands as its system told of it last.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from schemas.messages import CustomsStatus
from schemas.observed import ObservedLight, ObservedStatus
from schemas.system_messages import ObserveRelease
from schemas.value import Moment, Value

_Kind = TypeVar("_Kind")

AHEAD: Final = timedelta(minutes=15)
"""So much may a system's clock be ahead of ours (design.md §4)."""


class Step(StrEnum):
    """What a system tells of a container on its way out."""

    SEEN_ON_QUAY = "seen_on_quay"
    """vu à quai: the terminal has it."""
    DELIVERY_ORDER = "delivery_order"
    """bon à délivrer, BAD: the agent released it to a forwarder."""
    CUSTOMS_RELEASED = "customs_released"
    """bon de douane."""
    HAULIER_IDENTIFIED = "haulier_identified"
    """identification du transporteur."""
    EXIT_AUTHORISED = "exit_authorised"
    """autorisation de sortie: at Le Havre the TCT is made then (§A.3)."""
    GATED_OUT = "gated_out"
    """sortie: it left."""


class Shown(Value, frozen=True):
    """A step as it was told of last: `holds`, or was withdrawn, at the system's own time.

    Not `dated`: it cannot have been then, and `at` is when it was told.
    """

    step: Step
    at: Moment
    holds: bool
    dated: bool = True


class Where(Value, frozen=True):
    """Which container, on which quay; `visit` is the system's number for its passage."""

    container: str
    port: str
    terminal: str
    visit: str = ""


def told(step: Step, at: datetime, *, holds: bool, came: datetime | None) -> Shown:
    """Return *step* as it is told, in what *came* then; None: nobody knows when.

    A time far ahead, such as a wrong year, would silence everything that is told afterwards.
    """
    # A difference: the sum may be more than a time can hold.
    if came is None or at - came <= AHEAD:
        return Shown(step, at, holds)
    return Shown(step, came.astimezone(UTC), holds, dated=False)


def joined(steps: Iterable[Shown], new: Shown) -> tuple[Shown, ...]:
    """Return *steps* with *new* in them; of one step the newest stands, of two at once the later.

    Events may come late and in any order: none has a number (§A.2, webhook). What holds at a
    time that cannot be yields to whatever else is told of the step, and ends no withdrawal.
    """
    before = tuple(steps)
    known = next((each for each in before if each.step is new.step), None)
    if known is not None and not _yields(known, new):
        return before
    others = (each for each in before if each.step is not new.step)
    return tuple(sorted((*others, new), key=lambda each: list(Step).index(each.step)))


def _yields(known: Shown, new: Shown) -> bool:
    if new.holds and not new.dated:
        return False
    return known.at <= new.at or (known.holds and not known.dated)


def observation(where: Where, steps: Iterable[Shown]) -> ObserveRelease:
    """Return how *steps* say that the release stands; of a step that nobody told of, nothing.

    A step that was withdrawn lets nothing out: without its delivery order a release is blocked.
    """
    by_step = {each.step: each for each in steps}
    holds = {step: each.holds for step, each in by_step.items()}
    customs = _either(
        holds.get(Step.CUSTOMS_RELEASED), CustomsStatus.RELEASED, CustomsStatus.NOT_RELEASED
    )
    return ObserveRelease(
        container=where.container,
        port=where.port,
        terminal=where.terminal,
        stay_number=where.visit or None,
        status=_either(
            holds.get(Step.DELIVERY_ORDER), ObservedStatus.RELEASED, ObservedStatus.BLOCKED
        ),
        discharged=holds.get(Step.SEEN_ON_QUAY),
        customs=customs,
        terminal_light=_either(
            holds.get(Step.EXIT_AUTHORISED), ObservedLight.RELEASED, ObservedLight.BLOCKED
        ),
        no_pickup=holds.get(Step.HAULIER_IDENTIFIED) is False,
        gate_out=holds.get(Step.GATED_OUT),
        confirmed_at=_newest(by_step.values()),
    )


def _newest(steps: Iterable[Shown]) -> datetime | None:
    return max((each.at for each in steps), default=None)


def _either(holds: bool | None, yes: _Kind, no: _Kind) -> _Kind | None:  # noqa: FBT001  what is told of a step is its truth
    return None if holds is None else yes if holds else no
