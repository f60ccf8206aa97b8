"""Why a message is refused and why a container may not leave: facts, as they are checked.

What they mean to a person, in four languages, stands in schemas/words.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A refusal. The members stand in order of precedence: the first that holds is told.

    First the message itself, then who may say it, then which release it is about, then where
    that release stands, then who holds what, then the values that the message brings.
    """

    SAME_ID_OTHER_CONTENT = "same_id_other_content"
    SENDER_UNKNOWN = "sender_unknown"
    KEY_REVOKED_SINCE = "key_revoked_since"
    GATEWAY_DISMISSED_SINCE = "gateway_dismissed_since"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    NOT_THE_TERMINAL = "not_the_terminal"
    NOT_THE_SYSTEM = "not_the_system"
    UNLINKED_ACCOUNT = "unlinked_account"
    ONBOARDING_INCOMPLETE = "onboarding_incomplete"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    PORT_UNKNOWN = "port_unknown"
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
    RELEASE_NOT_DISPUTED = "release_not_disputed"
    NO_TRANSFER_PENDING = "no_transfer_pending"
    NOT_THE_RECEIVER = "not_the_receiver"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    TRANSFER_ALREADY_ACCEPTED = "transfer_already_accepted"
    NOT_THE_HOLDER = "not_the_holder"
    TRANSFER_PENDING = "transfer_pending"
    PICKUP_ASSIGNED = "pickup_assigned"
    NO_PICKUP_ASSIGNED = "no_pickup_assigned"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    NO_SUCH_NOTE = "no_such_note"
    ALREADY_RELEASED = "already_released"
    TERMINAL_UNKNOWN = "terminal_unknown"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    EXPIRY_IN_THE_PAST = "expiry_in_the_past"
    RECEIVER_UNKNOWN = "receiver_unknown"
    RECEIVER_AMBIGUOUS = "receiver_ambiguous"
    RECEIVER_ROLE_NOT_ALLOWED = "receiver_role_not_allowed"
    RECEIVER_ONBOARDING_INCOMPLETE = "receiver_onboarding_incomplete"
    RECEIVER_IS_HOLDER = "receiver_is_holder"
    MODALITY_UNKNOWN = "modality_unknown"
    DRIVER_MISSING = "driver_missing"
    DRIVER_NOT_EXPECTED = "driver_not_expected"
    OPERATOR_VAT_MISSING = "operator_vat_missing"
    TRANSPORT_DIFFERS = "transport_differs"
    TOO_MANY_NOTES = "too_many_notes"
    CODE_TAKEN = "code_taken"
    TERMINAL_TAKEN = "terminal_taken"
    SYSTEM_TAKEN = "system_taken"
    ORGANISATION_UNKNOWN = "organisation_unknown"
    ORGANISATION_AMBIGUOUS = "organisation_ambiguous"
    COMPANY_KNOWN = "company_known"
    STEP_MISSING = "step_missing"
    STEP_NOT_AWAITED = "step_not_awaited"
    EXTERNAL_ID_DIFFERS = "external_id_differs"
    FOUR_EYES_NEEDED = "four_eyes_needed"
    NOT_SIGNED = "not_signed"
    KEY_OF_A_PERSON = "key_of_a_person"
    KEY_NOT_HELD = "key_not_held"
    KEY_TAKEN = "key_taken"
    KEY_UNKNOWN = "key_unknown"
    TOO_MANY_KEYS = "too_many_keys"
    GATEWAY_UNKNOWN = "gateway_unknown"
    GATEWAY_KNOWN = "gateway_known"
    NOT_PARKED = "not_parked"
    CONTAINER_PARKED = "container_parked"
    STILL_BREAKS = "still_breaks"


class Check(StrEnum):
    """What is looked at before a message is followed, in this one order."""

    MESSAGE = "is it the message that it says it is"
    SENDER = "may its sender say such a thing"
    TIME = "can it have been said when it says"
    PORT = "is its port one that the bus serves"
    RELEASE = "which release is it about"
    STANDING = "where does that release stand"
    HOLDING = "who holds the right, and the pick-up"
    VALUES = "can the values be meant that it brings"
    REGISTER = "does the register keep companies apart"
    OVERRIDE = "did two people agree on it"
    PARKED = "is there anything to resume"


CHECKS: dict[Check, Reason] = {
    Check.MESSAGE: Reason.SAME_ID_OTHER_CONTENT,
    Check.SENDER: Reason.SENDER_UNKNOWN,
    Check.TIME: Reason.TIME_OUT_OF_RANGE,
    Check.PORT: Reason.PORT_UNKNOWN,
    Check.RELEASE: Reason.SEVERAL_RELEASES,
    Check.STANDING: Reason.ALREADY_GATED_OUT,
    Check.HOLDING: Reason.NO_TRANSFER_PENDING,
    Check.VALUES: Reason.ALREADY_RELEASED,
    Check.REGISTER: Reason.CODE_TAKEN,
    Check.OVERRIDE: Reason.FOUR_EYES_NEEDED,
    Check.PARKED: Reason.NOT_PARKED,
}
"""With which reason each check begins; it goes on to the first of the next (design.md §4)."""


def check_of(reason: Reason) -> Check:
    """Return which check finds *reason*."""
    order = list(Reason)
    begun = (each for each, first in CHECKS.items() if order.index(first) <= order.index(reason))
    return list(begun)[-1]


class Missing(StrEnum):
    """Why a container may not leave yet, in the order in which a person would settle it."""

    NOT_RELEASED = "not_released"
    RELEASE_BLOCKED = "release_blocked"
    RELEASE_EXPIRED = "release_expired"
    RELEASE_DELETED = "release_deleted"
    RELEASE_NOT_YET_VALID = "release_not_yet_valid"
    RELEASE_DISPUTED = "release_disputed"
    ENTITLEMENT_SUSPENDED = "entitlement_suspended"
    RIGHT_NOT_CONFIRMED = "right_not_confirmed"
    NO_HOLDER = "no_holder"
    TRANSFER_PENDING = "transfer_pending"
    NO_PICKUP_ASSIGNED = "no_pickup_assigned"
    PICKUP_EXPIRED = "pickup_expired"
    OPERATOR_SUSPENDED = "operator_suspended"
    PREVIOUS_QUAY_NOT_CONFIRMED = "previous_quay_not_confirmed"
    NOT_DISCHARGED = "not_discharged"
    CUSTOMS_NOT_CLEARED = "customs_not_cleared"
    TERMINAL_NOT_RELEASED = "terminal_not_released"
    ALREADY_GATED_OUT = "already_gated_out"


class Finding(StrEnum):
    """What happened contradicts what was allowed: recorded and alarmed, never refused."""

    LEFT_WITHOUT_RIGHT = "left_without_right"
    LEFT_WHILE_BLOCKED = "left_while_blocked"
    LEFT_BY_ANOTHER = "left_by_another"
    TERMINAL_OVERRULED = "terminal_overruled"
    TRANSPORT_DIFFERS = "transport_differs"
    ABSURD_TIME = "absurd_time"
    OF_ANOTHER_TERMINAL = "of_another_terminal"
    CLAIM_CONTRADICTED = "claim_contradicted"
    EVIDENCE_CONTRADICTS = "evidence_contradicts"
    OBSERVED_OTHERWISE = "observed_otherwise"
    STALE_OBSERVATION = "stale_observation"
    UNPLACED_OBSERVATION = "unplaced_observation"
    PARTY_NOT_REGISTERED = "party_not_registered"
    UNASKED_ANSWER = "unasked_answer"
    CONTRADICTORY_ANSWER = "contradictory_answer"
    ACCEPTED_OTHERWISE = "accepted_otherwise"
