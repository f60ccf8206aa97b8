"""What is remembered of a container: what customs said last, and which messages went on."""

from datetime import timedelta
from typing import Final

from adapters.remembered import Remembered
from schemas.messages import ContainerMessage
from schemas.value import Moment, Value, altered

VERSION: Final = 1
MOST: Final = 50
"""Messages and words on different goods that are remembered, the latest."""

AHEAD: Final = timedelta(minutes=15)
"""So much may a clock be ahead: what is said to be from later overtakes nothing (design.md §4)."""


class Heard(Value, frozen=True, kw_only=True):
    """When customs prepared what they said of these goods; no bills are all of the container.

    `holds_back`: what they said holds the goods back.
    """

    at: Moment
    port: str
    terminal: str | None = None
    stay_number: str | None = None
    vessel_imo: str | None = None
    bills: tuple[str, ...] = ()
    holds_back: bool = False

    def meets(self, other: "Heard") -> bool:
        """Tell whether both may be about the same goods."""
        bills = not self.bills or not other.bills or bool({*self.bills} & {*other.bills})
        return self.port == other.port and bills and self._beside(other)

    def covers(self, other: "Heard") -> bool:
        """Tell whether this is about all that *other* is about."""
        bills = not self.bills or (bool(other.bills) and {*self.bills} >= {*other.bills})
        mine, theirs = _visit(self), _visit(other)
        named = all(a is None or a == b for a, b in zip(mine, theirs, strict=True))
        return self.port == other.port and bills and named

    def _beside(self, other: "Heard") -> bool:
        pairs = zip(_visit(self), _visit(other), strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)


class Memory(Value, frozen=True):
    """What customs said of a container."""

    version: int = VERSION
    heard: tuple[Heard, ...] = ()
    passed_on: tuple[str, ...] = ()

    def overtakes(self, told: Heard) -> bool:
        """Tell whether something newer is known than *told*, so that it counts no more.

        What holds the goods back counts on wherever something of them may not be meant by the
        newer word, and is the newer one of two of the same time (fail closed).
        """
        met = [each for each in self.heard if each.meets(told)]
        if told.holds_back:
            return any(each.at > told.at and each.covers(told) for each in met)
        return any(each.at > told.at or (each.at == told.at and each.holds_back) for each in met)

    def after(self, told: Heard, part_id: str, *, is_plausible: bool) -> "Memory":
        """Return the memory with a message that is passed on."""
        passed_on = tuple(each for each in self.passed_on if each != part_id)
        memory = altered(self, passed_on=(*passed_on, part_id)[-MOST:])
        if not is_plausible:
            return memory
        others = tuple(each for each in self.heard if not told.covers(each) or each.at > told.at)
        return altered(memory, heard=(*others, told)[-MOST:])


def heard_in(message: ContainerMessage, at: Moment, *, holds_back: bool) -> Heard:
    """Return which goods *message* is about, said *at* that time, and whether it holds them."""
    return Heard(
        at=at,
        port=message.port,
        terminal=message.terminal,
        stay_number=message.stay_number,
        vessel_imo=message.vessel_imo,
        bills=message.bills_of_lading,
        holds_back=holds_back,
    )


def _visit(heard: Heard) -> tuple[str | None, str | None, str | None]:
    return heard.terminal, heard.stay_number, heard.vessel_imo


_MEMORIES: Final = Remembered(Memory())
recalled, kept = _MEMORIES.recalled, _MEMORIES.kept
