"""Status codes of air cargo, and what they come to on the bus (identity_scr_portbase.md §D)."""

import re
from collections.abc import Mapping
from typing import Final

from schemas.air import AirStep

STEPS: Final[Mapping[str, AirStep]] = {
    "ARR": AirStep.ARRIVED,
    "RCF": AirStep.RECEIVED,
    "AWR": AirStep.DOCUMENTS_RECEIVED,
    "CRC": AirStep.REPORTED_TO_CUSTOMS,
    "TGC": AirStep.HELD_BY_CUSTOMS,
    "CCD": AirStep.CLEARED,
    "NFD": AirStep.NOTIFIED,
    "AWD": AirStep.DOCUMENTS_DELIVERED,
    "FIW": AirStep.INTO_WAREHOUSE,
    "FOW": AirStep.OUT_OF_WAREHOUSE,
    "DLV": AirStep.DELIVERED,
    "DDL": AirStep.DELIVERED,
}
"""RCF received from flight, CCD cleared, NFD notified, TGC transferred to customs, …"""

CODES: Final[Mapping[AirStep, str]] = {step: code for code, step in STEPS.items() if code != "DDL"}
"""The code that a step is written by."""

is_a_code = re.compile(r"[A-Z]{3}").fullmatch
"""Whether it has the form of a status code."""

DISCREPANCY: Final = "DIS"

OF_EXPORT: Final = frozenset(
    {"BKD", "RCS", "MAN", "DEP", "FOH", "PRE", "RCT", "TFD", "TRM", "CRD", "DOC", "OCI", "DPU"}
)
"""Known, and of no weight for what is collected here."""

WHOLE: Final = "T"
PARTIAL: Final = frozenset("PSDM")
"""How much of the consignment is meant: all of it, or a part, split, divided, of several."""
