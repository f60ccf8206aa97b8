"""Facts of the ledger into CPu's notifications, each for who gets it (cpu.md §4.3)."""

import uuid
from collections.abc import Iterator
from typing import Final

from adapters.antwerp_cpu import bodies, wire_out
from adapters.antwerp_cpu.lights import tellings_of_lights
from adapters.antwerp_cpu.profile import MEDIA, NAME, PROFILE, TYPE_PREFIX
from adapters.antwerp_cpu.telling import Telling, Told
from adapters.antwerp_cpu.wire_words import ActionType, Event
from adapters.contract import Document, Memory, Parties, Rendered, document_id
from adapters.parties import operators_of
from schemas import facts as f
from schemas.facts import PickupEnd, RecordedFact
from schemas.messages import Tick
from schemas.override_messages import OF_THE_OPERATOR
from schemas.stay import PickupRight, Stay

RENDERED: Final = frozenset(
    {
        "released",
        "updated",
        "blocked",
        "unblocked",
        "chain_revoked",
        "deleted",
        "expired",
        "transferred",
        "accepted",
        "declined",
        "transfer_revoked",
        "pickup_assigned",
        "pickup_ended",
        "discharged",
        "terminal_released",
        "terminal_blocked",
        "scanning_ordered",
        "terminal_unblocked",
        "gated_in",
        "gated_out",
        "customs_status_set",
        "given_up",
        "nomination_refused",
        "refused",
        "parked",
    }
)
"""CPu has no words for findings, disputes, waiting, repeats and suspension."""

# Between the ledger and the sender alone, whatever snapshot the entry shows.
_UNTOLD: Final = (
    f.Refused,
    f.GivenUp,
    f.Parked,
    f.Waiting,
    f.Repeated,
    f.NominationRefused,
)

PUBLIC_REFERENCES: Final = uuid.UUID("b9a4c1de-52a0-5b1c-8f37-2f6f5d5f0c11")


def render(recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
    """Return the notifications that *recorded* becomes; nothing needs to be remembered."""
    tellings = (*_to_the_sender(recorded, parties), *_about_the_stay(recorded, parties))
    documents = (each for telling in tellings for each in _addressed(recorded, telling))
    return Rendered(tuple(documents), memory)


def proofread(document: Document) -> tuple[str, ...]:
    """Return what a receiver finds wrong in *document*; empty where it reads back whole."""
    return wire_out.faults_in(document.content)


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container: what is told of it stays in order, and is CPu's own `id`."""
    return recorded.container


# --- the answer to a request that was not followed ----------------------------------------------


def _to_the_sender(recorded: RecordedFact, parties: Parties) -> Iterator[Telling]:
    sender = recorded.cause.organisation
    if sender not in parties:
        return  # nobody is told on the word of a stranger
    body = bodies.rejected_body(recorded.container, _shown_to(sender, recorded, parties))
    match recorded.fact:
        case (
            f.Refused(reason=reason)
            | f.GivenUp(reason=reason)
            | f.NominationRefused(reason=reason)
        ):
            yield Telling(
                Event.NOT_VALIDATED,
                "NotValidated",
                body,
                (sender,),
                errors=(bodies.fault(reason),),
            )
        case f.Parked():
            yield Telling(Event.THROWN_EXCEPTION, "ThrownException", body, (sender,))
        case _:
            return


def _shown_to(sender: str, recorded: RecordedFact, parties: Parties) -> Stay | None:
    # Who is no party to a release must not learn its papers by asking for something absurd.
    stay = recorded.stay
    if stay is None:
        return None
    concerned = {*stay.parties, *operators_of(parties, stay.port, (stay.terminal,))}
    return stay if sender in concerned else None


# --- what happened to the release and the container ---------------------------------------------


def _about_the_stay(recorded: RecordedFact, parties: Parties) -> Iterator[Telling]:
    if recorded.stay is None or isinstance(recorded.fact, _UNTOLD):
        return
    told = Told(recorded, recorded.stay, parties)
    yield from _of_the_release(told)
    yield from _of_the_right(told)
    yield from _of_the_key(told)
    yield from _of_the_terminal(told)
    yield from tellings_of_lights(told)


def _of_the_release(told: Told) -> Iterator[Telling]:
    stay, chain = told.stay, told.stay.parties
    match told.recorded.fact:
        case f.Released():
            yield _right(told, Event.RELEASE, ActionType.RELEASE, (stay.agent,))
        case f.Updated(terminal_before=before):
            receivers = (*chain, *told.operators(before, stay.terminal))
            yield _right(told, Event.UPDATE, ActionType.UPDATE, receivers)
        case f.Blocked():
            yield _right(told, Event.BLOCK, ActionType.BLOCK, chain)
        case f.Unblocked():
            yield _right(told, Event.UNBLOCK, ActionType.UNBLOCK, chain)
        case f.ChainRevoked(parties=fallen):
            yield _right(told, Event.REVOKE, ActionType.REVOKE, (stay.agent, *fallen))
        case f.Deleted(parties=fallen):
            yield _right(told, Event.DELETE, ActionType.DELETE, (stay.agent, *fallen))
        case f.Expired():
            yield _right(told, Event.EXPIRED_RELEASE_RIGHTS, None, chain)
        case _:
            return


def _of_the_right(told: Told) -> Iterator[Telling]:
    match told.recorded.fact:
        case f.Transferred(giver=giver, receiver=receiver) as hop:
            yield _hop(told, Event.TRANSFERRED, ActionType.TRANSFER, hop, (receiver, giver))
        case f.Accepted(giver=giver) as hop:
            yield _hop(told, Event.ACCEPTED_BY_NEXT_PARTY, ActionType.ACCEPT, hop, (giver,))
        case f.Declined(giver=giver) as hop:
            yield _hop(told, Event.DECLINED_BY_NEXT_PARTY, ActionType.DECLINE, hop, (giver,))
        case f.TransferRevoked(receiver=receiver) as hop:
            yield _hop(told, Event.REVOKED_BY_PREVIOUS_PARTY, ActionType.REVOKE, hop, (receiver,))
        case _:
            return


def _of_the_key(told: Told) -> Iterator[Telling]:
    match told.recorded.fact:
        case f.PickupAssigned(pickup=pickup):
            yield _key(told, Event.DIGITAL_KEY_CREATED, pickup.operator, pickup)
        case f.PickupEnded(pickup=pickup, why=why) if why is not PickupEnd.PICKED_UP:
            yield _key(told, Event.DIGITAL_KEY_REVOKED, pickup.operator, pickup)
        case f.GatedOut(picked_up_by=named):
            yield from _picked_up(told, named)
        case _:
            return


def _picked_up(told: Told, named: str | None) -> Iterator[Telling]:
    # Told of the gate-out and not of the key that ends with it: only here it is known who came.
    key = told.stay.pickup
    operator = named or (None if key is None else key.operator)
    if operator is None or operator not in told.parties:
        return  # nobody knows, or the terminal named a code that nobody has
    used = key if key is not None and key.operator == operator else None
    yield _key(told, Event.PICKED_UP_BY_PARTY, operator, used)


def _key(told: Told, event: Event, operator: str, pickup: PickupRight | None) -> Telling:
    picked_up = event is Event.PICKED_UP_BY_PARTY
    receivers = (operator, told.stay.holder) if picked_up else (operator,)
    body = bodies.key_body(told.stay, told.parties, operator, pickup)
    return Telling(event, event, body, receivers, told.sender)


def _of_the_terminal(told: Told) -> Iterator[Telling]:
    match told.recorded.fact:
        case f.TerminalReleased():
            event = Event.TERMINAL_RELEASE
        case f.TerminalBlocked():
            event = Event.TERMINAL_BLOCKED
        case f.ScanningOrdered():
            event = Event.TERMINAL_SCAN
        case f.GatedOut():
            event = Event.GATE_OUT
        case _:
            return
    body = bodies.terminal_body(told.stay, told.parties, told.sender)
    yield Telling(event, event, body, told.stay.parties, told.sender)


# --- a telling becomes a document ---------------------------------------------------------------


def _right(
    told: Told, event: Event, action: ActionType | None, receivers: tuple[str, ...]
) -> Telling:
    body = bodies.right_body(told.stay, told.parties, action, sender=told.sender)
    return Telling(event, event, body, receivers, told.sender)


def _hop(
    told: Told,
    event: Event,
    action: ActionType,
    hop: f.Transferred | f.Accepted | f.Declined | f.TransferRevoked,
    receivers: tuple[str, ...],
) -> Telling:
    sender = hop.receiver if isinstance(hop, f.Accepted | f.Declined) else hop.giver
    body = bodies.right_body(
        told.stay, told.parties, action, sender=sender, hop=(hop.giver, hop.receiver)
    )
    return Telling(event, event, body, receivers, sender)


def _addressed(recorded: RecordedFact, telling: Telling) -> Iterator[Document]:
    """Yield the telling once for each receiver; all but the address is made once."""
    whole: wire_out.Notification | None = None
    for receiver in dict.fromkeys(telling.receivers):
        identity = document_id(recorded, NAME, telling.kind, receiver)
        address = {
            "public_reference_id": str(uuid.uuid5(PUBLIC_REFERENCES, identity)),
            "receiver_id": receiver,
        }
        whole = whole or _notification(recorded, telling, **address)
        yield Document(
            id=identity,
            type=f"{TYPE_PREFIX}{telling.event}",
            receiver=receiver,
            content_type=MEDIA,
            content=wire_out.written(whole.model_copy(update=address)),
            correlation_id=correlation_of_fact(recorded),
            subject=recorded.container,
            time=recorded.recorded_at,
            headers=(PROFILE.header,),
        )


def _notification(
    recorded: RecordedFact, telling: Telling, *, public_reference_id: str, receiver_id: str
) -> wire_out.Notification:
    return wire_out.Notification(
        asset_id=wire_out.ASSET_ID,
        body=telling.body,
        errors=telling.errors,
        event=telling.event,
        external_reference_id=_external_reference(recorded),
        id=recorded.container,
        public_reference_id=public_reference_id,
        receiver_id=receiver_id,
        sender_id=telling.sender,
        timestamp=bodies.timestamp(recorded.recorded_at),
        type=wire_out.BODIES[telling.event][0],
        warnings=(),
    )


def _external_reference(recorded: RecordedFact) -> str | None:
    # What the platform does by itself (expiry) was asked by nobody.
    cause = recorded.cause
    return None if cause.message_type in {Tick.TYPE, *OF_THE_OPERATOR} else cause.message_id
