"""APERAK: what the sender of a message is told of the profile, in its language.

CONTRL told before that the message keeps the rules of the standard; this tells whether the bus
took what it says.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from adapters.edifact.items import Message
from adapters.edifact.judge import UN, Kind
from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.meaning.sections import by_equipment
from adapters.edifact.meaning.spelling import at_level, pieces
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners.partner import ACKNOWLEDGEMENTS, Partner, When
from adapters.edifact.words import profile_sentence, profile_where
from adapters.edifact.write import Draft, Line, line

APERAK: Final = "APERAK"
ACKNOWLEDGED: Final = ("312", "29", "AP")
NOT_ACCEPTED: Final = ("313", "27", "RE")
"""BGM 1001, 1225 and 4343. Codes of later lists where D.95B has none: unverified."""

ASKED_FOR: Final = "AB"
"""BGM 4343 of a message whose sender wants to be answered."""

MOST_ERRORS: Final = 99
LONGEST_TEXT: Final = 70
"""Characters of 4440 in D.95B; D.00B has more, and is written alike."""

LONGEST_REFERENCE: Final = 35
"""Characters of 1154 in D.95B; a longer one came from a partner that may break the rule."""

CODES: Final[Mapping[ProfileRule, str]] = {
    ProfileRule.MESSAGE_NOT_AGREED: "M01",
    ProfileRule.DIRECTORY_NOT_AGREED: "M02",
    ProfileRule.DOCUMENT_NOT_AGREED: "M03",
    ProfileRule.FUNCTION_NOT_AGREED: "M04",
    ProfileRule.DOCUMENT_NUMBER_MISSING: "M05",
    ProfileRule.EARLIER_REFERENCE_MISSING: "M06",
    ProfileRule.PARTY_MISSING: "M07",
    ProfileRule.EQUIPMENT_COUNT_DIFFERS: "M08",
    ProfileRule.NOTHING_REPORTED: "M09",
    ProfileRule.REFERENCE_MISSING: "E01",
    ProfileRule.CONTAINER_MISSING: "E02",
    ProfileRule.CONTAINER_UNUSABLE: "E03",
    ProfileRule.CONTAINER_TWICE: "E04",
    ProfileRule.TERMINAL_MISSING: "E05",
    ProfileRule.TERMINAL_NOT_AGREED: "E06",
    ProfileRule.PORT_NOT_AGREED: "E07",
    ProfileRule.DATE_MISSING: "E08",
    ProfileRule.DATE_UNREADABLE: "E09",
    ProfileRule.DATES_REVERSED: "E10",
    ProfileRule.MEANS_NOT_SAID: "E11",
    ProfileRule.VAT_MISSING: "E12",
    ProfileRule.VAT_UNUSABLE: "E13",
    ProfileRule.VALUE_UNUSABLE: "E14",
    ProfileRule.VAT_OF_ANOTHER: "E15",
    ProfileRule.ZONE_UNKNOWN: "E16",
    ProfileRule.HOUR_24: "E17",
    ProfileRule.HOUR_MISSING: "E18",
    ProfileRule.CONTAINER_NOT_ISO: "W01",
    ProfileRule.CONTAINER_CHECK_DIGIT: "W02",
    ProfileRule.NOT_A_CONTAINER: "W03",
    ProfileRule.LOAD_NOT_USED: "W04",
    ProfileRule.MOVEMENT_NOT_USED: "W05",
    ProfileRule.MEANS_NOT_USED: "W06",
    ProfileRule.STATUS_NOT_USED: "W07",
    ProfileRule.CLOCK_CHANGED: "W08",
}
"""Data element 9321. The UN has no list of them: M the message, E an equipment, W only told."""


def aperak(
    understood: Understood, message: Message, partner: Partner, reference: str, at: datetime
) -> Draft | None:
    """Return what answers *message*, None where nothing does.

    *reference* is the number of the answer, *at* when it is made (UTC). Whether an accepted
    message is answered is the partner's wish; an answer is never answered.
    """
    if message.kind.type in ACKNOWLEDGEMENTS or not _wanted(understood, message, partner):
        return None
    return _draft(understood, message, partner, reference, at)


def _wanted(understood: Understood, message: Message, partner: Partner) -> bool:
    match partner.aperak:
        case When.NEVER:
            return False
        case When.ALWAYS:
            return True
        case When.ERRORS:
            return understood.is_rejected
        case When.ASKED:
            asked = by_equipment(message).top().value(4) == ASKED_FOR
            return asked or understood.is_rejected


def _draft(
    understood: Understood, message: Message, partner: Partner, reference: str, at: datetime
) -> Draft:
    directory = partner.aperak_directory
    kind = Kind(APERAK, directory[:1], directory[1:], UN)
    number = by_equipment(message).top().value(2)
    document, function, answer = NOT_ACCEPTED if understood.is_rejected else ACKNOWLEDGED
    body = [
        line("BGM", document, reference, function, answer),
        line("DTM", ("137", f"{at.astimezone(partner.zone):%Y%m%d%H%M}", "203")),
        *([_reference("AGO", number, partner)] if number else []),
        _reference("ACW", message.reference, partner),
        line("NAD", "MS", partner.ours[0].code),
        line("NAD", "MR", partner.identities[0].code),
    ]
    for found in understood.findings[:MOST_ERRORS]:
        body.extend(_error(found, partner))
    return Draft("1", kind, tuple(body))


def _reference(qualifier: str, value: str, partner: Partner) -> Line:
    return line("RFF", (qualifier, at_level(value, partner.level)[:LONGEST_REFERENCE]))


def _error(found: ProfileFinding, partner: Partner) -> Iterator[Line]:
    """Yield ERC, FTX and RFF: which rule, in words and where, and which container."""
    language = partner.language
    where = profile_where(found, language)
    said = profile_sentence(found, language) + (f" ({where})" if where else "")
    yield line("ERC", (CODES[found.rule], "", "ZZZ"))
    yield line("FTX", "AAO", "", "", pieces(at_level(said, partner.level), LONGEST_TEXT))
    if found.container:
        yield _reference("EQ", found.container, partner)
