"""An operator resumes a parked container: what was parked is heard again, and nothing let out.

The stays remain suspended until the last of it is heard, or a terminal would be told that a
container may leave while the block behind is still to be read (fail closed, design.md §4).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.four_eyes import Wanted
from ledger.law.answer import answer, pass_time
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.hearing import Hearing, of_today
from ledger.law.overriding import overridden
from ledger.law.ruling import Refusal
from schemas.facts import Cause, Resumed
from schemas.messages import Resume
from schemas.overrides import Override
from schemas.reasons import Reason
from schemas.value import altered

BEHIND = "it stands behind a message that could not be handled"


@dataclass(frozen=True, slots=True)
class Resumption:
    """What resuming led to; `broke` is the error at which everything was parked again."""

    file: File
    answers: tuple[Answer, ...]
    broke: Exception | None = None


def resume(
    file: File, question: Question, aside: Sequence[Question], asked: Resume, context: Context
) -> Resumption:
    """Hear the messages set *aside* again, in their order, and let the container move on.

    *question* stands for the operator's message, *asked*, and names the container. Where one of
    them breaks our code again, it and those behind it are parked as before, and the stays stay
    suspended.
    """
    hearing = Hearing(file, question, context)
    resumed = _allowed(asked, question.cause, context)
    if isinstance(resumed, Refusal):
        hearing.refuse(resumed)
        return Resumption(file, tuple(hearing.answers))
    if not file.parked:
        hearing.refuse(Refusal(Reason.NOT_PARKED))
        return Resumption(file, tuple(hearing.answers))
    hearing.resume(resumed)
    again = [_heard_again(held, context) for held in aside]
    broke: Exception | None = None
    for place, held in enumerate(again):
        try:
            heard, answers = answer(hearing.file, held, context)
        except Exception as error:  # noqa: BLE001  our own bug, handed to who can log it
            broke = error
            _park(hearing, again[place:], type(error).__name__)
            break
        hearing.file = heard
        hearing.answers.extend(answers)
        _suspend_new(hearing, held)
    if broke is None:
        broke = _let_time_pass(hearing)
    if broke is None:
        hearing.lift_suspension()
    return Resumption(hearing.file, tuple(hearing.answers), broke)


def _allowed(asked: Resume, cause: Cause, context: Context) -> Resumed | Refusal:
    """Return the resuming as it is written down, or that two people have to agree on it."""
    if context.policy.overrides_by is None:
        # It decides nothing anew: what was asked before is heard, by the same rules.
        return Resumed(note=asked.note)
    wanted = Wanted(Override.RESUME, asked.container, asked.note)
    found = overridden(wanted, asked, cause.message_id, context)
    if isinstance(found, Refusal):
        return found
    return Resumed(
        note=asked.note,
        proposed_by=found.proposed_by,
        confirmed_by=found.confirmed_by,
        signed=found.signed,
    )


def cause_heard_again(cause: Cause, context: Context) -> Cause:
    """Return the cause of a message that was parked: it is decided on today's rules."""
    return altered(of_today(cause, context), resumed=True)


def _heard_again(held: Question, context: Context) -> Question:
    return Question(held.message, cause_heard_again(held.cause, context))


def _suspend_new(hearing: Hearing, held: Question) -> None:
    """Let out no stay that a parked release opened, either, before the rest is heard."""
    beside = Hearing(hearing.file, held, hearing.context, counted=False)
    beside.suspend()
    hearing.file = beside.file
    hearing.answers.extend(beside.answers)


def _park(hearing: Hearing, held: Sequence[Question], error: str) -> None:
    for place, each in enumerate(held):
        beside = Hearing(hearing.file, each, hearing.context)
        beside.park(BEHIND if place else error)
        hearing.file = beside.file
        hearing.answers.extend(beside.answers)


def _let_time_pass(hearing: Hearing) -> Exception | None:
    """Let the time pass that stood still for the container; return what that broke, if it did."""
    file, question, context = hearing.file, hearing.question, hearing.context
    try:
        hearing.file, answers = pass_time(file, question, context)
    except Exception as error:  # noqa: BLE001  our own bug, handed to who can log it
        # Time is no message: what is parked for it has no outcome.
        beside = Hearing(file, question, context, counted=False)
        beside.park(type(error).__name__)
        hearing.file = beside.file
        hearing.answers.extend(beside.answers)
        return error
    hearing.answers.extend(answers)
    return None
