"""The settings of the law: what the sources leave open (INFERRED), each with its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


def sourced(source: str) -> Mapping[str, str]:
    """Say where the default of a setting stands."""
    return {"source": source}


def inferred(source: str, assumed: str) -> Mapping[str, str]:
    """Say that no source decides a setting: *assumed* is what the default says in words.

    Listed in docs/inferred.md, with the rows of the law's table that rest on it.
    """
    return {"source": source, "assumed": assumed}


@dataclass(frozen=True, slots=True)
class Policy:
    """What an owner's answer may change without changing code; docs/inferred.md lists it.

    `version` stands in every fact, so that a later reader knows which rules were in force.
    """

    version: str = "2026-11"
    # Sourced, but only for Antwerp.
    default_validity: timedelta = field(
        default=timedelta(days=60),
        metadata=sourced("cpu.md §2.1, §7 rule 3"),
    )
    # How far a request's own time may lie from the broker's.
    request_past: timedelta = field(
        default=timedelta(days=90),
        metadata=sourced("design.md §4"),
    )
    request_future: timedelta = field(
        default=timedelta(minutes=15),
        metadata=sourced("design.md §4"),
    )
    # How long a message waits for its release.
    request_waits: timedelta = field(
        default=timedelta(hours=72),
        metadata=sourced("design.md §4, cpu.md §3.4"),
    )
    physical_fact_waits: timedelta = field(
        default=timedelta(days=14),
        metadata=sourced("design.md §4, cpu.md §3.4"),
    )
    waiting_requests: int = field(
        default=50,
        metadata=sourced("design.md §4"),
    )
    # No ship brings a box back within a day.
    late_reports: timedelta = field(
        default=timedelta(hours=24),
        metadata=inferred(
            "design.md §4",
            "A report that says it happened up to this long after the container left is of "
            "the visit that ended, not of the next one.",
        ),
    )
    request_overdue: timedelta = field(
        default=timedelta(minutes=30),
        metadata=inferred(
            "design.md §4",
            "An answer of a port's system that takes longer is told as overdue.",
        ),
    )
    update_revives: bool = field(
        default=True,
        metadata=inferred(
            "cpu.md §3.1",
            "A later expiry date brings an expired release back.",
        ),
    )
    blocked_chain_moves: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.1, §3.2",
            "A block freezes the chain and drops nothing: no transfer, acceptance or "
            "assignment; declining and revoking stay possible.",
        ),
    )
    block_drops_chain: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.1, §9 gap 8",
            "A block takes the right from nobody, so an unblock restores what stood.",
        ),
    )
    block_ends_pickup: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.3, §9 gap 8",
            "The pick-up right survives a block, though it lets nobody out.",
        ),
    )
    terminal_block_ends_pickup: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.3, §9 gap 8",
            "The pick-up right survives a terminal's own block, though it lets nobody out.",
        ),
    )
    expired_chain_moves: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.2",
            "An expired release is not passed on: no transfer, acceptance, declining or revoking "
            "by a holder, until the agent revives it.",
        ),
    )
    assigned_right_moves: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §3.3",
            "A pick-up has to be revoked before the right is passed on.",
        ),
    )
    release_party_assigns: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §1.1",
            "Only transport operators assign a pick-up.",
        ),
    )
    release_party_sets_transport: bool = field(
        default=True,
        metadata=inferred(
            "cpu.md §2.6, §4.2 row 6",
            "Beside the operator an accepted release party may say how its container will "
            "leave, as a forwarder did in NMoT.",
        ),
    )
    transport_binds_pickup: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §2.6",
            "A pick-up by other means of transport than were set is told, not refused.",
        ),
    )
    # A gate that has heard nothing for a minute cannot tell, so a silent quay lets nobody out
    # after this.
    previous_quay_confirms_within: timedelta = field(
        default=timedelta(minutes=15),
        metadata=inferred(
            "cpu.md §7 rule 14",
            "The right at a new quay lets nobody out until the old quay has confirmed that "
            "its own ended, for this long at most.",
        ),
    )
    evidence_settles_disputes: bool = field(
        default=True,
        metadata=inferred(
            "design.md §4, cpu.md §7 rule 1",
            "A terminal's discharge report or a report of customs whose bills, stay number or "
            "vessel fit one agent's claim and contradict every rival's settles the dispute for "
            "that claim; whoever else it contradicts may not leave.",
        ),
    )
    reports_carry_over: bool = field(
        default=True,
        metadata=inferred(
            "chosen here; cpu.md §3.4 says nothing of it",
            "A release that follows another, or claims what another agent released, of the same "
            "cargo at the same quay takes over what terminal and customs have reported of it: "
            "nobody reports it a second time.",
        ),
    )
    customs_by_bill: bool = field(
        default=True,
        metadata=inferred(
            "cpu.md §2.2 [CUSTL]",
            "A customs status that names bills of lading is of these alone. The light is that of "
            "the worst bill of the release; once customs have named one, another of which they "
            "said nothing is not cleared.",
        ),
    )
    red_customs_hold_the_box: bool = field(
        default=True,
        metadata=inferred(
            "cpu.md §2.2 [CUSTL]",
            "A bill that is red at customs under one release holds every release of that box and "
            "visit, until customs clear it.",
        ),
    )
    nominee_is_first_party: bool = field(
        default=False,
        metadata=inferred(
            "cpu.md §1.1, §7 rule 9",
            "The first release party, who is invoiced, is the first who accepted the right, "
            "not whom the agent nominated.",
        ),
    )
    revoke_reopens_first_party: bool = field(
        default=True,
        metadata=inferred(
            "cpu.md §3.1, §7 rule 9",
            "An agent's revoke resets the process: who accepts first after it is the first "
            "release party.",
        ),
    )
    orange_customs_may_leave: bool = field(
        default=True,
        metadata=sourced("cpu.md §2.2, §7 rule 18"),
    )
    # Until when the team's word on a registration is expected (§A.1 A.5.bis names no time).
    registration_overdue: timedelta = field(
        default=timedelta(days=7),
        metadata=inferred(
            "identity_scr_portbase.md §A.1",
            "A registration of which nothing was heard for a week is told as unconfirmed.",
        ),
    )
    subscription_runs: timedelta = field(
        default=timedelta(days=365),
        metadata=sourced("identity_scr_portbase.md §A.2, §A.5"),
    )
    wallet_before_receiving: bool = field(
        default=True,
        metadata=inferred(
            "identity_scr_portbase.md §A.2, §A.6",
            "A company that is a transport operator only receives no right before its wallet is "
            "linked; where false, it may receive one, but not accept, give or use it.",
        ),
    )
    # What is personal of a stay is erased so long after the container left.
    personal_parts_kept: timedelta = field(
        default=timedelta(days=90),
        metadata=sourced("design.md §6"),
    )
    # Whose people may override, two of them each time; None: nobody may, and who writes to the log
    # resumes alone.
    overrides_by: str | None = field(
        default=None,
        metadata=sourced("design.md §8"),
    )
