"""The requests to a port's system on a container's file: how facts open, move and end them."""

from collections.abc import Iterator
from datetime import datetime

from ledger.law.file import File, Request, RequestState
from schemas import system_facts as s
from schemas.facts import Cause, Fact
from schemas.system_facts import ReleaseObserved, RequestAnswered, RequestMade, RequestOverdue
from schemas.value import altered

MOVES = (RequestMade, RequestAnswered, RequestOverdue, ReleaseObserved)


def request_of(file: File, request_id: str) -> Request | None:
    """Return the request with this id, or None."""
    return next((each for each in file.requests if each.id == request_id), None)


def overdue(file: File, now: datetime) -> Iterator[Request]:
    """Yield the requests whose answer should have come by now and has not, told once each."""
    for request in file.requests:
        if request.state is RequestState.SENT and request.due_at <= now:
            yield request


def followed(file: File, fact: Fact, cause: Cause, port: str, release_id: str) -> File:
    """Return the file after *fact*, which is about the stay *release_id*, where there is one.

    No decision is taken here: the law and a rebuild both come this way.
    """
    if not isinstance(fact, MOVES):
        return file
    if isinstance(fact, s.RequestMade):
        made = _made(fact, cause, port, release_id)
        return altered(file, requests=(*file.requests, made))
    moved = tuple([_moved(request, fact, release_id) for request in file.requests])
    return file if moved == file.requests else altered(file, requests=moved)


def _made(fact: RequestMade, cause: Cause, port: str, release_id: str) -> Request:
    return Request(
        id=fact.request_id,
        system=fact.system,
        port=port,
        release_id=release_id,
        state=RequestState.SENT,
        due_at=fact.due_at,
        cause=cause,
        message=fact.message,
    )


def _moved(
    request: Request, fact: RequestAnswered | RequestOverdue | ReleaseObserved, release_id: str
) -> Request:
    match fact:
        case ReleaseObserved():
            told = request.open and request.release_id in {"", release_id}
            return altered(request, observed=True) if told else request
        case _ if fact.request_id != request.id:
            return request
        case RequestOverdue():
            return altered(request, state=RequestState.OVERDUE)
        case RequestAnswered(accepted=accepted) if request.open:
            state = RequestState.ACCEPTED if accepted else RequestState.REJECTED
            # A release was asked for, and it is this one.
            about = request.release_id or release_id
            return altered(request, state=state, message="", release_id=about)
        case _:
            return request
