"""Which interchanges came before, as one is looked at after the other."""

from collections.abc import Iterable

from adapters.edifact.control import is_rejected
from adapters.edifact.findings import Rule
from adapters.edifact.items import Interchange
from consumers.gateway.ids import spelt_identity


class Known:
    """The interchanges whose messages were taken, by ids.spelt_identity.

    One that was rejected as a whole is not among them: it may come again under its reference.
    What goes on behind an end that stands too early (`continues`) has the header of what stood
    before it, and came before only where that did.
    """

    def __init__(self, identities: Iterable[str] = ()) -> None:
        self._identities = set(identities)
        self.is_again = False
        """Whether the one that was last asked about came before."""

    def came(self, interchange: Interchange, tolerated: frozenset[Rule]) -> bool:
        """Tell whether *interchange*, which is next, came before; it is known from now on."""
        header = interchange.header
        identity = None if header is None else spelt_identity(header)
        if not interchange.continues:
            self.is_again = identity in self._identities
        if identity is not None and not is_rejected(interchange, tolerated):
            self._identities.add(identity)
        return self.is_again
