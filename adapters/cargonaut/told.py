"""What a message tells of one air waybill, whichever form it came in."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from adapters.cargonaut.codes import STEPS, WHOLE
from adapters.cargonaut.profile import NAME
from schemas.normalising import YEARS
from schemas.ports import AIRPORTS, Airport
from schemas.value import Moment, Value

OURS: Final = {each.iata: each for each in AIRPORTS.values() if each.system == NAME}
"""The airports of this system, by their code in its messages."""


class Event(Value, frozen=True):
    """One status of some pieces; `whole` where it is of all of the waybill."""

    code: str
    pieces: int
    whole: bool
    place: str
    at: Moment | None = None
    flight: str = ""
    discrepancy: str = ""


class Told(Value, frozen=True):
    """One message: its waybill in eleven digits, and what it says of it.

    `id` and `sender` are there where it wants an answer, `issued_at` where it says so itself, and
    `unread` are lines of text that were not understood.
    """

    waybill: str
    events: tuple[Event, ...]
    pieces: int | None = None
    origin: str = ""
    destination: str = ""
    notified: str = ""
    issued_at: Moment | None = None
    id: str = ""
    sender: str = ""
    findings: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()


def airport_of(place: str, destination: str) -> Airport | None:
    """Return the airport of ours that a status is of, None where it is elsewhere."""
    return OURS.get(place or destination)


def is_whole(letter: str) -> bool:
    """Tell whether *letter* means all pieces of the waybill."""
    return letter == WHOLE


def is_counted(event: Event) -> bool:
    """Tell whether *event* is a step that the bus counts."""
    return event.code in STEPS


def in_utc(local: datetime, airport: Airport | None) -> datetime | None:
    """Return a time in UTC; one without an offset is *airport*'s own, and of no other known.

    None also of a year that no date can be of here, such as the year 1, in which .NET writes that
    there is none: the other events of the message would be lost with it.
    """
    if local.tzinfo is None:
        if airport is None:
            return None
        local = local.replace(tzinfo=ZoneInfo(airport.timezone))
    return _utc(local)


def came_at(received: str) -> datetime | None:
    """Return when a message came, of RFC 3339; None where that is not known."""
    try:
        moment = datetime.fromisoformat(received)
    except ValueError:
        return None
    return _utc(moment) if moment.tzinfo else None


def _utc(moment: datetime) -> datetime | None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc if utc.year in YEARS else None
