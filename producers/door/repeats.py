"""Calls that were sent on, so that a repeat sends the very same bytes again."""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST = 10_000
"""Repeats follow within minutes; so many calls are some ten megabytes."""


@dataclass(slots=True)
class Repeats:
    """What was published, by organisation and reference; the oldest is forgotten first.

    A driver is sealed anew each time, and no two boxes are equal: to the ledger a repeat would be
    another message under a used id. What is compared is the body without the driver but for its
    mask: of the card itself nothing is kept, not even a digest (design.md §8). After a restart
    nothing is remembered; then the ledger refuses the repeat, and the first one stands.
    """

    most: int = MOST
    _kept: OrderedDict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=OrderedDict)

    def published(self, organisation: str, reference: str, shown: bytes, fresh: bytes) -> bytes:
        """Return what goes out under *reference*: *fresh*, or what went out for it before.

        *shown* is what may be seen of the body by anyone: where that differs it is no repeat.
        """
        key = (organisation, reference)
        before = self._kept.get(key)
        if before is not None and before[0] == shown:
            self._kept.move_to_end(key)
            return before[1]
        self._kept[key] = (shown, fresh)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return fresh
