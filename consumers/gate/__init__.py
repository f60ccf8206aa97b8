"""The reader that a terminal runs beside its gate: may this container leave, and with whom."""

from consumers.gate.answers import Answer, AtGate, CannotTell, Doubt, Leave, Stays, explained, said
from consumers.gate.gate import Gate, Health
from consumers.gate.settings import GateSettings

__all__ = [
    "Answer",
    "AtGate",
    "CannotTell",
    "Doubt",
    "Gate",
    "GateSettings",
    "Health",
    "Leave",
    "Stays",
    "explained",
    "said",
]
