"""A partner's message into messages of the bus, container by container, or why it is rejected."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError

from adapters.contract import Part
from adapters.edifact.findings import Finding
from adapters.edifact.items import Message
from adapters.edifact.meaning import checks
from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.meaning.looks import Looking
from adapters.edifact.meaning.makers import MAKERS, Asked, Made
from adapters.edifact.meaning.moments import moment_of
from adapters.edifact.meaning.sections import Section, by_equipment, by_status
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners.partner import ACKNOWLEDGEMENTS, Partner
from adapters.edifact.segments import Segment
from schemas.field_faults import fault_of
from schemas.messages import ContainerMessage
from schemas.reading import ReadMessage, made_canonical
from schemas.unreadable import Unreadable

MOST_SEGMENTS = 10
"""Segments that each part names of those that broke one rule; of more it tells how many."""


def understood(message: Message, header: Segment, partner: Partner) -> Understood:
    """Return what a *message* says that the standard finds right or tolerates.

    *header* is the UNB that it came under. A message that is rejected yields no parts at all;
    one that answers ours says nothing to the ledger.
    """
    type_ = message.kind.type
    if type_ in ACKNOWLEDGEMENTS:
        return Understood()
    sections = (by_status if type_ == "IFTSTA" else by_equipment)(message)
    sends = partner.sends.get(type_)
    if sends is None:
        return _not_agreed(message, partner)
    looking = Looking(partner, sends, sections)
    parts = tuple(_parts(looking, message, header))
    findings = tuple(looking.notes.findings)
    rejected = any(found.rejects for found in findings)
    return Understood(() if rejected else parts, findings)


def _not_agreed(message: Message, partner: Partner) -> Understood:
    rule = ProfileRule.MESSAGE_NOT_AGREED
    known = ", ".join(partner.sends)
    place = message.header.at(1, 2, 1)
    rejects = partner.rejects(rule)
    return Understood(
        (), (ProfileFinding(rule, place, rejects, "UNH", "0065", known, message.kind.type[:6]),)
    )


def _parts(looking: Looking, message: Message, header: Segment) -> Iterator[Part]:
    checks.kind_agreed(looking, message)
    meaning = checks.meaning_of(looking)
    function = checks.function_of(looking)
    checks.whole(looking)
    if meaning is None or function is None:
        return
    asked = Asked(meaning, function)
    make = MAKERS[looking.sends.type]
    seen: set[str] = set()
    for part in looking.sections.parts:
        looking.notes.container = ""
        made = make(looking, part, asked)
        read = _checked(looking, part, made) if made else None
        if made and read:
            _only_once(looking, part, read, seen)
            yield _part(looking, message, header, part, made, read)
    looking.notes.container = ""


def _checked(looking: Looking, part: Section, made: Made) -> ReadMessage | None:
    """Return the message in canonical form; None, and what is wrong is noted, where it is none."""
    given: dict[str, Any] = {
        name: value for name, value in made.values.items() if value not in (None, ())
    }
    read = _read(made.model, given)
    if isinstance(read, ReadMessage):
        return read
    # What lacks was told with the segment that it is to stand in, unless that is tolerated.
    if read.code != "field_missing" or not looking.notes.rejecting():
        expected = read.position.removeprefix("$.")
        looking.notes.add(ProfileRule.VALUE_UNUSABLE, part.segments[0], expected=expected)
    return None


def _read(model: type[ContainerMessage], values: Mapping[str, Any]) -> ReadMessage | Unreadable:
    try:
        message = model.model_validate(values)
    except ValidationError as error:
        return fault_of(error)
    return made_canonical(message)


def _only_once(looking: Looking, part: Section, read: ReadMessage, seen: set[str]) -> None:
    # Of one container several things may be reported, as the statuses of an IFTSTA do.
    named = read.message.model_dump_json(include={"container", "bills_of_lading"})
    key = f"{read.message.TYPE} {named}"
    if key in seen:
        looking.notes.add(ProfileRule.CONTAINER_TWICE, part.segments[0], 2, 1, item="8260")
    seen.add(key)


def _part(
    looking: Looking,
    message: Message,
    header: Segment,
    part: Section,
    made: Made,
    read: ReadMessage,
) -> Part:
    findings = (
        *read.findings,
        *looking.notes.tolerated(looking.notes.container),
        *tolerated(message.findings),
    )
    return Part(
        message=read.message,
        id=str(part.number),
        findings=tuple(dict.fromkeys(findings)),
        occurred_at=made.occurred_at or _sent(header, looking.partner),
        on_behalf_of=made.on_behalf_of,
    )


def tolerated(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what of the standard was let pass, as a part is to tell it: every rule, once."""
    segments: dict[str, dict[int, None]] = {}
    for found in findings:
        segments.setdefault(found.rule, {})[found.place.segment] = None
    for rule, there in segments.items():
        named = ", ".join(map(str, islice(there, MOST_SEGMENTS)))
        more = len(there) - MOST_SEGMENTS
        yield f"edi_{rule}: segment {named}" + (f" and {more} more" if more > 0 else "")


def _sent(header: Segment, partner: Partner) -> datetime | None:
    """Return when the interchange was made (UNB S004), None where that says nothing."""
    day, hour = header.value(4, 1), header.value(4, 2)
    form = {6: "201", 8: "203"}.get(len(day), "")
    told = moment_of(f"{day}{hour}", form, partner.zone) if form else None
    return told.at if told else None
