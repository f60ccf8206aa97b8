"""A container's file from its entries alone: they are evolved, nothing is decided again."""

from collections.abc import Iterable

from ledger.book.draft import message_key
from ledger.book.stored import question_of
from ledger.law.context import Question
from ledger.law.evolve import evolve, opened
from ledger.law.file import File, Held
from ledger.law.requests import MOVES, followed
from schemas import facts as f
from schemas.facts import RecordedFact
from schemas.stay import Stay
from schemas.value import altered

EMPTY = File()


def file_of(entries: Iterable[RecordedFact]) -> File:
    """Return the file after a container's *entries*, given in order."""
    file = EMPTY
    for recorded in entries:
        file = refiled(file, recorded)
    return file


def refiled(file: File, recorded: RecordedFact) -> File:
    """Return the container's file after one more entry of it.

    The entry's snapshot tells which stay the fact is about; how the stay then stands is evolved.
    """
    if recorded.cause.waited:
        file = _without(file, message_key(recorded.cause))
    if isinstance(recorded.fact, MOVES):
        release_id = "" if recorded.stay is None else recorded.stay.release_id
        file = followed(file, recorded.fact, recorded.cause, recorded.port, release_id)
    match recorded.fact:
        case f.Waiting(until=until, message=message):
            held = Held(question_of(recorded.cause, message), until)
            return altered(file, waiting=(*file.waiting, held))
        case f.Parked():
            return file if file.parked else altered(file, parked=True)
        case f.Resumed():
            return altered(file, parked=False)
        case f.Released():
            return altered(file, stays=(*file.stays, opened(recorded.fact)))
        case _ if recorded.stay is not None:
            stays = _evolved(file.stays, recorded.stay.release_id, recorded.fact)
            return file if stays is file.stays else altered(file, stays=stays)
        case _:
            return file


def since_resumed(entries: Iterable[RecordedFact]) -> list[RecordedFact]:
    """Return the entries by which a container's messages are parked, in the log's order.

    *entries* are all of its `parked` and `resumed`, others do not count.
    """
    parked: list[RecordedFact] = []
    for recorded in entries:
        match recorded.fact:
            case f.Resumed():
                parked.clear()
            case f.Parked():
                parked.append(recorded)
            case _:
                continue
    return parked


def set_aside(entries: Iterable[RecordedFact]) -> list[Question]:
    """Return the messages that are parked after a container's *entries*, in the log's order.

    Where time broke our code no message was parked, and none has an outcome.
    """
    return [
        question_of(recorded.cause, recorded.fact.message)
        for recorded in since_resumed(entries)
        if isinstance(recorded.fact, f.Parked) and recorded.outcome is not None
    ]


def stay_in_file(file: File, release_id: str) -> Stay | None:
    """Return the stay with this release, or None."""
    return next((stay for stay in file.stays if stay.release_id == release_id), None)


def _evolved(stays: tuple[Stay, ...], release_id: str, fact: f.Fact) -> tuple[Stay, ...]:
    for place, before in enumerate(stays):
        if before.release_id == release_id:
            after = evolve(before, fact)
            return stays if after is before else (*stays[:place], after, *stays[place + 1 :])
    return stays


def _without(file: File, key: bytes) -> File:
    left = tuple(held for held in file.waiting if message_key(held.question.cause) != key)
    return altered(file, waiting=left)
