"""Dates of DTM: by their format, by their length, in the partner's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.moments import moment_of
from tests.rows import each_row

BRUSSELS = ZoneInfo("Europe/Brussels")


@each_row(
    ("value", "form", "expected"),
    [
        ("202607010800", "203", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("202612010800", "203", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("20261201080059", "204", datetime(2026, 12, 1, 7, 0, 59, tzinfo=UTC)),
        ("2612010800", "201", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("20261201", "102", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
        ("261201", "101", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
        ("202612010800UTC", "303", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
        ("202612010800+0530", "205", datetime(2026, 12, 1, 2, 30, tzinfo=UTC)),
        ("202612010800-0100", "205", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        # The zone of 303 and 304 has three characters (ZZZ).
        ("202612010800+01", "303", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("202612010800+00", "303", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
        ("20261201080059-05", "304", datetime(2026, 12, 1, 13, 0, 59, tzinfo=UTC)),
        ("202612010800", "", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_its_format_says(value: str, form: str, expected: datetime) -> None:
    read = moment_of(value, form, BRUSSELS)

    assert read
    assert read.at == expected


@each_row(
    ("value", "form"),
    [
        ("202613010800", "203"),
        ("2026120108", "303"),
        ("99991231", "102"),
        ("00010101", "102"),
        ("202612010800C3T", "303"),
        ("202612010800", "303"),
        ("202612012401", "203"),
        ("202612012500", "203"),
        ("999912312400", "203"),
        ("202612010800+9900", "205"),
        ("202612010800+24", "303"),
        ("202612010800+1", "303"),
        ("202612010800+010", "303"),
        ("202612010800+0060", "205"),
        ("202612010800-2400", "205"),
        ("00000000", "102"),
        ("tomorrow", "102"),
        ("1", "719"),
        ("", "203"),
    ],
)
def test_what_is_no_moment_is_none(value: str, form: str) -> None:
    assert moment_of(value, form, BRUSSELS) is None


def test_a_value_that_its_format_does_not_fit_is_read_by_its_length_and_said_so() -> None:
    told, right = (moment_of("20261220", form, BRUSSELS) for form in ("203", "102"))

    assert told
    assert right
    assert told.at == right.at
    assert (told.as_told, right.as_told) == (False, True)


def test_a_day_ends_at_its_end_where_the_partner_is() -> None:
    read = moment_of("20261220", "102", BRUSSELS)

    assert read
    assert read.ends(BRUSSELS) == datetime(2026, 12, 20, 22, 59, 59, tzinfo=UTC)


@each_row(
    ("value", "form", "expected", "odd"),
    [
        # A zone that nobody can look up is a time at the partner's, in winter as in summer.
        ("202612010800CET", "303", datetime(2026, 12, 1, 7, 0, tzinfo=UTC), ["zone_unknown"]),
        ("202607010800CET", "303", datetime(2026, 7, 1, 6, 0, tzinfo=UTC), ["zone_unknown"]),
        ("20260701080000EST", "304", datetime(2026, 7, 1, 6, 0, tzinfo=UTC), ["zone_unknown"]),
        # The end of a day, also of a month.
        ("202611302400", "203", datetime(2026, 11, 30, 23, 0, tzinfo=UTC), ["hour_24"]),
        ("20261130240000", "204", datetime(2026, 11, 30, 23, 0, tzinfo=UTC), ["hour_24"]),
        ("2611302400", "201", datetime(2026, 11, 30, 23, 0, tzinfo=UTC), ["hour_24"]),
        ("202611302400UTC", "303", datetime(2026, 12, 1, 0, 0, tzinfo=UTC), ["hour_24"]),
        # Twice on the clock: the earlier. Never on it: as if nobody had changed it.
        ("202610250230", "203", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ["clock_changed"]),
        ("202603290230", "203", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), ["clock_changed"]),
        ("202610250230+0100", "205", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), []),
        ("202610250130", "203", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), []),
        ("202610250300", "203", datetime(2026, 10, 25, 2, 0, tzinfo=UTC), []),
        ("20261025", "102", datetime(2026, 10, 24, 22, 0, tzinfo=UTC), []),
    ],
)
def test_an_odd_moment_is_read_and_said_so(
    value: str, form: str, expected: datetime, odd: list[str]
) -> None:
    read = moment_of(value, form, BRUSSELS)

    assert read
    assert (read.at, [*read.odd]) == (expected, [ProfileRule(each) for each in odd])
