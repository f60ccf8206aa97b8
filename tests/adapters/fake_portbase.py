"""A community system that decides, made up, for tests that are about any such system.

It has Portbase's name and ports, and no format of Portbase's (adapters/portbase has).
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from adapters.antwerp_cpu import SYSTEM as ANTWERP
from adapters.contract import (
    Document,
    Functions,
    Headers,
    Memory,
    Parsed,
    Part,
    Parties,
    Profile,
    Rendered,
    System,
    document_id,
)
from adapters.parties import party
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.unreadable import Unreadable

MEDIA = "application/vnd.fake-portbase+json"
SAYS: dict[str, type[ContainerMessage]] = {"answer": AnswerRequest, "state": ObserveRelease}


def _render(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
    if not isinstance(recorded.fact, s.RequestMade):
        return Rendered(memory=memory)
    fact = recorded.fact
    asked = json.loads(fact.message)
    content = {
        "request": fact.request_id,
        "ask": recorded.cause.message_type.removeprefix("releasebus."),
        "by": party(parties, recorded.cause.organisation).name,
        "container": recorded.container,
        "port": recorded.port,
        "terminal": asked.get("terminal"),
        "bills": asked["bills_of_lading"],
        "to": party(parties, fact.receiver).name if fact.receiver else None,
    }
    document = Document(
        id=document_id(recorded, "portbase", "request", "portbase"),
        type="fake-portbase.request",
        receiver="portbase",
        content_type=MEDIA,
        content=json.dumps(content).encode(),
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
    )
    return Rendered((document,), memory)


def _parse(data: bytes, _headers: Headers, memory: Memory) -> Parsed:
    try:
        said = json.loads(data)
        model = SAYS[said["says"]]
        message = model.model_validate({key: said[key] for key in said if key != "says"})
    except (ValueError, KeyError, TypeError):
        problem = Unreadable("malformed", "$", "This is nothing that Portbase says.")
        return Parsed(memory=memory, problems=(problem,))
    return Parsed((Part(message, _id_of(data)),), memory=memory)


def _id_of(data: bytes) -> str:
    return str(uuid5(NAMESPACE_URL, data.hex()))


def _correlation(data: bytes, _headers: Headers) -> str:
    try:
        said: Any = json.loads(data)
    except ValueError:
        return ""
    return str(said.get("container", "")) if isinstance(said, dict) else ""


def _proofread(document: Document) -> tuple[str, ...]:
    try:
        json.loads(document.content)
    except ValueError:
        return ("it is no JSON",)
    return ()


PORTBASE = System(
    name="portbase",
    title="Portbase, made up for tests",
    ports=frozenset({"NLRTM", "NLAMS"}),
    authority="system",
    media_in=frozenset({MEDIA}),
    media_out=frozenset({MEDIA}),
    renders=frozenset({"request_made"}),
    profile=Profile("made up"),
    functions=Functions(
        correlation_of_fact=lambda recorded: recorded.container,
        correlation_of_bytes=_correlation,
        render=_render,
        parse=_parse,
        redact=ANTWERP.functions.redact,
        proofread=_proofread,
    ),
)
