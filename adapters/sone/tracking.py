"""Trackings, after which S)ONE tells of a unit; and what it does not know yet (404, R001)."""

from typing import Final

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Parsed, Request, callback
from adapters.sone import crosswalk, wire_out
from adapters.sone.assumed import TrackUnit
from adapters.sone.memory import Memory, having_seen, kept
from adapters.sone.profile import JSON, NAME, PROFILE
from schemas.unreadable import Unreadable
from schemas.value import altered

CALLBACK: Final = callback(NAME)
"""In the place of the bus's own door, whose address is a secret and stands on no topic."""

TRACK_UNIT: Final = "/tracking-code/v1/track-handling-unit"
TRACK_DOCUMENT: Final = "/tracking-code-in-mass/v1/track-document"

TRACKING: Final = ".track"
"""In the ids of what asks for a tracking: its answer is one text, or nothing."""
READING: Final = "sone-read."
ORDER_READING: Final = "sone-order."
UNKNOWN: Final = "404"


def is_unknown(headers: Headers) -> bool:
    """Tell whether S)ONE knows nothing of what was to be tracked or read."""
    reply = headers.get(IN_REPLY_TO, "")
    asked = TRACKING in reply or reply.startswith((READING, ORDER_READING))
    return asked and headers.get(HTTP_STATUS) == UNKNOWN


def of_unknown(memory: Memory, headers: Headers) -> Parsed:
    """Return that it is asked about again: a unit is known once its ship is announced.

    An order S)ONE itself gave its id: that it knows it no more is told, once.
    """
    reply = headers.get(IN_REPLY_TO, "")
    after = altered(memory, unknown=memory.unknown + 1)
    if TRACKING in reply:
        return Parsed(memory=kept(altered(after, tracked=False)))
    lost = "unknown/" + ("" if memory.order is None else memory.order.id)
    if reply.startswith(READING) or lost in memory.seen:
        return Parsed(memory=kept(after))
    sentence = "S)ONE does not know the transport order that it made: look at it there."
    problem = Unreadable("call_refused_R001", "header http-status", sentence)
    return Parsed(memory=kept(having_seen(after, lost)), problems=(problem,))


def tracked_now(memory: Memory) -> tuple[tuple[Request, ...], Memory]:
    """Return the tracking of a unit that is there now, where S)ONE did not know it before."""
    where = memory.where
    if memory.tracked or not memory.unknown or where is None:
        return (), memory
    quay = crosswalk.Quay(where.port, where.terminal)
    request = Request(
        id=f"sone{TRACKING}.{where.container}.{memory.unknown}",
        method="POST",
        path=TRACK_UNIT,
        correlation_id=where.container,
        content_type=JSON,
        content=unit_body(memory, where.container, crosswalk.location_of(quay) or None),
        headers=(PROFILE.header,),
    )
    return (request,), altered(memory, tracked=True)


def unit_body(
    memory: Memory, container: str, location: str | None, request_id: str | None = None
) -> bytes:
    """Return the body that asks for the tracking of a unit."""
    unit = TrackUnit(
        spi=None if memory.where is None else memory.where.visit or None,
        reference=container,
        way="Import",
        place=location,
        url=CALLBACK,
        external_reference=request_id,
    )
    return wire_out.written(unit)
