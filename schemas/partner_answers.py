"""What became of what an EDIFACT partner is told: answered, unanswered too long, or not sent."""

from enum import StrEnum

from schemas.value import Form, Moment, Value


class Verdict(StrEnum):
    """What became of an interchange that a partner was to be told something by."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OVERDUE = "overdue"
    UNSENT = "unsent"


class PartnerAnswer(Value, frozen=True, kw_only=True):
    """One answer to one interchange of ours, that none came within what was agreed, or no sending.

    `reference` is that of the interchange (0020), as it stands on edi.out.v1 in `ce_subject`;
    where the answer names nothing that this partner was told, what it names. `answered_by` is
    CONTRL or APERAK. `message_type`, `container` and `sent_at` are of what was told. What could
    not be written as the partner reads it is `unsent`, for the `reason` in words: `reference` is
    the one that it would have had.
    """

    partner: str
    reference: str
    verdict: Verdict
    at: Moment
    answered_by: str | None = None
    message_type: str | None = None
    container: str | None = None
    sent_at: Moment | None = None
    reason: str | None = None


PARTNER_ANSWER: Form[PartnerAnswer] = Form(PartnerAnswer)
