"""Two people settle a dispute: they say which of the claims to a box is let out.

It stands until somebody claims the box anew, or two people let another claim out: papers that come
later are told as findings and settle nothing against it (docs/decisions/0020).
"""

from ledger.four_eyes import Wanted
from ledger.law import disputes
from ledger.law.answer import Answers
from ledger.law.context import Context, Question
from ledger.law.file import File
from ledger.law.hearing import Hearing
from ledger.law.overriding import overridden
from ledger.law.ruling import Refusal
from schemas import facts as f
from schemas.override_messages import SettleDispute
from schemas.overrides import Override
from schemas.reasons import Reason
from schemas.stay import Stay


def settle(file: File, question: Question, asked: SettleDispute, context: Context) -> Answers:
    """Let the claim out that two people named, and take back what let out another before.

    *question* stands for the operator's message, *asked*, and names the container.
    """
    hearing = Hearing(file, question, context)
    claim = _disputed(file, asked.release_id)
    if isinstance(claim, Refusal):
        hearing.refuse(claim)
        return hearing.file, tuple(hearing.answers)
    wanted = Wanted(Override.SETTLE_DISPUTE, asked.release_id, asked.note)
    agreed = overridden(wanted, asked, question.cause.message_id, context)
    if isinstance(agreed, Refusal):
        hearing.refuse(agreed)
    elif file.parked:
        hearing.refuse(Refusal(Reason.CONTAINER_PARKED))
    else:
        hearing.record(agreed)
        # First nobody, then this one: no two rivals are let out at once (I3).
        for release_id, taken_back in disputes.giving_way(file.stays, claim):
            hearing.record(taken_back, release_id)
        hearing.record(f.DisputeSettled(let_out=True), claim.release_id)
        hearing.follow_disputes(file.stays)
    return hearing.file, tuple(hearing.answers)


def _disputed(file: File, release_id: str) -> Stay | Refusal:
    for stay in file.stays:
        if stay.release_id == release_id and stay.live and stay.disputed:
            return stay
    return Refusal(Reason.RELEASE_NOT_DISPUTED, release_id)
