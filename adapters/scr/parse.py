"""SCR's webhooks and releases into what is asked of SCR, and what is asked of the ledger.

A webhook says that something happened to a release, and to which: the release has to be fetched,
and may be newer than the event by then (identity_scr_portbase.md §B.5). So events are followed by
one request for a burst of them, and states by what they change.
"""

from dataclasses import replace
from typing import Final

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Memory, Parsed, Request
from adapters.scr.calls import asked_about, release_of, request_id_for, same
from adapters.scr.chain import names_of, noticed, unexplained
from adapters.scr.known import Asked, Known, remembered, stored
from adapters.scr.redact import redact
from adapters.scr.tell import Told, told
from adapters.scr.wire import Event, Release, read_as
from schemas.plain_identity import may_show_identity
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import altered

FIRST_FAILURE: Final = 400
FIRST_OF_ITS_OWN: Final = 500
TRY_AGAIN: Final = frozenset({408, 429})
"""Time-outs are to be expected of SCR, and to be tried again (identity_scr_portbase.md §B.3)."""


def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
    """Return what an event or a release comes to; what cannot be followed is a problem."""
    known = remembered(memory)
    status = _status(headers)
    if status >= FIRST_FAILURE:
        return _refused(known, headers, status)
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return _problem(known, replace(content, sensitive=may_show_identity(data)))
    if redact(data) != data:
        sentence = "A PIN, token or card lies open: it is to be redacted before the first topic."
        return _problem(known, Unreadable("plain_identity", "$", sentence, sensitive=True))
    if isinstance(content, dict) and "release_data" in content:
        return _of_release(content, headers, known)
    if isinstance(content, dict) and "event" in content:
        return _of_event(content, headers, known)
    sentence = "This is neither an event of SCR nor a release."
    return _problem(known, Unreadable("malformed", "$", sentence))


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the address of the release that the bytes are about, empty where nothing names one.

    That SCR does not give a release is said without it: then what was asked tells.
    """
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, dict):
        address = content.get("address" if "release_data" in content else "release")
        if isinstance(address, str):
            return same(address)
    return asked_about(headers.get(IN_REPLY_TO, ""))


def poll(_correlation_id: str, memory: Memory) -> tuple[Request, ...]:
    """Return the request whose answer is not there: SCR is asked after events alone (§B.3)."""
    asked = remembered(memory).asked
    return () if asked is None else (release_of(asked.address, asked.id),)


# --- events -------------------------------------------------------------------------------------


def _of_event(content: JsonValue, headers: Headers, known: Known) -> Parsed:
    event = read_as(Event, content)
    if isinstance(event, Unreadable):
        return _problem(known, event)
    name = event.event.strip().lower()
    event_id = headers.get("ce_id", name)
    known = altered(known, events=noticed(known.events, name, event.organization or ""))
    if known.asked is not None:
        again = altered(known.asked, again=event_id)
        return Parsed(memory=stored(altered(known, asked=again)))
    return _asking(known, event.release, event_id)


def _asking(known: Known, address: str, event_id: str) -> Parsed:
    asked = Asked(request_id_for(address, event_id), address)
    request = release_of(address, asked.id)
    return Parsed(requests=(request,), memory=stored(altered(known, asked=asked)))


# --- releases, and other answers ----------------------------------------------------------------


def _of_release(content: JsonValue, headers: Headers, known: Known) -> Parsed:
    release = read_as(Release, content)
    if isinstance(release, Unreadable):
        said, after = Told((), known.seen, release), _answered(known, headers)
    else:
        said = told(known.seen, release, names_of(known.events))
        left = unexplained(known.events, said.moves)
        after = altered(_answered(known, headers), seen=said.seen, events=left)
    going_on = _asked_again(known, after)
    problems = () if said.problem is None else (said.problem,)
    return replace(going_on, messages=said.parts, problems=problems)


def _refused(known: Known, headers: Headers, status: int) -> Parsed:
    place = f"header {HTTP_STATUS}"
    if status >= FIRST_OF_ITS_OWN or status in TRY_AGAIN:
        sentence = "SCR could not answer; the release is asked for again."
        return _problem(known, Unreadable("call_failed", place, sentence))
    sentence = "SCR does not give the release that was asked for: its next event asks again."
    refused = Unreadable("call_refused", place, sentence)
    return replace(_asked_again(known, _answered(known, headers)), problems=(refused,))


def _asked_again(known: Known, after: Known) -> Parsed:
    """Return what is asked once more, as an event came after it was asked; or that nothing is."""
    if after.asked is not None:
        return Parsed(memory=stored(after))  # it was the answer to an older request
    if known.asked is None or not known.asked.again:
        return Parsed(memory=stored(altered(after, events=())))
    # What was told meanwhile may be in the next state: the events that this one has not stay.
    return _asking(after, known.asked.address, known.asked.again)


def _answered(known: Known, headers: Headers) -> Known:
    """Return what is known once an answer is there; one to an older request leaves the last."""
    replied = headers.get(IN_REPLY_TO)
    of_another = known.asked is not None and replied not in {None, known.asked.id}
    return known if of_another else altered(known, asked=None)


def _status(headers: Headers) -> int:
    status = headers.get(HTTP_STATUS, "")
    return int(status) if len(status) == 3 and status.isdecimal() else 0  # noqa: PLR2004  RFC 9110


def _problem(known: Known, why: Unreadable) -> Parsed:
    return Parsed(memory=stored(known), problems=(why,))
