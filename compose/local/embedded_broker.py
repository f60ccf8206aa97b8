"""Start the Kafka-wire broker that comes as a Python wheel: for a first look, never for data.

The only module that knows noida-db, so that another broker can take its place. It keeps data in
memory and loses it on kill -9 (design.md §7).
"""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import ClassVar

from compose.local.engine import Command, EngineUnavailable, LocalEngine
from compose.local.ports import LOOPBACK, free_port, listens


def broker_binary() -> Path:
    """Find the broker's binary; EngineUnavailable says how to get it."""
    spec = util.find_spec("noida_db")
    if spec is None or spec.origin is None:
        message = "the embedded broker is not installed: run `pip install releasebus[embedded]`"
        raise EngineUnavailable(message)
    binary = Path(spec.origin).with_name("noida-db")
    if not binary.is_file():
        message = f"{binary} is missing: this platform has no wheel of noida-db"
        raise EngineUnavailable(message)
    return binary


class EmbeddedBroker(LocalEngine):
    """The embedded broker on a free port of loopback; starts in a tenth of a second."""

    name: ClassVar[str] = "embedded-broker"
    start_timeout_seconds: ClassVar[float] = 20.0

    def __init__(self) -> None:
        """Choose nothing yet but the folder."""
        super().__init__()
        self.port = 0

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients."""
        return f"{LOOPBACK}:{self.port}"

    def draw_ports(self) -> None:
        """Choose a port for clients."""
        self.port = free_port()

    def prepare(self) -> None:
        """Make the binary executable: pip does not keep the bit."""
        binary = broker_binary()
        if not binary.stat().st_mode & 0o100:
            binary.chmod(0o755)

    def command(self) -> Command:
        """Run only its Kafka part, in the foreground."""
        arguments = [str(broker_binary()), "start", "--only", "kafka", "--host", LOOPBACK]
        arguments += ["--kafka-port", str(self.port), "--data-dir", str(self.folder / "data")]
        return Command(arguments)

    def is_ready(self, log: str) -> bool:
        """It prints its address when it listens."""
        return self.bootstrap_servers in log and listens(self.port)
