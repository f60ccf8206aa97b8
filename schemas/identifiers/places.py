"""Places: the port (UN/LOCODE) and the quay in it (terminal code)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.identifiers.findings import IdentifierFinding, Unusable, too_long
from schemas.identifiers.spelling import LONGEST_RAW, compact, unusable

LONGEST = 25
"""Characters of a place in EDIFACT (data elements 3225 and 3223, an..25)."""

_REMEMBERED = 4_096

_is_locode = re.compile(r"[A-Z]{2}[A-Z2-9]{3}").fullmatch

# `Kaai`, `K` and leading zeros, INFERRED in cpu.md §1.2. `K` only before a digit: KRM is a
# terminal of Rotterdam. Repeated, so that what is left cannot be stripped a second time.
_quay_prefix = re.compile(r"(?:(?:KAAI|K)(?=[0-9])|0+(?=[A-Z0-9]))+")

_LOCODE_FORMAT = IdentifierFinding(
    "locode_format", "A UN/LOCODE has two letters and three letters or digits 2 to 9."
)


@dataclass(frozen=True, slots=True)
class Locode:
    """A UN/LOCODE as it came and as it is compared; whether it exists is for the port sets."""

    raw: str
    value: str
    findings: tuple[IdentifierFinding, ...] = ()

    @property
    def country(self) -> str:
        """The country, ISO 3166 alpha-2."""
        return self.value[:2]


@dataclass(frozen=True, slots=True)
class TerminalCode:
    """A terminal code as it came and as it is compared; unique within its port only.

    1700, 01700, K1700 and Kaai1700 are one quay (cpu.md §1.2 `terminalCode`): its value is
    1700. So 0100 is 100, and 0S913 (BICS fills up to five characters) is S913.
    """

    raw: str
    value: str

    @property
    def four_characters(self) -> str:
        """The code as CPu writes it in JSON: `0100`, `0524`, `1742` (cpu.md §1.2)."""
        return self.value.zfill(4) if self.value.isdigit() else self.value


def read_locode(raw: str) -> Locode | Unusable:
    """Return the UN/LOCODE in *raw* (`BE ANR` and `beanr` are BEANR), or why it is no key."""
    return too_long(LONGEST_RAW) if len(raw) > LONGEST_RAW else _read_locode(raw)


@lru_cache(maxsize=_REMEMBERED)
def _read_locode(raw: str) -> Locode | Unusable:
    value = compact(raw)
    findings = () if _is_locode(value) else (_LOCODE_FORMAT,)
    return unusable(value, longest=LONGEST) or Locode(raw, value, findings)


def read_terminal(raw: str) -> TerminalCode | Unusable:
    """Return the terminal code in *raw*, or why it cannot be a key."""
    return too_long(LONGEST_RAW) if len(raw) > LONGEST_RAW else _read_terminal(raw)


@lru_cache(maxsize=_REMEMBERED)
def _read_terminal(raw: str) -> TerminalCode | Unusable:
    value = compact(raw)
    prefix = _quay_prefix.match(value)
    value = value[prefix.end() :] if prefix else value
    return unusable(value, longest=LONGEST) or TerminalCode(raw, value)
