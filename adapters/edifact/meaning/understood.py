"""What a message of a partner was understood as."""

from msgspec import Struct

from adapters.contract import Part
from adapters.edifact.meaning.findings import ProfileFinding


class Understood(Struct, frozen=True):
    """The messages in one message of a partner, and what was not as agreed with it.

    Each of `parts` is of one container; its id is the container's place in the message, from 1.
    A message that is rejected has none.
    """

    parts: tuple[Part, ...] = ()
    findings: tuple[ProfileFinding, ...] = ()

    @property
    def is_rejected(self) -> bool:
        """Tell whether the message is rejected as a whole."""
        return any(found.rejects for found in self.findings)
