"""Portbase's words and ours: customs, inspections, modalities, names of companies."""

import re
from collections.abc import Mapping
from typing import Final

from schemas.messages import CustomsStatus, Modality

# No list of values is public. `T1` stands in identity_scr_portbase.md §F.2 as INFERRED; RELEASED
# and BLOCKED are what a third party derives of it (§C.5 [W2]).
CUSTOMS: Final[Mapping[str, CustomsStatus]] = {
    "T1": CustomsStatus.NOT_RELEASED,
    "BLOCKED": CustomsStatus.NOT_RELEASED,
    "RELEASED": CustomsStatus.RELEASED,
}

INSPECTIONS: Final = frozenset({"SCAN", "PHYSICAL"})
"""Which inspections are known: §F.2 P8 (INFERRED), the third party's PHYSICAL_… events [W2].

None of them is told as `selectedforscan`, which lets a container leave in Antwerp: what Portbase
shows as open is not over, and nobody says that it may go before.
"""

MODALITIES: Final[Mapping[Modality, str]] = {
    Modality.TRUCK: "ROAD",
    Modality.BARGE: "BARGE",
    Modality.RAIL: "RAIL",
}
"""After the three HCN services, Road, Rail and Barge (§C.2)."""


def customs_light(status: str | None, inspection: str | None) -> tuple[CustomsStatus | None, bool]:
    """Return the light that customs' words stand for, and whether all of them are known.

    An open inspection holds whatever the bill's status is; a word that nobody knows is red.
    """
    if inspection:
        return CustomsStatus.NOT_RELEASED, inspection.upper() in INSPECTIONS
    if not status:
        return None, True
    light = CUSTOMS.get(status.upper())
    return light or CustomsStatus.NOT_RELEASED, light is not None


_no_letter_or_digit = re.compile(r"[\W_]+")


def same_company(one: str | None, other: str | None) -> bool:
    """Tell whether two full names are of one company: case, spaces and dots aside.

    The state names an inland operator by nothing else (§C.5).
    """
    plain = _plain(one)
    return bool(plain) and plain == _plain(other)


def _plain(name: str | None) -> str:
    return _no_letter_or_digit.sub("", name or "").casefold()
