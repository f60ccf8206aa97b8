"""What a terminal is told of a release by COREOR: an order, another instead, or that none stands.

A terminal that reads EDIFACT alone holds its order and lets the container go. It knows no block
and no dispute, but a deletion, and an original that comes again; so this is how it is told.
"""

from collections.abc import Iterator
from typing import Final

from adapters.contract import Parties
from adapters.edifact.meaning import drafts
from adapters.edifact.meaning.drafts import Telling
from adapters.edifact.partners.partner import Withheld
from adapters.edifact.write import Draft
from schemas import facts as f
from schemas import override_facts as o
from schemas.stay import ReleaseStatus, Stay

WITHHOLDING: Final = (
    f.Deleted,
    f.Blocked,
    f.Expired,
    f.Disputed,
    f.Suspended,
    o.OperatorSuspended,
)
"""After these no order stands, whoever gave it: also of one that the bus did not write."""

OPENING: Final = (
    f.Released,
    f.Unblocked,
    f.DisputeSettled,
    f.SuspensionLifted,
    o.OperatorReinstated,
)
"""After these one stands, also where none was told before."""


def order(telling: Telling, parties: Parties) -> Draft | None:
    """Return the order, its replacement or deletion; None where the terminal knows already."""
    stay, fact = telling.stay, telling.recorded.fact
    if stay.status is ReleaseStatus.GATED_OUT:
        return None
    if runs(telling, parties, stay.terminal):
        function = _function(telling)
        return drafts.coreor(telling, function, stay.terminal) if function else None
    match fact:
        case f.Updated(terminal_before=before) if runs(telling, parties, before):
            if not telling.taken_back:
                return drafts.coreor(telling, drafts.DELETION, before)
    return None


def runs(telling: Telling, parties: Parties, terminal: str) -> bool:
    """Tell whether the partner runs a quay."""
    own = parties.get(telling.partner.organisation)
    return own is not None and own.runs(telling.stay.port, terminal)


def withheld(stay: Stay) -> Iterator[Withheld]:
    """Yield why nobody is to get the container though its release was not deleted."""
    if stay.blocked:
        yield Withheld.BLOCKED
    if stay.status is ReleaseStatus.EXPIRED:
        yield Withheld.EXPIRED
    if stay.disputed:
        yield Withheld.DISPUTED
    if stay.suspended or stay.operator_suspended:
        yield Withheld.SUSPENDED


def _function(telling: Telling) -> str:
    stay, fact = telling.stay, telling.recorded.fact
    deleted = stay.status is ReleaseStatus.DELETED
    if deleted or not telling.gets.withdrawn_when.isdisjoint(withheld(stay)):
        news = telling.earlier or isinstance(fact, WITHHOLDING)
        return drafts.DELETION if news and not telling.taken_back else ""
    if telling.taken_back or (isinstance(fact, OPENING) and not telling.earlier):
        return drafts.ORIGINAL
    if isinstance(fact, f.Updated):
        # It may be the first that this quay hears of it: the container was to stand elsewhere.
        return drafts.REPLACE if telling.earlier else drafts.ORIGINAL
    return ""
