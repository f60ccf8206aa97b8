"""Transport orders: by one the right passes to a haulier, who answers it at S)ONE (§A.2).

Eight states; a change is PUT under the ETag that was read last.
"""

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from adapters.contract import HTTP_IF_MATCH, ON_BEHALF_OF, Parsed, Part, Request
from adapters.exit_steps.reading import made, unreadable
from adapters.exit_steps.secrets import words_without
from adapters.sone.memory import Memory, Order, kept
from adapters.sone.profile import JSON, PROFILE
from adapters.sone.tracing import observed_holders
from adapters.sone.tracking import ORDER_READING
from adapters.sone.wire import OrderMade, OrderRead
from schemas.system_messages import AnswerRequest
from schemas.value import altered

ORDERS: Final = "/customer-orders/v1/customer-orders"
ANSWER_IDS: Final = uuid.UUID("b3f1c7de-8f0f-5c4e-8a49-2f4d3d1a0e77")


class OrderState(StrEnum):
    """Where a transport order stands (edifact_france.md §A.2)."""

    DRAFT = "Draft"
    VALID = "Valid"
    CANCELLED = "Cancelled"
    SUBMITTED = "Submitted"
    REJECTED = "Rejected"
    IN_PROCESS = "InProcess"
    ACCEPTED = "Accepted"
    REFUSED = "Refused"


OVER: Final = frozenset(
    {OrderState.CANCELLED, OrderState.REJECTED, OrderState.ACCEPTED, OrderState.REFUSED}
)
"""States behind which an order has no answer to come."""

# May the transfer stand, by each state? None: nobody knows yet. A cancelled order was valid.
_TRANSFER: Final[Mapping[OrderState, bool | None]] = {
    OrderState.DRAFT: None,
    OrderState.VALID: None,
    OrderState.SUBMITTED: True,
    OrderState.IN_PROCESS: True,
    OrderState.ACCEPTED: True,
    OrderState.REFUSED: False,
    OrderState.REJECTED: False,
    OrderState.CANCELLED: False,
}


def of_order_made(answer: OrderMade, memory: Memory) -> Parsed:
    """Return that the order is read now that its id is known."""
    order = memory.order
    if order is None or answer.transport_order_number not in {None, order.request}:
        raise unreadable("order_unknown", "$.transportOrderNumber", "Nobody here asked for it.")
    order = altered(order, id=answer.id)
    after = altered(memory, order=order)
    return Parsed((), reading_of(after, "made"), kept(after))


def of_order(read: OrderRead, memory: Memory, etag: str) -> Parsed:
    """Return what a transport order's state comes to, and the change that waited for its ETag."""
    order = memory.order
    if order is None or not order.id or order.id != read.customer_order_id:
        raise unreadable("order_unknown", "$.customerOrderId", "Nobody here asked for it.")
    try:
        state = OrderState(read.status)
    except ValueError:
        sentence = "This is no state of a transport order that is known."
        raise unreadable("code_unknown", "$.status", sentence) from None
    order = altered(order, etag=etag or order.etag)
    moved = state != order.state
    parts, order = _come_to(state, memory, order) if moved else ((), order)
    after = altered(memory, order=altered(order, state=state.value))
    if not order.change or order.sent or not order.etag:
        return Parsed(parts, (), kept(after))
    sent = altered(after, order=altered(order, state=state.value, sent=True))
    return Parsed(parts, (change_of(order, memory),), kept(sent))


def of_change(memory: Memory, reply: str) -> Parsed:
    """Return that an order is read anew, to see what became of a change."""
    order = memory.order
    if order is None:
        raise unreadable("order_unknown", "header http-status", "Nobody here asked for it.")
    return Parsed((), reading_of(memory, reply), kept(memory))


def of_stale_change(memory: Memory, reply: str) -> Parsed:
    """Return that an order is read anew, and its change sent again: its ETag was older (412)."""
    if memory.order is None:
        raise unreadable("order_unknown", "header http-status", "Nobody here asked for it.")
    unsent = altered(memory, order=altered(memory.order, sent=False))
    return of_change(unsent, reply)


def reading_of(memory: Memory, about: str) -> tuple[Request, ...]:
    """Return the call that reads the order, none where it has no id.

    *about* is what it is read after: a call is made once for each.
    """
    order = memory.order
    if order is None or not order.id or memory.where is None:
        return ()
    container = memory.where.container
    path = f"{ORDERS}/{order.id}"
    told = uuid.uuid5(ANSWER_IDS, about)
    request = Request(
        id=f"{ORDER_READING}{container}.{order.id}.{told}",
        method="GET",
        path=path,
        correlation_id=container,
        headers=(PROFILE.header, (ON_BEHALF_OF, order.giver)),
    )
    return (request,)


def is_open(order: Order | None, *, has_left: bool) -> bool:
    """Tell whether an order still has an answer to come.

    One that was accepted can be cancelled until its container has left (§A.2), which no webhook
    tells.
    """
    if order is None:
        return False
    accepted = order.state == OrderState.ACCEPTED
    return bool(order.change) or order.state not in OVER or (accepted and not has_left)


def change_of(order: Order, memory: Memory) -> Request:
    """Return the PUT that asks for an order's change, under the state that was read."""
    container = "" if memory.where is None else memory.where.container
    # Who gave it cancels it, and its carrier answers it.
    cancels = _state_wanted(order) == OrderState.CANCELLED
    asker = order.giver if cancels else order.carrier
    return Request(
        id=f"sone-change.{container}.{order.change}.{order.etag}",
        method="PUT",
        path=f"{ORDERS}/{order.id}",
        correlation_id=container,
        content_type=JSON,
        content=order.body.encode(),
        headers=(PROFILE.header, (HTTP_IF_MATCH, order.etag), (ON_BEHALF_OF, asker)),
    )


def answered(memory: Memory, request: str, *, accepted: bool, reason: str = "") -> Part:
    """Return S)ONE's answer to a request of the ledger's."""
    if memory.where is None:
        raise unreadable("request_unknown", "$", "It answers a request that nobody made here.")
    message = AnswerRequest(
        container=memory.where.container,
        port=memory.where.port,
        request_id=request,
        accepted=accepted,
        reason=words_without(reason)[:2000],
    )
    canonical, odd = made(message)
    return Part(canonical, f"sone-{uuid.uuid5(ANSWER_IDS, f'{request}/{accepted}')}", odd)


# --- a state that was not known yet --------------------------------------------------------------


def _come_to(state: OrderState, memory: Memory, order: Order) -> tuple[tuple[Part, ...], Order]:
    parts: tuple[Part, ...] = ()
    stands = _TRANSFER[state]
    if stands is not None and not order.answered:
        parts = (answered(memory, order.request, accepted=stands, reason=_why(state, stands)),)
        if not stands:
            return parts, altered(order, answered=True, change="", body="")
        order = altered(order, answered=True)
    if state not in OVER:
        return parts, order
    wanted = _state_wanted(order)
    if order.change:
        same = wanted == state
        reason = "" if same else _why(state, stands=False)
        parts = (*parts, answered(memory, order.change, accepted=same, reason=reason))
        order = altered(order, change="", body="")
        if same:
            return parts, order
    return (*parts, *_as_it_ended(state, memory, order)), order


def _state_wanted(order: Order) -> str:
    return next((each for each in OVER if f'"{each}"' in order.body), "")


def _as_it_ended(state: OrderState, memory: Memory, order: Order) -> tuple[Part, ...]:
    """Return who holds the right, where the carrier answered, or it was cancelled, at S)ONE."""
    told = f"{order.id}/{state}/{order.request}"
    part_id = f"sone-{uuid.uuid5(ANSWER_IDS, told)}"
    accepted = state is OrderState.ACCEPTED
    holders = (*order.chain, order.carrier) if accepted else order.chain
    return observed_holders(memory, holders, part_id)


def _why(state: OrderState, stands: bool | None) -> str:  # noqa: FBT001  whether it stands is what is asked
    return "" if stands else f"S)ONE: {state}"
