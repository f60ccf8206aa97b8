"""Each rule of the profile: a message that breaks it, and the APERAK that tells of it."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from adapters.edifact.items import Message
from adapters.edifact.meaning.acknowledge import CODES, aperak
from adapters.edifact.meaning.findings import ALWAYS_TOLD, ProfileRule
from adapters.edifact.meaning.understand import understood
from adapters.edifact.partners import Partner, When
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, draft_of, spelt, written
from schemas.words import Language
from tests.adapters.edifact.meaning.said import (
    MESSAGES,
    SENDERS,
    altered,
    message,
    partner,
)
from tests.rows import each_row

AT = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
EQD = "EQD+CN+MSCU6639870+45G1:102:5++3+5"
Change = tuple[str, str | None]

# Rule, message, what of it is written otherwise, and the APERAK from its first ERC on.
TABLE: list[tuple[ProfileRule, str, tuple[Change, ...], str]] = [
    (
        ProfileRule.MESSAGE_NOT_AGREED,
        "COPINO",
        (),
        (
            "ERC+M01::ZZZ'"
            "FTX+AAO+++Messages COPINO are not agreed; agreed are?: COREOR. (segment 1 "
            "UNH,:0065)'"
        ),
    ),
    (
        ProfileRule.DIRECTORY_NOT_AGREED,
        "CODECO",
        (),
        (
            "ERC+M02::ZZZ'"
            "FTX+AAO+++Directory D00B is not agreed for this message; agreed are?: "
            "D95B.:(segment 1 UNH, 0054)'"
        ),
    ),
    (
        ProfileRule.DOCUMENT_NOT_AGREED,
        "COARRI",
        (("BGM", "BGM+45+D1+9"),),
        (
            "ERC+M03::ZZZ'"
            "FTX+AAO+++Document code 45 (1001) is not agreed; agreed are?: 44, 98, 119, "
            "46,:122, 270. (segment 2 BGM, 1001)'"
        ),
    ),
    (
        ProfileRule.FUNCTION_NOT_AGREED,
        "COARRI",
        (("BGM", "BGM+44+D1+4"),),
        (
            "ERC+M04::ZZZ'"
            "FTX+AAO+++Message function 4 (1225) is not agreed; agreed are?: 9. (segment "
            "2:BGM, 1225)'"
        ),
    ),
    (
        ProfileRule.DOCUMENT_NUMBER_MISSING,
        "COARRI",
        (("BGM", "BGM+44++9"),),
        "ERC+M05::ZZZ'FTX+AAO+++The document has no number (BGM 1004). (segment 2 BGM, 1004)'",
    ),
    (
        ProfileRule.EARLIER_REFERENCE_MISSING,
        "COREOR",
        (("BGM", "BGM+12+DO2+5"),),
        (
            "ERC+M06::ZZZ'"
            "FTX+AAO+++A replacement has to name the message that it replaces "
            "(RFF?+ACW).:(segment 2 BGM, 1153)'"
        ),
    ),
    (
        ProfileRule.PARTY_MISSING,
        "CODECO",
        (("NAD", "NAD+CA+MSC:172:20"),),
        "ERC+M07::ZZZ'FTX+AAO+++The agreed party NAD?+CF is missing. (segment 2 BGM, 3035)'",
    ),
    (
        ProfileRule.EQUIPMENT_COUNT_DIFFERS,
        "COARRI",
        (("CNT", "CNT+16:5"),),
        (
            "ERC+M08::ZZZ'"
            "FTX+AAO+++The message counts 5 containers (CNT?+16) and has 2. (segment 12 "
            "CNT,:6066)'"
        ),
    ),
    (
        ProfileRule.NOTHING_REPORTED,
        "COREOR",
        (
            ("EQD", None),
            ("RFF+SQ", None),
            ("CNT", "CNT+16:0"),
        ),
        "ERC+M09::ZZZ'FTX+AAO+++The message names no container. (segment 2 BGM)'",
    ),
    (
        ProfileRule.REFERENCE_MISSING,
        "COREOR",
        (("RFF+BM", None),),
        (
            "ERC+E01::ZZZ'"
            "FTX+AAO+++The reference RFF?+BM is missing. (segment 9 EQD, 1153)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.CONTAINER_MISSING,
        "CODECO",
        (("EQD", "EQD+CN++45G1:102:5++3+5"),),
        "ERC+E02::ZZZ'FTX+AAO+++The container has no number (8260). (segment 4 EQD, 8260)'",
    ),
    (
        ProfileRule.CONTAINER_UNUSABLE,
        "CODECO",
        (("EQD", "EQD+CN+12345678+45G1++3+5"),),
        (
            "ERC+E03::ZZZ'"
            "FTX+AAO+++What stands as container number (8260) can be none. (segment 4 "
            "EQD,:8260)'"
        ),
    ),
    (
        ProfileRule.CONTAINER_TWICE,
        "COARRI",
        (
            ("EQD+CN+CSQU", "EQD+CN+MSCU6639870+45G1:102:5++3+5"),
            ("RFF+BM", "RFF+BM:B1"),
        ),
        (
            "ERC+E04::ZZZ'"
            "FTX+AAO+++The container stands twice in the message. (segment 9 EQD, 8260)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.TERMINAL_MISSING,
        "COREOR",
        (("LOC", "LOC+11+BEANR:139:6"),),
        (
            "ERC+E05::ZZZ'"
            "FTX+AAO+++No terminal is named; it is to stand in LOC?+176. (segment 10 "
            "EQD,:3223)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.TERMINAL_NOT_AGREED,
        "COARRI",
        (("LOC", "LOC+11+BEANR+K0913:TER:ZZZ"),),
        "ERC+E06::ZZZ'FTX+AAO+++Terminal code K0913 is not agreed. (segment 4 LOC, 3223)'",
    ),
    (
        ProfileRule.PORT_NOT_AGREED,
        "COREOR",
        (("LOC", "LOC+11+NLRTM:139:6+1700:TER"),),
        (
            "ERC+E07::ZZZ'"
            "FTX+AAO+++Port NLRTM is not agreed; agreed are?: BEANR, BEZEE. (segment 6 "
            "LOC,:3225)'"
        ),
    ),
    (
        ProfileRule.DATE_MISSING,
        "CODECO",
        (("DTM", None),),
        (
            "ERC+E08::ZZZ'"
            "FTX+AAO+++Nothing says when it happened; the time is to stand in DTM?+7. "
            "(segment:4 EQD, 2005)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.DATE_UNREADABLE,
        "COREOR",
        (("DTM+36", "DTM+36:20261220:203"),),
        (
            "ERC+E09::ZZZ'"
            "FTX+AAO+++The date is not written in its format (203). (segment 8 DTM, 2380)'"
        ),
    ),
    (
        ProfileRule.DATES_REVERSED,
        "COREOR",
        (("DTM+36", "DTM+36:20261127:102"),),
        (
            "ERC+E10::ZZZ'"
            "FTX+AAO+++The release ends before it begins. (segment 10 EQD, 2380)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.ZONE_UNKNOWN,
        "CODECO",
        (("DTM", "DTM+7:202611281200CET:303"),),
        (
            "ERC+E16::ZZZ'"
            "FTX+AAO+++The zone CET of the time is not known; known are UTC, GMT, Z and "
            "hours:and minutes (?+0100). (segment 6 DTM, 2380)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.HOUR_24,
        "CODECO",
        (("DTM", "DTM+7:202611282400:203"),),
        (
            "ERC+E17::ZZZ'"
            "FTX+AAO+++The hour is 24; a day ends at 00 of the next. (segment 6 DTM, 2380)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.HOUR_MISSING,
        "CODECO",
        (("DTM", "DTM+7:20261128:102"),),
        (
            "ERC+E18::ZZZ'"
            "FTX+AAO+++Only a day says when it happened, without a time. (segment 6 DTM,:2380)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.MEANS_NOT_SAID,
        "COPINO",
        (("TDT", "TDT+1+V1+31"),),
        (
            "ERC+E11::ZZZ'"
            "FTX+AAO+++No agreed code (TDT 8067) says how the container is "
            "collected.:(segment 4 TDT, 8067)'"
        ),
    ),
    (
        ProfileRule.VAT_MISSING,
        "COPINO",
        (("RFF+VA", None),),
        (
            "ERC+E12::ZZZ'"
            "FTX+AAO+++The operator?'s VAT number is missing; it is to stand in "
            "RFF?+VA.:(segment 7 EQD, 1154)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.VAT_UNUSABLE,
        "COPINO",
        (("RFF+VA", "RFF+VA:*/*"),),
        (
            "ERC+E13::ZZZ'"
            "FTX+AAO+++What stands as the operator?'s VAT number can be none. (segment 3 "
            "RFF,:1154)'"
        ),
    ),
    (
        ProfileRule.VALUE_UNUSABLE,
        "COREOR",
        (("TDT", "TDT+20+1+1+++++*:146:11"),),
        (
            "ERC+E14::ZZZ'"
            "FTX+AAO+++A value cannot be used?: vessel_imo. (segment 10 EQD)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.CONTAINER_NOT_ISO,
        "CODECO",
        (("EQD", "EQD+CN+MSC12345+45G1++3+5"),),
        (
            "ERC+W01::ZZZ'"
            "FTX+AAO+++The container number is not written as ISO 6346 asks. (segment 4 "
            "EQD,:8260)'"
            "RFF+EQ:MSC12345'"
        ),
    ),
    (
        ProfileRule.CONTAINER_CHECK_DIGIT,
        "CODECO",
        (("EQD", "EQD+CN+MSCU6639871+45G1++3+5"),),
        (
            "ERC+W02::ZZZ'"
            "FTX+AAO+++The check digit of the container number is wrong (ISO 6346). "
            "(segment:4 EQD, 8260)'"
            "RFF+EQ:MSCU6639871'"
        ),
    ),
    (
        ProfileRule.NOT_A_CONTAINER,
        "CODECO",
        (("EQD", "EQD+CH+TRAILER1+++3+5"),),
        (
            "ERC+W03::ZZZ'"
            "FTX+AAO+++Equipment CH is no container, and is not used. (segment 4 EQD, 8053)'"
        ),
    ),
    (
        ProfileRule.LOAD_NOT_USED,
        "COARRI",
        (("BGM", "BGM+46+L1+9"),),
        "ERC+W04::ZZZ'FTX+AAO+++Loading is not used?: only discharges are. (segment 2 BGM, 1001)'",
    ),
    (
        ProfileRule.MOVEMENT_NOT_USED,
        "CODECO",
        (("EQD", "EQD+CN+MSCU6639870+45G1++2+5"),),
        (
            "ERC+W05::ZZZ'"
            "FTX+AAO+++Movement 2 (8249) is not used; used are?: 3. (segment 4 EQD, 8249)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
    (
        ProfileRule.MEANS_NOT_USED,
        "COPINO",
        (("TDT", "TDT+1+V1+3+++++1ABC234:146"),),
        (
            "ERC+W06::ZZZ'"
            "FTX+AAO+++Means of transport 3 (8067) is not used here?: only barge and rail "
            "are.:(segment 4 TDT, 8067)'"
        ),
    ),
    (
        ProfileRule.STATUS_NOT_USED,
        "IFTSTA",
        (),
        "ERC+W07::ZZZ'FTX+AAO+++Status 21 is not used; used are?: -. (segment 5 STS, 9011)'",
    ),
    (
        ProfileRule.CLOCK_CHANGED,
        "CODECO",
        (("DTM", "DTM+7:202610250230:203"),),
        (
            "ERC+W08::ZZZ'"
            "FTX+AAO+++The clocks change in this hour, and no zone is told; the "
            "earlier:moment is taken. (segment 6 DTM, 2380)'"
            "RFF+EQ:MSCU6639870'"
        ),
    ),
]


def sender_of(rule: ProfileRule, kind: str) -> Partner:
    match rule:
        case ProfileRule.MESSAGE_NOT_AGREED:
            return partner("ship_agent")
        case ProfileRule.EARLIER_REFERENCE_MISSING:
            return replace(partner("ship_agent"), lenient_profile=frozenset())
        case ProfileRule.DIRECTORY_NOT_AGREED | ProfileRule.PARTY_MISSING:
            asking = partner("terminal")
            sends = replace(asking.sends["CODECO"], parties=("CF",), directories=("D95B",))
            return replace(asking, sends={"CODECO": sends})
        case ProfileRule.STATUS_NOT_USED:
            return partner("terminal", "[sends.IFTSTA]")
        case _:
            return partner(SENDERS[kind])


def answered(rule: ProfileRule, kind: str, changes: tuple[Change, ...]) -> tuple[Draft, Message]:
    directory = "D:00B:UN" if rule is ProfileRule.DIRECTORY_NOT_AGREED else "D:95B:UN"
    said, header = message(kind, altered(MESSAGES[kind], *changes), directory)
    sender = replace(sender_of(rule, kind), aperak=When.ALWAYS, language=Language.EN)
    told = understood(said, header, sender)
    answer = aperak(told, said, sender, "A1", AT)
    assert answer
    return answer, said


def in_one_line(draft: Draft) -> str:
    return "".join(f"{spelt(each)}'" for each in draft.body)


@each_row(("rule", "kind", "changes", "expected"), TABLE)
def test_each_rule_is_told_with_code_words_and_place(
    rule: ProfileRule, kind: str, changes: tuple[Change, ...], expected: str
) -> None:
    answer, _ = answered(rule, kind, changes)
    head, _, errors = in_one_line(answer).partition("ERC")

    assert f"ERC{errors}" == expected
    assert (("BGM+313+A1+27+RE'" in head) is (rule not in ALWAYS_TOLD)) is True


def test_every_rule_has_its_row_and_a_code_of_its_own() -> None:
    # Of whom a VAT number is the gateway knows: tests/consumers/gateway/test_desk.py.
    here = [rule for rule in ProfileRule if rule is not ProfileRule.VAT_OF_ANOTHER]
    assert [rule for rule, *_ in TABLE] == here
    assert CODES.keys() == {*ProfileRule}
    assert len({*CODES.values()}) == len(CODES)


def test_the_message_is_named_by_its_document_and_its_reference() -> None:
    answer, _ = answered(ProfileRule.DATE_MISSING, "CODECO", (("DTM", None),))

    assert in_one_line(answer).partition("ERC")[0] == (
        "BGM+313+A1+27+RE'DTM+137:202611281900:203'RFF+AGO:G1'RFF+ACW:1'"
        "NAD+MS+RELEASEBUS'NAD+MR+QUAY1700'"
    )


@each_row("directory", ["D95B", "D00B"])
@each_row("level", ["UNOA", "UNOC"])
@each_row("language", [*Language])
def test_every_answer_keeps_the_rules_and_reads_back(
    language: Language, level: str, directory: str
) -> None:
    envelope = Envelope(level, "3", ("RELEASEBUS",), ("THEM",), AT, "R1")
    drafts = []
    for number, (rule, kind, changes, _) in enumerate(TABLE):
        _, said = answered(rule, kind, changes)
        sender = replace(
            sender_of(rule, kind),
            aperak=When.ALWAYS,
            language=language,
            level=level,
            aperak_directory=directory,
        )
        told = understood(said, said.header, sender)
        answer = aperak(told, said, sender, f"A{number}", AT)
        assert answer
        drafts.append(replace(answer, reference=f"{number}"))

    *messages, _ = items = list(read([written(envelope, drafts)]))

    assert [found for item in items for found in item.findings] == []
    assert [draft_of(each) for each in messages if isinstance(each, Message)] == drafts


@pytest.mark.parametrize(
    ("wish", "asks", "is_right", "is_answered"),
    [
        (When.NEVER, "+AB", False, False),
        (When.ERRORS, "+AB", True, False),
        (When.ERRORS, "", False, True),
        (When.ASKED, "", True, False),
        (When.ASKED, "+AB", True, True),
        (When.ASKED, "", False, True),
        (When.ALWAYS, "", True, True),
    ],
)
def test_it_is_answered_as_the_partner_wishes(
    wish: When, asks: str, *, is_right: bool, is_answered: bool
) -> None:
    segments = altered(MESSAGES["CODECO"], ("BGM", f"BGM+36+G1+{9 if is_right else 4}{asks}"))
    said, header = message("CODECO", segments)
    sender = replace(partner("terminal"), aperak=wish)
    answer = aperak(understood(said, header, sender), said, sender, "A1", AT)

    assert (answer is not None) is is_answered
    if answer and is_right:
        assert in_one_line(answer).startswith("BGM+312+A1+29+AP'")


def test_an_answer_is_never_answered() -> None:
    said, header = message("APERAK", ("BGM+313+A1+27", "RFF+ACW:1", "ERC+X"))
    sender = replace(partner("terminal"), aperak=When.ALWAYS)

    assert aperak(understood(said, header, sender), said, sender, "A1", AT) is None


def test_a_level_without_accents_and_small_letters_is_kept() -> None:
    _, said = answered(ProfileRule.DATE_MISSING, "CODECO", (("DTM", None),))
    sender = replace(partner("terminal"), language=Language.FR, level="UNOA")
    answer = aperak(understood(said, said.header, sender), said, sender, "A1", AT)

    assert answer
    assert "FTX+AAO+++RIEN NE DIT QUAND CELA S?'EST PASSE ; L?'HEURE" in in_one_line(answer)
