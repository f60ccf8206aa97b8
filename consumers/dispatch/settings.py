"""What the dispatch process has to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consumers.dispatch.delivery.targets import NOWHERE, Targets
from consumers.intake.trust import NO_TRUST, Trust
from producers.door.door import Voice
from producers.login import Servers


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """Where the bus is, and how dispatch behaves under load and trouble.

    `database_url` is dispatch's own store; its tables stand apart from the ledger's, so one
    database can hold both. `ledger_url` is where the keys are that drivers are locked under:
    without it documents show nothing of them. `look_again_seconds` is how long a document waits
    at most that another process stored (a resumed one); `keep_sent_days` how long sent ones are
    kept. `rebalance_timeout_ms` is how long a rebalance waits for calls under way (handover.py).
    `targets` is where documents are brought to, beside their system's topic.
    `trust` is how strictly signatures are asked for on the systems' topics; what a system answers
    to a call comes there under `voice`, unsigned where there is none. `callbacks` is where each
    system may tell by itself.
    """

    bootstrap_servers: Servers
    database_url: str
    namespace: str = ""
    ledger_url: str | None = None
    batch_records: int = 500
    session_timeout_ms: int = 10_000
    rebalance_timeout_ms: int = 30_000
    max_poll_interval_ms: int = 300_000
    partition_fetch_bytes: int = 256 * 1024
    send_at_once: int = 500
    look_again_seconds: float = 1.0
    keep_sent_days: int = 30
    targets: Targets = NOWHERE
    trust: Trust = NO_TRUST
    voice: Voice | None = None
    callbacks: Mapping[str, str] = field(default_factory=dict)
