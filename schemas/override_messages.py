"""What the bus's operator puts on the logs itself where two people agreed: one model each.

None of them comes on a topic of the parties. What is done besides the override's own subject is
its `detail`, so that the two signed all of it (schemas/overrides.py).
"""

from typing import ClassVar

from schemas.messages import Message, OrganisationMessage, Reason, Resume, SignedText, Text


class SettleDispute(Message):
    """Let the release `release_id` of a disputed container out; `note` is the detail signed."""

    TYPE: ClassVar[str] = "releasebus.settle_dispute"

    container: Text
    release_id: Text
    note: Reason = ""
    proposal: SignedText | None = None
    confirmation: SignedText | None = None


class SuspendOrganisation(OrganisationMessage):
    """Stop an organisation: it gives, receives and uses no right until it is reinstated.

    `reason` is the detail that two people signed.
    """

    TYPE: ClassVar[str] = "releasebus.suspend_organisation"

    reason: Reason = ""
    proposal: SignedText | None = None
    confirmation: SignedText | None = None


class ReinstateOrganisation(OrganisationMessage):
    """Let a suspended organisation act again, as far as it had come; `reason` as above."""

    TYPE: ClassVar[str] = "releasebus.reinstate_organisation"

    reason: Reason = ""
    proposal: SignedText | None = None
    confirmation: SignedText | None = None


OVERRIDE_MESSAGES: tuple[type[Message], ...] = (
    SettleDispute,
    SuspendOrganisation,
    ReinstateOrganisation,
)
"""Beside `Resume`, which two people have to agree on only where the operator says whose."""

OF_THE_OPERATOR = frozenset({Resume.TYPE, *(each.TYPE for each in OVERRIDE_MESSAGES)})
"""The types of what only the bus's operator says: it has no outbox, and reads the book."""
