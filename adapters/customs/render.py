"""What customs are told: of each message once, what became of it when the ledger had heard it."""

from typing import Final

from adapters.contract import (
    HTTP_METHOD,
    HTTP_PATH,
    Document,
    Memory,
    Parties,
    Rendered,
    document_id,
)
from adapters.customs.profile import MEDIA_OUT, NAME, PROFILE, TYPE
from adapters.customs.wire import Acknowledged, Result, faults_of, written
from adapters.parties import party
from schemas import facts as f
from schemas.facts import Fact, RecordedFact
from schemas.messages import ReportCustomsStatus
from schemas.words import explained

RENDERED: Final = frozenset({"customs_status_set", "waiting", "refused", "parked"})
PART_IDS: Final = f"{NAME}-"
"""What the id of a message begins with, in front of customs' own."""
ACKNOWLEDGEMENTS: Final = "/acknowledgements"
PROFILE_HEADER: Final = PROFILE.header


def render(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
    """Return the acknowledgement of a message of customs', where *recorded* is its first answer.

    A message that came twice was answered then; what waited, or was parked, is answered when it
    came, and not again. Who publishes without the link hears of it in the outbox alone.
    """
    if not _is_first_answer(recorded):
        return Rendered(memory=memory)
    answer = _answer(recorded.fact)
    if answer is None or party(parties, recorded.cause.organisation).system != NAME:
        return Rendered(memory=memory)
    return Rendered((_document(recorded, *answer),), memory)


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container: what is said about it stays in order."""
    return recorded.container


def proofread(document: Document) -> tuple[str, ...]:
    """Return what a reader of the profile would find wrong in *document*, if anything."""
    return tuple(f"{each.code}: {each.position}" for each in faults_of(document.content))


def _is_first_answer(recorded: RecordedFact) -> bool:
    cause = recorded.cause
    later = cause.waited or cause.resumed or recorded.outcome is None
    by_link = cause.message_id.startswith(PART_IDS)
    return cause.message_type == ReportCustomsStatus.TYPE and by_link and not later


def _answer(fact: Fact) -> tuple[Result, str, str] | None:
    match fact:
        case f.CustomsStatusSet():
            return Result.LINKED, "", ""
        case f.Waiting(until=until):
            words = f"No release that it fits is known yet: it waits until {until.isoformat()}."
            return Result.NOT_LINKED, "waiting", words
        case f.Parked():
            words = "It is kept, and heard when the operator of the bus has mended what is broken."
            return Result.NOT_LINKED, "parked", words
        case f.Refused(reason=reason, detail=detail):
            return Result.REFUSED, reason.value, explained(reason, detail).sentence()
        case _:
            return None


def _document(recorded: RecordedFact, result: Result, code: str, words: str) -> Document:
    identity = document_id(recorded, NAME, "acknowledgement", NAME)
    told = Acknowledged(
        identification=identity,
        at=recorded.recorded_at,
        of=recorded.cause.message_id.removeprefix(PART_IDS),
        result=result,
        equipment=recorded.container,
        code=code,
        words=words,
    )
    return Document(
        id=identity,
        type=TYPE,
        receiver=NAME,
        content_type=MEDIA_OUT,
        content=written(told),
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=((HTTP_METHOD, "POST"), (HTTP_PATH, ACKNOWLEDGEMENTS), PROFILE_HEADER),
    )
