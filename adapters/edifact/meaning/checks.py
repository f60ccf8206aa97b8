"""What has to hold of a message as a whole before anything in it is read."""

from collections.abc import Iterator

from adapters.edifact.items import Message
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.looks import Looking
from adapters.edifact.meaning.sections import Section
from adapters.edifact.partners.partner import Function, Meaning
from adapters.edifact.segments import Segment

EQUIPMENT_COUNT = "16"
"""CNT 6069: how many equipments there are; other counts are of no use here."""

EARLIER = "ACW"
"""RFF 1153: the number of the message that a later one replaces (SMDG 2.0)."""


def kind_agreed(looking: Looking, message: Message) -> None:
    """Note where the message's directory is none that is agreed."""
    kind = message.kind
    name = f"{kind.version}{kind.release}"
    if name not in looking.sends.directories:
        looking.notes.add(
            ProfileRule.DIRECTORY_NOT_AGREED,
            message.header,
            2,
            3,
            item="0054",
            expected=", ".join(looking.sends.directories),
            found=name,
        )


def meaning_of(looking: Looking) -> Meaning | None:
    """Return what the message says as a whole (BGM 1001), noting a code that is not agreed."""
    top = looking.sections.top()
    code = top.value(1)
    meaning = looking.sends.documents.get(code)
    if meaning is None:
        looking.notes.add(
            ProfileRule.DOCUMENT_NOT_AGREED,
            top,
            1,
            1,
            item="1001",
            expected=", ".join(looking.sends.documents),
            found=code,
        )
    return meaning


def function_of(looking: Looking) -> Function | None:
    """Return what it does to an earlier one (BGM 1225), noting a code that is not agreed."""
    top = looking.sections.top()
    code = top.value(3)
    function = looking.sends.functions.get(code)
    if function is None:
        looking.notes.add(
            ProfileRule.FUNCTION_NOT_AGREED,
            top,
            3,
            item="1225",
            expected=", ".join(looking.sends.functions),
            found=code,
        )
    if function is Function.REPLACE and not looking.head.first("RFF", EARLIER):
        looking.notes.add(
            ProfileRule.EARLIER_REFERENCE_MISSING, top, item="1153", expected=f"RFF+{EARLIER}"
        )
    return function


def whole(looking: Looking) -> None:
    """Note what else lacks: the document's number, agreed references and parties, the count."""
    notes, head, top = looking.notes, looking.head, looking.sections.top()
    if not top.value(2):
        notes.add(ProfileRule.DOCUMENT_NUMBER_MISSING, top, 2, item="1004")
    for qualifier in _lacking(looking, "NAD", looking.sends.parties):
        notes.add(ProfileRule.PARTY_MISSING, top, item="3035", expected=f"NAD+{qualifier}")
    for qualifier in _lacking(looking, "RFF", looking.sends.references):
        notes.add(ProfileRule.REFERENCE_MISSING, top, item="1153", expected=f"RFF+{qualifier}")
    if not looking.sections.parts:
        notes.add(ProfileRule.NOTHING_REPORTED, head.first("BGM") or top)
    _count(looking)


def _lacking(looking: Looking, tag: str, qualifiers: tuple[str, ...]) -> Iterator[str]:
    """Yield the *qualifiers* that neither the head has nor each of the equipments."""
    for qualifier in qualifiers:
        in_each = all(part.first(tag, qualifier) for part in looking.sections.parts)
        if not looking.head.first(tag, qualifier) and not (looking.sections.parts and in_each):
            yield qualifier


def _count(looking: Looking) -> None:
    there = sum(1 for part in looking.sections.parts if part.segments[0].tag == "EQD")
    if looking.sends.type == "IFTSTA":
        return  # it counts a consignment's, of which each status may name some (CNI, CNT)
    for segment in looking.sections.counts:
        if segment.value(1) == EQUIPMENT_COUNT and _differs(segment, there):
            looking.notes.add(
                ProfileRule.EQUIPMENT_COUNT_DIFFERS,
                segment,
                1,
                2,
                item="6066",
                expected=str(there),
                found=segment.value(1, 2),
            )


def _differs(segment: Segment, there: int) -> bool:
    said = segment.value(1, 2)
    return not (said.isascii() and said.isdecimal() and int(said) == there)


def moved(looking: Looking, part: Section) -> bool:
    """Tell whether an equipment moves as the bus has to do with it (EQD 8249)."""
    eqd = part.segments[0]
    movement, used = eqd.value(5), looking.sends.movements
    if not movement or not used or movement in used:
        return True
    looking.notes.add(
        ProfileRule.MOVEMENT_NOT_USED,
        eqd,
        5,
        item="8249",
        expected=", ".join(sorted(used)),
        found=movement,
    )
    return False
