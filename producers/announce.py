"""What each fact means to whom: the internal topic, the terminal, the parties, the board."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import BaseModel

from producers.records import Record
from schemas import facts as f
from schemas.board import BoardLine
from schemas.entitlement import Entitlement, Heartbeat, entitlement_key, heartbeat_key
from schemas.envelope import Envelope, headers_of
from schemas.facts import Fact, PickupEnd, RecordedFact
from schemas.heads import Head
from schemas.notices import Answered, Notice
from schemas.organisations import Terminal
from schemas.reasons import EXPLAINED, Reason
from schemas.stay import PickupRight, Stay
from schemas.topics import (
    BOARD,
    DIRECTORY_FACTS,
    HEADS,
    LEDGER_FACTS,
    Topic,
    outbox,
    pickup_rights,
    within,
)

SOURCE = "urn:releasebus:ledger"
DIRECTORY_SHARDS = "directory-"
# What is between the ledger and the sender alone.
PRIVATE = (f.Refused, f.Waiting, f.Repeated, f.GivenUp, f.Parked, f.OrganisationRegistered)


def announced(
    recorded: RecordedFact, body: bytes, namespace: str
) -> Iterator[tuple[Topic, Record]]:
    """Yield every record that one entry becomes; *body* is published as it is stored.

    A pure function of the entry, so that what a successor publishes anew from the table equals
    what was published from memory.
    """
    headers = tuple(headers_of(_envelope(recorded)))
    place = partition_of_shard(recorded.shard)
    for topic, key, value in _told(recorded, body):
        partition = 0 if topic.partitions == 1 else place
        name = within(namespace, topic).name
        yield topic, Record(name, partition, key, value, headers)


def opened_by(fact: Fact) -> Iterator[Topic]:
    """Yield the topics that have to be there once an organisation has joined."""
    if isinstance(fact, f.OrganisationRegistered):
        yield outbox(fact.organisation.id)
        for terminal in fact.organisation.terminals:
            yield pickup_rights(terminal.port, terminal.code)


def beats(
    heartbeat: Heartbeat, head: Head | None, terminals: Iterable[Terminal], namespace: str
) -> Iterator[Record]:
    """Yield a shard's heartbeat for every terminal, and its signed head where it moved."""
    key = heartbeat_key(heartbeat.shard)
    for terminal in terminals:
        name = within(namespace, pickup_rights(terminal.port, terminal.code)).name
        yield Record(name, 0, key, heartbeat.model_dump_json().encode())
    if head is not None:
        name = within(namespace, HEADS).name
        yield Record(name, 0, head.shard.encode(), head.model_dump_json().encode())


def partition_of_shard(shard: str) -> int:
    """Return the partition of the log that the shard is; facts and board follow it."""
    return int(shard.rpartition("-")[2])


def _envelope(recorded: RecordedFact) -> Envelope:
    return Envelope(
        id=f"{recorded.shard}-{recorded.seq}",
        source=SOURCE,
        type=f"releasebus.fact.{recorded.fact.type}",
        time=recorded.recorded_at,
        subject=recorded.container,
    )


def _told(recorded: RecordedFact, body: bytes) -> Iterator[tuple[Topic, bytes, bytes]]:
    container = recorded.container.encode()
    if not recorded.shard.startswith(DIRECTORY_SHARDS):
        yield LEDGER_FACTS, container, body
        yield BOARD, container, _written(_board_line(recorded))
    elif isinstance(recorded.fact, f.OrganisationRegistered):
        yield DIRECTORY_FACTS, recorded.fact.organisation.id.encode(), body
    entitlement = entitlement_of(recorded)
    if entitlement is not None:
        topic = pickup_rights(entitlement.port, entitlement.terminal)
        key = entitlement_key(entitlement.container, entitlement.release_id)
        yield topic, key, _written(entitlement)
    for party, notice in notices_of(recorded):
        yield outbox(party), container, _written(notice)


def _written(model: BaseModel) -> bytes:
    return model.model_dump_json(exclude_none=True).encode()


def entitlement_of(recorded: RecordedFact) -> Entitlement | None:
    """Return the entitlement as it now stands, where there is a pick-up right or it just ended."""
    stay = recorded.stay
    if stay is None or recorded.lights is None:
        return None
    match recorded.fact:
        case f.PickupEnded(pickup=pickup, terminal=terminal, why=why):
            return _entitlement(recorded, stay, pickup, terminal, why)
        case _ if stay.pickup is not None:
            return _entitlement(recorded, stay, stay.pickup, stay.terminal, None)
        case _:
            return None


def notices_of(recorded: RecordedFact) -> Iterator[tuple[str, Notice]]:
    """Yield what each party is told: its own outcome, and what concerns it of the fact."""
    sender = recorded.cause.organisation if recorded.outcome is not None else None
    if sender is not None and _unknown_here(recorded.fact):
        sender = None  # nobody's outbox is made on the word of a stranger
    concerned = concerned_by(recorded.fact, recorded.stay)
    for party in dict.fromkeys((*concerned, *((sender,) if sender else ()))):
        answer = _answered(recorded) if party == sender else None
        yield party, _notice(recorded, answer, party, told=party in concerned)


def concerned_by(fact: Fact, stay: Stay | None) -> tuple[str, ...]:
    """Return the parties that are told of *fact*: need to know, no more (design.md §8)."""
    if isinstance(fact, PRIVATE) or stay is None:
        return ()
    match fact:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked():
            return (fact.giver, fact.receiver)
        case f.PickupAssigned() | f.PickupEnded():
            return tuple(dict.fromkeys((fact.pickup.operator, stay.holder)))
        case f.ChainRevoked() | f.Deleted():
            return tuple(dict.fromkeys((stay.agent, *fact.parties)))
        case f.Disputed() | f.DisputeSettled():
            return (stay.agent,)
        case _:
            return stay.parties


def _unknown_here(fact: Fact) -> bool:
    return isinstance(fact, f.Refused) and fact.reason is Reason.SENDER_UNKNOWN


def _entitlement(
    recorded: RecordedFact, stay: Stay, pickup: PickupRight, terminal: str, ended: PickupEnd | None
) -> Entitlement:
    assert recorded.lights is not None  # noqa: S101 - entitlement_of has looked
    return Entitlement(
        shard=recorded.shard,
        seq=recorded.seq,
        container=stay.container,
        port=stay.port,
        terminal=terminal,
        release_id=stay.release_id,
        pickup_id=pickup.id,
        bills_of_lading=stay.bills_of_lading,
        release_identification=stay.release_identification,
        may_leave=ended is None and not recorded.missing,
        missing=recorded.missing,
        valid_from=stay.valid_from,
        expires_at=min(stay.expires_at, pickup.expires_at or stay.expires_at),
        modality=pickup.modality,
        operator=pickup.operator,
        operator_vat=pickup.operator_vat,
        driver=None if ended else pickup.driver,
        lights=recorded.lights,
        ended=ended,
        confirmed_at=recorded.recorded_at,
    )


def _notice(recorded: RecordedFact, answer: Answered | None, party: str, *, told: bool) -> Notice:
    stay = recorded.stay if told else None
    return Notice(
        shard=recorded.shard,
        seq=recorded.seq,
        recorded_at=recorded.recorded_at,
        container=recorded.container,
        port=recorded.port,
        answer=answer,
        fact=_as_told(recorded.fact, party) if told else None,
        release_id=stay.release_id if stay else None,
        release_identification=stay.release_identification if stay else None,
        terminal=stay.terminal if stay else None,
        status=stay.status if stay else None,
        combined=recorded.lights.combined if stay and recorded.lights else None,
        light_changes=recorded.light_changes if told else (),
        missing=recorded.missing if told else (),
    )


def _answered(recorded: RecordedFact) -> Answered:
    cause, fact = recorded.cause, recorded.fact
    reason = fact.reason if isinstance(fact, f.Refused | f.GivenUp) else None
    words = EXPLAINED[reason] if reason is not None else None
    return Answered(
        message_id=cause.message_id,
        outcome=recorded.outcome or "",
        reason=reason,
        detail=fact.detail if isinstance(fact, f.Refused) else "",
        sentence=words.sentence if words else "",
        who_can_fix=words.who_can_fix if words else "",
        first=fact.first if isinstance(fact, f.Repeated) else None,
        waited=cause.waited,
    )


def _as_told(fact: Fact, party: str) -> Fact:
    """Return the fact as *party* is told it: no driver, and nobody's name but its own."""
    match fact:
        case f.PickupAssigned(pickup=pickup) | f.PickupEnded(pickup=pickup):
            return fact.model_copy(update={"pickup": replace(pickup, driver=None)})
        case f.ChainRevoked() | f.Deleted():
            return fact.model_copy(update={"parties": (party,)})
        case f.GatedOut(picked_up_by=operator) if operator != party:
            return fact.model_copy(update={"picked_up_by": None})
        case _:
            return fact


def _board_line(recorded: RecordedFact) -> BoardLine:
    fact, stay = recorded.fact, recorded.stay
    return BoardLine(
        shard=recorded.shard,
        seq=recorded.seq,
        recorded_at=recorded.recorded_at,
        container=recorded.container,
        port=recorded.port,
        terminal=None if stay is None else stay.terminal,
        fact=fact.type,
        finding=fact.finding if isinstance(fact, f.FindingMade) else None,
        reason=fact.reason if isinstance(fact, f.Refused | f.GivenUp) else None,
        outcome=recorded.outcome,
        status=None if stay is None else stay.status,
        lights=recorded.lights,
        missing=recorded.missing,
    )
