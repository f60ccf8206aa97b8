"""What the ledger answers: to a message, to the passing of time, to what broke our own code."""

from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.hearing import Hearing, as_waited, without
from ledger.law.match import match
from ledger.law.quays import silent
from ledger.law.requests import overdue
from ledger.law.ruling import Refusal
from ledger.law.standing import lapsed, outlived, told_long_enough
from schemas import facts as f
from schemas import messages as m
from schemas import system_facts as s

Answers = tuple[File, tuple[Answer, ...]]
AGENTS_OWN = (m.Update, m.Block, m.Unblock, m.Delete)
# What gives a release other papers, and what may be what a message waits for.
MOVES = (f.Updated, s.ReleaseObserved)
LETS_IN = (f.Released, *MOVES)


def answer(file: File, question: Question, context: Context) -> Answers:
    """Return the container's file after *question* and every fact that it led to, in order.

    The first answer carries the outcome that the sender is told. A release that came or changed
    is tried against the waiting room at once, in the order in which the messages came.
    """
    hearing = Hearing(file, question, context)
    hearing.hear()
    answers = hearing.answers
    if not any(isinstance(given.fact, LETS_IN) for given in answers):
        return hearing.file, tuple(answers)
    file, called = call_the_waiting(hearing.file, context)
    return file, (*answers, *called)


def call_the_waiting(file: File, context: Context) -> Answers:
    """Return the file after the waiting messages were tried against the releases it now has.

    They come in the order in which they came in; a waiting update that is followed may move its
    release to where an earlier one waits, so they are called again.
    """
    called: list[Answer] = []
    moved = True
    while moved:
        file, answers = _called_once(file, context)
        called.extend(answers)
        moved = any(isinstance(given.fact, MOVES) for given in answers)
    return file, tuple(called)


def park(file: File, question: Question, context: Context, error: str) -> Answers:
    """Put aside *question*, which our code could not handle, and let nothing out (fail closed)."""
    hearing = Hearing(file, question, context)
    hearing.park(error)
    hearing.suspend()
    return hearing.file, tuple(hearing.answers)


def pass_time(file: File, question: Question, context: Context) -> Answers:
    """Return what time alone does: releases expire, pick-ups run out, waits and terms are over.

    *question* stands for the tick and names the container, so that the entries have a cause.
    """
    hearing = Hearing(file, question, context, counted=False)
    for stay in file.stays:
        now = context.now
        for fact in (
            *lapsed(stay, now),
            *silent(stay, now),
            *told_long_enough(stay, now),
            *outlived(stay, now),
        ):
            hearing.record(fact, stay.release_id)
    hearing.follow_disputes(file.stays)
    for held in file.waiting:
        if held.until <= context.now:
            hearing.give_up(held, "its time in the waiting room is over")
    for request in overdue(file, context.now):
        hearing.tell_overdue(request)
    return hearing.file, tuple(hearing.answers)


def _called_once(file: File, context: Context) -> Answers:
    called: list[Answer] = []
    for held in file.waiting:
        question = held.question
        if held.until <= context.now or not _has_come(file, question):
            continue
        cause = as_waited(question.cause, context)
        hearing = Hearing(without(file, held), Question(question.message, cause), context)
        hearing.hear()
        file = hearing.file
        called.extend(hearing.answers)
    return file, tuple(called)


def _has_come(file: File, question: Question) -> bool:
    """Tell whether there is what the message waits for; an agent waits for its own release."""
    sender = question.cause.organisation
    found = match(file.stays, question.message, sender)
    if isinstance(found, Refusal) or not isinstance(question.message, AGENTS_OWN):
        return found != ()
    # A system may show a release without its agent, and says itself who may ask.
    return any(stay.agent == sender or stay.authority == "system" for stay in found)
