"""A webhook from a call to its system's topic: known, redacted, and answered when it is kept."""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from adapters.contract import System
from adapters.registry import systems
from producers.door.door import CHANNEL, Door, SystemsUnreadable
from producers.door.entrance import ROOM_SECONDS, Endpoint, body_of, guarded, held_back
from producers.door.hooks.calls import HOOK, HOOK_WITH_SECRET, IN_PATH, SYSTEM_IN_PATH
from producers.door.posting import RETRY_SECONDS, BrokerAway
from producers.door.problems import NO_STORE, problem, retry_later
from producers.log import partition_of
from producers.records import Record
from producers.signing import SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.organisations import Organisation
from schemas.topics import MEBIBYTE, system_in, within

log = logging.getLogger(__name__)
LARGEST_RECORD: Final = MEBIBYTE - 16 * 1024
"""Of what a topic takes, less its headers: what was redacted may be longer than it came."""
LONGEST_KEY: Final = 255
NOT_THERE: Final = "There is no such call at this door."


def routes(door: Door) -> Sequence[BaseRoute]:
    """Return the routes that systems call: one for all, so that a new one needs no more."""
    endpoint = _endpoint(door)
    return tuple(Route(path, endpoint, methods=["POST"]) for path in (HOOK, HOOK_WITH_SECRET))


def _endpoint(door: Door) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        system = systems().get(str(request.path_params[SYSTEM_IN_PATH]))
        if system is None or not system.media_in:
            return held_back(door, request) or problem(404, "not_found", NOT_THERE)
        shown = await _shown(door, system, request)
        if isinstance(shown, Response):
            return shown
        speaker = _admission(door, system, request, shown)
        if isinstance(speaker, Response):
            return speaker
        organisation, known_by = speaker
        data = shown or await body_of(request)
        if isinstance(data, Response):
            return data
        return await _posted(door, system, organisation, known_by, data)

    return guarded(endpoint)


async def _shown(door: Door, system: System, request: Request) -> bytes | Response:
    """Return the body where what the system is known by stands in it; else it is read later."""
    return await body_of(request) if door.hooks.stands_in_body(system.name) else b""


def _admission(
    door: Door, system: System, request: Request, body: bytes
) -> tuple[Organisation, str] | Response:
    """Return who speaks for the system that calls; a body that shows nothing is not read yet."""
    try:
        in_path = str(request.path_params.get(IN_PATH, ""))
        known_by = door.hooks.known_by(system.name, request.headers, in_path, body)
    except SystemsUnreadable as error:
        log.error("No webhook of %s is let in: %s", system.name, error)  # noqa: TRY400  no traceback is of use
        return _closed("The door cannot look up who calls.")
    if known_by is None:
        sentence = f"It is not shown that {system.title} calls."
        return held_back(door, request) or problem(401, "not_authenticated", sentence)
    wait_seconds = door.of_systems.wait_seconds(system.name)
    if wait_seconds:
        log.warning("%s calls too often: it is told to wait", system.title)
        return retry_later(429, "too_many_calls", f"{system.title} calls too often.", wait_seconds)
    speaker = door.directory().speaking_for(system.name)
    if speaker is None:
        log.error("Nobody in the directory speaks for %s: register who does", system.name)
        return _closed("Nobody is registered here who speaks for this system.")
    return _unheard(door, speaker) or (speaker, known_by)


def _unheard(door: Door, speaker: Organisation) -> Response | None:
    """Return that what this door says for *speaker* would be no more than a dead letter."""
    voice, now = door.voice, door.clock()
    if voice is None or (voice.is_known(door.directory(), now) and voice.speaks_for(speaker, now)):
        return None
    log.error("%s, as whom this door signs, may not speak for %s", voice.organisation, speaker.id)
    return _closed("This door may not speak for the system; its operator has to see.")


def _closed(sentence: str) -> Response:
    """Answer that it is to come again: who cannot be heard for our fault loses nothing by it."""
    return retry_later(503, "door_closed", sentence, ROOM_SECONDS)


async def _posted(
    door: Door, system: System, speaker: Organisation, known_by: str, data: bytes
) -> Response:
    # Off the loop: a long body takes seconds, and the door is everybody's.
    redacted = await asyncio.to_thread(system.functions.redact, data)
    if len(redacted) > LARGEST_RECORD:
        return problem(413, "too_large", f"A body has at most {LARGEST_RECORD} bytes.")
    try:
        await door.post.post(
            _record(door, system, redacted, SpokenFor(speaker.id, known_by, CHANNEL))
        )
    except BrokerAway:
        sentence = "The bus does not take webhooks now; send it again."
        return retry_later(503, "bus_away", sentence, RETRY_SECONDS)
    return Response(status_code=202, headers=dict(NO_STORE))


def _record(door: Door, system: System, data: bytes, spoken_for: SpokenFor) -> Record:
    """Return the record of a webhook, signed where the door has a voice; *data* is redacted.

    Each that comes has an id of its own: two that look the same may be two (SCR's), and what is
    told twice changes nothing the second time, by what the adapter remembers.
    """
    voice = door.voice
    speaker = spoken_for.organisation if voice is None else voice.organisation
    envelope = Envelope(
        id=str(uuid.uuid4()),
        source=ORGANISATION_SOURCE + speaker,
        type=f"{system.name}.webhook",
        time=door.clock(),
        content_type=min(system.media_in),
    )
    topic, key = system_in(system.name), _about(system, data, envelope)
    record = Record(
        topic=within(door.namespace, topic).name,
        partition=partition_of(key, topic.partitions),
        key=key,
        value=data,
        headers=(*headers_of(envelope), *(spoken_for.headers() if voice else ())),
    )
    return record if voice is None else signed(record, voice.key)


def _about(system: System, data: bytes, envelope: Envelope) -> bytes:
    """Return what the webhook is about, as its key: what is about the same stays in order."""
    texts = {name: value.decode() for name, value in headers_of(envelope)}
    about = system.functions.correlation_of_bytes(data, texts)
    return about.encode("utf-8", "replace")[:LONGEST_KEY]
