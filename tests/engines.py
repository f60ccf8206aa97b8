"""Choose and start the Kafka and the database that the tests run on.

In this order (design.md §7): what the environment names, containers where a Docker engine answers
and can have the images, this machine's own Apache Kafka and PostgreSQL, the embedded ones.
"""

import contextlib
import enum
import functools
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from compose.local import EmbeddedBroker, EngineUnavailable, LocalKafka, LocalPostgres
from compose.local.jars import fetched_jars, what_kafka_lacks
from compose.local.ports import LOOPBACK, free_port
from compose.local.postgres import what_postgres_lacks

KAFKA_VARIABLE = "RELEASEBUS_TEST_KAFKA"
DATABASE_VARIABLE = "RELEASEBUS_TEST_DATABASE"
REQUIRE_REAL_VARIABLE = "RELEASEBUS_REQUIRE_REAL"
KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:17"
DOCKER_SOCKET = Path("/var/run/docker.sock")
DOCKER_ANSWER_SECONDS = 5
CONTAINER_START_SECONDS = 60
# What fsync is for is a machine that goes down, which no test can make happen, and who kills or
# stops a server takes `breakable_postgres`, whose fsync is on: here it would only be waited for.
SHARED_POSTGRES = MappingProxyType({"fsync": "off"})
# Fifty namespaces of all topics fill 256 MB: Java then looked for garbage half of its time, and a
# broker that was silent for three seconds lost the lead of every partition.
SHARED_HEAP_MEGABYTES = 1024
SHARED_KAFKA = MappingProxyType(
    {"broker.session.timeout.ms": "30000", "broker.heartbeat.interval.ms": "2000"}
)


class Origin(enum.Enum):
    """Where an engine comes from."""

    GIVEN = "given by the environment"
    CONTAINER = "container"
    LOCAL = "of this machine, throw-away data"
    EMBEDDED = "EMBEDDED"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine the tests take, and what spoke against the better ones."""

    what: str
    origin: Origin
    address: str = ""
    why_not_real: str = ""

    @property
    def is_real(self) -> bool:
        """Tell whether it is Apache Kafka, or PostgreSQL."""
        return self.origin is not Origin.EMBEDDED

    def __str__(self) -> str:
        """Say it in one line."""
        line = f"{self.what} ({self.origin.value}{', ' if self.address else ''}{self.address})"
        return line if self.is_real else f"{line}, since: {self.why_not_real}"


@dataclass(frozen=True, slots=True)
class KafkaAtHand:
    """The Kafka of this test session; all tests share it, each in its own namespace.

    ``engine`` is there when this process runs a local one. To kill or stop a broker, take the
    fixture ``breakable_kafka`` instead, which nobody shares.
    """

    bootstrap_servers: str
    origin: Origin
    engine: LocalKafka | EmbeddedBroker | None = None

    @property
    def is_real(self) -> bool:
        """Tell whether it is Apache Kafka."""
        return self.origin is not Origin.EMBEDDED


@dataclass(frozen=True, slots=True)
class PostgresAtHand:
    """The PostgreSQL server of this test session, on which each test makes its own databases."""

    server_url: str
    origin: Origin
    engine: LocalPostgres | None = None

    def url(self, database: str) -> str:
        """Give SQLAlchemy's URL of a database on this server."""
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{database}"))

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Make a database as a copy of another (an empty one by default); gives its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is in it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Give the URL of a new, empty database, and drop it afterwards."""
        name = f"t{uuid.uuid4().hex[:12]}"
        try:
            yield self.create_database(name)
        finally:
            self.drop_database(name)

    def _run(self, statement: sql.Composed) -> None:
        address = urlunsplit(urlsplit(self.server_url)._replace(scheme="postgresql"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


def choose_kafka(
    environment: Mapping[str, str],
    *,
    lack_of_containers: Callable[[str], str | None],
    lack_of_local: Callable[[], str | None],
) -> Choice:
    """Choose the Kafka; the callables say what speaks against a container or a local one."""
    given = environment.get(KAFKA_VARIABLE)
    if given:
        return Choice("Kafka", Origin.GIVEN, given)
    no_container = lack_of_containers(KAFKA_IMAGE)
    if no_container is None:
        return Choice("Apache Kafka", Origin.CONTAINER, KAFKA_IMAGE)
    no_local = lack_of_local()
    if no_local is None:
        return Choice("Apache Kafka 4.3.1", Origin.LOCAL)
    return Choice("noida-db", Origin.EMBEDDED, why_not_real=f"{no_container}; {no_local}")


def choose_database(
    environment: Mapping[str, str],
    *,
    lack_of_containers: Callable[[str], str | None],
    lack_of_local: Callable[[], str | None],
) -> Choice:
    """Choose the database in the same way; a given one is a PostgreSQL server's URL."""
    given = environment.get(DATABASE_VARIABLE)
    if given:
        return Choice("PostgreSQL", Origin.GIVEN, urlsplit(given).netloc.rpartition("@")[2])
    no_container = lack_of_containers(POSTGRES_IMAGE)
    if no_container is None:
        return Choice("PostgreSQL", Origin.CONTAINER, POSTGRES_IMAGE)
    no_local = lack_of_local()
    if no_local is None:
        return Choice("PostgreSQL", Origin.LOCAL)
    return Choice("SQLite", Origin.EMBEDDED, why_not_real=f"{no_container}; {no_local}")


@dataclass(frozen=True, slots=True)
class Engines:
    """What this run of the tests is on."""

    kafka: Choice
    database: Choice

    @property
    def are_real(self) -> bool:
        """Tell whether nothing is embedded."""
        return self.kafka.is_real and self.database.is_real

    def __str__(self) -> str:
        """Say both in one line."""
        return f"Kafka: {self.kafka}; database: {self.database}"


def choose_engines(environment: Mapping[str, str]) -> Engines:
    """Look at the environment and at this machine; starts nothing, may fetch images and jars."""
    return Engines(
        choose_kafka(
            environment,
            lack_of_containers=what_docker_lacks,
            lack_of_local=what_fetched_kafka_lacks,
        ),
        choose_database(
            environment, lack_of_containers=what_docker_lacks, lack_of_local=what_postgres_lacks
        ),
    )


@functools.cache
def engines_of_this_run() -> Engines:
    """Choose once a process."""
    return choose_engines(os.environ)


def may_be_skipped(lack: str | None) -> bool:
    """Tell whether tests of a real part that lacks may be left out: never where it is demanded."""
    return lack is not None and os.environ.get(REQUIRE_REAL_VARIABLE) != "1"


def what_fetched_kafka_lacks() -> str | None:
    """Say why Apache Kafka cannot be run here, or None; fetches its jars if need be, once."""
    lack = what_kafka_lacks()
    if lack is None:
        try:
            fetched_jars()
        except EngineUnavailable as unavailable:
            lack = str(unavailable)
    return lack


def what_docker_lacks(image: str) -> str | None:
    """Say why this image cannot be run here, or None; pulls it where that works."""
    if not os.environ.get("DOCKER_HOST") and not DOCKER_SOCKET.exists():
        return "no Docker engine"
    import docker  # noqa: PLC0415  slow, and seldom needed
    from docker.errors import DockerException  # noqa: PLC0415  the same
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415  the same

    try:
        docker.from_env(timeout=DOCKER_ANSWER_SECONDS).ping()
        for needed in (image, testcontainers_config.ryuk_image):
            have_image(needed)
    except (DockerException, OSError) as error:
        return f"Docker cannot run {image} ({type(error).__name__})"
    return None


def have_image(image: str) -> None:
    """Pull an image that is not there yet; DockerException if it cannot be had."""
    import docker  # noqa: PLC0415  slow, and seldom needed
    from docker.errors import ImageNotFound  # noqa: PLC0415  the same

    client = docker.from_env()
    try:
        client.images.get(image)
    except ImageNotFound:
        client.images.pull(image)


@contextlib.contextmanager
def running_kafka(choice: Choice) -> Iterator[KafkaAtHand]:
    """Run the chosen Kafka."""
    match choice.origin:
        case Origin.GIVEN:
            yield KafkaAtHand(choice.address, choice.origin)
        case Origin.CONTAINER:
            with kafka_container() as address:
                yield KafkaAtHand(address, choice.origin)
        case Origin.LOCAL:
            with LocalKafka(
                heap_megabytes=SHARED_HEAP_MEGABYTES, settings=SHARED_KAFKA, for_minutes=True
            ) as kafka:
                yield KafkaAtHand(kafka.bootstrap_servers, choice.origin, kafka)
        case Origin.EMBEDDED:
            with EmbeddedBroker() as broker:
                yield KafkaAtHand(broker.bootstrap_servers, choice.origin, broker)


@contextlib.contextmanager
def running_postgres(choice: Choice, environment: Mapping[str, str]) -> Iterator[PostgresAtHand]:
    """Run the chosen PostgreSQL; the caller has seen that it is not SQLite."""
    match choice.origin:
        case Origin.GIVEN:
            yield PostgresAtHand(environment[DATABASE_VARIABLE], choice.origin)
        case Origin.CONTAINER:
            with postgres_container() as url:
                yield PostgresAtHand(url, choice.origin)
        case Origin.LOCAL:
            with LocalPostgres(settings=SHARED_POSTGRES) as postgres:
                yield PostgresAtHand(postgres.url(), choice.origin, postgres)
        case Origin.EMBEDDED:
            raise ValueError("SQLite has no server: ask the fixture database_url")


@contextlib.contextmanager
def kafka_container() -> Iterator[str]:
    """Run Apache Kafka's own image, one node, on a port that it can advertise."""
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415  slow, seldom
    from testcontainers.core.wait_strategies import (  # noqa: PLC0415  slow, seldom
        LogMessageWaitStrategy,
    )

    port = free_port()
    container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, port)
    container.with_envs(
        KAFKA_NODE_ID="1",
        KAFKA_PROCESS_ROLES="broker,controller",
        KAFKA_LISTENERS="PLAINTEXT://:9092,INSIDE://:19092,CONTROLLER://:9093",
        KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{LOOPBACK}:{port},INSIDE://localhost:19092",
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=(
            "PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT"
        ),
        KAFKA_INTER_BROKER_LISTENER_NAME="INSIDE",
        KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
        KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
        KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR="1",
        KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR="1",
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
        KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS="1000",
        KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
    )
    ready = LogMessageWaitStrategy("Kafka Server started")
    container.waiting_for(ready.with_startup_timeout(CONTAINER_START_SECONDS))
    with container:
        yield f"{LOOPBACK}:{port}"


@contextlib.contextmanager
def postgres_container() -> Iterator[str]:
    """Run PostgreSQL's own image."""
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415  seldom

    with PostgresContainer(POSTGRES_IMAGE, driver="psycopg") as container:
        yield container.get_connection_url()
