"""Which ports the bus knows, and who decides in each (design.md §4, authority of record)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from schemas.value import Value

Authority: TypeAlias = Literal["ledger", "system"]
"""Who decides: the ledger answers what is asked, or the port's system does and is observed."""


class Port(Value, frozen=True):
    """One port by its UN/LOCODE; `system` is its community system, a folder of adapters/."""

    locode: str
    authority: Authority
    system: str


# identity_scr_portbase.md §0; edifact_france.md §A.1, §B. Which LOCODEs there are beside Le Havre
# and Rouen is INFERRED: of the Seine axis, Nantes (Montoir), Guadeloupe; Bordeaux, Martinique,
# Guyane. Air (Schiphol, Cargonaut) is no port of containers: a consignment of its own, with a
# table of its own when it comes.
PORTS: Mapping[str, Port] = {
    port.locode: port
    for port in (
        Port("BEANR", "ledger", "antwerp_cpu"),
        Port("BEZEE", "ledger", "antwerp_cpu"),
        Port("NLRTM", "system", "portbase"),
        Port("NLAMS", "system", "portbase"),
        Port("FRLEH", "system", "sone"),
        Port("FRURO", "system", "sone"),
        Port("FRPAR", "system", "sone"),
        Port("FRGEN", "system", "sone"),
        Port("FRMTX", "system", "sone"),
        Port("GPPTP", "system", "sone"),
        Port("FRMRS", "system", "ci5"),
        Port("FRFOS", "system", "ci5"),
        Port("FRBOD", "system", "ci5"),
        Port("FRDKK", "system", "ci5"),
        Port("MQFDF", "system", "ci5"),
        Port("GFDDC", "system", "ci5"),
    )
}

DECIDED_BY_SYSTEM: Mapping[str, str] = {
    port.locode: port.system for port in PORTS.values() if port.authority == "system"
}
"""The system that decides, by port; a port that is not here is the ledger's, or unknown."""
