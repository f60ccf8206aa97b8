"""Codes of parties: under which scheme, in which spelling, and what is odd about them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from schemas.identifiers.findings import EMPTY, IdentifierFinding, Unusable, too_long
from schemas.identifiers.spelling import LONGEST_RAW, compact, unusable
from schemas.identifiers.vat import vat_findings, written_in_full

LONGEST = 35
"""Characters of a party's code in EDIFACT (data element 3039, an..35)."""

LONGEST_EXTERNAL = 255
"""INFERRED in identity_scr_portbase.md §A.4."""

_REMEMBERED = 8_192

# It would be an organisation's id, and stand open in topics' names, logs and tables.
_ONLY_DIGITS = Unusable("Digits alone are no NxtPort id, but may be a card or a PIN.")


class Scheme(StrEnum):
    """Who gives a party its code (cpu.md §1.2 `identificationType`).

    `Scheme("Tin")` finds CPu's spellings too, whatever their case.
    """

    NXTPORT = "nxtport"
    VAT = "vat"
    EORI = "eori"
    DUNS = "duns"
    SCAC = "scac"
    APCS = "apcs"
    EXTERNAL = "external"
    EAN = "ean"

    @classmethod
    def _missing_(cls, value: object) -> "Scheme | None":
        return scheme_named(value) if isinstance(value, str) else None


# TIN "should be used for the VAT number" (cpu.md §1.2); a GLN is an EAN of 13 digits.
_SPELLINGS = {scheme.value: scheme for scheme in Scheme} | {
    "nxtentityid": Scheme.NXTPORT,
    "nxtportid": Scheme.NXTPORT,
    "nri": Scheme.NXTPORT,
    "tin": Scheme.VAT,
    "apcscode": Scheme.APCS,
    "externalid": Scheme.EXTERNAL,
    "gln": Scheme.EAN,
}


def scheme_named(name: str) -> Scheme | None:
    """Return the scheme that *name* spells, in any case, or None where none is known."""
    return _SPELLINGS.get(name.strip().lower())


@dataclass(frozen=True, slots=True)
class PartyCode:
    """A party's code as it came and as it is compared."""

    scheme: Scheme
    raw: str
    value: str
    findings: tuple[IdentifierFinding, ...] = ()

    @property
    def key(self) -> str:
        """The code as it is looked up: `vat:BE0429672881`."""
        return f"{self.scheme}:{self.value}"


def read_party_code(scheme: Scheme | str, raw: str) -> PartyCode | Unusable:
    """Return the code *raw* of *scheme*, or why it cannot be a key.

    Spaces, dots and dashes are no part of a code, except of an external id, which is opaque.
    """
    known = scheme if isinstance(scheme, Scheme) else scheme_named(scheme)
    if known is None:
        return Unusable("The kind of code is not known.")
    if known is Scheme.EXTERNAL:
        return _external(raw)
    return too_long(LONGEST_RAW) if len(raw) > LONGEST_RAW else _read(known, raw)


@lru_cache(maxsize=_REMEMBERED)
def _read(scheme: Scheme, raw: str) -> PartyCode | Unusable:
    value = compact(raw)
    if scheme is Scheme.VAT:
        value = written_in_full(value)
    bad = unusable(value, longest=LONGEST)
    if bad is None and scheme is Scheme.NXTPORT and value.isdigit():
        bad = _ONLY_DIGITS
    return bad or PartyCode(scheme, raw, value, _FINDINGS[scheme](value))


def _external(raw: str) -> PartyCode | Unusable:
    value = raw.strip()
    if not value:
        return EMPTY
    if len(value) > LONGEST_EXTERNAL:
        return too_long(LONGEST_EXTERNAL)
    if not value.isprintable():
        return Unusable("It has characters that cannot be printed.")
    return PartyCode(Scheme.EXTERNAL, raw, value)


Findings = Callable[[str], tuple[IdentifierFinding, ...]]


def _format(pattern: str, finding: IdentifierFinding) -> Findings:
    fits = re.compile(pattern).fullmatch
    return lambda value: () if fits(value) else (finding,)


def _ean_findings(value: str) -> tuple[IdentifierFinding, ...]:
    if not _is_ean(value):
        return (_EAN_FORMAT,)
    expected = ean_check_digit(value[:12])
    if int(value[12]) == expected:
        return ()
    sentence = f"The check digit is {value[12]}; GS1 gives {expected}."
    return (IdentifierFinding("ean_check_digit", sentence),)


def ean_check_digit(first_twelve: str) -> int:
    """Return the check digit of an EAN-13 or GLN (GS1: weights 1 and 3, modulo 10)."""
    digits = [int(digit) for digit in first_twelve]
    return -(sum(digits[::2]) + 3 * sum(digits[1::2])) % 10


_is_ean = re.compile(r"[0-9]{13}").fullmatch
_EAN_FORMAT = IdentifierFinding("ean_format", "An EAN or GLN has thirteen digits.")

_FINDINGS: dict[Scheme, Findings] = {
    # Length INFERRED from four samples (cpu.md §1.2).
    Scheme.NXTPORT: _format(
        r"NXT[0-9]{11,12}",
        IdentifierFinding("nxtport_format", "An NxtPort id is NXT and eleven or twelve digits."),
    ),
    Scheme.VAT: vat_findings,
    # CPu's own sample, btw53698888, has no country (identity_scr_portbase.md §A.4).
    Scheme.EORI: _format(
        r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK"
        r"|XI)[A-Z0-9]{1,15}",
        IdentifierFinding(
            "eori_format",
            "An EORI number is a country of the Union, GB or XI, and up to fifteen characters.",
        ),
    ),
    Scheme.DUNS: _format(
        r"[0-9]{9}", IdentifierFinding("duns_format", "A D-U-N-S number has nine digits.")
    ),
    Scheme.SCAC: _format(
        r"[A-Z]{2,4}", IdentifierFinding("scac_format", "A SCAC has two to four letters.")
    ),
    # INFERRED in identity_scr_portbase.md §A.4.
    Scheme.APCS: _format(
        r"[A-Z0-9]{2,10}",
        IdentifierFinding("apcs_format", "An APCS code has two to ten letters and digits."),
    ),
    Scheme.EAN: _ean_findings,
}
