"""Times as the book stores them: whole microseconds since 1970, the same on every database."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    """Return *time* in microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def moment(micros_since_1970: int) -> datetime:
    """Return the UTC time of *micros_since_1970*."""
    return EPOCH + timedelta(microseconds=micros_since_1970)
