"""What S)ONE tells of a handling unit: webhooks as they come, and what is read to reconcile them.

A webhook has no id, no number and no signature (edifact_france.md §A.2): its ids are ours, it may
come late or twice, and after each the whole unit is read.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from adapters.contract import Parsed, Part, Request
from adapters.exit_steps.actors import organisation_called
from adapters.exit_steps.reading import NotReadable, container_in, made, unreadable
from adapters.exit_steps.steps import Step, Where, joined, observation, told
from adapters.sone import crosswalk
from adapters.sone.goods import noted_goods
from adapters.sone.memory import (
    Memory,
    at_passage,
    digest_of,
    having_seen,
    kept,
)
from adapters.sone.profile import PROFILE
from adapters.sone.tracking import READING, tracked_now
from adapters.sone.wire import DocumentTracked, Event, Item, Traced, TrackedUnit, Webhook
from schemas.identifiers import Scheme, Unusable, read_locode
from schemas.json_path import item as item_of
from schemas.messages import PartyRef
from schemas.system_messages import ObserveRelease
from schemas.unreadable import Unreadable
from schemas.value import altered

EVENT_IDS = uuid.UUID("5d7c0f52-0f0b-5a43-9a0c-5b4e8f6d1a10")
TRACING = "/tracing-code/v1/handling-units"
OURS = frozenset({None, "Import", "Unknown"})
"""Directions of a container that leaves by a release (the enumeration is S)ONE's)."""


def of_webhook(hook: Webhook, memory: Memory, came: datetime | None) -> Parsed:
    """Return what each event says, what could not be understood, and that the unit is read."""
    unit = hook.handling_unit
    parts: list[Part] = []
    problems: list[Unreadable] = []
    fresh = ""
    for place, event in enumerate(unit.events):
        path = item_of("$.HandlingUnit.Events", place)
        event_id = id_of(unit.spi, event)
        if event_id in memory.seen:
            continue
        fresh = fresh or event_id
        try:
            _is_ours(event.direction, unit.freight_family, path)
            after, findings = _after(memory, unit, event, path, came)
            part, memory = _said(after, event_id, findings)
        except NotReadable as error:
            problems.append(error.why)
            continue
        parts.append(part)
    if not unit.events:
        problems.append(Unreadable("nothing_told", "$.HandlingUnit.Events", "It has no events."))
    asked = (_reading(unit.reference, unit.spi, fresh),) if fresh else ()
    return Parsed(tuple(parts), asked, kept(memory), tuple(problems))


def of_traced(traced: Traced, memory: Memory, came: datetime | None) -> Parsed:
    """Return how the units stand, where that is not what was said last."""
    parts: list[Part] = []
    problems: list[Unreadable] = []
    for place, unit in enumerate(traced.items):
        path = item_of("$.items", place)
        try:
            part, memory = _of_item(unit, memory, path, came)
        except NotReadable as error:
            problems.append(error.why)
            continue
        parts.extend(part)
    if not traced.items:
        problems.append(Unreadable("nothing_told", "$.items", "It lists no handling unit."))
    asked, memory = tracked_now(memory) if parts or not problems else ((), memory)
    return Parsed(tuple(parts), asked, kept(memory), tuple(problems))


def of_document(tracked: DocumentTracked, memory: Memory) -> Parsed:
    """Return that each unit of a document that is tracked from now on is read once."""
    units = tracked.tracked_handling_units
    asked = (_reading(each.reference, each.spi or "", tracked.tracking_id) for each in units)
    return Parsed((), tuple(asked), kept(memory))


def id_of(spi: str, event: Event) -> str:
    """Return the id of an event: the same whenever the same is told, and no other's.

    Made of all that tells events apart: Spi, Type, Location, AlertDate, AlertType, State.
    """
    said = [spi, event.type, event.location, event.alert_date, event.alert_type, event.state]
    return f"sone-{uuid.uuid5(EVENT_IDS, json.dumps(said))}"


def reading(memory: Memory, request_id: str) -> tuple[Request, ...]:
    """Return the call that reads the unit anew, none where no passage is known."""
    if memory.where is None:
        return ()
    return (_reading(memory.where.container, memory.where.visit, request_id),)


# --- one event, one item -------------------------------------------------------------------------


def _after(
    memory: Memory, unit: TrackedUnit, event: Event, path: str, came: datetime | None
) -> tuple[Memory, list[str]]:
    """Return the memory after an event, and what is odd about it."""
    findings: list[str] = []
    quay = crosswalk.quay_of(event.location)
    known = memory.where
    if quay is None and known is None:
        sentence = "No row of the crosswalk tells which quay this is: add one, then replay it."
        raise unreadable("place_unknown", f"{path}.Location", sentence)
    if quay is None:
        # It may be no quay at all, such as a customs office: the container stays where it was.
        findings.append(f"location_unknown: {path}.Location")
    port = known.port if quay is None and known else quay.port if quay else ""
    terminal = known.terminal if quay is None and known else quay.terminal if quay else ""
    where = Where(container_in(unit.reference) or unit.reference, port, terminal, unit.spi)
    return _with_step(_arrived(memory, where, path), event, path, findings, came), findings


def _arrived(memory: Memory, where: Where, path: str) -> Memory:
    if memory.where is not None and memory.where.container != where.container:
        raise unreadable("another_container", path, "It is about another container.")
    there = at_passage(memory, where)
    if there is None:
        sentence = "It is about an earlier passage of the container, which is over."
        raise unreadable("passage_over", path, sentence)
    return there


def _with_step(
    memory: Memory, event: Event, path: str, findings: list[str], came: datetime | None
) -> Memory:
    step = crosswalk.STEPS.get(event.type)
    state, alert = crosswalk.STATES.get(event.state), crosswalk.ALERTS.get(event.alert_type)
    at = _moment(event, path)
    for known, name in ((step, "Type"), (state, "State"), (alert, "AlertType")):
        if known is None:
            findings.append(f"event_word_unknown: {path}.{name}")
    memory = having_seen(memory, id_of("" if memory.where is None else memory.where.visit, event))
    if step is None:
        return memory
    shown = told(step, at, holds=state is True and alert is True, came=came)
    if not shown.dated:
        findings.append(f"time_ahead: {path}.AlertDate")
    return altered(memory, steps=joined(memory.steps, shown))


def _moment(event: Event, path: str) -> datetime:
    try:
        at = datetime.fromisoformat(event.alert_date)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        sentence = "The alert date is no time with an offset, such as 2025-08-15T23:32:00+00:00."
        raise unreadable("field_invalid", f"{path}.AlertDate", sentence)
    return at


def _is_ours(direction: str | None, family: str | None, path: str) -> None:
    if family not in {None, "Container"}:
        sentence = "This is no container: the bus releases nothing else."
        raise unreadable("not_a_container", path, sentence)
    if direction not in OURS:
        sentence = "This container does not leave the port by a release: it is no import."
        raise unreadable("not_an_import", path, sentence)


def _of_item(
    unit: Item, memory: Memory, path: str, came: datetime | None
) -> tuple[tuple[Part, ...], Memory]:
    _is_ours(unit.customs_flag, unit.freight_family, path)
    findings: list[str] = []
    where = Where(
        container_in(unit.reference) or unit.reference,
        *_quay_of(unit, memory, path, findings),
        unit.psw_id,
    )
    memory = _with_actors(_arrived(memory, where, path), unit)
    for place, event in enumerate(unit.events):
        if id_of(unit.psw_id, event) not in memory.seen:
            event_path = item_of(f"{path}.events", place)
            memory = _with_step(memory, event, event_path, findings, came)
    before = memory
    name = f"{where.container}/{unit.psw_id}/{memory.tellings}"
    part, memory = _said(memory, f"sone-{uuid.uuid5(EVENT_IDS, name)}", findings)
    changed = before.told != memory.told or before.holding != memory.holding
    parts, memory = ((part,), memory) if changed else ((), before)
    notes, memory = noted_goods(unit, memory)
    return (*parts, *notes), memory


def _quay_of(unit: Item, memory: Memory, path: str, findings: list[str]) -> tuple[str, str]:
    place = None if unit.hu_location is None else unit.hu_location.place
    location = None if unit.hu_location is None else unit.hu_location.location
    port = _port_of(place, path) if place else None
    quay = None if location is None else crosswalk.quay_of(location)
    if quay is not None:
        return quay.port, quay.terminal
    if location is not None and port is not None:
        findings.append(f"location_unknown: {path}.huLocation.location")
        return port, location
    if memory.where is None:
        sentence = "It does not say where the container stands."
        raise unreadable("field_missing", f"{path}.huLocation", sentence)
    return memory.where.port, memory.where.terminal


def _port_of(place: str, path: str) -> str:
    port = read_locode(place)
    if isinstance(port, Unusable) or port.value not in crosswalk.PORTS:
        sentence = "This is no port of S)ONE's."
        raise unreadable("port_unknown", f"{path}.huLocation.place", sentence)
    return port.value


def _with_actors(memory: Memory, unit: Item) -> Memory:
    if unit.actors is None:
        return memory
    return altered(
        memory,
        agent=unit.actors.freight_agent or memory.agent,
        forwarder=unit.actors.freight_forwarder or memory.forwarder,
    )


# --- what is said of it --------------------------------------------------------------------------


def _said(memory: Memory, part_id: str, findings: Iterable[str]) -> tuple[Part, Memory]:
    if memory.where is None:
        raise TypeError("nothing is said of a container that is nowhere")
    observed = observation(memory.where, memory.steps)
    newly = _holds_newly(memory)
    message = observed.model_copy(
        update={
            "agent": _party(memory, memory.agent),
            "holders": (_party(memory, memory.forwarder),) if newly else None,
        }
    )
    canonical, odd = made(message)
    part = Part(canonical, part_id, (*findings, *odd), canonical.confirmed_at)
    return part, altered(
        memory,
        told=digest_of(canonical),
        tellings=memory.tellings + 1,
        holding=memory.forwarder if newly else memory.holding,
    )


def _holds_newly(memory: Memory) -> bool:
    """Tell whether a forwarder holds the right who was not said to: it has its delivery order.

    It is said once. Afterwards the right may have passed on, to a haulier of whom a handling unit
    does not tell.
    """
    released = any(each.step is Step.DELIVERY_ORDER and each.holds for each in memory.steps)
    return released and memory.forwarder not in {"", memory.holding}


def _party(memory: Memory, code: str) -> PartyRef | None:
    return (
        None if not code else organisation_called(memory.actors, code) or crosswalk.actor_of(code)
    )


def _reading(reference: str, spi: str, about: str) -> Request:
    # Of a container that comes again and again the newest passage, where none is named.
    which = {"spi": spi, "limit": "10"} if spi else {"desc": "true", "limit": "1"}
    container = container_in(reference) or reference
    return Request(
        id=f"{READING}{container}.{about}",
        method="GET",
        path=f"{TRACING}?{urlencode({'reference': reference, **which})}",
        correlation_id=container,
        headers=(PROFILE.header,),
    )


def observed_holders(memory: Memory, holders: tuple[str, ...], part_id: str) -> tuple[Part, ...]:
    """Return that these organisations hold the right, the last of them now; none without a place.

    Told when a transport order ends otherwise than anybody on the bus asked.
    """
    if memory.where is None:
        return ()
    message = ObserveRelease(
        container=memory.where.container,
        port=memory.where.port,
        terminal=memory.where.terminal,
        stay_number=memory.where.visit or None,
        holders=tuple(PartyRef(scheme=Scheme.NXTPORT, code=each) for each in holders),
    )
    canonical, odd = made(message)
    return (Part(canonical, part_id, odd),)
