"""Container numbers (ISO 6346): one spelling, and what is odd about a number."""

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from schemas.identifiers.findings import IdentifierFinding, Unusable, too_long
from schemas.identifiers.spelling import LONGEST_RAW, compact, unusable

LONGEST = 17
"""Characters of an equipment number in EDIFACT (data element 8260, an..17)."""

FEWEST_DIGITS = 11
"""Fewer alone are no key, which would stand open everywhere: an Alfapass has nine, PINs fewer.

An air waybill has eleven.
"""

# A process meets the same containers over and over; 16,384 readings take about 6 MB.
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class ContainerNumber:
    """A container number as it came and as it is compared.

    A number with findings is still a key: CPu's own samples fail ISO 6346 (cpu.md §1.2).
    """

    raw: str
    value: str
    findings: tuple[IdentifierFinding, ...] = ()


def _letter_values() -> dict[str, int]:
    """Return the values of A to Z: 10 to 38 without the multiples of 11 (ISO 6346 annex A)."""
    values = [value for value in range(10, 39) if value % 11]
    return dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", values, strict=True))


def _character_values() -> bytes:
    values = {str(digit): digit for digit in range(10)} | _letter_values()
    return bytes(values.get(chr(code), 0) for code in range(256))


_VALUES = _character_values()
_WEIGHTS = tuple(2**position for position in range(10))

_is_sound_form = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}").fullmatch
_is_written_well = re.compile(r"[A-Z]{4}[0-9]{7}").fullmatch
# Where four letters do not stand in front, there is no category to be wrong.
_has_wrong_category = re.compile(r"[A-Z]{3}[A-IK-TV-Y]").match
_slash_before_check_digit = re.compile(r"/(?=[0-9]$)")

_FORMAT = IdentifierFinding(
    "container_format", "A container number has four letters and seven digits (ISO 6346)."
)
_ONLY_DIGITS = "So few digits alone are no container number, but may be a card or a PIN."
_CATEGORY = IdentifierFinding(
    "container_category",
    "The fourth letter of a container number is U, J or Z (ISO 6346).",
)


def check_digit(first_ten: str) -> int:
    """Return the check digit of four letters and six digits (ISO 6346; a remainder of 10 is 0)."""
    weighted: int = sum(map(mul, _WEIGHTS, first_ten.encode().translate(_VALUES)))
    return weighted % 11 % 10


def read_container(raw: str) -> ContainerNumber | Unusable:
    """Return the container number in *raw*, or why it cannot be a key.

    Spaces, dots, dashes and the slash before the check digit are no part of it.
    """
    if len(raw) > LONGEST_RAW:
        return too_long(LONGEST_RAW)
    return _read(raw)


@lru_cache(maxsize=_REMEMBERED)
def _read(raw: str) -> ContainerNumber | Unusable:
    # The common case first: nothing to spell otherwise, nothing odd.
    if _is_sound_form(raw) and int(raw[10]) == check_digit(raw[:10]):
        return ContainerNumber(raw, raw)
    value = _slash_before_check_digit.sub("", compact(raw))
    bad = unusable(value, longest=LONGEST)
    if bad is not None:
        return bad
    if _is_written_well(value):
        return ContainerNumber(raw, value, _findings(value))
    if value.isdigit() and len(value) < FEWEST_DIGITS:
        return Unusable(_ONLY_DIGITS)
    return ContainerNumber(raw, value, (_FORMAT, *_category_findings(value)))


def _findings(value: str) -> tuple[IdentifierFinding, ...]:
    expected = check_digit(value[:10])
    if int(value[10]) == expected:
        return _category_findings(value)
    sentence = f"The check digit is {value[10]}; ISO 6346 gives {expected}."
    return (
        *_category_findings(value),
        IdentifierFinding("container_check_digit", sentence),
    )


def _category_findings(value: str) -> tuple[IdentifierFinding, ...]:
    return (_CATEGORY,) if _has_wrong_category(value) else ()
