"""What customs say of a container, by the assumed profile, into a message of the bus."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from adapters import safe_xml
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Parsed, Part, Request
from adapters.contract import Memory as Written
from adapters.customs import words
from adapters.customs.memory import AHEAD, Memory, heard_in, kept, recalled
from adapters.customs.profile import MEDIA_OUT
from adapters.customs.redact import redact
from adapters.customs.render import ACKNOWLEDGEMENTS, PART_IDS, PROFILE_HEADER
from adapters.customs.wire import (
    CAPS,
    Acknowledged,
    Result,
    StatusTold,
    equipment_in,
    identification_in,
    status_in,
    written,
)
from adapters.safe_xml import Element
from schemas.field_faults import fault_of
from schemas.identifiers import Unusable, read_container
from schemas.messages import CustomsStatus, ReportCustomsStatus
from schemas.plain_identity import may_show_identity
from schemas.reading import ReadMessage, made_canonical
from schemas.unreadable import Unreadable
from schemas.value import Misformed

RED: Final = frozenset({CustomsStatus.NOT_RELEASED, CustomsStatus.DOCUMENTARY_CONTROL})
LONGEST_CORRELATION: Final = 255

# Ours, by what customs call it.
_THEIRS: Final[Mapping[str, str]] = {
    "$.container": "EquipmentNumber",
    "$.port": "Port",
    "$.terminal": "Terminal",
    "$.bills_of_lading": "BillOfLading",
    "$.stay_number": "StayNumber",
    "$.vessel_imo": "VesselImo",
    "$.status": "CustomsStatus",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """A message of customs' as the bus has it, with what was odd about it."""

    message: ReportCustomsStatus
    identification: str
    prepared_at: datetime
    findings: tuple[str, ...]

    @property
    def part_id(self) -> str:
        return PART_IDS + self.identification


def parse(data: bytes, headers: Headers, memory: Written) -> Parsed:
    """Return the status in *data*, and what is remembered of it; what is wrong is answered."""
    if IN_REPLY_TO in headers:
        return _on_our_answer(headers, memory)
    root = safe_xml.read(data, CAPS)
    if isinstance(root, Unreadable):
        return Parsed(memory=memory, problems=(_careful(root, data),))
    told = _told(root, data)
    if isinstance(told, Unreadable):
        return Parsed((), _refusal(root, told, data, headers), memory, (_careful(told, data),))
    try:
        known = recalled(memory)
    except Misformed as error:
        sentence = "What is remembered of this container is no memory of this version."
        problem = Unreadable("memory_unreadable", error.path, sentence)
        return Parsed(memory=memory, problems=(problem,))
    return _passed_on(told, known, data, headers)


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the container that *data* is about; an answer to an answer is about none."""
    root = safe_xml.read(data, CAPS)
    if IN_REPLY_TO in headers or isinstance(root, Unreadable):
        return ""
    named = equipment_in(root)
    read = read_container(named)
    return named[:LONGEST_CORRELATION] if isinstance(read, Unusable) else read.value


def _on_our_answer(headers: Headers, memory: Written) -> Parsed:
    if not headers.get(HTTP_STATUS, "").startswith(("3", "4", "5")):
        return Parsed(memory=memory)
    sentence = "Customs did not take an acknowledgement: ask them why, and send it again."
    problem = Unreadable("not_taken", f"header {HTTP_STATUS}", sentence)
    return Parsed(memory=memory, problems=(problem,))


def _passed_on(told: _Told, known: Memory, data: bytes, headers: Headers) -> Parsed:
    """Return the message for the ledger, unless what customs said since makes it void."""
    red = told.message.status in RED
    heard = heard_in(told.message, told.prepared_at, holds_back=red)
    again = told.part_id in known.passed_on
    if not again and known.overtakes(heard):
        return Parsed((), (_overtaken(told, data, headers),), kept(known))
    came_at = _came_at(headers)
    plausible = came_at is not None and told.prepared_at - came_at <= AHEAD
    after = known if again else known.after(heard, told.part_id, is_plausible=plausible)
    part = Part(told.message, told.part_id, told.findings, told.prepared_at)
    return Parsed((part,), memory=kept(after))


# --- one message --------------------------------------------------------------------------------


def _told(root: Element, data: bytes) -> _Told | Unreadable:
    if redact(data) != data:
        sentence = "A PIN, a card or a person shows in it: redact it before it is stored."
        return Unreadable("plain_identity", "line 1", sentence, sensitive=True)
    came = status_in(root)
    if isinstance(came, Unreadable):
        return came
    read = _canonical(came)
    if isinstance(read, Unreadable):
        return replace(read, position=_theirs(read.position))
    if not isinstance(read.message, ReportCustomsStatus):
        raise TypeError(f"a status became {type(read.message).__name__}")
    if read.message.port not in words.PORTS:
        sentence = "Customs speak here of Belgian ports; others' come through their system."
        return Unreadable("port_unknown", "Port", sentence)
    findings = (*(_finding(each) for each in read.findings), *_odd(came))
    return _Told(read.message, came.identification, came.prepared_at, findings)


def _canonical(came: StatusTold) -> ReadMessage | Unreadable:
    try:
        return made_canonical(
            ReportCustomsStatus(
                container=came.equipment,
                port=came.port,
                terminal=came.terminal,
                bills_of_lading=came.bills,
                stay_number=came.stay_number,
                vessel_imo=came.vessel_imo,
                # What is not understood clears nothing (fail closed).
                status=words.status_of(came.status) or CustomsStatus.NOT_RELEASED,
            )
        )
    except ValidationError as error:
        return fault_of(error)


def _odd(came: StatusTold) -> tuple[str, ...]:
    unknown = () if words.status_of(came.status) else ("code_unknown: CustomsStatus",)
    # Names of others are not repeated: they may be anything.
    beside = (f"unknown_members: {len(came.beside)}",) if came.beside else ()
    return (*unknown, *beside)


def _finding(finding: str) -> str:
    code, separator, place = finding.partition(": ")
    return f"{code}{separator}{_theirs(place)}"


def _theirs(place: str) -> str:
    return _THEIRS.get(place.partition("[")[0], place)


def _came_at(headers: Headers) -> datetime | None:
    try:
        came = datetime.fromisoformat(headers.get("ce_time", ""))
    except ValueError:
        return None
    return came if came.tzinfo else None


def _careful(why: Unreadable, data: bytes) -> Unreadable:
    return replace(why, sensitive=why.sensitive or may_show_identity(data))


# --- what is answered where the ledger hears nothing --------------------------------------------


def _refusal(root: Element, why: Unreadable, data: bytes, headers: Headers) -> tuple[Request, ...]:
    of = identification_in(root)
    if not of or why.sensitive:
        return ()
    read = read_container(equipment_in(root))
    equipment = "" if isinstance(read, Unusable) else read.value
    words = f"{why.position}: {why.sentence}"
    return (_answer(data, headers, of, equipment, (Result.REFUSED, why.code, words)),)


def _overtaken(told: _Told, data: bytes, headers: Headers) -> Request:
    words = "Customs said something newer of the same goods, or held them then: that holds."
    result = (Result.OVERTAKEN, "overtaken", words)
    return _answer(data, headers, told.identification, told.message.container, result)


def _answer(
    data: bytes, headers: Headers, of: str, equipment: str, result: tuple[Result, str, str]
) -> Request:
    identity = f"{PART_IDS}{of}.{hashlib.sha256(data).hexdigest()[:16]}.acknowledgement"
    what, code, said = result
    told = Acknowledged(
        identification=identity,
        at=_came_at(headers),
        of=of,
        result=what,
        equipment=equipment,
        code=code,
        words=said,
    )
    return Request(
        id=identity,
        method="POST",
        path=ACKNOWLEDGEMENTS,
        correlation_id=equipment or of,
        content_type=MEDIA_OUT,
        content=written(told),
        headers=(PROFILE_HEADER,),
    )
