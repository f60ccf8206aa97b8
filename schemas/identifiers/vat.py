"""VAT numbers: national formats and check digits, as findings."""

import re
from collections.abc import Callable

from schemas.identifiers.findings import IdentifierFinding

# identity_scr_portbase.md §A.4; other countries are only known to have a prefix.
_FORMATS = {
    "BE": re.compile(r"BE[01][0-9]{9}"),
    "NL": re.compile(r"NL[0-9]{9}B[0-9]{2}"),
    "FR": re.compile(r"FR[A-Z0-9]{2}[0-9]{9}"),
    "DE": re.compile(r"DE[0-9]{9}"),
    "LU": re.compile(r"LU[0-9]{8}"),
}
_ELSEWHERE = re.compile(r"[A-Z]{2}[A-Z0-9]{2,13}")

# Belgian numbers once had nine digits; they live on with a 0 in front (INFERRED).
_old_belgian = re.compile(r"BE(?=[1-9][0-9]{8}$)")

_FORMAT = IdentifierFinding(
    "vat_format", "The VAT number is not written as its country writes them."
)
_CHECK_DIGIT = IdentifierFinding(
    "vat_check_digit", "The check digits of the VAT number do not fit the rest of it."
)


def written_in_full(value: str) -> str:
    """Return the VAT number *value*, a Belgian one of nine digits with its leading 0."""
    return _old_belgian.sub("BE0", value)


def vat_findings(value: str) -> tuple[IdentifierFinding, ...]:
    """Return what is odd about the compact VAT number *value*.

    A failing check digit is a finding: CPu's own samples fail (identity_scr_portbase.md §A.4).
    """
    country = value[:2]
    if not _FORMATS.get(country, _ELSEWHERE).fullmatch(value):
        return (_FORMAT,)
    fits = _CHECKS.get(country)
    return () if fits is None or fits(value[2:]) else (_CHECK_DIGIT,)


def _belgian(number: str) -> bool:
    return int(number[8:]) == 97 - int(number[:8]) % 97


def _dutch(number: str) -> bool:
    # Either the number of a company (weights 9 to 2, modulo 11) or, for sole traders since
    # 2020, the whole of it with letters as 10 to 35, modulo 97.
    weighted = sum(
        weight * int(digit) for weight, digit in zip(range(9, 1, -1), number, strict=False)
    )
    if weighted % 11 == int(number[8]):
        return True
    return int("".join(str(int(character, 36)) for character in f"NL{number}")) % 97 == 1


def _french(number: str) -> bool:
    # A key with letters follows a rule of its own, which no source at hand gives.
    key, siren = number[:2], int(number[2:])
    return not key.isdigit() or int(key) == (12 + 3 * (siren % 97)) % 97


def _german(number: str) -> bool:
    # ISO 7064, modulo 11, 10.
    product = 10
    for digit in number[:8]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return int(number[8]) == (11 - product) % 10


def _luxembourgish(number: str) -> bool:
    return int(number[6:]) == int(number[:6]) % 89


_CHECKS: dict[str, Callable[[str], bool]] = {
    "BE": _belgian,
    "NL": _dutch,
    "FR": _french,
    "DE": _german,
    "LU": _luxembourgish,
}
