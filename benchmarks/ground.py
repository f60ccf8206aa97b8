"""What every row is measured on: the engines, the work, and a place of its own for each."""

from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.bus import Place
from benchmarks.workload import Said, work
from compose.local import LocalKafka, LocalPostgres


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table; `value` is what later rows may be set beside."""

    what: str
    value: float
    figure: str
    beside: str = ""


@dataclass
class Ground:
    """Apache Kafka and PostgreSQL of this machine, and how much is done on them."""

    kafka: LocalKafka
    postgres: LocalPostgres
    messages: int
    naive_messages: int
    grown_to: int
    _places: int = field(default=0)

    @cached_property
    def said(self) -> list[Said]:
        """The work: containers from release to gate."""
        return work(self.messages)

    @property
    def engines(self) -> dict[str, int]:
        """The engines' processes, by name."""
        return {"Kafka": self.kafka.process_id, "PostgreSQL": self.postgres.process_id}

    def place(self) -> Place:
        """Return a namespace and a database that nothing was measured in before."""
        self._places += 1
        url = self.postgres.create_database(f"bench{self._places}")
        return Place(self.kafka.bootstrap_servers, url, f"bench{self._places}.")
