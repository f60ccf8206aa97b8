"""Carriers: their codes as messages write them, and as the bus names parties."""

import re
from collections.abc import Mapping
from typing import Final

from adapters.edifact.segments import Segment
from schemas.identifiers import Scheme

CODE_LIST: Final = "172"
"""1131: a carrier's code; 3055 beside it says whose list (edifact_france.md C.5)."""

SCAC_AGENCY: Final = "166"
LISTS: Final[Mapping[str, str]] = {"20": "bic", "SMD": "smdg"}
"""Whose codes are no scheme of the bus: external ids behind the name of the list."""

_LETTERS: Final = re.compile(r"[A-Z]{2,4}")
"""As those lists have them. Digits could be a card's, and no external id is looked at for one."""

LONGEST: Final = 35
"""Characters of 3039. What is longer is left out: nobody would read a part of it."""


def carrier_in(nad: Segment) -> dict[str, str] | None:
    """Return the carrier that a NAD names, as what a PartyRef is made of: it may be unusable.

    None where its code is of no list that says whose it is.
    """
    code, agency = nad.value(2), nad.value(2, 3)
    if not code:
        return None
    if agency == SCAC_AGENCY:
        return {"scheme": Scheme.SCAC.value, "code": code}
    if agency in LISTS and _LETTERS.fullmatch(code):
        return {"scheme": Scheme.EXTERNAL.value, "code": f"{LISTS[agency]}:{code}"}
    return None


def coded(scheme: Scheme, code: str) -> tuple[str, ...]:
    """Return a carrier as C082 has it, nothing where that has no room for it."""
    own, agency = code, SCAC_AGENCY if scheme is Scheme.SCAC else ""
    if scheme is Scheme.EXTERNAL:
        name, _, rest = code.partition(":")
        agency = next((each for each, known in LISTS.items() if known == name and rest), "")
        own = rest if agency else code
    if len(own) > LONGEST:
        return ()
    return (own, CODE_LIST, agency) if agency else (own, "160", "ZZZ")
