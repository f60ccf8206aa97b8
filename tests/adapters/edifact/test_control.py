"""Each code of CONTRL that is raised: what raises it, and the segments that tell of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.edifact.codes import CODES, NEVER_RAISED
from adapters.edifact.control import Report, answer, control, is_rejected, reports
from adapters.edifact.findings import Rule
from adapters.edifact.read import read
from adapters.edifact.terms import ANYBODY, Terms, identity_of
from adapters.edifact.write import spelt
from tests.rows import each_row

CORPUS = Path(__file__).parent / "corpus"
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)

RAISED = ("2", *map(str, range(12, 17)), *map(str, range(18, 24)), "25", "26",
          *map(str, range(28, 41)))  # fmt: skip

ACCEPTED = "UCI+REF1+TERMINAL+AGENT+7'"
OF_MESSAGE = f"{ACCEPTED}UCM+1+CODECO:D:95B:UN:SMDG16+"
SEVERAL_WRONG = "UCM+2+CODECO:D:95B:UN:SMDG16+4'UCS+3+15'UCS+2+13'UCS+4'UCD+13+2'UCS+5'UCD+37+2:2'"
STRAYS = "UCM+1+CODECO:D:95B:UN:SMDG16+4+18+UNT'" + "".join(
    f"UCS+{position}+18'" for position in range(2, 12)
)
OF_SEGMENT = f"{OF_MESSAGE}4'"
TOLD = [
    ("2", "level_of_another_body", "UCI+REF1+TERMINAL+AGENT+4+2+UNB+2:1'"),
    ("2", "version_of_tomorrow", "UCI+REF1+TERMINAL+AGENT+4+2+UNB+2:2'"),
    ("12", "unb_moment_impossible", "UCI+REF1+TERMINAL+AGENT+4+12+UNB+5:1'"),
    ("12", "test_indicator_of_no_list", "UCI+REF1+TERMINAL+AGENT+4+12+UNB+12'"),
    ("13", "no_unz", "UCI+REF1+TERMINAL+AGENT+4+13+UNZ'"),
    ("13", "message_without_end", f"{OF_MESSAGE}4+13+UNT'"),
    ("13", "unh_mistyped", f"{ACCEPTED}UCM+2+CODECO:D:95B:UN:SMDG16+4+13+UNH'"),
    ("13", "unh_lost", "UCI+REF1+TERMINAL+AGENT+8+13+UNH'"),
    (
        "13",
        "one_bad_among_three",
        f"{ACCEPTED}{SEVERAL_WRONG}",
    ),
    ("14", "directory_of_tomorrow", f"{ACCEPTED}UCM+1+CODECO:D:41A:UN+4+14+UNH+3:3'"),
    ("15", "order_of_d00b_in_d95b", f"{ACCEPTED}UCM+1+CODECO:D:95B:UN:SMDG20+4'UCS+3+15'"),
    (
        "16",
        "too_many_of_each",
        f"{ACCEPTED}UCM+1+CODECO:D:95B:UN+4'UCS+12+36'UCS+23+35'UCS+24'UCD+16+2:4'",
    ),
    ("18", "semicolon_behind_each_segment", f"UCI+REF1+TERMINAL+AGENT+7+18'{STRAYS}"),
    ("19", "una_decimal_is_none", "UCI+REF1+TERMINAL+AGENT+4+19+UNA'"),
    ("19", "decimal_comma_without_una", f"{OF_SEGMENT}UCS+8'UCD+19+4:2'"),
    ("20", "una_with_a_letter", "UCI+REF1+TERMINAL+AGENT+4+20+UNA'"),
    ("21", "byte_order_mark", "UCI+REF1+TERMINAL+AGENT+4+21+UNB'"),
    ("21", "lower_case_in_unoa", f"{OF_SEGMENT}UCS+10'UCD+21+5:1'"),
    ("22", "una_of_seven", "UCI+REF1+TERMINAL+AGENT+4+22+UNA'"),
    ("22", "una_not_kept", "UCI+REF1+TERMINAL+AGENT+4+22+UNB'"),
    ("23", "right", "UCI+REF1+TERMINAL+AGENT+4+23+UNB+3:1'"),
    ("25", "test_indicator", "UCI+REF1+TERMINAL+AGENT+4+25+UNB+12'"),
    ("26", "right_a_line_each", "UCI+REF1+TERMINAL+AGENT+4+26+UNB+6'"),
    ("26", "unh_reference_twice", f"{OF_MESSAGE}4+26+UNH+2'"),
    ("28", "unz_reference_differs", "UCI+REF1+TERMINAL+AGENT+4+28+UNZ+3'"),
    ("28", "unt_reference_wrong", f"{OF_MESSAGE}4+28+UNT+3'"),
    ("29", "unz_thirty_for_one", "UCI+REF1+TERMINAL+AGENT+4+29+UNZ+2'"),
    ("29", "unt_counts_unb", f"{OF_MESSAGE}4+29+UNT+2'"),
    ("29", "group_count_and_reference", f"{ACCEPTED}UCF+G1+TERMINAL+AGENT+4+29+UNE+2'"),
    ("30", "group_and_message_mixed", "UCI+REF1+TERMINAL+AGENT+7+30+UNH'"),
    ("30", "ung_between_messages", "UCI+REF1+TERMINAL+AGENT+7+30+UNG'"),
    ("31", "group_with_two_types", f"{ACCEPTED}UCF+G1+TERMINAL+AGENT+4+31'"),
    ("32", "empty_interchange", "UCI+REF1+TERMINAL+AGENT+4+32+UNB'"),
    ("32", "empty_group", f"{ACCEPTED}UCF+G1+TERMINAL+AGENT+4+32+UNG'"),
    ("33", "segment_between_messages", "UCI+REF1+TERMINAL+AGENT+7+33'"),
    ("33", "unt_twice", "UCI+REF1+TERMINAL+AGENT+7+33+UNT'"),
    ("33", "unb_again", "UCI+REF1+TERMINAL+AGENT+7+33+UNB'"),
    ("33", "unz_between_messages", "UCI+REF1+TERMINAL+AGENT+7+33+UNZ'"),
    ("34", "explicit_nesting", f"{OF_SEGMENT}UCS+5+34'"),
    ("35", "repeated_element_of_syntax_4", f"{OF_SEGMENT}UCS+3'UCD+35+2'"),
    (
        "36",
        "too_many_of_each",
        f"{ACCEPTED}UCM+1+CODECO:D:95B:UN+4'UCS+12+36'UCS+23+35'UCS+24'UCD+16+2:4'",
    ),
    ("37", "letters_in_a_number", f"{OF_SEGMENT}UCS+8'UCD+37+4:2'"),
    ("38", "digit_missing", f"{OF_SEGMENT}UCS+8'UCD+38+4:2'"),
    ("39", "free_text_too_long", f"{OF_SEGMENT}UCS+10'UCD+39+5:1'"),
    ("40", "unb_date_of_five", "UCI+REF1+TERMINAL+AGENT+4+40+UNB+5:1'"),
]
BROKEN_IN_A_GROUP = (
    b"UNB+UNOA:3+TERMINAL+AGENT+261128:1200+REF1'"
    b"UNG+APERAK+TERMINAL+AGENT+261128:1200+G1+UN+D:95B'"
    b"UNH+1+APERAK:D:95B:UN'BGM+313+X+9'UNT+3+1'UNH+2+APERAK:D:95B:UN'UNT+2+2'UNE+2+G1'UNZ+1+REF1'"
)


def report(data: bytes, terms: Terms = ANYBODY) -> Report:
    return next(reports(read([data], terms)))


def interchange(name: str) -> bytes:
    return (CORPUS / f"{name}.edi").read_bytes()


def terms_for(code: str, name: str) -> Terms:
    """What has to be agreed so that an interchange breaks it."""
    header = report(interchange(name)).interchange.header
    match code, name:
        case "23", _:
            return Terms(senders=frozenset({"SOMEBODY"}))
        case "25", _:
            return Terms(takes_tests=False)
        case "26", "right_a_line_each" if header is not None:
            return Terms(seen=frozenset({identity_of(header)}))
        case _:
            return ANYBODY


def in_one_line(report: Report, tolerated: frozenset[Rule] = frozenset()) -> str | None:
    lines = control(report, tolerated)
    return None if lines is None else "".join(f"{spelt(each)}'" for each in lines)


@each_row(("code", "name", "expected"), TOLD)
def test_each_code_is_told_where_it_belongs(code: str, name: str, expected: str) -> None:
    assert in_one_line(report(interchange(name), terms_for(code, name))) == expected


def test_every_code_is_raised_or_it_is_said_why_not() -> None:
    assert {code for code, _, _ in TOLD} == {*RAISED} == {*CODES.values()}
    assert {*RAISED} | {*NEVER_RAISED} == {*map(str, range(1, 49))}
    assert {*CODES} == {*Rule}
    assert not {*RAISED} & {*NEVER_RAISED}


def test_a_bad_message_of_a_group_is_told_below_it() -> None:
    assert in_one_line(report(BROKEN_IN_A_GROUP)) == (
        "UCI+REF1+TERMINAL+AGENT+7'UCF+G1+TERMINAL+AGENT+7'UCM+2+APERAK:D:95B:UN+4'UCS+1+13'"
    )


@pytest.mark.parametrize("control_is_first", [True, False])
@pytest.mark.parametrize("uci", [b"UCI+1+B+A+7'", b"UCI+1+B+A+X'"])
def test_what_stands_beside_a_control_message_is_told_and_that_message_is_not(
    uci: bytes,
    control_is_first: bool,  # noqa: FBT001  a column of the table
) -> None:
    both = [
        b"UNH+1+CONTRL:D:3:UN'" + uci + b"UNT+3+1'",
        b"UNH+2+APERAK:D:95B:UN'UNT+2+2'",
    ]
    messages = b"".join(both if control_is_first else reversed(both))
    data = b"UNB+UNOA:3+A+B+261128:1200+1'" + messages + b"UNZ+2+1'"

    assert in_one_line(report(data)) == "UCI+1+A+B+7'UCM+2+APERAK:D:95B:UN+4'UCS+1+13'"


def test_a_message_without_a_name_has_no_ucm_and_is_told_of_what_it_stands_in() -> None:
    right = interchange("right")
    header = b"UNH+1+CODECO:D:95B:UN:SMDG16'"
    names = (b"1'", b"1+:D:95B:UN'", b"1+CODECO::95B:UN'", b"1+CODECO:D::UN'", b"1+CODECO:D:95B'")
    nameless = [right.replace(header, b"UNH+" + each) for each in (*names, b"+'")]
    unnumbered = right.replace(header, b"UNH++CODECO:D:95B:UN:SMDG16'")
    grouped = BROKEN_IN_A_GROUP.replace(b"UNH+1+APERAK:D:95B:UN'", b"UNH+1'")
    lost = "UCI+REF1+TERMINAL+AGENT+8+13+UNH'"

    assert [in_one_line(report(each)) for each in (*nameless, unnumbered)] == [lost] * 7
    assert in_one_line(report(grouped)) == (
        f"{ACCEPTED}UCF+G1+TERMINAL+AGENT+8+13+UNH'UCM+2+APERAK:D:95B:UN+4'UCS+1+13'"
    )
    for each in (*nameless, unnumbered, grouped):
        sent = answer(report(each), "A1", AT) or b""
        assert [found for item in read([sent]) for found in item.findings] == []


def test_an_interchange_is_another_by_any_part_of_who_sent_it_to_whom_and_when() -> None:
    """Else what a second desk behind one code (0008, 0014) sends would be lost as come twice."""
    first = b"UNB+UNOC:3+A:ZZ:S+B:ZZ:R+261128:1200+REF1'UNZ+0+REF1'"
    parts = (b"A:", b":S", b"B:", b":R", b"1128", b"1200", b"REF1")
    came = [first, *(first.replace(each, each[:-1] + b"9") for each in parts)]
    headers = [report(each).interchange.header for each in came]

    assert len({identity_of(each) for each in headers if each is not None}) == len(came)


def test_a_test_indicator_of_none_is_no_test() -> None:
    """0 is of no list of 0035, and partners may be let write it: it is answered by no test."""
    said = interchange("test_indicator").replace(b"++++++1'", b"++++++0'")
    assert said != interchange("test_indicator")
    found = {each.rule for each in report(said, Terms(takes_tests=False)).interchange.findings}
    sent = answer(report(said), "A1", AT, frozenset(Rule)) or b""

    assert Rule.TEST_NOT_TAKEN not in found
    assert b"+A1'UNH" in sent


def test_what_no_level_has_is_told_as_a_point_and_a_blank_as_it_is() -> None:
    sent = answer(report(interchange("right").replace(b"REF1", b"RE 1\x01\xff")), "A1", AT)

    assert b"'UCI+RE 1..+" in (sent or b"")


def test_what_was_lost_is_not_accepted_though_it_is_tolerated() -> None:
    tolerated = frozenset({Rule.HEADER_MISSING, Rule.COUNT_DIFFERS})

    assert in_one_line(report(interchange("unh_lost")), tolerated) == (
        "UCI+REF1+TERMINAL+AGENT+8+13+UNH'"
    )
    assert in_one_line(report(interchange("unh_mistyped")), tolerated) == (
        f"{ACCEPTED}UCM+2+CODECO:D:95B:UN:SMDG16+7+13+UNH'"
    )


def test_what_a_group_says_of_its_messages_is_not_compared_with_them() -> None:
    named_otherwise = BROKEN_IN_A_GROUP.replace(b"UNG+APERAK", b"UNG+COARRI").replace(
        b"UN+D:95B'", b"UN+D:00B'", 1
    )

    assert in_one_line(report(named_otherwise)) == in_one_line(report(BROKEN_IN_A_GROUP))


def test_what_is_wrong_in_one_segment_stands_below_one_ucs() -> None:
    spoilt = interchange("right").replace(
        b"EQD+CN+MSKU1234565+45G1:102", b"EQD++MSKU1:KIND+:1:KIND"
    )

    assert in_one_line(report(spoilt)) == (f"{OF_SEGMENT}UCS+4'UCD+13+2'UCD+39+3:2'UCD+39+4:3'")


def test_what_is_right_is_accepted_in_one_segment() -> None:
    assert in_one_line(report(interchange("right"))) == ACCEPTED


def test_what_is_tolerated_is_told_and_accepted() -> None:
    found = report(interchange("unt_counts_unb"))
    tolerated = frozenset({Rule.COUNT_DIFFERS})

    assert in_one_line(found, tolerated) == f"{OF_MESSAGE}7+29+UNT+2'"
    assert is_rejected(found.messages[0])
    assert not is_rejected(found.messages[0], tolerated)


def test_what_is_tolerated_at_the_end_is_not_why_a_message_is_rejected_for_its_body() -> None:
    spoilt = interchange("unt_counts_unb").replace(b"EQD+CN", b"EQD+")

    assert in_one_line(report(spoilt), frozenset({Rule.COUNT_DIFFERS})) == (
        f"{OF_MESSAGE}4'UCS+4'UCD+13+2'"
    )


@pytest.mark.parametrize(
    ("named", "component"),
    [("CODECO:D:95B:XX", 4), ("CODECO:D:41A:UN", 3), ("CODECA:D:95B:UN", 1)],
)
def test_a_message_that_no_directory_has_is_told_with_the_part_of_its_name_that_is_unknown(
    named: str, component: int
) -> None:
    came = interchange("right").replace(b"CODECO:D:95B:UN:SMDG16", named.encode())

    assert in_one_line(report(came)) == f"{ACCEPTED}UCM+1+{named}+4+14+UNH+3:{component}'"


def test_what_is_no_more_listed_is_not_tolerated_since_nobody_knows_what_it_is() -> None:
    many = b"FTX+AAA+++GOODS'" * 1_100
    spoilt = interchange("right").replace(b"CNT+16:1'", many)
    (told,) = report(spoilt).messages
    tolerated = frozenset(each.rule for each in told.findings)

    assert len(told.findings) == 999
    assert told.unlisted
    assert is_rejected(told, tolerated)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (interchange("no_unb"), "nothing says whose it is"),
        (interchange("right").replace(b"+REF1'UNH", b"'UNH"), "nothing says which it is"),
        (
            b"UNB+UNOA:3+A+B+261128:1200+1'UNH+1+CONTRL:D:3:UN'UCI+1+B+A+7'UNT+3+1'UNZ+1+1'",
            "a CONTRL is never answered",
        ),
    ],
)
def test_some_interchanges_are_not_answered(data: bytes, why: str) -> None:
    assert control(report(data)) is None, why
    assert answer(report(data), "A1", AT) is None, why


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "test_indicator",
            (
                b"UNA:+.? 'UNB+UNOA:2+AGENT+TERMINAL+261128:1200+A1++++++1'"
                b"UNH+1+CONTRL:D:3:UN'UCI+REF1+TERMINAL+AGENT+7'UNT+3+1'UNZ+1+A1'"
            ),
        ),
        (
            "any_script_in_unoy",
            (
                b"UNA:+.?*'UNB+UNOY:4+AGENT+TERMINAL+20261128:1200+A1'"
                b"UNH+1+CONTRL:4:1:UN'UCI+REF1+TERMINAL+AGENT+7'UNT+3+1'UNZ+1+A1'"
            ),
        ),
        (
            "level_of_another_body",
            (
                b"UNA:+.? 'UNB+UNOC:1+AGENT+TERMINAL+261128:1200+A1'"
                b"UNH+1+CONTRL:D:3:UN'UCI+REF1+TERMINAL+AGENT+4+2+UNB+2:1'UNT+3+1'UNZ+1+A1'"
            ),
        ),
    ],
)
def test_the_answer_goes_back_as_the_interchange_came(name: str, expected: bytes) -> None:
    assert answer(report(interchange(name)), "A1", AT) == expected


def test_both_parts_of_an_interchange_that_a_trailer_parts_are_answered_under_its_reference() -> (
    None
):
    parted = reports(read([interchange("unz_that_fits_between_messages")]))

    assert [in_one_line(each) for each in parted] == [
        ACCEPTED,
        "UCI+REF1+TERMINAL+AGENT+7+33+UNZ'",
    ]


def test_what_rejects_is_told_before_what_is_alone() -> None:
    both = interchange("unt_twice").replace(b"UNZ+3+REF1'", b"UNZ+9+REF9'")

    assert in_one_line(report(both)) == "UCI+REF1+TERMINAL+AGENT+4+29+UNZ+2'"


def test_every_answer_keeps_the_rules_itself() -> None:
    for file in CORPUS.glob("*.edi"):
        sent = answer(report(file.read_bytes()), "A1", AT)
        found = [each for item in read([sent or b""]) for each in item.findings]

        assert found == [], file.name
