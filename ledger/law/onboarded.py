"""Whether a party has finished its onboarding, as far as a port asks for it.

In Certified Pick up whoever skipped a step is not recognised (identity_scr_portbase.md §A.2); in a
port where a system decides, that system knows its own parties, and only a suspension counts here.
"""

from collections.abc import Collection

from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas import messages as m
from schemas.messages import ContainerMessage
from schemas.organisations import Organisation
from schemas.ports import DECIDED_BY_SYSTEM
from schemas.reasons import Reason
from schemas.steps import WALLET, Step

ALWAYS_HEARD = (m.Block, m.Revoke, m.Delete, m.Decline, m.RevokePickup, m.ConfirmPickupEnd)
"""What only takes back or stops: it gives nobody a right, so no missing step forbids it."""


def sender_held_back(sender: Organisation, message: ContainerMessage) -> Refusal | None:
    """Return the step for want of which the sender may not ask for this, or None."""
    if not sender.lacks or isinstance(message, ALWAYS_HEARD):
        return None
    step = _counted(sender.lacks, message.port)
    return None if step is None else Refusal(Reason.ONBOARDING_INCOMPLETE, step)


def receiver_held_back(receiver: Organisation, port: str, policy: Policy) -> Refusal | None:
    """Return the step for want of which no right can be given to the receiver, or None."""
    if not receiver.lacks:
        return None
    # INFERRED (§A.6): the wallet gates what is done in the UI; receiving is done by another.
    later: Collection[Step] = () if policy.wallet_before_receiving else WALLET
    step = _counted([step for step in receiver.lacks if step not in later], port)
    return None if step is None else Refusal(Reason.RECEIVER_ONBOARDING_INCOMPLETE, step)


def _counted(lacks: Collection[Step], port: str) -> Step | None:
    if Step.REINSTATEMENT in lacks:
        return Step.REINSTATEMENT
    return None if port in DECIDED_BY_SYSTEM else next(iter(lacks), None)
