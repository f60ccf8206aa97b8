"""What the ledger answers: to a message, to the passing of time, to what broke our own code."""

from ledger.law.authority import is_request
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.hearing import Hearing, as_waited, without
from ledger.law.match import match
from ledger.law.notes import concerned
from ledger.law.quays import silent
from ledger.law.requests import overdue
from ledger.law.standing import lapsed, outlived, told_long_enough
from schemas import facts as f
from schemas import system_facts as s
from schemas.note_messages import AddNote, WithdrawNote

Answers = tuple[File, tuple[Answer, ...]]
# What makes a release one that a waiting message is about: its papers, or who is party to it.
MOVES = (f.Updated, f.Transferred, s.ReleaseObserved)
LETS_IN = (f.Released, *MOVES)


def answer(file: File, question: Question, context: Context) -> Answers:
    """Return the container's file after *question* and every fact that it led to, in order.

    The first answer carries the outcome that the sender is told. A release that came, changed or
    was passed on is tried against the waiting room at once, in the order the messages came in.
    """
    hearing = Hearing(file, question, context)
    hearing.hear()
    hearing.follow_suspensions()
    answers = hearing.answers
    if not any(isinstance(given.fact, LETS_IN) for given in answers):
        return hearing.file, tuple(answers)
    file, called = call_the_waiting(hearing.file, context)
    return file, (*answers, *called)


def call_the_waiting(file: File, context: Context) -> Answers:
    """Return the file after the waiting messages were tried against the releases it now has.

    They come in the order in which they came in; a waiting message that is followed may move its
    release to where an earlier one waits, or pass it to whose accept does, so they are called
    again.
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
    hearing.follow_suspensions()
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
        if held.until <= context.now or not _has_come(file, question, context):
            continue
        cause = as_waited(question.cause, context)
        hearing = Hearing(without(file, held), Question(question.message, cause), context)
        hearing.hear()
        file = hearing.file
        called.extend(hearing.answers)
    return file, tuple(called)


def _has_come(file: File, question: Question, context: Context) -> bool:
    """Tell whether there is what the message waits for.

    A request waits for a release that its sender is party to: one of others, even of the same
    box, does not use it up.
    """
    message, sender = question.message, question.cause.organisation
    if not is_request(message):
        return match(file.stays, message, sender) != ()
    noter = context.directory.get(sender)
    if isinstance(message, AddNote | WithdrawNote) and noter is not None:
        met = [each for each in file.stays if concerned(each, message, noter)]
        return match(met, message, sender) != ()
    # A system may show a release without its parties, and says itself who may ask.
    own = [each for each in file.stays if sender in each.parties or each.authority == "system"]
    return match(own, message, sender) != ()
