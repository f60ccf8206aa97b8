"""What the ledger asks of Portbase into calls of its interfaces, one after the other by bill."""

from typing import Final

from adapters.contract import (
    HTTP_METHOD,
    HTTP_PATH,
    ON_BEHALF_OF,
    Document,
    Memory,
    Parties,
    Rendered,
    document_id,
)
from adapters.parties import party, port_of
from adapters.portbase import profile
from adapters.portbase.calls import Asking, Call, NoCall, calls_for
from adapters.portbase.hearing import STATE_KIND
from adapters.portbase.ids import bill_of_fact, correlation_of, kind_with_bill
from adapters.portbase.memory import Asked, Kind, Known, remembered, to_remember
from adapters.portbase.proofread import TYPES
from adapters.portbase.replies import TRACK_KIND
from adapters.portbase.wire_tracking import TrackRequest, TrackRequests
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage
from schemas.system_messages import AnswerRequest
from schemas.value import altered

RENDERED: Final = frozenset({"request_made", "request_overdue", "confirmation_lost"})
"""All else Portbase knows: it happened there, or the terminals told it."""


def render(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
    """Return the calls that *recorded* becomes, and what is remembered of its bill from now on."""
    bill = bill_of_fact(recorded)
    if bill is None:
        return Rendered(memory=memory)
    match recorded.fact:
        case s.RequestMade() as fact:
            return _requested(recorded, fact, parties, _known(recorded, bill, memory))
        case s.RequestOverdue(asked_by=asked_by):
            known = _known(recorded, bill, memory)
            return _looked_up(recorded, known, party(parties, asked_by).id)
        case s.ConfirmationLost() if recorded.stay is not None:
            return _confirmed_anew(recorded, parties, memory, recorded.stay.holder)
        case _:
            return Rendered(memory=memory)


def _known(recorded: RecordedFact, bill: str, memory: Memory) -> Known:
    known = remembered(memory)
    quay = None if recorded.stay is None else recorded.stay.terminal
    return altered(
        known,
        bill=bill,
        port=known.port or port_of(recorded),
        terminal=known.terminal or quay,
    )


# --- a request ----------------------------------------------------------------------------------


def _requested(
    recorded: RecordedFact, fact: s.RequestMade, parties: Parties, known: Known
) -> Rendered:
    message = BY_TYPE[recorded.cause.message_type].model_validate_json(fact.message)
    if not isinstance(message, ContainerMessage):
        raise TypeError(recorded.cause.message_type)
    asking = Asking(
        recorded=recorded,
        message=message,
        sender=party(parties, recorded.cause.organisation),
        receiver=None if fact.receiver is None else party(parties, fact.receiver),
        parties=parties,
        bill=known.bill,
    )
    known = altered(known, terminal=known.terminal or message.terminal)
    found = calls_for(asking)
    if isinstance(found, NoCall):
        asked = _asked_for(asking, fact, found)
        known = altered(known, asked=(*known.asked, asked))
        return _looked_up(recorded, known, asking.sender.id, again=False)
    documents, known = _tracked(recorded, known)
    for call in found:
        asked = _asked(asking, fact, call)
        content = _body(call, known)
        if content is None:
            asked = altered(asked, path=call.path, body=call.body.written().decode())
        else:
            documents = (*documents, _document(recorded, call, content, asked.on_behalf_of, known))
        known = altered(known, asked=(*known.asked, asked))
    return Rendered(documents, to_remember(known))


def _body(call: Call, known: Known) -> bytes | None:
    """Return what is sent; None where it waits for the bill's tracking id."""
    if not call.by_tracking_id:
        return call.body.written()
    if known.tracking_id is None:
        return None
    return call.body.model_copy(update={"id": known.tracking_id}).written()


def _asked(asking: Asking, fact: s.RequestMade, call: Call) -> Asked:
    return Asked(
        request_id=fact.request_id if call.last else "",
        kind=call.kind,
        container=asking.number,
        document=_id(asking.recorded, call.kind, asking.bill),
        on_behalf_of=asking.sender.id,
        party=None if call.party is None else call.party.id,
        name=None if call.party is None else call.party.name,
        chain=call.chain,
        agent=asking.sender.id if asking.is_agents else None,
        until=call.until,
    )


def _asked_for(asking: Asking, fact: s.RequestMade, found: NoCall) -> Asked:
    return Asked(
        request_id=fact.request_id,
        kind=found.kind,
        container=asking.number,
        chain=found.chain,
        agent=asking.sender.id if asking.is_agents else None,
        accepted=found.accepted,
        reason=found.reason,
    )


# --- how it stands ------------------------------------------------------------------------------


def _confirmed_anew(
    recorded: RecordedFact, parties: Parties, memory: Memory, holder: str
) -> Rendered:
    """Ask how it stands where two answers contradicted: nobody leaves until it is told.

    Where a state of Portbase's own was doubted, the same state would be doubted again.
    """
    if recorded.cause.message_type != AnswerRequest.TYPE or recorded.stay is None:
        return Rendered(memory=memory)
    known = _known(recorded, bill_of_fact(recorded) or "", memory)
    # Told again, though it stands as it stood.
    known = known.with_box(altered(known.box(recorded.container), told="", visit=""))
    return _looked_up(recorded, known, party(parties, holder).id)


def _looked_up(
    recorded: RecordedFact, known: Known, on_behalf_of: str, *, again: bool = True
) -> Rendered:
    """Ask for the state of the bill, or that it be followed where it is not."""
    tracking_id = known.tracking_id
    if tracking_id is None:
        documents, known = _tracked(recorded, known, again=again)
        return Rendered(documents, to_remember(known))
    path = profile.STATE.format(tracking_id)
    document = _call(recorded, known, STATE_KIND, path, b"", on_behalf_of, method="GET")
    return Rendered((document,), to_remember(known))


def _tracked(
    recorded: RecordedFact, known: Known, *, again: bool = False
) -> tuple[tuple[Document, ...], Known]:
    """Ask once that the bill be followed: each that is costs (§C.5 [B18])."""
    if known.tracking or (known.track_asked and not again):
        return (), known
    one = TrackRequest(bl_number=known.bill, transport_equipment_number=recorded.container)
    body = TrackRequests(track_requests=(one,), webhook_url=profile.WEBHOOK)
    document = _call(recorded, known, TRACK_KIND, profile.TRACK, body.written(), "")
    return (document,), altered(known, track_asked=True)


# --- a call becomes a document ------------------------------------------------------------------


def _document(
    recorded: RecordedFact, call: Call, content: bytes, on_behalf_of: str, known: Known
) -> Document:
    return _call(recorded, known, call.kind, call.path, content, on_behalf_of)


def _call(
    recorded: RecordedFact,
    known: Known,
    kind: Kind | str,
    path: str,
    content: bytes,
    on_behalf_of: str,
    *,
    method: str = "POST",
) -> Document:
    headers = [
        profile.PROFILE.header,
        (HTTP_METHOD, method),
        (HTTP_PATH, path),
    ]
    if on_behalf_of:
        headers.append((ON_BEHALF_OF, on_behalf_of))
    return Document(
        id=_id(recorded, kind, known.bill),
        type=TYPES[kind],
        receiver=profile.NAME,
        content_type=profile.MEDIA,
        content=content,
        correlation_id=correlation_of(known.bill),
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=tuple(headers),
    )


def _id(recorded: RecordedFact, kind: Kind | str, bill: str) -> str:
    return document_id(recorded, profile.NAME, kind_with_bill(kind, bill), profile.NAME)
