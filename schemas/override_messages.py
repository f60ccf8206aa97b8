"""What the bus's operator puts on the logs itself where two people agreed: one model each.

None of them comes on a topic of the parties. What is done besides the override's own subject is
its `detail`, so that the two signed all of it (schemas/overrides.py).
"""

from datetime import UTC
from typing import ClassVar

from pydantic import AwareDatetime

from schemas.key_messages import Proof, PublicKey
from schemas.keys import key_id_of, public_key_in
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


class ChangeKey(OrganisationMessage):
    """End the key `key_id` of an organisation, register another for its systems, or both.

    `effective_at`, `public_key` and `proof` are as in `revoke_key` and `register_key`. What two
    people sign of it is `detail_of` it. No person's key is registered so.
    """

    TYPE: ClassVar[str] = "releasebus.change_key"

    key_id: Text | None = None
    effective_at: AwareDatetime | None = None
    public_key: PublicKey | None = None
    proof: Proof | None = None
    reason: Reason = ""
    proposal: SignedText | None = None
    confirmation: SignedText | None = None


def detail_of(asked: ChangeKey) -> str:
    """Return what two people sign of a change of keys: all that it does, in words."""
    does = []
    if asked.key_id is not None:
        moment = asked.effective_at
        since = "" if moment is None else f" since {moment.astimezone(UTC).isoformat()}"
        does.append(f"revoke {asked.key_id}{since}")
    if asked.public_key is not None:
        does.append(f"register {key_id_of(public_key_in(asked.public_key))}")
    said = ", ".join(does)
    return f"{said}: {asked.reason}" if asked.reason else said


OVERRIDE_MESSAGES: tuple[type[Message], ...] = (
    SettleDispute,
    SuspendOrganisation,
    ReinstateOrganisation,
    ChangeKey,
)
"""Beside `Resume`, which two people have to agree on only where the operator says whose."""

OF_THE_OPERATOR = frozenset({Resume.TYPE, *(each.TYPE for each in OVERRIDE_MESSAGES)})
"""The types of what only the bus's operator says: it has no outbox, and reads the book."""
