"""What an EDIFACT partner answered to what it was told, or that it did not answer in its time."""

from enum import StrEnum

from schemas.value import Form, Moment, Value


class Verdict(StrEnum):
    """What became of an interchange at the partner that it was sent to."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OVERDUE = "overdue"


class PartnerAnswer(Value, frozen=True, kw_only=True):
    """One answer to one interchange of ours, or that none came within what was agreed.

    `reference` is that of the interchange (0020), as it stands on edi.out.v1 in `ce_subject`;
    where the answer names nothing that this partner was told, what it names. `answered_by` is
    CONTRL or APERAK. `message_type`, `container` and `sent_at` are of what was told.
    """

    partner: str
    reference: str
    verdict: Verdict
    at: Moment
    answered_by: str | None = None
    message_type: str | None = None
    container: str | None = None
    sent_at: Moment | None = None


PARTNER_ANSWER: Form[PartnerAnswer] = Form(PartnerAnswer)
