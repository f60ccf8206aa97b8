"""What the template's system says, into messages of the bus."""

import hashlib
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from adapters._template.profile import NAME, PORTS
from adapters._template.wire import Answer, State
from adapters.contract import HTTP_STATUS, Headers, Memory, Parsed, Part
from adapters.exit_steps.reading import (
    NotReadable,
    container_in,
    made,
    redacted_content,
    shaped,
    unknown_members,
    unreadable,
)
from adapters.exit_steps.secrets import shows_a_code
from schemas.field_faults import fault_of
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, PartyRef
from schemas.observed import ObservedLight, ObservedStatus
from schemas.strict_json import read as read_json
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.topics import MEBIBYTE

SECRETS: Final = "A PIN, a code or a person"


def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
    """Return the state or the answer in *data*; never raises, whatever the bytes are."""
    if not data and headers.get(HTTP_STATUS, "").startswith("2"):
        return Parsed(memory=memory)  # the request was taken; its answer is still to come
    try:
        content = redacted_content(data, SECRETS)
        if isinstance(content, dict) and "request" in content:
            part = _answered(shaped(Answer, content), data)
        else:
            part = _observed(shaped(State, content), data)
    except NotReadable as error:
        hidden = error.why.sensitive or shows_a_code(data.decode("utf-8", "replace"))
        return Parsed(memory=memory, problems=(replace(error.why, sensitive=hidden),))
    except ValidationError as error:
        return Parsed(memory=memory, problems=(fault_of(error),))
    return Parsed((part,), memory=memory)


def correlation_of_bytes(data: bytes, _headers: Headers) -> str:
    """Return the container that *data* is about, empty where it names none."""
    content = read_json(data, max_bytes=MEBIBYTE)
    named = content.get("container") if isinstance(content, dict) else None
    return container_in(named) if isinstance(named, str) else ""


def _observed(state: State, data: bytes) -> Part:
    message, odd = made(
        ObserveRelease(
            container=state.container,
            port=_port(state.port),
            terminal=state.terminal,
            bills_of_lading=state.bills,
            status=None if state.status is None else ObservedStatus(state.status),
            agent=_party(state.agent),
            holders=None if state.holder is None else (_account(state.holder),),
            discharged=state.on_quay,
            customs=_customs(cleared=state.customs_cleared),
            terminal_light=_light(allowed=state.exit_allowed),
            gate_out=state.left,
            confirmed_at=state.at,
        )
    )
    return Part(message, _id_of(data), (*odd, *unknown_members(state)), message.confirmed_at)


def _answered(answer: Answer, data: bytes) -> Part:
    message, odd = made(
        AnswerRequest(
            container=answer.container,
            port=_port(answer.port),
            request_id=answer.request,
            accepted=answer.accepted,
            reason=answer.reason,
        )
    )
    return Part(message, _id_of(data), (*odd, *unknown_members(answer)))


def _port(port: str) -> str:
    if port not in PORTS:
        raise unreadable("port_unknown", "$.port", "This is no port of the system's.")
    return port


def _party(account: str | None) -> PartyRef | None:
    return None if account is None else _account(account)


def _account(account: str) -> PartyRef:
    # Nobody else's external id can be mistaken for it: who is linked to it is put in its place.
    return PartyRef(scheme=Scheme.EXTERNAL, code=f"{NAME}:{account}")


def _customs(*, cleared: bool | None) -> CustomsStatus | None:
    if cleared is None:
        return None
    return CustomsStatus.RELEASED if cleared else CustomsStatus.NOT_RELEASED


def _light(*, allowed: bool | None) -> ObservedLight | None:
    if allowed is None:
        return None
    return ObservedLight.RELEASED if allowed else ObservedLight.BLOCKED


def _id_of(data: bytes) -> str:
    return f"{NAME}-{hashlib.sha256(data).hexdigest()[:32]}"
