"""What an FSU tells, with its local times of no year made into times, where that can be told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from adapters.cargonaut.fsu import MOST_CHARACTERS, Fsu, Status, When, written
from adapters.cargonaut.told import Event, Told, airport_of, came_at, in_utc, is_whole
from schemas.identifiers import Unusable, read_waybill
from schemas.unreadable import Unreadable

VERSION: Final = "14"
AHEAD: Final = timedelta(days=2)
"""So far a sender's clock, and a time zone, may be ahead of when the message came."""


def told(message: Fsu, received: str) -> Told | Unreadable:
    """Return what *message* tells; *received* is when it came, as RFC 3339, or empty."""
    waybill = read_waybill(message.waybill)
    if isinstance(waybill, Unusable):
        return Unreadable("identifier_unusable", "line 2", waybill.reason)
    came = came_at(received)
    quantity = message.quantity
    whole = is_whole(quantity.shape)
    return Told(
        waybill=waybill.value,
        events=tuple(_event(each, message, came) for each in message.statuses),
        pieces=quantity.pieces if whole else quantity.of,
        origin=message.origin,
        destination=message.destination,
        findings=tuple(_findings(message, came)),
        unread=message.unread,
    )


def _event(status: Status, message: Fsu, came: datetime | None) -> Event:
    # Who says nothing of pieces means those of the line above.
    quantity = status.quantity or message.quantity
    return Event(
        code=status.code,
        pieces=quantity.pieces,
        whole=is_whole(quantity.shape),
        place=status.place,
        at=_at(status, message, came),
        flight=status.flight,
        discrepancy=status.discrepancy,
    )


def _at(status: Status, message: Fsu, came: datetime | None) -> datetime | None:
    when, airport = status.when, airport_of(status.place, message.destination)
    if when is None or not when.time or came is None or airport is None:
        return None
    locals_ = (_local(when, year) for year in (came.year + 1, came.year, came.year - 1))
    times = (in_utc(local, airport) for local in locals_ if local is not None)
    return next((at for at in times if at is not None and at - came <= AHEAD), None)


def _local(when: When, year: int) -> datetime | None:
    try:
        return datetime(  # noqa: DTZ001  the airport's zone is put to it
            year, when.month, when.day, int(when.time[:2]), int(when.time[2:])
        )
    except ValueError:
        return None


def _findings(message: Fsu, came: datetime | None) -> Iterator[str]:
    if message.version != VERSION:
        yield f"version_unknown: {message.kind}/{message.version}"
    if came is None:
        yield "year_unknown: header ce_time"
    if len(written(message)) > MOST_CHARACTERS:
        yield f"longer_than_{MOST_CHARACTERS}: whole"
