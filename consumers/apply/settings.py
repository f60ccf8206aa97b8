"""What the apply process has to be told."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from producers.login import Servers


def this_process() -> str:
    """Return a name for this process that an operator can find."""
    return f"{socket.gethostname()}/{os.getpid()}"


@dataclass(frozen=True, slots=True)
class ApplySettings:
    """Where the bus is, and how apply behaves under load and trouble.

    `session_timeout_ms` bounds how long a dead process keeps its shards; `max_poll_interval_ms`
    how long the loop may go without polling, which it never does, trouble or not. `overrides_by`
    is the organisation of whose people two have to agree on an override (Policy).
    """

    bootstrap_servers: Servers
    database_url: str
    namespace: str = ""
    owner: str = field(default_factory=this_process)
    batch_records: int = 2000
    session_timeout_ms: int = 10_000
    rebalance_timeout_ms: int = 30_000
    max_poll_interval_ms: int = 300_000
    partition_fetch_bytes: int = 128 * 1024
    heartbeat_seconds: float = 5.0
    flush_seconds: float = 0.1
    head_key_file: Path | None = None
    overrides_by: str | None = None
