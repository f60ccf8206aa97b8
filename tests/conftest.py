"""What every test may ask for: engines, a fresh database, a namespace of its own on Kafka."""

import gc
import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from compose.local import LocalKafka, LocalPostgres
from compose.local.postgres import what_postgres_lacks
from tests import real_interchanges
from tests.chance import examples
from tests.engines import (
    REQUIRE_REAL_VARIABLE,
    KafkaAtHand,
    PostgresAtHand,
    engines_of_this_run,
    running_kafka,
    running_postgres,
    what_fetched_kafka_lacks,
)
from tests.shared_kafka import SharedKafka, address_told_in

EXIT_EMBEDDED = 4
SHARED_KAFKA: pytest.StashKey[SharedKafka] = pytest.StashKey()
KAFKA_FOLDER = "kafka_folder"

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "releasebus",
    deadline=None,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("releasebus")


def pytest_sessionstart() -> None:
    """Refuse to start on embedded engines where real ones are required."""
    engines = engines_of_this_run()
    if os.environ.get(REQUIRE_REAL_VARIABLE) == "1" and not engines.are_real:
        pytest.exit(
            f"{REQUIRE_REAL_VARIABLE}=1, but real engines cannot be had here: {engines}",
            returncode=EXIT_EMBEDDED,
        )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Do not look for garbage among what is imported, then or later: all of it stays.

    What a test leaves open is still found, and sooner: there is less to look through.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_report_header() -> list[str]:
    """Say which engines these tests run on."""
    return _lines_on_engines()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it again at the end, where it is read."""
    real = engines_of_this_run().are_real
    terminalreporter.section("engines", green=real, red=not real, bold=not real)
    for line in _lines_on_engines():
        terminalreporter.write_line(line, green=real, red=not real, bold=not real)
    said = real_interchanges.told(terminalreporter.stats)
    if said is not None:
        lacks = said.startswith(real_interchanges.NOT_READ)
        terminalreporter.write_line(said, green=not lacks, red=lacks, bold=lacks)


def _lines_on_engines() -> list[str]:
    engines = engines_of_this_run()
    lines = [f"Kafka:    {engines.kafka}", f"database: {engines.database}"]
    if not engines.are_real:
        lines.append("THESE TESTS DO NOT RUN ON APACHE KAFKA AND POSTGRESQL: only a first look.")
    return lines


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_configure_node(node: Any) -> None:
    """Run one Kafka for all workers, and tell each where to look for it."""
    stash = node.config.stash
    if SHARED_KAFKA not in stash:
        stash[SHARED_KAFKA] = SharedKafka(engines_of_this_run().kafka)
    node.workerinput[KAFKA_FOLDER] = str(stash[SHARED_KAFKA].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it when the last worker is done."""
    if SHARED_KAFKA in config.stash:
        config.stash[SHARED_KAFKA].close()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[KafkaAtHand]:
    """The Kafka of this run, shared: take ``namespace`` for your topics, and do not break it.

    Embedded where nothing better is to be had.
    """
    choice = engines_of_this_run().kafka
    folder = getattr(request.config, "workerinput", {}).get(KAFKA_FOLDER)
    if folder is not None:
        yield KafkaAtHand(address_told_in(Path(folder)), choice.origin)
        return
    with running_kafka(choice) as running:
        yield running


@pytest.fixture(scope="session")
def apache_kafka(kafka: KafkaAtHand) -> KafkaAtHand:
    """The same, for what the embedded broker cannot do: skipped there."""
    if not kafka.is_real:
        pytest.skip("needs Apache Kafka, and this run is on the embedded broker")
    return kafka


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresAtHand]:
    """The PostgreSQL server of this session, shared; skipped where there is only SQLite."""
    choice = engines_of_this_run().database
    if not choice.is_real:
        pytest.skip("needs PostgreSQL, and this run is on SQLite")
    with running_postgres(choice, os.environ) as running:
        yield running


@pytest.fixture
def postgres_url(postgres: PostgresAtHand) -> Iterator[str]:
    """SQLAlchemy's URL of a fresh, empty PostgreSQL database."""
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """SQLAlchemy's URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'bus.db'}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLAlchemy's URL of a fresh, empty database: PostgreSQL, or SQLite where need be."""
    real = engines_of_this_run().database.is_real
    url: str = request.getfixturevalue("postgres_url" if real else "sqlite_url")
    return url


@pytest.fixture(scope="module")
def shared_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same for the tests of one module together."""
    if not engines_of_this_run().database.is_real:
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'bus.db'}"
        return
    postgres: PostgresAtHand = request.getfixturevalue("postgres")
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture
def namespace() -> str:
    """A prefix for topics, groups and transactional ids that no other test has."""
    return f"t{secrets.token_hex(4)}."


@pytest.fixture
def breakable_kafka() -> Iterator[LocalKafka]:
    """An Apache Kafka of this test alone, to be killed, paused and restarted."""
    lack = what_fetched_kafka_lacks()
    if lack is not None:
        pytest.skip(lack)
    with LocalKafka(for_minutes=True) as kafka:
        yield kafka


@pytest.fixture
def breakable_postgres() -> Iterator[LocalPostgres]:
    """A PostgreSQL of this test alone, to be killed, paused and restarted."""
    lack = what_postgres_lacks()
    if lack is not None:
        pytest.skip(lack)
    with LocalPostgres() as postgres:
        yield postgres
