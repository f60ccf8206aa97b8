"""The IMO number of a vessel: seven digits, the last of them a check digit."""

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.identifiers.findings import IdentifierFinding, Unusable, too_long
from schemas.identifiers.spelling import LONGEST_RAW, compact, unusable

LONGEST = 10

_REMEMBERED = 4_096

# CUSCAR writes L1234567, people write IMO 9321483 (cpu.md §1.2).
_prefixed = re.compile(r"(?:IMO|L)(?=[0-9]{7}$)").match
_seven_digits = re.compile(r"[0-9]{7}").fullmatch

_FORMAT = IdentifierFinding("imo_format", "An IMO number has seven digits.")
_CHECK_DIGIT = IdentifierFinding("imo_check_digit", "The IMO number's check digit is wrong.")


@dataclass(frozen=True, slots=True)
class VesselImo:
    """An IMO number as it came and as it is compared; told, not refused, where it is odd."""

    raw: str
    value: str
    findings: tuple[IdentifierFinding, ...] = ()


def read_imo(raw: str) -> VesselImo | Unusable:
    """Return the IMO number in *raw* (`L9321483` is 9321483), or why it cannot be a key."""
    return too_long(LONGEST_RAW) if len(raw) > LONGEST_RAW else _read_imo(raw)


@lru_cache(maxsize=_REMEMBERED)
def _read_imo(raw: str) -> VesselImo | Unusable:
    value = compact(raw)
    prefix = _prefixed(value)
    value = value[prefix.end() :] if prefix else value
    return unusable(value, longest=LONGEST) or VesselImo(raw, value, _odd(value))


def _odd(value: str) -> tuple[IdentifierFinding, ...]:
    if not _seven_digits(value):
        return (_FORMAT,)
    # Each of the first six digits times its weight, 7 down to 2; the last digit of the sum.
    total = sum(
        int(digit) * weight for digit, weight in zip(value[:6], range(7, 1, -1), strict=True)
    )
    return () if total % 10 == int(value[6]) else (_CHECK_DIGIT,)
