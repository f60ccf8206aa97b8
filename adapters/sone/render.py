"""What a party asks in a port of S)ONE's, into calls of S)ONE's interface.

Public are the trackings and the transport order (edifact_france.md §A.2); the other steps are
asked for as assumed.py assumes.
"""

from datetime import datetime
from typing import Final

from adapters.contract import (
    HTTP_IF_MATCH,
    HTTP_METHOD,
    HTTP_PATH,
    ON_BEHALF_OF,
    Document,
    Parties,
    Rendered,
    document_id,
)
from adapters.contract import Memory as Written
from adapters.exit_steps.actors import learnt
from adapters.exit_steps.steps import Where
from adapters.sone import wire_out
from adapters.sone.asking import Asking
from adapters.sone.assumed import (
    ASKS,
    MODES,
    STEPS_PATH,
    ActorTold,
    Ask,
    OrderAsked,
    OrderChanged,
    OrderContainer,
    OrderEvent,
    PlaceTold,
    StepAsked,
    TrackDocument,
    UnitTold,
)
from adapters.sone.memory import Asked, Memory, Order, having_asked, kept, recalled
from adapters.sone.orders import ORDERS, OrderState
from adapters.sone.profile import JSON, MULTIPART, NAME, PROFILE, TYPE_PREFIX
from adapters.sone.tracking import CALLBACK, TRACK_DOCUMENT, TRACK_UNIT, unit_body
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, Role
from schemas.organisations import Organisation
from schemas.value import altered

RENDERED: Final = frozenset({"request_made"})

CHANGES: Final = {
    m.Accept: OrderState.ACCEPTED,
    m.Decline: OrderState.REFUSED,
    m.Revoke: OrderState.CANCELLED,
}
MOST_ACTORS: Final = 40


def render(recorded: RecordedFact, parties: Parties, memory: Written) -> Rendered:
    """Return the calls that *recorded* becomes: of what is asked of S)ONE, nothing else."""
    if not isinstance(recorded.fact, s.RequestMade):
        return Rendered(memory=memory)
    message = BY_TYPE[recorded.cause.message_type].model_validate_json(recorded.fact.message)
    if not isinstance(message, ContainerMessage):
        raise TypeError(recorded.cause.message_type)
    asking = Asking(recorded, recorded.fact, message, parties, recalled(memory))
    known = _placed(asking)
    known = altered(known, actors=learnt(known.actors, parties, NAME, MOST_ACTORS))
    asking = Asking(recorded, recorded.fact, message, parties, known)
    tracking, known = _tracking(asking, known)
    asked, known = _asked(asking, known)
    return Rendered((*tracking, *asked), kept(known))


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container: what is asked about it stays in order."""
    return recorded.container


def proofread(document: Document) -> tuple[str, ...]:
    """Return what S)ONE would find wrong in *document*; empty where it reads back whole."""
    return wire_out.faults_in(document)


# --- what is remembered --------------------------------------------------------------------------


def _placed(asking: Asking) -> Memory:
    memory = asking.memory
    if memory.where is not None or not asking.terminal:
        return memory
    return altered(memory, where=Where(asking.recorded.container, asking.port, asking.terminal))


# --- trackings -----------------------------------------------------------------------------------


def _tracking(asking: Asking, memory: Memory) -> tuple[tuple[Document, ...], Memory]:
    """Return the calls after which S)ONE tells of the container and its bills of lading."""
    if memory.tracked:
        return (), memory
    unit = unit_body(memory, asking.recorded.container, asking.location, asking.fact.request_id)
    documents = [_document(asking, "track", TRACK_UNIT, unit)]
    for number, bill in enumerate(asking.bills):
        body = TrackDocument(
            document_reference=bill, way="Import", place=asking.location, url=CALLBACK
        )
        content = wire_out.written(body)
        documents.append(_document(asking, f"track-document-{number}", TRACK_DOCUMENT, content))
    return tuple(documents), altered(memory, tracked=True)


# --- what is asked -------------------------------------------------------------------------------


def _asked(asking: Asking, memory: Memory) -> tuple[tuple[Document, ...], Memory]:
    order, state = memory.order, CHANGES.get(type(asking.message))
    if order is not None and state is not None and _is_of_order(asking, order, state):
        return _changed(asking, memory, order, state)
    if isinstance(asking.message, m.Transfer) and _is_haulier(asking.receiver):
        return _ordered(asking, memory, asking.receiver)
    asks = ASKS[type(asking.message)]
    documents = tuple(_step(asking, ask) for ask in asks)
    calls = (
        Asked(document.id, asking.fact.request_id, ask.decides)
        for document, ask in zip(documents, asks, strict=True)
    )
    return documents, having_asked(memory, *calls)


def _is_of_order(asking: Asking, order: Order, state: OrderState) -> bool:
    asker = asking.recorded.cause.organisation
    return asker == (order.giver if state is OrderState.CANCELLED else order.carrier)


def _is_haulier(receiver: Organisation | None) -> bool:
    # Who is both, a forwarder with trucks of its own, is given the delivery order.
    return (
        receiver is not None
        and Role.TRANSPORT_OPERATOR in receiver.roles
        and Role.RELEASE_PARTY not in receiver.roles
    )


def _ordered(
    asking: Asking, memory: Memory, carrier: Organisation | None
) -> tuple[tuple[Document, ...], Memory]:
    """Return the transport order by which the right passes to a haulier."""
    if carrier is None:
        raise TypeError("a transport order without a carrier")
    stay, bills = asking.stay, asking.bills
    body = OrderAsked(
        transport_order_number=asking.fact.request_id,
        processing_indicator="Import",
        contractor=_told(asking.sender),
        carrier=_told(carrier),
        containers=(
            OrderContainer(
                reference=asking.recorded.container,
                bill_of_lading=bills[0] if bills else None,
                events=(
                    OrderEvent(type="LadingImport", location=asking.location),
                    OrderEvent(type="DeliveryImport"),
                ),
            ),
        ),
    )
    content = wire_out.in_parts(wire_out.written(body))
    headers = _posted_for(asking.sender)
    document = _document(asking, "order", ORDERS, content, media=MULTIPART, headers=headers)
    held = () if stay is None else tuple(hop.receiver for hop in stay.hops if hop.accepted)
    order = Order(asking.fact.request_id, asking.recorded.cause.organisation, carrier.id, held)
    asked = Asked(document.id, asking.fact.request_id, decides=True)
    return (document,), having_asked(altered(memory, order=order), asked)


def _changed(
    asking: Asking, memory: Memory, order: Order, state: OrderState
) -> tuple[tuple[Document, ...], Memory]:
    """Return the change of an order, under its ETag; where none is known it waits for one."""
    body = OrderChanged(status=state.value, comment=asking.comment)
    content = wire_out.written(body)
    order = altered(order, change=asking.fact.request_id, body=content.decode(), sent=False)
    if not order.id or not order.etag:
        return (), altered(memory, order=order)
    order = altered(order, sent=True)
    headers = (
        (HTTP_METHOD, "PUT"),
        (HTTP_IF_MATCH, order.etag),
        (ON_BEHALF_OF, asking.sender.id),
    )
    path = f"{ORDERS}/{order.id}"
    document = _document(asking, "order-change", path, content, headers=headers)
    asked = Asked(document.id, asking.fact.request_id, decides=True)
    # Sent by this document: what is kept of it is for an ETag that proves to be an older one.
    return (document,), having_asked(altered(memory, order=order), asked)


def _step(asking: Asking, ask: Ask) -> Document:
    message, memory = asking.message, asking.memory
    receiver, carrier, requester = asking.receiver, asking.carrier(ask), asking.requester(ask)
    spi = None if memory.where is None else memory.where.visit or None
    body = StepAsked(
        external_reference=asking.fact.request_id,
        handling_unit=UnitTold(reference=asking.recorded.container, spi=spi),
        place=PlaceTold(place=asking.port, location=asking.location),
        requester=_told(requester),
        recipient=None if receiver is None else _told(receiver),
        carrier=None if carrier is None else _told(carrier),
        bills_of_lading=asking.bills,
        release_reference=asking.reference,
        valid_from=_moment(getattr(message, "valid_from", None)),
        valid_to=_moment(asking.valid_to(ask)),
        mode=MODES[asking.modality],
        comment=asking.comment,
    )
    path = f"{STEPS_PATH}/{ask.object}/{ask.action}"
    headers = _posted_for(requester)
    return _document(asking, ask.kind, path, wire_out.written(body), headers=headers)


def _told(organisation: Organisation) -> ActorTold:
    return ActorTold(code=organisation.code_at(NAME), name=organisation.name)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _posted_for(whom: Organisation) -> tuple[tuple[str, str], ...]:
    # The subscription key names the customer, and the token the application alone (§A.2 Auth).
    return ((HTTP_METHOD, "POST"), (ON_BEHALF_OF, whom.id))


def _document(
    asking: Asking,
    kind: str,
    path: str,
    content: bytes,
    *,
    media: str = JSON,
    headers: tuple[tuple[str, str], ...] = ((HTTP_METHOD, "POST"),),
) -> Document:
    recorded = asking.recorded
    return Document(
        id=document_id(recorded, NAME, f"{kind}.{recorded.container}", NAME),
        type=f"{TYPE_PREFIX}{kind}",
        receiver=NAME,
        content_type=media,
        content=content,
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=(
            *headers,
            (HTTP_PATH, path),
            PROFILE.header,
        ),
    )
