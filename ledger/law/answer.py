"""What the ledger answers: to a message, to the passing of time, to what broke our own code."""

from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.hearing import Hearing, without
from ledger.law.match import match
from ledger.law.standing import pickup_ended
from schemas import facts as f
from schemas.facts import Fact, PickupEnd
from schemas.stay import Stay

Answers = tuple[File, tuple[Answer, ...]]


def answer(file: File, question: Question, context: Context) -> Answers:
    """Return the container's file after *question* and every fact that it led to, in order.

    The first answer carries the outcome that the sender is told. A release that came or changed
    is tried against the waiting room at once, in the order in which the messages came.
    """
    hearing = Hearing(file, question, context)
    hearing.hear()
    answers = hearing.answers
    if not any(isinstance(given.fact, f.Released | f.Updated) for given in answers):
        return hearing.file, tuple(answers)
    file, called = call_the_waiting(hearing.file, context)
    return file, (*answers, *called)


def call_the_waiting(file: File, context: Context) -> Answers:
    """Return the file after the waiting messages were tried against the releases it now has."""
    called: list[Answer] = []
    for held in file.waiting:
        question = held.question
        if match(file.stays, question.message, question.cause.organisation) == ():
            continue
        cause = question.cause.model_copy(update={"waited": True})
        hearing = Hearing(without(file, held), Question(question.message, cause), context)
        hearing.hear()
        file = hearing.file
        called.extend(hearing.answers)
    return file, tuple(called)


def park(file: File, question: Question, context: Context, error: str) -> Answers:
    """Put aside *question*, which our code could not handle, and let nothing out (fail closed)."""
    hearing = Hearing(file, question, context)
    hearing.park(error)
    hearing.suspend()
    return hearing.file, tuple(hearing.answers)


def pass_time(file: File, question: Question, context: Context) -> Answers:
    """Return what time alone does: releases expire, pick-ups run out, waits are over.

    *question* stands for the tick and names the container, so that the entries have a cause.
    """
    hearing = Hearing(file, question, context, counted=False)
    for stay in file.stays:
        for fact in _overdue(stay, context):
            hearing.record(fact, stay.release_id)
    for held in file.waiting:
        if held.until <= context.now:
            hearing.give_up(held, "its time in the waiting room is over")
    return hearing.file, tuple(hearing.answers)


def _overdue(stay: Stay, context: Context) -> tuple[Fact, ...]:
    if stay.live and stay.expires_at <= context.now:
        return (f.Expired(), *pickup_ended(stay, PickupEnd.RELEASE_EXPIRED))
    pickup = stay.pickup
    if pickup is not None and pickup.expires_at is not None and pickup.expires_at <= context.now:
        return pickup_ended(stay, PickupEnd.RAN_OUT)
    return ()
