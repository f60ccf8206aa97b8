"""Facts of what two people override, and of what a suspended operator's right comes to."""

from typing import TypeAlias

from schemas.fact_value import FactValue
from schemas.overrides import Override
from schemas.value import always


class Overridden(FactValue, frozen=True, kw_only=True):
    """Two people agreed on an override, and what follows is done by it.

    `proposed_by` and `confirmed_by` are the people's ids at the organisation whose people may
    override; `signed` the proposal and the confirmation as they came (schemas/overrides.py).
    """

    override: Override
    subject: str
    detail: str = always(default="")
    proposed_by: str
    confirmed_by: str
    signed: tuple[str, ...]


class OperatorSuspended(FactValue, frozen=True, kw_only=True):
    """Who would collect was suspended on the bus: nobody leaves under its pick-up right."""

    operator: str


class OperatorReinstated(FactValue, frozen=True, kw_only=True):
    """Who would collect may act again: its pick-up right counts as it did."""

    operator: str


OverrideFact: TypeAlias = Overridden | OperatorSuspended | OperatorReinstated
