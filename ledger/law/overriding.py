"""Whether two people agreed on what the bus's operator asks for, and what is kept of it."""

from typing import Protocol

from ledger.four_eyes import Wanted, agreed
from ledger.law.context import Context
from ledger.law.ruling import Refusal
from schemas.override_facts import Overridden
from schemas.overrides import NotAgreed
from schemas.reasons import Reason


class Signed(Protocol):
    """A message that carries what two people signed."""

    @property
    def proposal(self) -> str | None:
        """What the first signed."""

    @property
    def confirmation(self) -> str | None:
        """What the second signed."""


def overridden(
    wanted: Wanted, asked: Signed, message_id: str, context: Context
) -> Overridden | Refusal:
    """Return that two people agreed on *wanted*, or why nothing is overridden.

    Where nobody is named whose people may, nothing is (fail closed). *message_id* has to be the
    digest of the proposal: the book does a message once, so their word is good for once.
    """
    operator = context.policy.overrides_by
    if operator is None:
        return Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.NOBODY_NAMED)
    known = context.directory.get(operator)
    signed = (asked.proposal or "", asked.confirmation or "")
    found = agreed(wanted, *signed, () if known is None else known.keys, context.now)
    if isinstance(found, NotAgreed):
        return Refusal(Reason.FOUR_EYES_NEEDED, found)
    if message_id != found.digest:
        return Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.ANOTHER_MESSAGE)
    return Overridden(
        override=wanted.override,
        subject=wanted.subject,
        detail=wanted.detail,
        proposed_by=found.proposed_by,
        confirmed_by=found.confirmed_by,
        signed=signed,
    )
