"""What Portbase says into messages of the bus: states, answers to calls, steps of a release.

Which body it is, its members tell: no type of Portbase's is public. What was sent and what came
back on it stands in the headers that every adapter shares (adapters/contract.py).
"""

from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Memory, Parsed
from adapters.portbase import replies
from adapters.portbase.hearing import Hearing, NotReadable, state_of
from adapters.portbase.ids import bills_in, is_tracking_id
from adapters.portbase.memory import digest, remembered
from adapters.portbase.redact import without_redacted
from adapters.portbase.releases import release_moved
from adapters.portbase.states import stands
from adapters.portbase.tracks import followed_from_now
from adapters.portbase.visits import visit_answered
from adapters.portbase.wire import Heard, unknown_members
from adapters.portbase.wire_release import CommercialReleaseStatus
from adapters.portbase.wire_tracking import TrackAnswer, TrackedBill
from adapters.portbase.wire_visit import VisitAnswer
from schemas.field_faults import fault_of
from schemas.json_path import item
from schemas.plain_identity import may_show_identity, plain_identity
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import Misformed, altered

Body = TypeVar("Body", bound=Heard)


def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
    """Return the messages in what Portbase says, and what it is to be asked then."""
    try:
        hearing = Hearing(remembered(memory))
        _heard(hearing, data, headers)
    except Misformed as error:
        sentence = "What is remembered of this bill of lading cannot be read: mend it, and resume."
        return Parsed(
            memory=memory, problems=(Unreadable("memory_unreadable", error.path, sentence),)
        )
    except NotReadable as error:
        return Parsed(memory=memory, problems=(error.why,))
    return hearing.parsed()


def _heard(hearing: Hearing, data: bytes, headers: Headers) -> None:
    status, reply_to = headers.get(HTTP_STATUS, ""), headers.get(IN_REPLY_TO, "")
    if replies.is_failure(status):
        replies.failed(hearing, status, reply_to)
        return
    if reply_to and not data.strip() and replies.done(hearing, reply_to, says=False):
        return
    content = _content(data)
    if content == [] and replies.gone(hearing, reply_to):
        return
    bills = dict.fromkeys(bills_in(content))
    if len(bills) > 1:
        _each_by_itself(hearing, content)
        return
    _of_one_bill(hearing, next(iter(bills), ""))
    _by_its_members(hearing, content, reply_to)


def _of_one_bill(hearing: Hearing, bill: str) -> None:
    known = hearing.known
    if bill and known.bill and bill != known.bill:
        raise NotReadable(
            Unreadable("wrong_memory", "$", "What is remembered is of another bill of lading.")
        )
    hearing.known = altered(known, bill=known.bill or bill)


def _by_its_members(hearing: Hearing, content: JsonValue, reply_to: str) -> None:
    one: Any = content[0] if isinstance(content, list) and content else content
    names = one.keys() if isinstance(one, dict) else frozenset[str]()
    if "trackedBLs" in names or "notTrackedBLs" in names:
        said = _read(hearing, TrackAnswer, content)
        _needs_a_bill(hearing)
        followed_from_now(hearing, said)
    elif "billOfLading" in names:
        _states(hearing, content)
    elif "releaseStatus" in names:
        step = _read(hearing, CommercialReleaseStatus, content)
        _needs_a_bill(hearing)
        release_moved(hearing, step, reply_to)
    elif {"equipmentNumber", "status"} <= names:
        answer = _read(hearing, VisitAnswer, content)
        _needs_a_bill(hearing)
        visit_answered(hearing, answer, reply_to)
    elif not replies.done(hearing, reply_to, says=True):
        raise NotReadable(_nothing_of_theirs())


def _states(hearing: Hearing, content: JsonValue) -> None:
    hearing.known = altered(hearing.known, gone=False)
    if not isinstance(content, list):
        said = _read(hearing, TrackedBill, content)
        _needs_a_bill(hearing)
        stands(hearing, said)
        return
    for place, one in enumerate(content):
        path = item("$", place)
        try:
            said = _read(hearing, TrackedBill, one, path)
            _needs_a_bill(hearing)
            stands(hearing, said, path)
        except NotReadable as error:
            hearing.problems.append(error.why)


def _each_by_itself(hearing: Hearing, content: JsonValue) -> None:
    """Ask for each bill by itself: what is remembered is of one."""
    for place, one in enumerate(content if isinstance(content, list) else []):
        bill = next(iter(bills_in(one)), "")
        tracking_id = one.get("id") if isinstance(one, dict) else None
        if not bill or not isinstance(tracking_id, str) or not is_tracking_id(tracking_id):
            sentence = "Of several bills of lading, this one has no id to ask for it by."
            hearing.wrong("field_missing", item("$", place), sentence)
            continue
        hearing.requests.append(state_of(bill, tracking_id, digest(bill, tracking_id, one)))


# --- bytes, and what is wrong with them ----------------------------------------------------------


def _content(data: bytes) -> JsonValue:
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        raise NotReadable(replace(content, sensitive=may_show_identity(data)))
    secret = plain_identity(without_redacted(content))
    if secret is not None:
        raise NotReadable(secret)
    return content


def _read(hearing: Hearing, model: type[Body], content: JsonValue, path: str = "$") -> Body:
    try:
        read = model.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        fault = fault_of(error)
        place = path + fault.position.removeprefix("$")
        raise NotReadable(Unreadable(fault.code, place, fault.sentence)) from error
    hearing.findings.extend(unknown_members(read, path))
    return read


def _needs_a_bill(hearing: Hearing) -> None:
    if not hearing.known.bill:
        sentence = "Nobody can tell which bill of lading this is about."
        raise NotReadable(Unreadable("field_missing", "$.blNumber", sentence))


def _nothing_of_theirs() -> Unreadable:
    return Unreadable(
        "type_unknown", "$", "This is nothing that Portbase says, as far as is known."
    )
