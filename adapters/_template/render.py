"""What a party asks in a port of the template's, as one request each."""

from typing import Final

from pydantic import ValidationError

from adapters._template.profile import MEDIA, NAME, PROFILE
from adapters._template.wire import Asked
from adapters.contract import (
    HTTP_METHOD,
    HTTP_PATH,
    ON_BEHALF_OF,
    Document,
    Memory,
    Parties,
    Rendered,
    document_id,
)
from adapters.parties import party
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.field_faults import fault_of
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage

RENDERED: Final = frozenset({"request_made"})


def render(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
    """Return the request that *recorded* becomes, and nothing where nothing is asked."""
    if not isinstance(recorded.fact, s.RequestMade):
        return Rendered(memory=memory)
    message = BY_TYPE[recorded.cause.message_type].model_validate_json(recorded.fact.message)
    if not isinstance(message, ContainerMessage):
        raise TypeError(recorded.cause.message_type)
    asked = _asked(recorded, recorded.fact, message, parties)
    return Rendered((_document(recorded, asked),), memory)


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container: what is asked about it stays in order."""
    return recorded.container


def proofread(document: Document) -> tuple[str, ...]:
    """Return what the system would find wrong in *document*; empty where it reads back whole."""
    try:
        Asked.model_validate_json(document.content)
    except ValidationError as error:
        fault = fault_of(error)
        return (f"{fault.code}: {fault.position}",)
    return ()


def _asked(
    recorded: RecordedFact, fact: s.RequestMade, message: ContainerMessage, parties: Parties
) -> Asked:
    stay = recorded.stay
    return Asked(
        request=fact.request_id,
        ask=message.TYPE.removeprefix("releasebus."),
        container=recorded.container,
        port=recorded.port,
        terminal=message.terminal or (None if stay is None else stay.terminal),
        bills=message.bills_of_lading or (() if stay is None else stay.bills_of_lading),
        by=_called(parties, recorded.cause.organisation),
        to=None if fact.receiver is None else _called(parties, fact.receiver),
    )


def _called(parties: Parties, organisation: str) -> str:
    named = party(parties, organisation)
    return named.code_at(NAME) or named.name


def _document(recorded: RecordedFact, asked: Asked) -> Document:
    return Document(
        id=document_id(recorded, NAME, "request", NAME),
        type=f"{NAME}.{asked.ask}",
        receiver=NAME,
        content_type=MEDIA,
        content=asked.model_dump_json(exclude_none=True).encode(),
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=(
            (HTTP_METHOD, "POST"),
            (HTTP_PATH, "/requests"),
            (ON_BEHALF_OF, recorded.cause.organisation),
            PROFILE.header,
        ),
    )
