"""What may be wrong with a message that keeps every rule of its directory: the partner's profile.

CONTRL tells of the rules of the standard (adapters/edifact/findings.py), APERAK of these.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from adapters.edifact.findings import Place


class ProfileRule(StrEnum):
    """A rule of what is agreed with a partner, named after the fact that breaks it."""

    # The message as a whole.
    MESSAGE_NOT_AGREED = "message_not_agreed"
    DIRECTORY_NOT_AGREED = "directory_not_agreed"
    DOCUMENT_NOT_AGREED = "document_not_agreed"
    FUNCTION_NOT_AGREED = "function_not_agreed"
    DOCUMENT_NUMBER_MISSING = "document_number_missing"
    EARLIER_REFERENCE_MISSING = "earlier_reference_missing"
    PARTY_MISSING = "party_missing"
    EQUIPMENT_COUNT_DIFFERS = "equipment_count_differs"
    NOTHING_REPORTED = "nothing_reported"
    # A container in it.
    REFERENCE_MISSING = "reference_missing"
    CONTAINER_MISSING = "container_missing"
    CONTAINER_UNUSABLE = "container_unusable"
    CONTAINER_TWICE = "container_twice"
    TERMINAL_MISSING = "terminal_missing"
    TERMINAL_NOT_AGREED = "terminal_not_agreed"
    PORT_NOT_AGREED = "port_not_agreed"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATES_REVERSED = "dates_reversed"
    ZONE_UNKNOWN = "zone_unknown"
    HOUR_24 = "hour_24"
    HOUR_MISSING = "hour_missing"
    MEANS_NOT_SAID = "means_not_said"
    VAT_MISSING = "vat_missing"
    VAT_UNUSABLE = "vat_unusable"
    VALUE_UNUSABLE = "value_unusable"
    # Found by the gateway, which knows who is who.
    VAT_OF_ANOTHER = "vat_of_another"
    # Told, but no reason to reject, unless the partner's file says so.
    CONTAINER_NOT_ISO = "container_not_iso"
    CONTAINER_CHECK_DIGIT = "container_check_digit"
    NOT_A_CONTAINER = "not_a_container"
    LOAD_NOT_USED = "load_not_used"
    MOVEMENT_NOT_USED = "movement_not_used"
    MEANS_NOT_USED = "means_not_used"
    STATUS_NOT_USED = "status_not_used"
    CLOCK_CHANGED = "clock_changed"


ALWAYS_TOLD: Final = frozenset(
    {
        ProfileRule.CONTAINER_NOT_ISO,
        ProfileRule.CONTAINER_CHECK_DIGIT,
        ProfileRule.NOT_A_CONTAINER,
        ProfileRule.LOAD_NOT_USED,
        ProfileRule.MOVEMENT_NOT_USED,
        ProfileRule.MEANS_NOT_USED,
        ProfileRule.STATUS_NOT_USED,
        ProfileRule.CLOCK_CHANGED,
    }
)
"""Rules that only tell: what the bus does not use, what is odd about a number or a time.

Certified Pick up's own samples fail ISO 6346, so its numbers are no reason (cpu.md 1.2).
"""


NEVER_TOLERATED: Final = frozenset(
    {
        ProfileRule.MESSAGE_NOT_AGREED,
        ProfileRule.DOCUMENT_NOT_AGREED,
        ProfileRule.FUNCTION_NOT_AGREED,
        ProfileRule.VALUE_UNUSABLE,
        ProfileRule.VAT_OF_ANOTHER,
    }
)
"""Rules without which nobody knows what a message says: a partner's file names what it means."""


class ProfileFinding(Struct, frozen=True, gc=False):
    """One thing that is not as agreed.

    `rejects` says that the message is rejected for it; otherwise it was tolerated, or is only
    told. `item` is the data element's number, `expected` what was to stand there as segment and
    qualifier (`RFF+BM`), `found` the code that stands there instead, `container` the number that
    it is about. None of them holds what a message says of people and goods.
    """

    rule: ProfileRule
    place: Place
    rejects: bool
    tag: str = ""
    item: str = ""
    expected: str = ""
    found: str = ""
    container: str = ""
