"""What is said back: the response that Cargonaut waits for, and an FSU for who was notified."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from adapters.cargonaut import fsu, xfnm
from adapters.cargonaut.codes import CODES, WHOLE
from adapters.cargonaut.memory import kept, recalled
from adapters.cargonaut.profile import MEDIA_FSU, MEDIA_XFNM, NAME, PROFILE_HEADER
from adapters.contract import HTTP_METHOD, Document, Parties, Rendered, document_id
from adapters.contract import Memory as Written
from adapters.parties import party
from schemas.air_facts import AirTally, ConsignmentObserved
from schemas.facts import RecordedFact
from schemas.ports import AIRPORTS
from schemas.unreadable import Unreadable
from schemas.value import altered

RENDERED: Final = frozenset({"consignment_observed"})
PART: Final = "P"


def render(recorded: RecordedFact, parties: Parties, memory: Written) -> Rendered:
    """Return the documents that *recorded* becomes; of a container nothing is said here."""
    fact = recorded.fact
    if not isinstance(fact, ConsignmentObserved):
        return Rendered(memory=memory)
    known = recalled(memory)
    wanted = next((each for each in known.wanted if each.part == recorded.cause.message_id), None)
    documents = []
    if wanted is not None:
        own = document_id(recorded, NAME, "xfnm", NAME)
        answer = xfnm.Response(own, recorded.recorded_at, wanted.message, wanted.sender)
        content = xfnm.written(answer)
        documents.append(_document(recorded, "xfnm", NAME, MEDIA_XFNM, content))
        left = tuple(each for each in known.wanted if each is not wanted)
        memory = kept(altered(known, wanted=left))
    if fact.notified is not None:
        receiver = party(parties, fact.notified).id
        status = fsu.written(_fsu(recorded, fact)).encode()
        documents.append(_document(recorded, "fsu", receiver, MEDIA_FSU, status))
    return Rendered(tuple(documents), memory)


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the air waybill: what is said of it stays in order."""
    return recorded.container


def proofread(document: Document) -> tuple[str, ...]:
    """Return what a receiver would find wrong in *document*: by the schema, or line by line."""
    if document.content_type == MEDIA_FSU:
        return _proofread_text(document.content.decode("ascii", errors="replace"))
    return tuple(f"{each.code}: {each.position}" for each in xfnm.faults(document.content))


def _proofread_text(text: str) -> tuple[str, ...]:
    read = fsu.read(text)
    if isinstance(read, Unreadable):
        return (f"{read.code}: {read.position}",)
    if len(text) > fsu.MOST_CHARACTERS:
        return (f"too_large: character {fsu.MOST_CHARACTERS}",)
    return () if fsu.written(read) == text else ("field_invalid: whole",)


def _fsu(recorded: RecordedFact, fact: ConsignmentObserved) -> fsu.Fsu:
    airport = AIRPORTS[recorded.port]
    number = recorded.container
    both = bool(fact.origin and fact.destination)
    pieces = 0 if fact.pieces is None else fact.pieces
    return fsu.Fsu(
        waybill=f"{number[:3]}-{number[3:]}",
        quantity=fsu.Quantity(PART if fact.pieces is None else WHOLE, pieces),
        statuses=tuple(
            _status(each, fact, airport.iata, airport.timezone)
            for each in fact.tallies
            if each.pieces
        ),
        origin=(fact.origin or "") if both else "",
        destination=(fact.destination or "") if both else "",
    )


def _status(tally: AirTally, fact: ConsignmentObserved, place: str, timezone: str) -> fsu.Status:
    shape = WHOLE if tally.pieces == fact.pieces else PART
    return fsu.Status(
        code=CODES[tally.step],
        place=place,
        when=None if tally.at is None else _when(tally.at, timezone),
        quantity=fsu.Quantity(shape, tally.pieces),
    )


def _when(at: datetime, timezone: str) -> fsu.When:
    local = at.astimezone(UTC).astimezone(ZoneInfo(timezone))
    return fsu.When(local.day, local.month, f"{local:%H%M}")


def _document(
    recorded: RecordedFact, kind: str, receiver: str, media: str, content: bytes
) -> Document:
    return Document(
        id=document_id(recorded, NAME, kind, receiver),
        type=f"iata.{kind}",
        receiver=receiver,
        content_type=media,
        content=content,
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=((HTTP_METHOD, "POST"), PROFILE_HEADER),
    )
