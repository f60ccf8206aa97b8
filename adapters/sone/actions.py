"""What the users of S)ONE do there instead of a message of the bus, by the message's type."""

from collections.abc import Mapping
from typing import Final

from adapters.sone.assumed import ASKS, DELIVERY_ORDER, EXIT, IDENTIFICATION, INVALIDATION

_SPELT: Final = {
    DELIVERY_ORDER: "bon à délivrer",
    IDENTIFICATION: "identification du transporteur",
    EXIT: "demande de sortie",
    INVALIDATION: "demande d'invalidation de sortie",
}

ACTIONS: Final[Mapping[str, str]] = {
    model.TYPE: f"S)ONE {_SPELT[asks[-1].object]}" for model, asks in ASKS.items()
}
"""The objects are S)ONE's (edifact_france.md §A.4)."""
