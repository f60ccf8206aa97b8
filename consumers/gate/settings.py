"""What a gate has to be told: whose gate it is, its keys, and how long it believes its view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from producers.login import Servers
from schemas.identifiers import Unusable, read_locode, read_terminal
from schemas.topics import CONTAINER_PARTITIONS, pickup_rights, within
from schemas.words import Language


class NoSuchGate(ValueError):
    """The port or the terminal code of the settings cannot be read: correct the settings."""


def by_this_machine() -> datetime:
    """Return the time by the machine's own clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A quay: its port and its terminal code, in the spelling that is compared."""

    port: str
    terminal: str


def place_of(port: str, terminal: str) -> Place | Unusable:
    """Return the quay that is written *port* and *terminal* (K1742 and 1742 are one)."""
    locode, code = read_locode(port), read_terminal(terminal)
    if isinstance(locode, Unusable):
        return locode
    return code if isinstance(code, Unusable) else Place(locode.value, code.value)


@dataclass(frozen=True, slots=True)
class GateSettings:
    """One terminal's gate.

    `private_keys` are base64 by key id, more than one while keys change. The view counts as
    stale `stale_after_seconds` after the last heartbeat of the container's shard, and a
    heartbeat that lies more than `clock_tolerance_seconds` ahead tells that a clock is wrong.
    `shards` is the number of partitions of the ledger's log, `language` that of the people there.
    """

    bootstrap_servers: Servers
    port: str
    terminal: str
    private_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    namespace: str = ""
    stale_after_seconds: float = 60.0
    clock_tolerance_seconds: float = 10.0
    shards: int = CONTAINER_PARTITIONS
    clock: Callable[[], datetime] = by_this_machine
    language: Language = Language.EN

    @property
    def place(self) -> Place:
        """The quay of this gate; raises NoSuchGate where it cannot be read."""
        place = place_of(self.port, self.terminal)
        if isinstance(place, Unusable):
            raise NoSuchGate(f"port {self.port!r}, terminal {self.terminal!r}: {place.reason}")
        return place

    @property
    def topic(self) -> str:
        """The topic that this gate reads, as Kafka calls it."""
        return within(self.namespace, pickup_rights(self.place.port, self.place.terminal)).name
