"""What is remembered of one air waybill: its events so far, and which messages want an answer."""

from datetime import UTC, datetime
from typing import Final

from adapters.cargonaut.codes import DISCREPANCY, STEPS
from adapters.cargonaut.told import Event, Told, airport_of
from adapters.remembered import Remembered
from schemas.air import MOST_PIECES, AirStep
from schemas.air_messages import MOST_DISCREPANCIES, AirCount
from schemas.value import Value, altered

VERSION: Final = 1
MOST_EVENTS: Final = 300
"""Of one waybill; a message that tells of more is a problem, and nothing of it is heard."""
MOST_ANSWERS: Final = 100

_HOLDING_BACK: Final = frozenset({AirStep.HELD_BY_CUSTOMS, AirStep.DELIVERED})
"""The steps of which each piece that is counted lets one piece less out."""


class Wanted(Value, frozen=True):
    """A message of theirs, by the id that it has with us, that wants a response."""

    part: str
    message: str
    sender: str


class Memory(Value, frozen=True):
    """One air waybill; empty where nothing was told of it."""

    version: int = VERSION
    waybill: str = ""
    pieces: int | None = None
    origin: str = ""
    destination: str = ""
    notified: str = ""
    events: tuple[Event, ...] = ()
    wanted: tuple[Wanted, ...] = ()


_MEMORIES: Final = Remembered(Memory())
recalled, kept = _MEMORIES.recalled, _MEMORIES.kept


def with_told(memory: Memory, told: Told) -> Memory:
    """Return *memory* with what *told* adds to it; an event that is told twice counts once."""
    events = list(memory.events)
    for each in dict.fromkeys(told.events):
        # More than are kept is told by the number; all of them may be very many.
        if len(events) <= MOST_EVENTS:
            _hear(events, each, before=len(memory.events))
    return altered(
        memory,
        waybill=told.waybill,
        pieces=memory.pieces if told.pieces is None else told.pieces,
        origin=told.origin or memory.origin,
        destination=told.destination or memory.destination,
        notified=told.notified or memory.notified,
        events=tuple(events),
    )


def _hear(events: list[Event], new: Event, *, before: int) -> None:
    """Put *new* to *events*, of which the first *before* are of earlier messages."""
    if new in events:
        return
    # Nobody tells one event twice in one message: holds and deliveries, which let nothing out,
    # count as two then. Of all else less is taken for granted (fail closed).
    among = events[:before] if STEPS.get(new.code) in _HOLDING_BACK else events
    place = next((n for n, each in enumerate(among) if _is_same(each, new)), None)
    if place is None:
        events.append(new)
    else:
        events[place] = _sharper(events[place], new)


def _is_same(one: Event, other: Event) -> bool:
    """Tell whether both may be one event, of which one tells less: no seconds, time or flight."""
    flights = {one.flight, other.flight} - {""}
    return _what(one) == _what(other) and len(flights) <= 1 and _is_at_once(one, other)


def _what(event: Event) -> tuple[str, int, bool, str, str]:
    return event.code, event.pieces, event.whole, event.place, event.discrepancy


def _is_at_once(one: Event, other: Event) -> bool:
    if one.at is None or other.at is None:
        return one.at == other.at or STEPS.get(one.code) not in _HOLDING_BACK
    if _has_seconds(one.at) and _has_seconds(other.at):
        return one.at == other.at
    minutes = {each.replace(second=0, microsecond=0) for each in (one.at, other.at)}
    return len(minutes) == 1


def _sharper(known: Event, new: Event) -> Event:
    """Return *known* with what *new* tells more exactly."""
    is_exact = new.at is not None and _has_seconds(new.at)
    sharp = known.at is None or (is_exact and not _has_seconds(known.at))
    at = new.at if sharp else known.at
    return altered(known, at=at, flight=known.flight or new.flight)


def is_full(memory: Memory) -> bool:
    """Tell whether it has more events than are kept: one dropped might be customs' hold."""
    return len(memory.events) > MOST_EVENTS


def wanting(memory: Memory, wanted: Wanted) -> Memory:
    """Return *memory* with one more message that wants a response."""
    others = tuple(each for each in memory.wanted if each.part != wanted.part)
    return altered(memory, wanted=(*others, wanted)[-MOST_ANSWERS:])


def counts(memory: Memory) -> tuple[AirCount, ...]:
    """Return with how many pieces each step came about here, and when last."""
    return tuple(
        AirCount(
            step=step,
            pieces=_pieces(events),
            at=max((each.at for each in events if each.at is not None), default=None),
        )
        for step in AirStep
        if (events := _of(memory, step))
    )


def held(memory: Memory) -> int:
    """Return how many pieces customs took and have not cleared since: of all, at the most.

    A hold of no known time is never ended, and a clearance of none ends nothing (fail closed).
    """
    events = [*_of(memory, AirStep.CLEARED), *_of(memory, AirStep.HELD_BY_CUSTOMS)]
    whole = max((each.pieces for each in events if each.whole), default=MOST_PIECES)
    most = whole if memory.pieces is None else memory.pieces
    count = 0
    # Sorting leaves the clearance before a hold of the same moment, which it does not end.
    for each in sorted(events, key=_turn):
        if STEPS[each.code] is AirStep.CLEARED:
            count = max(0, count - each.pieces)
        else:
            count = min(most, max(count, each.pieces) if each.whole else count + each.pieces)
    return count


def _turn(event: Event) -> tuple[bool, datetime]:
    """Return what holds and clearances are put in order by: a hold as late as it may have been."""
    is_hold = STEPS[event.code] is AirStep.HELD_BY_CUSTOMS
    if event.at is None:
        return is_hold, datetime.min.replace(tzinfo=UTC)
    late = is_hold and not _has_seconds(event.at)
    return False, event.at.replace(second=59, microsecond=999_999) if late else event.at


def discrepancies(memory: Memory) -> tuple[str, ...]:
    """Return the codes of what is said to be wrong with the consignment here, each once."""
    codes = (
        each.discrepancy or each.code
        for each in memory.events
        if each.code.startswith(DISCREPANCY) and _here(memory, each)
    )
    return tuple(dict.fromkeys(codes))[:MOST_DISCREPANCIES]


def _has_seconds(at: datetime) -> bool:
    # FSU text has none, and what is written without them reads as the full minute.
    return bool(at.second or at.microsecond)


def _of(memory: Memory, step: AirStep) -> tuple[Event, ...]:
    return tuple(
        each for each in memory.events if STEPS.get(each.code) is step and _here(memory, each)
    )


def _here(memory: Memory, event: Event) -> bool:
    return airport_of(event.place, memory.destination) is not None


def _pieces(events: tuple[Event, ...]) -> int:
    whole = max((each.pieces for each in events if each.whole), default=0)
    parts = sum(each.pieces for each in events if not each.whole)
    return min(max(whole, parts), MOST_PIECES)
