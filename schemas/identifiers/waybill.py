"""Air waybill numbers: one spelling, and what is odd about a number.

Three digits of the airline, seven of its own, and the check digit: those seven modulo seven
(identity_scr_portbase.md §D).
"""

import re
from dataclasses import dataclass

from schemas.identifiers.findings import IdentifierFinding, Unusable, too_long
from schemas.identifiers.spelling import LONGEST_RAW, compact

_is_a_waybill = re.compile(r"[0-9]{11}").fullmatch
_NO_WAYBILL = Unusable("An air waybill has eleven digits: three of the airline, and eight.")


@dataclass(frozen=True, slots=True)
class WaybillNumber:
    """An air waybill's number as it came and as it is compared: eleven digits.

    A number with findings is still a key.
    """

    raw: str
    value: str
    findings: tuple[IdentifierFinding, ...] = ()

    @property
    def shown(self) -> str:
        """Return it as people write it: `020-12345675`."""
        return f"{self.value[:3]}-{self.value[3:]}"


def read_waybill(raw: str) -> WaybillNumber | Unusable:
    """Return the air waybill's number in *raw*, or why it can be none."""
    if len(raw) > LONGEST_RAW:
        return too_long(LONGEST_RAW)
    value = compact(raw)
    if not _is_a_waybill(value):
        return _NO_WAYBILL
    expected = int(value[3:10]) % 7
    if int(value[10]) == expected:
        return WaybillNumber(raw, value)
    sentence = f"The check digit is {value[10]}; the seven before it give {expected}."
    return WaybillNumber(raw, value, (IdentifierFinding("waybill_check_digit", sentence),))
