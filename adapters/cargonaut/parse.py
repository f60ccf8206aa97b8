"""What Cargonaut says of an air waybill, in Cargo-XML or as FSU text, into one message."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from adapters import safe_xml
from adapters.cargonaut import fsu, fsu_told, xfnm, xfsu
from adapters.cargonaut.codes import OF_EXPORT, is_a_code
from adapters.cargonaut.memory import (
    MOST_EVENTS,
    Memory,
    Wanted,
    counts,
    discrepancies,
    held,
    is_full,
    kept,
    recalled,
    wanting,
    with_told,
)
from adapters.cargonaut.profile import NAME
from adapters.cargonaut.redact import redact, why_digested
from adapters.cargonaut.refusal import refused
from adapters.cargonaut.told import OURS, Told, airport_of, is_counted
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Parsed, Part
from adapters.contract import Memory as Written
from adapters.safe_xml import Element
from schemas.air_messages import ObserveConsignment
from schemas.field_faults import fault_of
from schemas.identifiers import Scheme, Unusable, read_waybill
from schemas.messages import PartyRef
from schemas.reading import ReadMessage, made_canonical
from schemas.unreadable import Unreadable
from schemas.value import Misformed

PART_IDS: Final = uuid.UUID("5b0c2c0e-8f0a-5d0f-8b8e-0a1b6a6f5c11")
LENGTH: Final = len("020-12345675")
TOO_MANY_EVENTS: Final = Unreadable(
    "too_many_events",
    "whole",
    f"More than {MOST_EVENTS} events are told of the waybill, and none of this message is heard: "
    "ask Cargonaut how the consignment stands.",
)


def parse(data: bytes, headers: Headers, memory: Written) -> Parsed:
    """Return how the consignment stands by now, where *data* changes that; never raises."""
    try:
        known = recalled(memory)
    except Misformed as error:
        return Parsed(memory=memory, problems=(_misremembered(error),))
    if redact(data) != data:
        sentence = "A person or a secret may show in it: redact it before it is stored."
        why = Unreadable("plain_identity", "whole", sentence, sensitive=True)
        return Parsed(memory=memory, problems=(why,))
    if IN_REPLY_TO in headers and not _is_xml(data):
        return _on_our_document(headers, memory)
    parsed = _parsed(data, headers, known, memory)
    if not parsed.problems:
        return parsed
    about = correlation_of_bytes(data, headers)
    return replace(parsed, requests=refused(data, parsed.problems[0], headers, about))


def _parsed(data: bytes, headers: Headers, known: Memory, memory: Written) -> Parsed:
    said = _said(data, headers.get("ce_time", ""))
    match said:
        case Unreadable():
            return Parsed(memory=memory, problems=(said,))
        case Told():
            return _heard(said, data, known, memory)
        case _:
            why_not = xfnm.refused(said)
            return Parsed(memory=memory, problems=() if why_not is None else (why_not,))


def _on_our_document(headers: Headers, memory: Written) -> Parsed:
    """Return that a document of ours was not taken; what else a server says is no message."""
    if not headers.get(HTTP_STATUS, "").startswith(("3", "4", "5")):
        return Parsed(memory=memory)
    sentence = "A document of ours was not taken: ask its receiver why, and send it again."
    problem = Unreadable("not_taken", f"header {HTTP_STATUS}", sentence)
    return Parsed(memory=memory, problems=(problem,))


def correlation_of_bytes(data: bytes, _headers: Headers) -> str:
    """Return the air waybill that *data* is about, in eleven digits; empty where it names none."""
    said = _said(data, "")
    if isinstance(said, Unreadable):
        return ""
    number = said.waybill if isinstance(said, Told) else xfnm.about(said)[:LENGTH]
    read = read_waybill(number)
    return "" if isinstance(read, Unusable) else read.value


def _said(data: bytes, received: str) -> Told | Element | Unreadable:
    """Return what a status message tells, or a response as it stands."""
    if not _is_xml(data):
        read = _text(data)
        return read if isinstance(read, Unreadable) else fsu_told.told(read, received)
    root = safe_xml.read(data)
    if isinstance(root, Unreadable):
        return root
    known: dict[object, Callable[[Element], Told | Element | Unreadable]] = {
        xfsu.ROOT: xfsu.read,
        xfnm.ROOT: lambda response: response,
    }
    if root.tag not in known:
        return Unreadable("message_unknown", "line 1", "It is neither an XFSU nor an XFNM.")
    return known[root.tag](root)


def _is_xml(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _text(data: bytes) -> fsu.Fsu | Unreadable:
    code = why_digested(data)
    if code:
        return Unreadable(code, "whole", "It could not be read, and its digest alone is kept.")
    try:
        return fsu.read(data.decode("ascii"))
    except UnicodeDecodeError:
        return Unreadable("not_fsu", "line 1", "It is no text of Cargo-IMP.")


def _heard(told: Told, data: bytes, before: Memory, memory: Written) -> Parsed:
    known = with_told(before, told)
    if is_full(known):
        return Parsed(memory=memory, problems=(TOO_MANY_EVENTS,))
    places = (*(each.place for each in told.events), told.destination)
    airport = airport_of(known.destination, "") or next(
        (OURS[place] for place in places if place in OURS), None
    )
    if airport is None:
        sentence = "It is neither to, nor of, an airport whose system this is."
        return Parsed(memory=memory, problems=(Unreadable("port_unknown", "whole", sentence),))
    part = str(uuid.uuid5(PART_IDS, hashlib.sha256(data).hexdigest()))
    message = _message(known, airport.locode, told.issued_at)
    if isinstance(message, Unreadable):
        return Parsed(memory=memory, problems=(message,))
    problems = tuple(_unread(each) for each in told.unread)
    if known == before:
        return Parsed(memory=memory, problems=problems)
    if told.id:
        known = wanting(known, Wanted(part, told.id, told.sender))
    heard = Part(
        message=message.message,
        id=part,
        findings=(*told.findings, *message.findings, *_codes_unknown(told)),
        occurred_at=max((each.at for each in told.events if each.at is not None), default=None),
    )
    return Parsed((heard,), memory=kept(known), problems=problems)


def _message(known: Memory, port: str, issued_at: datetime | None) -> ReadMessage | Unreadable:
    try:
        message = ObserveConsignment(
            container=known.waybill,
            port=port,
            pieces=known.pieces,
            counts=counts(known),
            held=held(known),
            origin=known.origin or None,
            destination=known.destination or None,
            discrepancies=discrepancies(known),
            notified=_party(known.notified),
            confirmed_at=issued_at,
        )
    except ValidationError as error:
        return fault_of(error)
    return made_canonical(message)


def _party(code: str) -> PartyRef | None:
    return PartyRef(scheme=Scheme.EXTERNAL, code=f"{NAME}:{code}") if code else None


def _codes_unknown(told: Told) -> Iterator[str]:
    strange = {
        each.code
        for each in told.events
        if not is_counted(each) and each.code not in OF_EXPORT and not each.code.startswith("DIS")
    }
    # What is no code in form may be anything, and is not repeated.
    named = {f"status {code}" if is_a_code(code) else "status" for code in strange}
    yield from (f"code_unknown: {each}" for each in sorted(named))


def _unread(line: int) -> Unreadable:
    sentence = "The line is no status that is known by its form; the others are heard."
    return Unreadable("line_unread", f"line {line}", sentence)


def _misremembered(error: Misformed) -> Unreadable:
    sentence = "What was remembered of it is of another version: restore dispatch's store."
    return Unreadable("memory_unreadable", error.path, sentence)
