"""What is to be told of a fact, before it is addressed to each of its receivers."""

from dataclasses import dataclass

from adapters.antwerp_cpu.wire_out import Body, Fault
from adapters.antwerp_cpu.wire_words import Event
from adapters.contract import Parties
from adapters.parties import operators_of
from schemas.facts import RecordedFact
from schemas.stay import Stay


@dataclass(frozen=True, slots=True)
class Telling:
    """One notification; `kind` tells it from the others of the same fact."""

    event: Event
    kind: str
    body: Body
    receivers: tuple[str, ...]
    sender: str | None = None
    errors: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A fact about a stay, and the organisations that it names."""

    recorded: RecordedFact
    stay: Stay
    parties: Parties

    @property
    def sender(self) -> str | None:
        """Who caused it, where that is an organisation: time and gateways are none."""
        sender = self.recorded.cause.organisation
        return sender if sender in self.parties else None

    def operators(self, *terminals: str) -> tuple[str, ...]:
        """Return who runs these terminals of the port."""
        return operators_of(self.parties, self.stay.port, terminals)
