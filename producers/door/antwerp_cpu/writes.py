"""One of CPu's bodies from a call to its topic: sealed, read, and published as it may be seen."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from adapters.antwerp_cpu.forms import NotReadable, spelt
from adapters.antwerp_cpu.known import known_part
from adapters.antwerp_cpu.makers import CONTAINER_IN_PATH, PORT_IN_PATH, TERMINAL_IN_CALL
from adapters.antwerp_cpu.parse import parse
from adapters.antwerp_cpu.profile import DEFAULT_PORT, MEDIA, TYPE_PREFIX
from adapters.antwerp_cpu.sealing import sealed
from adapters.contract import NOTHING, Part
from producers.door.antwerp_cpu.calls import REFERENCE, REQUEST_ID, Accepted, Write
from producers.door.door import Door
from producers.door.entrance import Call
from producers.door.posting import RETRY_SECONDS, BrokerAway
from producers.door.problems import NO_STORE, retry_later, unreadable
from producers.door.repeats import Repeats
from producers.log import partition_of
from producers.records import Record
from producers.sealing import UnusableIdentity, UnusableKey, seal
from schemas.envelope import Envelope, headers_of
from schemas.identifiers import Unusable, read_locode, read_terminal
from schemas.message_types import ON_TOPIC
from schemas.messages import ContainerMessage, Role, SealedDriver
from schemas.organisations import Organisation, Terminal
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import CARRIER, MEBIBYTE, Topic, within
from schemas.unreadable import Unreadable

PUBLIC_REFERENCES: Final = uuid.UUID("6a0f6c0e-5cf1-4d2f-9a57-0d1b8e5d6a11")
WITH_DRIVER: Final = "SubmitPickupRight"
WITHOUT_QUAY: Final = "GateOut"
LONGEST_REFERENCE: Final = 200
"""Of a bulk each part has its place behind it (adapters/antwerp_cpu/parse.py)."""

_is_container = re.compile(r"[A-Z]{4}[0-9]{7}").fullmatch
_is_reference = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?").fullmatch


@dataclass(frozen=True, slots=True)
class Readable:
    """A body that may go out: its bytes, and the messages in it."""

    data: bytes
    parts: tuple[Part, ...]


async def write(door: Door, call: Call, asked: Write, repeats: Repeats) -> Response:
    """Answer 202 when the broker has the body for good, or say what is wrong with it."""
    given = given_reference(call)
    if isinstance(given, Unreadable):
        return unreadable((given,))
    reference = given or str(uuid.uuid4())  # it becomes the ce_id
    in_path = _in_call(call, asked)
    found = _read(door, call, asked, {**in_path, "ce_id": reference})
    if isinstance(found, tuple):
        return unreadable(found)
    data = found.data
    if asked.body == WITH_DRIVER:
        data = repeats.published(call.organisation.id, reference, _as_seen(data), data)
    record = _record(door, call, asked, reference, Readable(data, found.parts))
    try:
        await door.post.post(record)
    except BrokerAway:
        sentence = (
            f"The bus does not take messages now. Send it again with {REFERENCE} {reference}"
        )
        return retry_later(503, "bus_away", sentence, RETRY_SECONDS)
    return _accepted(call.organisation.id, reference)


def given_reference(call: Call) -> str | Unreadable | None:
    """Return the caller's own reference, None where it has none."""
    for place, given in (
        (f"query {REFERENCE}", call.query.get(REFERENCE)),
        (f"header {REFERENCE}", call.headers.get(REFERENCE)),
        (f"header {REQUEST_ID}", call.headers.get(REQUEST_ID)),
    ):
        if given is None:
            continue
        if _is_reference(given):
            return given
        sentence = f"A reference has 1 to {LONGEST_REFERENCE} printable characters of ASCII."
        return Unreadable("reference_unusable", place, sentence)
    return None


def _accepted(organisation: str, reference: str) -> Response:
    """Return E2; the public reference is the same whenever the same call is repeated."""
    public = uuid.uuid5(PUBLIC_REFERENCES, f"{organisation}/{reference}")
    body = Accepted(public_reference_id=str(public), external_reference_id=reference)
    content = body.model_dump_json(by_alias=True)
    return Response(content, 202, dict(NO_STORE), media_type="application/json")


# --- what may be read, and what may be seen ------------------------------------------------------


def _read(
    door: Door, call: Call, asked: Write, headers: Mapping[str, str]
) -> Readable | tuple[Unreadable, ...]:
    """Return the body as it may be published, or everything that is wrong with it."""
    data = call.data
    if asked.body == WITH_DRIVER:
        driverless = _sealed(door, data, headers)
        if isinstance(driverless, Unreadable):
            return (driverless,)
        data = driverless
    parsed = parse(data, {**headers, "ce_type": TYPE_PREFIX + asked.body}, NOTHING)
    checked = (
        check
        for part in parsed.messages
        for check in (_for_another(door, call, part), _no_container(part))
    )
    faults = (*parsed.problems, *(each for each in checked if each is not None))
    # A bulk too goes whole or not at all: intake would tell its bad parts to the door alone.
    return faults or Readable(known_part(asked.body, data, headers), parsed.messages)


def _for_another(door: Door, call: Call, part: Part) -> Unreadable | None:
    """Return that a body says to be sent for another party than the caller, as intake would."""
    if part.on_behalf_of is None:
        return None
    named = door.directory().find(part.on_behalf_of)
    if isinstance(named, Organisation) and named.id == call.organisation.id:
        return None
    sentence = "The body says that it is sent for another party than the caller."
    return Unreadable("sent_for_another", "$.releaseFrom", sentence)


def _no_container(part: Part) -> Unreadable | None:
    """Return that a number is no container's: it becomes a key, and may be anybody's code.

    Other ways in take it with a finding; who calls is told at once, and can correct it.
    """
    message = part.message
    if not isinstance(message, ContainerMessage) or _is_container(message.container):
        return None
    sentence = "A container number has four letters and seven digits (ISO 6346)."
    return Unreadable("container_format", "$.equipmentNumber", sentence, sensitive=True)


def _sealed(door: Door, data: bytes, headers: Mapping[str, str]) -> bytes | Unreadable:
    """Return the pick-up right with its driver sealed for the quay that it names."""
    quay = _quay(door, data, headers)

    def for_the_quay(card: str) -> SealedDriver:
        if isinstance(quay, Unreadable):
            raise NoKey(quay)
        return seal(card, quay.sealing_key or "", quay.sealing_key_id or "")

    try:
        return sealed(data, for_the_quay)
    except NoKey as error:
        return error.why
    except UnusableIdentity:
        place = "$.pickupParty.identificationCode"
        sentence = "This is no number of a card: it is empty, or too long."
        return Unreadable("identity_unusable", place, sentence, sensitive=True)
    except UnusableKey:
        return _no_key("The key that the terminal registered can seal nothing: tell the terminal.")


class NoKey(Exception):
    """There is a driver and nobody to seal it for; caught in this module."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.code)
        self.why = why


def _quay(door: Door, data: bytes, headers: Mapping[str, str]) -> Terminal | Unreadable:
    """Return the quay whose gate is to read the driver, with its key, or why there is none."""
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson) or not isinstance(content, dict):
        return _no_key("The body cannot be read.")
    port, code = _named_quay(content, headers)
    if isinstance(read_locode(port), Unusable) or isinstance(read_terminal(code), Unusable):
        return _no_key("A pick-up with a driver names the quay that the driver is sealed for.")
    found = quay_with_key(door, port, code)
    if found is None:
        return _no_key("No terminal is registered under this code with a key to seal drivers for.")
    return found[1]


def quay_with_key(door: Door, port: str, code: str) -> tuple[Organisation, Terminal] | None:
    """Return the quay under these codes and who runs it, where it has a key to seal for."""
    locode, terminal = read_locode(port), read_terminal(code)
    if isinstance(locode, Unusable) or isinstance(terminal, Unusable):
        return None
    operator = door.directory().operator_of(locode.value, terminal.value)
    for quay in () if operator is None else operator.terminals:
        if (quay.port, quay.code) == (locode.value, terminal.value) and quay.sealing_key:
            return (operator, quay) if operator is not None else None
    return None


def _named_quay(content: dict[str, JsonValue], headers: Mapping[str, str]) -> tuple[str, str]:
    try:
        own = spelt(content, [])
    except NotReadable:
        return "", ""  # `sealed` reads the same, and tells what is wrong
    named = own if isinstance(own, dict) else {}
    port = named.get("portLoCode") or headers.get(PORT_IN_PATH) or DEFAULT_PORT
    return str(port), str(named.get("terminalCode") or "")


def _no_key(sentence: str) -> Unreadable:
    return Unreadable("terminal_without_key", "$.terminalCode", sentence, sensitive=True)


def _as_seen(data: bytes) -> bytes:
    """Return the body with no more of its driver than the mask."""
    content = read_json(data, max_bytes=MEBIBYTE)
    party = content.get("pickupParty") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(party, dict):
        return data
    driver = party.get("driver")
    mask = driver.get("mask") if isinstance(driver, dict) else None
    return canonical({**content, "pickupParty": {**party, "driver": mask}})


# --- the record ----------------------------------------------------------------------------------


def _in_call(call: Call, asked: Write) -> dict[str, str]:
    """Return what stood in the path of the call and beside it, by CPu's own names for it."""
    beside = call.headers.get(TERMINAL_IN_CALL) if asked.body == WITHOUT_QUAY else None
    named = {
        PORT_IN_PATH: call.path.get("port_locode"),
        CONTAINER_IN_PATH: call.path.get("equipment_number"),
        TERMINAL_IN_CALL: beside,
    }
    return {name: value for name, value in named.items() if value is not None}


def _record(door: Door, call: Call, asked: Write, reference: str, found: Readable) -> Record:
    containers = [
        each.message.container
        for each in found.parts
        if isinstance(each.message, ContainerMessage)
    ]
    topic = _topic(call, asked, found.parts[0])
    key = containers[0].encode()
    envelope = Envelope(
        id=reference,
        source=door.source(call.caller),
        type=TYPE_PREFIX + asked.body,
        time=door.clock(),
        subject=containers[0],
        content_type=MEDIA,
    )
    record = Record(
        topic=within(door.namespace, topic).name,
        partition=partition_of(key, topic.partitions),
        key=key,
        value=found.data,
        headers=headers_of(envelope),
    )
    return door.spoken(record, call.caller)


def _topic(call: Call, asked: Write, part: Part) -> Topic:
    """Return the topic for what the body says; an agent's own stays with its releases."""
    by_agent = Role.SHIP_AGENT in call.organisation.roles
    order = sorted(asked.topics, key=lambda topic: (topic is CARRIER) is not by_agent)
    fitting = (topic for topic in order if isinstance(part.message, ON_TOPIC[topic.name]))
    return next(fitting, order[0])
