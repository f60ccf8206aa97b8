"""Interchanges of one terminal, the desk that takes them, and what it makes, read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from adapters.contract import Part
from adapters.edifact.findings import Place
from adapters.edifact.items import Message
from adapters.edifact.judge import UN, Kind
from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner, partner_from
from adapters.edifact.read import segments_in
from adapters.edifact.segments import Segment
from adapters.edifact.write import Draft, line
from consumers.gateway.came import Came, Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.handled import Handled
from consumers.gateway.meant import Understanding
from consumers.intake.trust import NO_TRUST, Trust
from ledger.directory.directory import Directory, directory_of
from schemas.keys import Gateway, Key
from schemas.messages import ReportGateOut, Role
from schemas.organisations import Organisation, Terminal
from schemas.unreadable import Unreadable
from tests.consumers.intake.records import came
from tests.consumers.intake.signers import CAME_AT, HOUR

QUAY, GATEWAY = "NXT21000000004", "NXT21000000009"
TOPIC = "edi.in.v1"
FILE = f"""
organisation = "{QUAY}"
identities = ["QUAY:ZZ"]
ours = ["RELEASEBUS:ZZ"]
ports = ["BEANR"]
time_zone = "Europe/Brussels"
terminal = "1742"
[sends.CODECO]
[gets.COREOR]
"""
CODECO = (
    "BGM+36+{number}+9'NAD+CF+MSK:172:20'EQD+CN+{container}+45G1:102:5++3+5'RFF+BM:BL0001'"
    "DTM+7:202611280600:203'LOC+165+BEANR:139:6'CNT+16:1'"
)
NOT_AGREED = "BAD"
BREAKS = "BREAKS"


def partner(*lines: str, name: str = "quay") -> Partner:
    """Return the terminal, with *lines* before what its file says otherwise."""
    found = partner_from("\n".join((*lines, FILE)), name)
    assert isinstance(found, Partner), found
    return found


def codeco(reference: str, number: str = "GATE1", container: str = "MSKU1234565") -> str:
    """Return a message that a box went out."""
    body = CODECO.format(number=number, container=container)
    count = body.count("'") + 2
    return f"UNH+{reference}+CODECO:D:95B:UN:SMDG16'{body}UNT+{count}+{reference}'"


def broken(reference: str) -> str:
    """Return a message with a segment that is none."""
    return f"UNH+{reference}+CODECO:D:95B:UN:SMDG16'BGM+36+X+9'ZZZ+1'CNT+16:1'UNT+5+{reference}'"


def interchange(
    *messages: str, reference: str = "REF1", asks: bool = True, sender: str = "QUAY:ZZ"
) -> bytes:
    """Return *messages* in their interchange."""
    further = "++++1" if asks else ""
    unb = f"UNB+UNOC:3+{sender}+RELEASEBUS:ZZ+261128:1200+{reference}{further}'"
    return f"{unb}{''.join(messages)}UNZ+{len(messages)}+{reference}'".encode()


def record(data: bytes | None, *, offset: int = 0, **more: Any) -> ConsumerRecord[Any, Any]:
    """Return *data* as the terminal's record."""
    placed: dict[str, Any] = {"key": b"quay", "offset": offset, "partition": 3}
    return came(TOPIC, data, **(placed | more))


def understand(message: Message, _header: Segment, _partner: Partner) -> Understood:
    """Understand a CODECO by its container alone; some are not agreed, one breaks us."""
    number = next(each.value(2) for each in message.body if each.tag == "BGM")
    if number == BREAKS:
        raise ValueError(str(message.body))
    if number == NOT_AGREED:
        place = Place(segment=message.header.number + 1, position=2)
        return Understood(
            (), (ProfileFinding(ProfileRule.DOCUMENT_NOT_AGREED, place, rejects=True),)
        )
    boxes = [each.value(2) for each in message.body if each.tag == "EQD"]
    return Understood(tuple(_part(box, str(place)) for place, box in enumerate(boxes, 1)))


def _part(box: str, place: str) -> Part:
    said = ReportGateOut(container=box, port="BEANR", terminal="1742", bills_of_lading=("BL0001",))
    return Part(said, place, occurred_at=datetime(2026, 2, 28, 6, 0, tzinfo=UTC))


def aperak(
    what: Understood, message: Message, _partner: Partner, _reference: str, _at: datetime
) -> Draft | None:
    """Answer what is rejected."""
    if not what.is_rejected:
        return None
    body = (line("BGM", "313", "1", "27"), line("RFF", ("ACW", message.reference)))
    return Draft("1", Kind("APERAK", "D", "95B", UN), body)


def directory(*, keys: Sequence[Key] = (), gateways: Sequence[Gateway] = ()) -> Directory:
    """Return the terminal and the gateway that may speak for it."""
    terminal = Organisation(
        QUAY,
        1,
        "Quay",
        (Role.TERMINAL_OPERATOR,),
        terminals=(Terminal("BEANR", "1742"),),
        keys=tuple(keys),
        gateways=tuple(gateways),
    )
    return directory_of((terminal, Organisation(GATEWAY, 1, "Gateway", ())), 3)


def an_appointment(since: datetime = CAME_AT - HOUR) -> Gateway:
    """Return that the gateway may speak for whom names it."""
    return Gateway(GATEWAY, since)


def desk(*partners: Partner, of: Directory | None = None, trust: Trust = NO_TRUST) -> Desk:
    """Return the desk of *partners*, the terminal where none is named."""
    known = {each.name: each for each in partners or (partner(),)}
    who = directory() if of is None else of
    return Desk(Entrance(known, who, "", trust), Understanding(who, understand, aperak))


def settled(at: Desk, brought: ConsumerRecord[Any, Any], seen: Iterable[str] = ()) -> Handled:
    """Return what a record comes to."""
    found = at.came(brought)
    if isinstance(found, Came):
        return at.settled(found, set(seen))
    return at.dead(brought, found)


def why(at: Desk, brought: ConsumerRecord[Any, Any]) -> str:
    """Return why a record is dealt with as a whole."""
    found = at.came(brought)
    assert isinstance(found, Unreadable), found
    return found.code


def handled(at: Desk, data: bytes | None, seen: Iterable[str] = (), **more: Any) -> Handled:
    """Return what a record of *data* comes to."""
    return settled(at, record(data, **more), seen)


@dataclass(frozen=True)
class Sent:
    """An interchange of ours: its segments as text, and which messages are in it."""

    segments: tuple[str, ...]

    def the(self, tag: str) -> list[str]:
        """Return the segments of this tag."""
        return [each for each in self.segments if each.split("+")[0] == tag]


def sent(of: Handled, kind: str) -> list[Sent]:
    """Return the answers of *kind*."""
    return [
        Sent(tuple(each.text for each in segments_in([made.record.value or b""]) if each.text))
        for made in of.made
        if made.kind == kind
    ]


def headers(of: Handled, kind: str) -> list[dict[str, str]]:
    """Return the headers of the records of *kind*."""
    return [
        {name: value.decode() for name, value in made.record.headers}
        for made in of.made
        if made.kind == kind
    ]
