"""What S)ONE answers to what was asked of it: a step accepted or refused, or a call at fault."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Parsed
from adapters.exit_steps.reading import unreadable
from adapters.sone import assumed
from adapters.sone.memory import Asked, Memory, having_seen, kept
from adapters.sone.orders import answered, of_change, of_stale_change
from adapters.sone.wire import Fault, StepAnswered
from schemas.value import altered

CHANGE: Final = "sone-change."
CHANGED: Final = ".order-change."
"""In the ids of calls that change an order: those that waited for its ETag, and documents."""


def of_step(answer: StepAnswered, memory: Memory, headers: Headers) -> Parsed:
    """Return whether a step was accepted; one that is pending changes nothing yet."""
    status = answer.status.strip().casefold()
    said = f"{answer.external_reference}/{headers.get(IN_REPLY_TO, '')}/{status}"
    if said in memory.seen:
        return Parsed(memory=kept(memory))  # the same answer once more
    asked = _asked(memory, headers, answer.external_reference)
    if asked is None:
        sentence = "It answers a request that nobody made here, or that was answered otherwise."
        raise unreadable("request_unknown", "$.externalReference", sentence)
    if status in assumed.PENDING:
        return Parsed(memory=kept(memory))
    if status not in assumed.ACCEPTED | assumed.REFUSED:
        sentence = "This is no status of a step that is known."
        raise unreadable("code_unknown", "$.status", sentence)
    memory = having_seen(memory, said)
    if status in assumed.REFUSED:
        part = answered(memory, asked.request, accepted=False, reason=answer.comment or "")
        return Parsed((part,), memory=kept(_without(memory, asked.request)))
    if not asked.decides:
        others = tuple(each for each in memory.asked if each is not asked)
        return Parsed(memory=kept(altered(memory, asked=others)))
    part = answered(memory, asked.request, accepted=True)
    return Parsed((part,), memory=kept(_without(memory, asked.request)))


def of_fault(fault: Fault, memory: Memory, headers: Headers) -> Parsed:
    """Return that what a call asked for is refused; where it asked for nothing, a problem."""
    status, reply = headers.get(HTTP_STATUS, ""), headers.get(IN_REPLY_TO, "")
    if status.startswith("5") or status == str(HTTPStatus.TOO_MANY_REQUESTS.value):
        sentence = "S)ONE could not follow the call now: it is for dispatch to send it again."
        raise unreadable("system_failed", "header http-status", sentence)
    if status == str(HTTPStatus.PRECONDITION_FAILED.value):
        return of_stale_change(memory, reply)
    request = _request_at_fault(memory, reply)
    if not request:
        sentence = "S)ONE refuses a call that asked for nobody's request: look at the call."
        raise unreadable(f"call_refused_{_code(fault)}", "$.code", sentence)
    part = answered(memory, request, accepted=False, reason=_said(fault))
    return Parsed((part,), memory=kept(_without(memory, request)))


def of_nothing(memory: Memory, headers: Headers) -> Parsed:
    """Return what an answer without a body comes to: it was followed, or refused without a word.

    Of a change the order shows what became of it; of a step its answer is still to come.
    """
    status, reply = headers.get(HTTP_STATUS, ""), headers.get(IN_REPLY_TO, "")
    if not status.startswith("2"):
        return of_fault(Fault(message=f"HTTP {status}"), memory, headers)
    if reply.startswith(CHANGE) or CHANGED in reply:
        return of_change(memory, reply)
    return Parsed(memory=kept(memory))


def _asked(memory: Memory, headers: Mapping[str, str], request: str) -> Asked | None:
    """Return the call that is answered: by the document where it is named, else what decides."""
    reply = headers.get(IN_REPLY_TO, "")
    of_request = [each for each in memory.asked if each.request == request]
    by_document = [each for each in of_request if each.document == reply]
    found = by_document or [each for each in of_request if each.decides]
    return found[-1] if found else None


def _request_at_fault(memory: Memory, reply: str) -> str:
    order = memory.order
    if order is not None and order.change and reply.startswith(CHANGE):
        return order.change
    return next((each.request for each in memory.asked if each.document == reply), "")


def _without(memory: Memory, request: str) -> Memory:
    """Return the memory without a request that is over, and without what only served it."""
    asked = tuple(each for each in memory.asked if each.request != request)
    order = memory.order
    if order is not None and order.change == request:
        order = altered(order, change="", body="")
    elif order is not None and order.request == request and not order.id:
        order = None
    return altered(memory, asked=asked, order=order)


def _code(fault: Fault) -> str:
    known = {"R001", "R002", "R003"}
    return fault.code if fault.code in known else "otherwise"


def _said(fault: Fault) -> str:
    """Return what S)ONE says is wrong, in its words; a rejected value is not repeated."""
    details = (
        f"{each.field or ''}: {each.message or ''}".strip(": ") for each in fault.sub_errors or ()
    )
    head = " ".join(each for each in (fault.code, fault.message) if each)
    return "; ".join(each for each in (head, *details) if each) or "S)ONE: refused"
