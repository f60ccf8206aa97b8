"""What the gateway process has to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.edifact.partners import Partner
from consumers.intake.trust import NO_TRUST, Trust
from producers.door.door import Voice
from producers.login import Servers


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where the bus is, who the partners are, and how the gateway behaves under load and trouble.

    `database_url` is its own store, which may lie in the ledger's database; `ledger_url` is where
    the keys are that drivers are locked under. `partners` are by name. `trust` is how strictly
    signatures are asked for on edi.in.v1. `folders` has a folder a partner for those without
    Kafka; files of these go in under `voice`, unsigned where there is none.
    `look_again_seconds`, `send_at_once` and `keep_sent_days` are as dispatch has them;
    `watch_seconds` is how often folders and overdue acknowledgements are looked after.
    """

    bootstrap_servers: Servers
    database_url: str
    partners: Mapping[str, Partner]
    namespace: str = ""
    ledger_url: str | None = None
    trust: Trust = field(default=NO_TRUST)
    folders: Path | None = None
    voice: Voice | None = None
    batch_records: int = 100
    session_timeout_ms: int = 10_000
    max_poll_interval_ms: int = 300_000
    partition_fetch_bytes: int = 2 * 1024 * 1024
    send_at_once: int = 500
    look_again_seconds: float = 1.0
    watch_seconds: float = 1.0
    keep_sent_days: int = 30
