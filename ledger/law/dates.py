"""The dates that a release or a pick-up carries: which can be meant, and what is the default."""

from datetime import UTC, datetime

from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas.reasons import Reason

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# A release that begins later is a typing error, and the default expiry must still be a date.
LATEST_START = datetime(2200, 1, 1, tzinfo=UTC)
# 9999-12-31 is how some systems write "never": let in, as long as UTC can hold it.
LATEST = datetime.max.replace(tzinfo=UTC)


def unmeant(valid_from: datetime | None, expires_at: datetime | None) -> Refusal | None:
    """Return which date cannot be meant, or None. Arithmetic on what is let in never fails."""
    if valid_from is not None and not EARLIEST <= valid_from <= LATEST_START:
        return Refusal(Reason.DATE_OUT_OF_RANGE, valid_from.isoformat())
    if expires_at is not None and not EARLIEST <= expires_at <= LATEST:
        return Refusal(Reason.DATE_OUT_OF_RANGE, expires_at.isoformat())
    return None


def over_at_once(valid_from: datetime, expires_at: datetime, now: datetime) -> Refusal | None:
    """Return that the release would be over before it begins, or None."""
    if expires_at <= max(valid_from, now):
        return Refusal(Reason.EXPIRY_IN_THE_PAST, expires_at.isoformat())
    return None


def default_expiry(valid_from: datetime, policy: Policy) -> datetime:
    """Return when a release expires that names no date (cpu.md §7 rule 3: 60 days after it)."""
    return valid_from + policy.default_validity


def in_utc(date: datetime) -> datetime:
    """Return *date*, which `unmeant` let in, as the ledger writes dates."""
    return date.astimezone(UTC)
