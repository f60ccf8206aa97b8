"""The settings of the law: what the sources leave open (INFERRED), each with its default."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """What an owner's answer may change without changing code; listed in the README.

    `version` stands in every fact, so that a later reader knows which rules were in force.
    """

    version: str = "2026-11"
    # cpu.md §2.1, §7 rule 3: sourced, but only for Antwerp.
    default_validity: timedelta = timedelta(days=60)
    # design.md §4: how far a request's own time may lie from the broker's.
    request_past: timedelta = timedelta(days=90)
    request_future: timedelta = timedelta(minutes=15)
    # design.md §4 and cpu.md §3.4: how long a message waits for its release.
    request_waits: timedelta = timedelta(hours=72)
    physical_fact_waits: timedelta = timedelta(days=14)
    waiting_requests: int = 50
    # cpu.md §3.2, INFERRED: a frozen chain moves neither on nor back into use.
    blocked_chain_moves: bool = False
    # cpu.md §2.2, §7 rule 18: an orange customs light lets the container leave.
    orange_customs_may_leave: bool = True
