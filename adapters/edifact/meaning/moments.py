"""Dates and times of DTM: as the format says that stands beside them, else as their length does.

A time without a zone is one of the partner's own (data element 2379).
"""

import re
from datetime import MAXYEAR, UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from adapters.edifact.meaning.findings import ProfileRule

FORMATS: Final = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
}
_LENGTHS: Final = {"101": 6, "102": 8, "201": 10, "203": 12, "204": 14}
_BY_LENGTH: Final = {6: "101", 8: "102", 10: "201", 12: "203", 14: "204"}
_ZONED: Final = {"205": "203", "303": "203", "304": "204"}
"""Formats that end in a zone, and what stands before it."""
_ZONES: Final = {"UTC": UTC, "GMT": UTC, "Z": UTC}
_OFFSET: Final = re.compile(r"[+-][0-9]{2}(?:[0-9]{2})?")
"""ZHHMM of 205; the three characters of 303 and 304 (ZZZ) have room for the hours alone."""
DAYS: Final = frozenset({"101", "102"})
_DAYS_END: Final = {"101": 6, "102": 8, "201": 6, "203": 8, "204": 8}
_MIDNIGHTS: Final = frozenset({"2400", "240000"})
"""How some write the end of a day (ISO 8601 had it until 2019)."""

LAST_OF_A_DAY: Final = time(23, 59, 59)


class Moment(Struct, frozen=True):
    """A moment in UTC; `whole_day` where only a day was told, `as_told` that its format held.

    `odd` are the rules that it breaks though it can be read.
    """

    at: datetime
    whole_day: bool = False
    as_told: bool = True
    odd: tuple[ProfileRule, ...] = ()

    def ends(self, zone: tzinfo) -> datetime:
        """Return the last moment that is meant: what holds until a day holds on that day too."""
        if not self.whole_day:
            return self.at
        day = self.at.astimezone(zone).date()
        return datetime.combine(day, LAST_OF_A_DAY, zone).astimezone(UTC)


def moment_of(value: str, form: str, zone: tzinfo) -> Moment | None:
    """Return the moment in a DTM (2380 in the format 2379), None where there is none.

    A value that does not have the length of its format is read by its own length, and one with a
    zone that nobody knows (CET, which some mean all year) as a time at the partner's.
    """
    if form in _ZONED:
        return _with_zone(value, _ZONED[form], zone)
    if form in FORMATS and len(value) == _LENGTHS[form]:
        return _read(value, form, zone, as_told=True)
    by_length = _BY_LENGTH.get(len(value))
    return None if by_length is None else _read(value, by_length, zone, as_told=form == "")


def zone_in(value: str, form: str) -> str:
    """Return the zone that a value is written with, as it is written."""
    return value[_LENGTHS[_ZONED[form]] :] if form in _ZONED else ""


def _with_zone(value: str, form: str, own: tzinfo) -> Moment | None:
    length = _LENGTHS[form]
    written = value[length:]
    zone = _zone(written)
    if zone is not None:
        return _read(value[:length], form, zone, as_told=True)
    if not (written.isascii() and written.isalpha()):
        return None
    read = _read(value[:length], form, own, as_told=True)
    return read and replace(read, odd=(ProfileRule.ZONE_UNKNOWN, *read.odd))


def _zone(written: str) -> tzinfo | None:
    if written in _ZONES:
        return _ZONES[written]
    if _OFFSET.fullmatch(written) is None:
        return None
    sign, hours, minutes = written[:1], int(written[1:3]), int(written[3:] or "0")
    if hours >= 24 or minutes >= 60:  # noqa: PLR2004  of a clock
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if sign == "+" else -offset)


def _read(value: str, form: str, zone: tzinfo, *, as_told: bool) -> Moment | None:
    if not (value.isascii() and value.isdecimal()):
        return None
    day, hour = value[: _DAYS_END[form]], value[_DAYS_END[form] :]
    is_24 = hour in _MIDNIGHTS
    try:
        clock = "0" * len(hour) if is_24 else hour
        told = datetime.strptime(day + clock, FORMATS[form]).replace(tzinfo=zone)
        local = told + timedelta(days=is_24)
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    odd = [ProfileRule.HOUR_24] * is_24 + [ProfileRule.CLOCK_CHANGED] * (
        form not in DAYS and _is_changed(local)
    )
    # In the last year there is nothing behind a day to calculate with (schemas/normalising.py).
    if local.year >= MAXYEAR:
        return None
    return Moment(at, form in DAYS, as_told, tuple(odd))


def _is_changed(local: datetime) -> bool:
    """Tell whether a clock shows this twice, or never: in autumn, in spring."""
    return local.utcoffset() != local.replace(fold=1).utcoffset()
