"""What messages mean, as the adapter has it: named once, so that a test can name another."""

from typing import Final

from adapters.edifact.meaning.acknowledge import aperak
from adapters.edifact.meaning.understand import understood
from consumers.gateway.meant import Aperak, Understand

MEANING: Final[tuple[Understand, Aperak]] = (understood, aperak)
