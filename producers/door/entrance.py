"""The way in, the same for every call: who calls, how often, how large; only then what it says."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from producers.door.callers import Caller, CallersUnreadable
from producers.door.door import Door, Voice
from producers.door.problems import AUTHENTICATE, CLOSE, problem, retry_later
from schemas.organisations import Organisation

log = logging.getLogger(__name__)
LARGEST_BODY_BYTES = 900_000
"""What a topic takes (1 MiB), less the headers and the sealing that come on top."""
BODY_SECONDS = 15.0
ROOM_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted call: who calls, and what it brought. What it brought is shown nowhere."""

    caller: Caller
    organisation: Organisation
    path: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    data: bytes = field(repr=False)


Handler = Callable[[Door, Call], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class BodyTooLarge(Exception):
    """More came than is taken; caught in this module."""


def admitted(door: Door, handler: Handler) -> Endpoint:
    """Return the endpoint that lets a call through to *handler*, or answers why not."""

    async def endpoint(request: Request) -> Response:
        return await _through(door, handler, request)

    return guarded(endpoint)


def guarded(inner: Endpoint) -> Endpoint:
    """Return *inner*, whose own fault is written down and told without anything that was sent."""

    async def endpoint(request: Request) -> Response:
        try:
            return await inner(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it
        except Exception as error:  # noqa: BLE001  the framework would log it with what was sent
            log.error("A call failed by our own fault: %s", _without_content(error))  # noqa: TRY400  its message may show what was sent
            return problem(500, "own_fault", "This is a fault of the bus, and was written down.")

    return endpoint


async def _through(door: Door, handler: Handler, request: Request) -> Response:
    found = _admission(door, request)
    if isinstance(found, Response):
        return found
    caller, organisation = found
    data = await body_of(request)
    if isinstance(data, Response):
        return data
    call = Call(
        caller=caller,
        organisation=organisation,
        path={name: str(value) for name, value in request.path_params.items()},
        headers=request.headers,
        query=request.query_params,
        data=data,
    )
    return await handler(door, call)


def _admission(door: Door, request: Request) -> tuple[Caller, Organisation] | Response:
    """Return who calls where it may, before a byte of the body is read."""
    try:
        caller = door.callers.who(request.headers.get("authorization"))
    except CallersUnreadable as error:
        log.error("Nobody is let in: %s %s", type(error).__doc__, error)  # noqa: TRY400  no traceback is of use
        sentence = "The door cannot look up who calls."
        return retry_later(503, "door_closed", sentence, ROOM_SECONDS)
    if caller is None:
        sentence = "Send the token of your organisation: Authorization: Bearer …"
        refusal = problem(401, "not_authenticated", sentence, headers=AUTHENTICATE)
        return held_back(door, request) or refusal
    wait_seconds = door.allowances.wait_seconds(caller.organisation)
    if wait_seconds:
        sentence = "Your organisation calls too often."
        return retry_later(429, "too_many_calls", sentence, wait_seconds)
    organisation = door.organisation(caller)
    if organisation is None:
        sentence = "Your organisation is not registered on this bus, or is not known here yet."
        return problem(403, "not_registered", sentence)
    unheard = None if door.voice is None else _unheard(door, door.voice, organisation)
    return (caller, organisation) if unheard is None else unheard


def held_back(door: Door, request: Request) -> Response | None:
    """Return the answer to who calls too often without a token of anybody, else None.

    Counted is what was turned away alone, so that a party is never held back for a stranger
    behind the same address.
    """
    wait_seconds = door.strangers.wait_seconds(request.client.host if request.client else "")
    if not wait_seconds:
        return None
    sentence = "Too many calls without a token came from where you are."
    return retry_later(429, "too_many_calls", sentence, wait_seconds)


def _unheard(door: Door, voice: Voice, organisation: Organisation) -> Response | None:
    """Return why what this door says for *organisation* would be no more than a dead letter."""
    if not voice.is_known(door.directory(), door.clock()):
        log.error("The key of %s, as whom this door signs, is not registered", voice.organisation)
        sentence = "This door's own key is not registered, or no more; its operator has to see."
        return retry_later(503, "door_not_known", sentence, ROOM_SECONDS)
    if not voice.speaks_for(organisation, door.clock()):
        sentence = (
            "Your organisation has not appointed this door as its gateway: register "
            f"{voice.organisation} as one that may speak for you."
        )
        return problem(403, "not_your_gateway", sentence)
    return None


async def body_of(request: Request) -> bytes | Response:
    """Return what came with a call, or the answer where that is too much or too slow."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _body(request)
    except BodyTooLarge:
        sentence = f"A body has at most {LARGEST_BODY_BYTES} bytes."
        return problem(413, "too_large", sentence, headers=CLOSE)
    except TimeoutError:
        sentence = f"The body did not come within {BODY_SECONDS:.0f} seconds."
        return problem(408, "too_slow", sentence, headers=CLOSE)


async def _body(request: Request) -> bytes:
    """Return the body; what its header says of its length is not believed."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST_BODY_BYTES:
            raise BodyTooLarge
    return bytes(read)


def _without_content(error: Exception) -> str:
    """Return what failed and where, without the error's own words: they may show what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(error).__name__} at {place}"
