"""Every statement of domain/cpu.md §1 to §7 that is marked INFERRED, and where the bus has it.

Written down by hand from the document, a statement for every mark, in its order. Each rests on
settings of `ledger/law/policy.py`, or on what is fixed here with the reason why it is no setting,
or it binds no rule of the law, and then it says whose matter it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fixed:
    """What is inferred and no setting; `design` names where design.md says it, if it does."""

    name: str
    assumed: str
    because: str
    design: str = ""
    shown_by: str = ""


@dataclass(frozen=True)
class Statement:
    """One mark: what is inferred, and what of the law it rests on, or whose matter it is."""

    section: str
    says: str
    rests_on: tuple[str, ...] = ()
    elsewhere: str = ""
    at: str = ""
    note: str = ""  # of the adapter for Certified Pick up (profile.py)


# How often cpu.md marks something as INFERRED, section by section.
MARKS = {
    "1.1": 2,
    "1.2": 5,
    "2.1": 8,
    "2.2": 2,
    "2.3": 2,
    "2.4": 1,
    "2.5": 1,
    "2.7": 1,
    "3.1": 5,
    "3.2": 8,
    "3.3": 5,
    "4.1": 1,
    "4.2": 1,
    "4.3": 5,
    "4.4": 1,
    "4.5": 1,
    "5": 2,
    "7": 1,
    "7.1": 1,
}

FIXED = (
    Fixed(
        "chain_falls_with_release",
        "A deleted release has no holder and no transfer any more.",
        "There is nothing left to hold. An agent that means to keep the chain blocks or updates.",
    ),
    Fixed(
        "key_falls_with_chain",
        "The pick-up right ends with the chain, the release and its expiry.",
        "An entitlement stands only where the accepted holder assigned it: one without a holder "
        "would let out whom nobody answers for.",
        design="design.md §3",
    ),
    Fixed(
        "nothing_after_gate_out",
        "After the gate-out nothing is done with the release; the next visit has its own.",
        "The gate-out is its end [EDI-OLD]. A right that still moved on a visit that is over "
        "could let out the next one: fail closed.",
    ),
    Fixed(
        "accepted_is_not_revocable",
        "A giver's revoke after the acceptance is refused, and the giver is told.",
        "That it cannot be revoked is sourced [RP] (§7 rule 6); inferred is only that it is told "
        "as a refusal, as the design has every refusal told.",
        design="design.md §4",
    ),
    Fixed(
        "accepted_holder_assigns",
        "Who was sent the right and has not accepted it assigns no pick-up.",
        "The design says it in these words.",
        design="design.md §3",
    ),
    Fixed(
        "one_driver_at_a_time",
        "Another driver ends the right of the one before.",
        "Only this driver will be able to pick up [TO]; an ended right never comes back, a new "
        "assignment makes a new one.",
        design="design.md §4",
    ),
    Fixed(
        "right_may_go_back",
        "A holder may pass the right on to whoever held it before.",
        "A holder may name any registered party [TO] [REG]; a bar would be a rule more, that no "
        "source has, and it would leave no way back without the agent.",
    ),
    Fixed(
        "whole_chain_is_told",
        "Of a revoked chain and a deleted release everybody is told who was in the chain.",
        "A notice gives nobody a right, and who is not told sends a lorry in vain.",
        design="design.md §4",
        shown_by="tests/ledger/law/test_law_inferred.py::test_everybody_is_told_who_was_in_the_chain",
    ),
    Fixed(
        "every_other_light_is_red",
        "A commercial light that is not OK lets nobody out.",
        "Any other answer would let out what the agent has not released: fail closed.",
        design="design.md §4",
        shown_by="tests/ledger/law/test_lights.py::"
        "test_the_combined_light_shows_customs_colour_when_all_else_is_green_else_red",
    ),
    Fixed(
        "no_release_without_its_papers",
        "A release names its number, its bills of lading and its terminal.",
        "Without them no later message finds it (§7 rule 1).",
        design="design.md §4",
        shown_by="tests/ledger/law/test_law_inferred.py::test_a_release_names_its_papers",
    ),
    Fixed(
        "nobody_accepts_for_another",
        "The law infers no acceptance: an accept is a message of the receiver.",
        "Only SCR has none, and there its adapter is to send it.",
        design="design.md §4",
        shown_by="tests/ledger/law/test_law_inferred.py::test_nothing_but_an_accept_makes_a_holder",
    ),
    Fixed(
        "old_quay_speaks_for_itself",
        "What the old quay reported does not hold for the new one; what customs said does.",
        "Chosen here, in no section of cpu.md: a box that is discharged at one quay is not "
        "therefore at the other: fail closed.",
        design="design.md §4",
        shown_by="tests/ledger/law/test_law_rules_of_cpu.py::"
        "test_rule_14_what_the_old_quay_reported_does_not_hold_for_the_new_one",
    ),
)

WIRE = "What CPu writes: its adapter's own list of what is unverified."
CODES = "Which codes may be meant: identifiers, read before the law."

STATEMENTS = (
    Statement("1.1", "a Release Party cannot assign a driver", ("release_party_assigns",)),
    Statement(
        "1.1",
        "what a data broker does",
        elsewhere="It has no role: a barge or rail pick-up right is its operator's.",
        at="adapters/antwerp_cpu/README.md",
    ),
    Statement(
        "1.2", "how an NxtPort ID looks", elsewhere=CODES, at="schemas/identifiers/party.py"
    ),
    Statement(
        "1.2",
        "two names of the agent's own reference",
        elsewhere="The bus has one: `order_reference`.",
        at="schemas/messages.py",
    ),
    Statement("1.2", "where externalReferenceId is given", elsewhere=WIRE, note="references"),
    Statement(
        "1.2",
        "how a terminal code is normalised",
        elsewhere=CODES,
        at="schemas/identifiers/places.py",
    ),
    Statement(
        "1.2", "the L before an IMO number", elsewhere=CODES, at="schemas/identifiers/vessel.py"
    ),
    Statement(
        "2.1", "the path of the agent's call", elsewhere=WIRE, note="commercial_release_body"
    ),
    Statement("2.1", "releaseIdentification is mandatory", ("no_release_without_its_papers",)),
    Statement("2.1", "billOfLadingNumbers is mandatory", ("no_release_without_its_papers",)),
    Statement("2.1", "terminalCode is mandatory", ("no_release_without_its_papers",)),
    Statement(
        "2.1", "which actionTypes are the agent's", elsewhere=WIRE, note="commercial_release_body"
    ),
    Statement(
        "2.1",
        "carrier is mandatory",
        elsewhere="It is taken where it is given; a release is its sender's.",
        at="schemas/messages.py",
    ),
    Statement(
        "2.1",
        "transportStage",
        elsewhere="No message carries it: it becomes a finding.",
        at="adapters/antwerp_cpu/README.md",
    ),
    Statement(
        "2.1",
        "free texts: operator, owner, empty return",
        elsewhere="No message carries them: each becomes a finding.",
        at="adapters/antwerp_cpu/README.md",
    ),
    Statement("2.2", "PascalCase names of the lights", elsewhere=WIRE, note="light_names"),
    Statement("2.2", "every commercial light but OK is red", ("every_other_light_is_red",)),
    Statement(
        "2.3",
        "reasonForAction is of Decline, Block, Revoke",
        elsewhere="It is taken with each of them; no rule reads it.",
        at="schemas/messages.py",
    ),
    Statement("2.3", "what isAlternativeSystem marks", elsewhere=WIRE, note="alternative_system"),
    Statement("2.4", "identificationType Alfapass", elsewhere=WIRE, note="truck_identity"),
    Statement("2.5", "the field's name stayNumber", elsewhere=WIRE, note="terminal_unblock"),
    Statement(
        "2.7",
        "which field of SCR is which of CPu",
        elsewhere="A matter of the adapter that speaks with SCR.",
    ),
    Statement(
        "3.1",
        "a block keeps the chain and freezes it; an unblock restores it",
        ("block_drops_chain", "blocked_chain_moves"),
    ),
    Statement(
        "3.1",
        "an agent's revoke takes the right from every holder, the pick-up right with it, and all "
        "are told",
        ("key_falls_with_chain", "whole_chain_is_told", "revoke_reopens_first_party"),
    ),
    Statement(
        "3.1",
        "a deletion voids chain and pick-up right",
        ("chain_falls_with_release", "key_falls_with_chain"),
    ),
    Statement("3.1", "an update with a later date revives", ("update_revives",)),
    Statement(
        "3.1", "nothing is allowed after the gate-out", ("nothing_after_gate_out", "late_reports")
    ),
    Statement("3.2", "who is told of a transfer and its answers", ("whole_chain_is_told",)),
    Statement(
        "3.2",
        "no transfer while blocked, expired, assigned or gated out",
        (
            "blocked_chain_moves",
            "expired_chain_moves",
            "assigned_right_moves",
            "nothing_after_gate_out",
        ),
    ),
    Statement(
        "3.2", "a giver's revoke after acceptance is refused", ("accepted_is_not_revocable",)
    ),
    Statement("3.2", "all are told of the agent's revoke", ("whole_chain_is_told",)),
    Statement(
        "3.2",
        "after the gate-out the right is Archived",
        ("nothing_after_gate_out",),
    ),
    Statement("3.2", "what Assigned means", elsewhere=WIRE, note="right_status"),
    Statement("3.2", "the receiver may transfer the right back", ("right_may_go_back",)),
    Statement("3.2", "SCR's adapter supplies the Accept", ("nobody_accepts_for_another",)),
    Statement("3.3", "the operator must have accepted", ("accepted_holder_assigns",)),
    Statement("3.3", "an Update makes the old driver invalid", ("one_driver_at_a_time",)),
    Statement("3.3", "Revoke is required before a transfer", ("assigned_right_moves",)),
    Statement("3.3", "the key is revoked with the chain", ("key_falls_with_chain",)),
    Statement(
        "3.3",
        "the key survives a block of agent or terminal",
        ("block_ends_pickup", "terminal_block_ends_pickup"),
    ),
    Statement(
        "4.1", "the address of production", elsewhere="The bus calls no address of CPu of itself."
    ),
    Statement(
        "4.2",
        "which role makes which call",
        ("release_party_assigns", "release_party_sets_transport"),
    ),
    Statement(
        "4.3", "ReleaseLightRegistered is a first value", elsewhere=WIRE, note="light_registered"
    ),
    Statement(
        "4.3", "Update tells of an updated release", elsewhere=WIRE, note="release_right_receivers"
    ),
    Statement("4.3", "actionType in a notification", elsewhere=WIRE, note="release_right_tail"),
    Statement("4.3", "NotValidated echoes the request", elsewhere=WIRE, note="rejection"),
    Statement("4.3", "which events are TerminalEvents", elsewhere=WIRE, note="terminal_events"),
    Statement(
        "4.4",
        "webhooks come at least once and unordered",
        elsewhere="One outcome a message whatever comes twice, in the log's order (design.md §5).",
        at="docs/decisions/0001-one-answer-per-message.md",
    ),
    Statement("4.5", "the shape of errors", elsewhere=WIRE, note="rejection"),
    Statement(
        "5", "a COREOR's function stands in DE 1225", elsewhere="A matter of reading EDIFACT."
    ),
    Statement("5", "SMDG's usual qualifiers", elsewhere="A matter of reading EDIFACT."),
    Statement("7", "the year of a roll-out", elsewhere="History."),
    Statement(
        "7.1",
        "keys, order of arrival, the waiting room, an entry for every attempt",
        elsewhere="The design's own decisions (design.md §3 to §5).",
    ),
)
