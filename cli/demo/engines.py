"""What the demo runs on: embedded engines, or Apache Kafka and PostgreSQL of this machine."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.demo.folder import LEDGER
from cli.options import SQLITE, Where
from cli.voice import Steps
from compose.local import EmbeddedBroker, LocalKafka, LocalPostgres
from compose.local.jars import fetched_jars

DATABASE = "releasebus"


@dataclass(frozen=True, slots=True)
class Engines:
    """Where the engines are, and what they are called."""

    where: Where
    kafka: str
    database: str
    are_real: bool


@contextmanager
def embedded(folder: Path, progress: Steps) -> Iterator[Engines]:
    """Run the embedded broker; the ledger is a SQLite file in *folder*."""
    progress.begin("starting the embedded broker")
    with EmbeddedBroker() as broker:
        progress.end()
        where = Where(broker.bootstrap_servers, f"{SQLITE}{folder / LEDGER}")
        yield Engines(where, "embedded broker", "SQLite", are_real=False)


@contextmanager
def real(progress: Steps) -> Iterator[Engines]:
    """Run Apache Kafka and PostgreSQL in throw-away folders."""
    with ExitStack() as engines:
        progress.begin("fetching Apache Kafka, once")
        fetched_jars()
        progress.begin("starting PostgreSQL")
        postgres = engines.enter_context(LocalPostgres())
        progress.begin("starting Apache Kafka")
        kafka = engines.enter_context(LocalKafka(for_minutes=True))
        progress.end()
        where = Where(kafka.bootstrap_servers, postgres.create_database(DATABASE))
        yield Engines(where, "Apache Kafka", "PostgreSQL", are_real=True)
