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
    # INFERRED: a report that says it happened up to this long after the container left is of
    # the visit that ended, not of the next one. No ship brings a box back within a day.
    late_reports: timedelta = timedelta(hours=24)
    # design.md §4, INFERRED: an answer of a port's system that takes longer is told as overdue.
    request_overdue: timedelta = timedelta(minutes=30)
    # cpu.md §3.1, INFERRED: a later expiry date brings an expired release back.
    update_revives: bool = True
    # cpu.md §3.2, INFERRED: a frozen chain moves neither on nor back into use.
    blocked_chain_moves: bool = False
    # cpu.md §3.3 and §9 gap 8, INFERRED: the key survives a block, though it opens nothing.
    block_ends_pickup: bool = False
    # cpu.md §3.3, INFERRED: a pick-up has to be revoked before the right is passed on.
    assigned_right_moves: bool = False
    # cpu.md §1.1, INFERRED: only transport operators are described as assigning.
    release_party_assigns: bool = False
    # cpu.md §4.2 row 6, INFERRED: beside the operator an accepted release party may say how its
    # container will leave, as a forwarder did in NMoT (cpu.md §2.6).
    release_party_sets_transport: bool = True
    # cpu.md §2.6, INFERRED: a pick-up by other means than were set is told, not refused.
    transport_binds_pickup: bool = False
    # INFERRED: how long the right at a new quay waits for the old quay to confirm that its own
    # ended. A gate that has heard nothing for a minute cannot tell, so a silent quay lets nobody
    # out after that.
    previous_quay_confirms_within: timedelta = timedelta(minutes=15)
    # cpu.md §2.2, §7 rule 18: an orange customs light lets the container leave.
    orange_customs_may_leave: bool = True
