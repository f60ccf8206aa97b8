"""How entries, stays, waiting messages and organisations stand in rows, and come out again."""

from ledger.book.bulk import Values
from ledger.book.moments import micros
from ledger.law.context import Question
from ledger.law.file import Held, Request, RequestState
from ledger.law.lights import combined
from ledger.law.standing import ENDED_IS_TOLD, personal_parts_due
from schemas.evolution.upcasts import SCHEMA_VERSION, OfANewerVersion, version_of
from schemas.facts import CAUSE, Cause, RecordedFact, read
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage
from schemas.onboarding_facts import Onboarding
from schemas.organisations import Organisation
from schemas.stay import Stay
from schemas.value import Form

STAY: Form[Stay] = Form(Stay)
ONBOARDING: Form[Onboarding] = Form(Onboarding)
ORGANISATION: Form[Organisation] = Form(Organisation)
REQUEST: Form[Request] = Form(Request)


def recorded_in(body: bytes) -> RecordedFact:
    """Return the entry in a row's bytes, an older one as it would be said now.

    Raises OfANewerVersion where this program could misread it: what follows from an entry that
    is half understood would be a state that no entry leads to. Raises Misformed for none.
    """
    version = version_of(body)
    if version is not None and version > SCHEMA_VERSION:
        raise OfANewerVersion(version)
    return read(body)


def stay_row(stay: Stay, shard: str, position: int) -> Values:
    """Return the stay's row, in the order of the table's columns."""
    return (
        stay.release_id,
        shard,
        position,
        stay.container,
        stay.port,
        stay.terminal,
        stay.agent,
        stay.holder,
        stay.release_identification,
        stay.status,
        combined(stay),
        stay.disputed,
        stay.suspended,
        micros(stay.expires_at),
        due_at(stay),
        STAY.written(stay).decode(),
        None if stay.pickup is None or not stay.on_quay else stay.pickup.operator,
        stay.operator_suspended,
    )


def stay_in(state: str) -> Stay:
    """Return the stay in a row's state."""
    return STAY.read(state)


def due_at(stay: Stay) -> int | None:
    """Return when time alone changes the stay (ledger/law/standing), or None."""
    # Where a system decides, it says itself what expired: time ends a pick-up right alone.
    by_time = stay.live if stay.authority == "ledger" else stay.pickup is not None
    moments = [stay.expires_at] if by_time else []
    if stay.pickup is not None and stay.pickup.expires_at is not None:
        moments.append(stay.pickup.expires_at)
    for ended in stay.ended_rights:
        moments.append(ended.at + ENDED_IS_TOLD)
        if ended.confirms_by is not None:
            moments.append(ended.confirms_by)
    if (erased_at := personal_parts_due(stay)) is not None:
        moments.append(erased_at)
    return micros(min(moments)) if moments else None


def held_row(held: Held, key: bytes, shard: str) -> Values:
    """Return the row of a waiting message; its place in the log keeps the order of the room."""
    cause, message = held.question.cause, held.question.message
    question = "\n".join(
        (CAUSE.written(cause).decode(), message.model_dump_json(exclude_none=True))
    )
    return (shard, key, cause.log_offset, message.container, micros(held.until), question)


def question_in(stored: str) -> Question:
    """Return the waiting question in a row."""
    cause, message = stored.split("\n", 1)
    return question_of(CAUSE.read(cause), message)


def question_of(cause: Cause, message: str) -> Question:
    """Return the question that *cause* and the JSON of its message stand for."""
    read = BY_TYPE[cause.message_type].model_validate_json(message)
    if not isinstance(read, ContainerMessage):
        raise TypeError(f"{cause.message_type} cannot wait for a release")
    return Question(read, cause)


def request_row(request: Request, container: str, shard: str, position: int) -> Values:
    """Return the row of a request to a port's system."""
    awaited = request.state is RequestState.SENT
    due = micros(request.due_at) if awaited else None
    return (request.id, shard, position, container, due, REQUEST.written(request).decode())


def request_in(state: str) -> Request:
    """Return the request in a row's state."""
    return REQUEST.read(state)


def organisation_row(organisation: Organisation, seq: int) -> Values:
    """Return the organisation's row."""
    return (organisation.id, seq, ORGANISATION.written(organisation).decode())


def organisation_in(state: str) -> Organisation:
    """Return the organisation in a row's state."""
    return ORGANISATION.read(state)


def onboarding_row(standing: Onboarding, shard: str) -> Values:
    """Return the row of how far an organisation is."""
    moments = [each for each in (standing.awaits_until, standing.paid_until) if each is not None]
    due = micros(min(moments)) if moments else None
    return (standing.organisation, shard, due, ONBOARDING.written(standing).decode())


def onboarding_in(state: str) -> Onboarding:
    """Return how far an organisation is, of a row's state."""
    return ONBOARDING.read(state)
