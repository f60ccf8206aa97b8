"""Why a message is refused and why a container may not leave: facts, as they are checked."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A refusal. The members stand in order of precedence: the first that holds is told.

    First the message itself, then who may say it, then which release it is about, then where
    that release stands, then who holds what, then the values that the message brings.
    """

    SAME_ID_OTHER_CONTENT = "same_id_other_content"
    SENDER_UNKNOWN = "sender_unknown"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    NOT_THE_TERMINAL = "not_the_terminal"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    SEVERAL_RELEASES = "several_releases"
    WAITING_ROOM_FULL = "waiting_room_full"
    NO_RELEASE_CAME = "no_release_came"
    NOT_THE_AGENT = "not_the_agent"
    ALREADY_GATED_OUT = "already_gated_out"
    RELEASE_DELETED = "release_deleted"
    RELEASE_EXPIRED = "release_expired"
    RELEASE_BLOCKED = "release_blocked"
    RELEASE_NOT_BLOCKED = "release_not_blocked"
    RELEASE_DISPUTED = "release_disputed"
    NO_TRANSFER_PENDING = "no_transfer_pending"
    NOT_THE_RECEIVER = "not_the_receiver"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    TRANSFER_ALREADY_ACCEPTED = "transfer_already_accepted"
    NOT_THE_HOLDER = "not_the_holder"
    TRANSFER_PENDING = "transfer_pending"
    PICKUP_ASSIGNED = "pickup_assigned"
    NO_PICKUP_ASSIGNED = "no_pickup_assigned"
    ALREADY_RELEASED = "already_released"
    TERMINAL_UNKNOWN = "terminal_unknown"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    EXPIRY_IN_THE_PAST = "expiry_in_the_past"
    RECEIVER_UNKNOWN = "receiver_unknown"
    RECEIVER_AMBIGUOUS = "receiver_ambiguous"
    RECEIVER_ROLE_NOT_ALLOWED = "receiver_role_not_allowed"
    RECEIVER_IS_HOLDER = "receiver_is_holder"
    MODALITY_UNKNOWN = "modality_unknown"
    DRIVER_MISSING = "driver_missing"
    DRIVER_NOT_EXPECTED = "driver_not_expected"
    OPERATOR_VAT_MISSING = "operator_vat_missing"
    CODE_TAKEN = "code_taken"
    TERMINAL_TAKEN = "terminal_taken"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A refusal in words: what it means, who can put it right, and CPu's code (cpu.md §4.5)."""

    sentence: str
    who_can_fix: str
    cpu_code: str | None = None


# CPu's own list is not public (cpu.md §4.5): CPU-001 … CPU-012 are this project's, unverified.
EXPLAINED: dict[Reason, Explanation] = {
    Reason.SAME_ID_OTHER_CONTENT: Explanation(
        "A message with this id came before with other content.",
        "the sender: give every message an id of its own",
    ),
    Reason.SENDER_UNKNOWN: Explanation(
        "The sender is not registered on the bus.", "the sender: finish the onboarding"
    ),
    Reason.ROLE_NOT_ALLOWED: Explanation(
        "The sender has no role that may do this.", "the sender: register the role"
    ),
    Reason.NOT_THE_TERMINAL: Explanation(
        "The sender does not run the terminal that the message names.",
        "the sender: correct the terminal code, or register the terminal",
    ),
    Reason.TIME_OUT_OF_RANGE: Explanation(
        "The message says it happened more than 90 days ago or more than 15 minutes ahead.",
        "the sender: correct its clock and send the message anew",
    ),
    Reason.SEVERAL_RELEASES: Explanation(
        "The message fits more than one release of this container, so it was linked to none.",
        "the sender: name the release, its bills of lading or the stay number",
        "CPU-002",
    ),
    Reason.WAITING_ROOM_FULL: Explanation(
        "Too many messages wait for the release of this container already.",
        "the ship agent: release the container",
    ),
    Reason.NO_RELEASE_CAME: Explanation(
        "The message waited for a release of this container, and none came.",
        "the ship agent: release the container; then the sender: send anew",
        "CPU-001",
    ),
    Reason.NOT_THE_AGENT: Explanation(
        "The container is released by another ship agent.", "the ship agent of the release"
    ),
    Reason.ALREADY_GATED_OUT: Explanation(
        "The container has left the terminal.", "nobody: the stay is over", "CPU-008"
    ),
    Reason.RELEASE_DELETED: Explanation(
        "The release was deleted by the ship agent.", "the ship agent: release anew", "CPU-001"
    ),
    Reason.RELEASE_EXPIRED: Explanation(
        "The release has expired.", "the ship agent: update the expiry date", "CPU-007"
    ),
    Reason.RELEASE_BLOCKED: Explanation(
        "The ship agent has blocked the release.", "the ship agent: unblock", "CPU-006"
    ),
    Reason.RELEASE_NOT_BLOCKED: Explanation(
        "The release is not blocked.", "nobody: there is nothing to unblock"
    ),
    Reason.RELEASE_DISPUTED: Explanation(
        "Two ship agents claim this container at this terminal.",
        "the ship agents and the terminal: settle who releases it",
    ),
    Reason.NO_TRANSFER_PENDING: Explanation(
        "No transfer waits for an answer.", "the holder: transfer the right"
    ),
    Reason.NOT_THE_RECEIVER: Explanation(
        "The right was transferred to another party.", "the party it was transferred to", "CPU-003"
    ),
    Reason.NOTHING_TO_REVOKE: Explanation(
        "Nothing was transferred that could be revoked.", "nobody: the right was not passed on"
    ),
    Reason.TRANSFER_ALREADY_ACCEPTED: Explanation(
        "The next party has accepted the transfer: only the ship agent can still revoke it.",
        "the ship agent: revoke; or the holder: transfer it back",
        "CPU-004",
    ),
    Reason.NOT_THE_HOLDER: Explanation(
        "The sender does not hold the release right.", "the holder of the right", "CPU-003"
    ),
    Reason.TRANSFER_PENDING: Explanation(
        "The right is on its way to the next party, who has not answered yet.",
        "the receiver: accept or decline; or the holder: revoke the transfer",
    ),
    Reason.PICKUP_ASSIGNED: Explanation(
        "A pick-up of this container is assigned already.",
        "the transport operator that assigned it: revoke the pick-up first",
        "CPU-009",
    ),
    Reason.NO_PICKUP_ASSIGNED: Explanation(
        "No pick-up is assigned.", "the transport operator: assign a pick-up"
    ),
    Reason.ALREADY_RELEASED: Explanation(
        "This agent has released the container already, under this number or these bills.",
        "the ship agent: send an update, or delete the release first",
    ),
    Reason.TERMINAL_UNKNOWN: Explanation(
        "No registered terminal has this code in this port.",
        "the sender: correct the terminal code",
    ),
    Reason.DATE_OUT_OF_RANGE: Explanation(
        "A date of the message lies before the year 2000 or too far ahead to be meant.",
        "the sender: correct the dates",
    ),
    Reason.EXPIRY_IN_THE_PAST: Explanation(
        "The expiry date lies in the past or before the date of validity.",
        "the sender: correct the dates",
    ),
    Reason.RECEIVER_UNKNOWN: Explanation(
        "The receiver is not registered, or has not finished its onboarding.",
        "the receiver: finish the onboarding; the sender: check the code",
        "CPU-005",
    ),
    Reason.RECEIVER_AMBIGUOUS: Explanation(
        "The code of the receiver belongs to more than one organisation.",
        "the sender: name the receiver by its NxtPort id",
        "CPU-005",
    ),
    Reason.RECEIVER_ROLE_NOT_ALLOWED: Explanation(
        "The receiver is neither a release party nor a transport operator.",
        "the receiver: register one of these roles",
        "CPU-005",
    ),
    Reason.RECEIVER_IS_HOLDER: Explanation(
        "The receiver holds the right already.", "the sender: check the receiver"
    ),
    Reason.MODALITY_UNKNOWN: Explanation(
        "A pick-up is by truck, barge or rail.",
        "the transport operator: say how the container is collected",
    ),
    Reason.DRIVER_MISSING: Explanation(
        "A pick-up by truck needs the driver's identity, sealed for the terminal.",
        "the transport operator: name the driver",
    ),
    Reason.DRIVER_NOT_EXPECTED: Explanation(
        "A pick-up by barge or rail carries no driver.",
        "the transport operator: leave the driver out",
    ),
    Reason.OPERATOR_VAT_MISSING: Explanation(
        "The operator has no VAT number on record, and the terminal matches barge and rail by it.",
        "the transport operator: register its VAT number",
    ),
    Reason.CODE_TAKEN: Explanation(
        "A code of this organisation belongs to another one already.",
        "the register: correct the code, or merge the organisations",
    ),
    Reason.TERMINAL_TAKEN: Explanation(
        "A terminal of this organisation is run by another one already.",
        "the register: correct the terminal code",
    ),
}


class Missing(StrEnum):
    """Why a container may not leave yet, in the order in which a person would settle it."""

    NOT_RELEASED = "not_released"
    RELEASE_BLOCKED = "release_blocked"
    RELEASE_EXPIRED = "release_expired"
    RELEASE_DELETED = "release_deleted"
    RELEASE_NOT_YET_VALID = "release_not_yet_valid"
    RELEASE_DISPUTED = "release_disputed"
    ENTITLEMENT_SUSPENDED = "entitlement_suspended"
    NO_HOLDER = "no_holder"
    TRANSFER_PENDING = "transfer_pending"
    NO_PICKUP_ASSIGNED = "no_pickup_assigned"
    PICKUP_EXPIRED = "pickup_expired"
    NOT_DISCHARGED = "not_discharged"
    CUSTOMS_NOT_CLEARED = "customs_not_cleared"
    TERMINAL_NOT_RELEASED = "terminal_not_released"
    ALREADY_GATED_OUT = "already_gated_out"


WHY_NOT: dict[Missing, Explanation] = {
    Missing.NOT_RELEASED: Explanation("It is not commercially released.", "the ship agent"),
    Missing.RELEASE_BLOCKED: Explanation("The ship agent blocks it.", "the ship agent"),
    Missing.RELEASE_EXPIRED: Explanation("The release has expired.", "the ship agent"),
    Missing.RELEASE_DELETED: Explanation("The release was deleted.", "the ship agent"),
    Missing.RELEASE_NOT_YET_VALID: Explanation("The release is not valid yet.", "the ship agent"),
    Missing.RELEASE_DISPUTED: Explanation("Two ship agents claim it.", "the ship agents"),
    Missing.ENTITLEMENT_SUSPENDED: Explanation(
        "A message about it could not be handled, so its entitlement is suspended.",
        "the operator of the bus",
    ),
    Missing.NO_HOLDER: Explanation("Nobody has been given the release right.", "the ship agent"),
    Missing.TRANSFER_PENDING: Explanation(
        "The right waits to be accepted.", "the receiver of the transfer"
    ),
    Missing.NO_PICKUP_ASSIGNED: Explanation(
        "No pick-up is assigned.", "the transport operator that holds the right"
    ),
    Missing.PICKUP_EXPIRED: Explanation(
        "The pick-up right has run out.", "the transport operator"
    ),
    Missing.NOT_DISCHARGED: Explanation("It is not discharged yet.", "the terminal"),
    Missing.CUSTOMS_NOT_CLEARED: Explanation("Customs have not cleared it.", "the declarant"),
    Missing.TERMINAL_NOT_RELEASED: Explanation(
        "The terminal has not released it.", "the terminal"
    ),
    Missing.ALREADY_GATED_OUT: Explanation("It has left already.", "nobody"),
}


class Finding(StrEnum):
    """What happened contradicts what was allowed: recorded and alarmed, never refused."""

    LEFT_WITHOUT_RIGHT = "left_without_right"
    LEFT_WHILE_BLOCKED = "left_while_blocked"
    LEFT_BY_ANOTHER = "left_by_another"
    TERMINAL_OVERRULED = "terminal_overruled"
    ABSURD_TIME = "absurd_time"
    OF_ANOTHER_TERMINAL = "of_another_terminal"
