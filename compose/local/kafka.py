"""Run one Apache Kafka broker (KRaft) on loopback, without containers."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from compose.local.engine import Command, EngineBroken, LocalEngine
from compose.local.jars import POM, fetched_jars, jars_folder, java_command, one_at_a_time
from compose.local.ports import LOOPBACK, free_port, listens

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_RECORD_BYTES = 13 * 1024 * 1024
LOG4J = POM.with_name("log4j2.xml")
FORMAT_TIMEOUT_SECONDS = 60
QUICK_COMPILER = "-XX:TieredStopAtLevel=1"

# One node: every factor is 1, and internal topics get few partitions, since each costs time at the
# start. message.max.bytes stays Kafka's 1 MB: a topic that takes more says so in its own
# max.message.bytes; the limits around it let 12 MB through.
ONE_NODE: Mapping[str, str] = MappingProxyType(
    {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "num.partitions": "1",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        # Kafka's least is 6 s: a fault test need not wait so long for a dead member.
        "group.min.session.timeout.ms": "1000",
        # A killed broker may register again only when its last session is over: 9 s by default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "300",
        "replica.fetch.max.bytes": str(LARGEST_RECORD_BYTES),
        "socket.request.max.bytes": str(4 * LARGEST_RECORD_BYTES),
        # The cleaner's default buffer of 128 MB is half of the heap.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "log.cleaner.threads": "1",
        "num.recovery.threads.per.data.dir": "2",
        "num.network.threads": "2",
        "num.io.threads": "4",
    }
)


class LocalKafka(LocalEngine):
    """Apache Kafka 4.3.1 on free ports of loopback: about three seconds to the first record.

    ``settings`` are added to server.properties (or replace a line of it); ``heap_megabytes`` is
    the JVM's -Xmx. ``for_minutes`` compiles quickly instead of well: a broker that soon ends would
    spend a third of its time on the better code. Raises EngineUnavailable at start when Java,
    Maven or the jars lack.
    """

    name: ClassVar[str] = "kafka"
    listener: ClassVar[str] = "PLAINTEXT"

    def __init__(
        self,
        *,
        heap_megabytes: int = 256,
        settings: Mapping[str, str] | None = None,
        for_minutes: bool = False,
    ) -> None:
        """Choose nothing yet but the folder."""
        super().__init__()
        self.port = 0
        self._controller_port = 0
        self._heap_megabytes = heap_megabytes
        self._settings = dict(settings or {})
        self._compiler = [QUICK_COMPILER] if for_minutes else []

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients."""
        return f"{LOOPBACK}:{self.port}"

    def draw_ports(self) -> None:
        """Choose a port for clients and one for the controller."""
        self.port = free_port()
        self._controller_port = free_port()

    def prepare(self) -> None:
        """Write server.properties and format the storage, which takes a second."""
        data = self.folder / "data"
        listeners = f"{self.listener}://{self.bootstrap_servers}"
        lines = {
            **ONE_NODE,
            "listeners": f"{listeners},CONTROLLER://{LOOPBACK}:{self._controller_port}",
            "advertised.listeners": listeners,
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller_port}",
            "log.dirs": str(data),
            **self._settings,
        }
        properties = "".join(f"{key}={value}\n" for key, value in lines.items())
        file = self.folder / "server.properties"
        file.touch(mode=0o600)  # of a broker that asks who comes it holds passwords
        file.write_text(properties, encoding="utf-8")
        if not data.is_dir():
            self._format()

    def command(self) -> Command:
        """Run the broker with a small heap and the collector that suits it."""
        memory = ["-XX:+UseSerialGC", "-Xms64m", f"-Xmx{self._heap_megabytes}m"]
        options = [*memory, *self._compiler, *self._class_options()]
        return Command(self._java(*options, "kafka.Kafka", "server.properties"))

    def _class_options(self) -> list[str]:
        return mapped_classes()

    def _first_users(self) -> list[str]:
        return []

    def is_ready(self, log: str) -> bool:
        """It says so in its log, and listens."""
        return "Kafka Server started" in log and listens(self.port)

    def _java(self, *arguments: str) -> list[str]:
        classpath = os.path.join(fetched_jars(), "*")  # noqa: PTH118  Java's own wildcard
        options = ["-cp", classpath, f"-Dlog4j2.configurationFile={LOG4J}"]
        return [java_command(), *options, *arguments]

    def _format(self) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        quick = ["-XX:+UseSerialGC", QUICK_COMPILER, *mapped_classes()]
        tool = self._java(*quick, "kafka.tools.StorageTool")
        command = [*tool, "format", "-c", "server.properties"]
        command.append(f"--cluster-id={cluster_id}")  # one word: an id may begin with a dash
        command += self._first_users()
        said = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=FORMAT_TIMEOUT_SECONDS,
        )
        if said.returncode != 0:
            message = f"Kafka's storage tool failed:\n{said.stdout}{said.stderr}"
            raise EngineBroken(message)


class _RecordingKafka(LocalKafka):
    """A broker that writes down, when it stops, the classes which it loaded to start."""

    def _class_options(self) -> list[str]:
        return [f"-XX:ArchiveClassesAtExit={self.folder / 'classes.jsa'}", "-Xlog:cds=off"]


def class_archive() -> Path:
    """Where the classes that a broker loads lie ready to be mapped."""
    return jars_folder() / "classes.jsa"


def mapped_classes() -> list[str]:
    """Java's options to map them; an archive of another Java is ignored, without a word."""
    archive = class_archive()
    return [f"-XX:SharedArchiveFile={archive}", "-Xlog:cds=off"] if archive.is_file() else []


def make_ready() -> Path:
    """Fetch the jars, and write down once what a start loads: later ones take 3 s, not 5.

    Java's class data sharing, as of JEP 350. Gives the folder of the jars.
    Raises EngineUnavailable.
    """
    java_command()
    jars = fetched_jars()
    with one_at_a_time():
        if not class_archive().is_file():
            with _RecordingKafka() as broker:
                broker.stop()
                shutil.move(broker.folder / "classes.jsa", class_archive())
    return jars
