"""Partners: what is agreed with each, one TOML file a partner (examples/ has one of each kind)."""

from adapters.edifact.partners.faults import PartnerFault
from adapters.edifact.partners.file import partner_from
from adapters.edifact.partners.partner import (
    ACKNOWLEDGEMENTS,
    Function,
    Gets,
    Identity,
    Meaning,
    Partner,
    Sends,
    Spot,
    Status,
    When,
    Withheld,
)

__all__ = [
    "ACKNOWLEDGEMENTS",
    "Function",
    "Gets",
    "Identity",
    "Meaning",
    "Partner",
    "PartnerFault",
    "Sends",
    "Spot",
    "Status",
    "When",
    "Withheld",
    "partner_from",
]
