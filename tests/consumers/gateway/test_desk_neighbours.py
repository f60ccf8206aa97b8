"""What is broken between messages is told, and every good message beside it reaches the log."""

import pytest

from consumers.gateway.handled import CONTRL, LETTER, LOG
from consumers.gateway.ids import MOST_ANSWERS, answer_reference
from tests.consumers.gateway.interchanges import (
    codeco,
    desk,
    handled,
    headers,
    interchange,
    partner,
    sent,
)
from tests.rows import each_row

UNB = "UNB+UNOC:3+QUAY:ZZ+RELEASEBUS:ZZ+261128:1200+REF1++++1'"
UNG = "UNG+CODECO+QUAY+RELEASEBUS+261128:1200+G1+UN+D:95B'"
GROUP_2 = UNG.replace("G1", "G2")
UNZ = "UNZ+3+REF1'"
FIRST, SECOND, THIRD = (
    codeco("1"),
    codeco("2", container="CSQU3054383"),
    codeco("3", container="MSCU6639870"),
)
FOURTH = codeco("4", container="TCLU4265447")
UNZ_4, ENDS_4 = "UNZ+4+REF1'", "UNE+4+G1'UNZ+1+REF1'"
NAMED = "CODECO:D:95B:UN:SMDG16"
ACCEPTED = "UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+7"
RECEIVED = "UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+8"

# What came, which messages are taken, and every UCI, UCF and UCM that tells of it.
TABLE: dict[str, tuple[str, str, list[str]]] = {
    "a mistyped UNH": (
        UNB + FIRST + SECOND.replace("UNH+", "UNX+") + THIRD + UNZ,
        "13",
        [ACCEPTED, f"UCM+2+{NAMED}+4+13+UNH"],
    ),
    "an UNH that names no message": (
        UNB + FIRST + SECOND.replace(f"UNH+2+{NAMED}", "UNX+2") + THIRD + UNZ,
        "13",
        [f"{RECEIVED}+13+UNH"],
    ),
    "no UNH at all": (
        UNB + FIRST + SECOND.replace(f"UNH+2+{NAMED}'", "") + THIRD + UNZ,
        "13",
        [f"{RECEIVED}+13+UNH"],
    ),
    "a second UNT": (
        UNB + FIRST + "UNT+9+1'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNT"],
    ),
    "an UNE": (
        UNB + FIRST + "UNE+1+G1'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNE"],
    ),
    "an UNS": (
        UNB + FIRST + "UNS+D'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNS"],
    ),
    "an UNG": (
        UNB + FIRST + UNG + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+30+UNG"],
    ),
    "a group among messages": (
        UNB + FIRST + UNG + SECOND + "UNE+1+G1'" + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+30+UNG"],
    ),
    "a message behind a group": (
        UNB + UNG + FIRST + SECOND + "UNE+2+G1'" + THIRD + "UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+30+UNH"],
    ),
    "an UNE in a group": (
        UNB + UNG + FIRST + "UNE+3+G1'" + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+33+UNE"],
    ),
    "an UNG in its group": (
        UNB + UNG + FIRST + UNG + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+33+UNG"],
    ),
    "an UNG that names nothing": (
        UNB + "UNG'" + FIRST + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNG"],
    ),
    "an UNG that does not say of whom it is": (
        UNB + UNG.replace("QUAY", "") + FIRST + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNG"],
    ),
    "an UNG that names nothing, before a group": (
        UNB + "UNG'" + FIRST + "UNE+1'" + UNG + SECOND + THIRD + "UNE+2+G1'UNZ+2+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNG"],
    ),
    "an UNG that names nothing, behind a group": (
        UNB + UNG + FIRST + SECOND + "UNE+2+G1'UNG'" + THIRD + "UNE+1'UNZ+2+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNG"],
    ),
    "a mistyped UNG": (
        UNB + UNG.replace("UNG", "UNX") + FIRST + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+33"],
    ),
    "a message of a group without its UNH": (
        UNB + UNG + FIRST + SECOND.replace(f"UNH+2+{NAMED}'", "") + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "13",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+8+13+UNH"],
    ),
    "an UNZ that does not fit": (
        UNB + FIRST + UNZ + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ of nothing": (
        UNB + FIRST + "UNZ'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ that fits": (
        UNB + FIRST + "UNZ+1+REF1'" + SECOND + THIRD + UNZ,
        "123",
        [ACCEPTED, f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ that fits and an UNG": (
        UNB + FIRST + "UNZ+1+REF1'UNG'" + SECOND + THIRD + UNZ,
        "123",
        [ACCEPTED, f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ that fits and a broken message": (
        UNB + FIRST + "UNZ+1+REF1'UNUNE'" + SECOND.replace("UNH", "") + THIRD + UNZ,
        "13",
        [ACCEPTED, f"{RECEIVED}+13+UNH"],
    ),
    "an UNZ that fits and an UNB without reference": (
        UNB + FIRST + "UNZ+1+REF1'" + SECOND.replace("UNH", "UNB") + THIRD + UNZ,
        "13",
        [ACCEPTED, f"{ACCEPTED}+33+UNZ", f"UCM+2+{NAMED}+4+13+UNH"],
    ),
    "an UNZ that fits and a reference that was used before it": (
        UNB + FIRST + "UNZ+1+REF1'" + FIRST + SECOND + THIRD + UNZ.replace("3", "4"),
        "123",
        [ACCEPTED, f"{ACCEPTED}+33+UNZ", f"UCM+1+{NAMED}+4+26+UNH+2"],
    ),
    "an UNZ that does not fit, in a group": (
        UNB + UNG + FIRST + "UNZ+5+REF1'" + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ that fits, in a group": (
        UNB + UNG + FIRST + "UNZ+1+REF1'" + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ before the UNE": (
        UNB + UNG + FIRST + SECOND + THIRD + "UNZ+1+REF1'UNE+3+G1'UNZ+1+REF1'",
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ and the UNE, the one for the other": (
        UNB + UNG + FIRST + SECOND + THIRD + "UNZ+1+REF1'UNE+3+G1'",
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ in a group that has no UNE": (
        UNB + UNG + FIRST + SECOND + THIRD + "UNZ+1+REF1'",
        "",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+4+13+UNE"],
    ),
    "an UNE that does not fit, and one that does": (
        UNB + UNG + FIRST + SECOND + THIRD + "UNE+9+G1'UNE+3+G1'UNZ+1+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+33+UNE"],
    ),
    "an UNE and an UNG that became one": (
        UNB + UNG + FIRST + SECOND + "UNE+2+G1" + GROUP_2 + THIRD + "UNE+1+G2'UNZ+2+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+16+UNE+4"],
    ),
    "an UNE and an UNZ that became one": (
        UNB + UNG + FIRST + SECOND + THIRD + "UNE+3+G1UNZ+1+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+16+UNE+4"],
    ),
    "an UNT and an UNH that became one": (
        UNB + FIRST + SECOND[:-1] + THIRD + UNZ,
        "13",
        [ACCEPTED, f"UCM+2+{NAMED}+4+16+UNT+4"],
    ),
    "an UNT and an UNE that became one": (
        UNB + UNG + FIRST + SECOND[:-1] + "UNE+2+G1'" + GROUP_2 + THIRD + "UNE+1+G2'UNZ+2+REF1'",
        "13",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7", f"UCM+2+{NAMED}+4+16+UNT+4"],
    ),
    "an UNT and an UNZ that became one": (
        UNB + FIRST + SECOND + THIRD[:-1] + UNZ,
        "12",
        [ACCEPTED, f"UCM+3+{NAMED}+4+16+UNT+4"],
    ),
    "a mistyped UNT and a mistyped UNH behind it": (
        UNB + FIRST + SECOND.replace("UNT", "UNX") + THIRD.replace("UNH", "UNX") + FOURTH + UNZ_4,
        "14",
        [f"{RECEIVED}+13+UNH", f"UCM+2+{NAMED}+4+29+UNT+2"],
    ),
    "neither an UNT nor the UNH behind it": (
        UNB + FIRST + SECOND.partition("UNT")[0] + THIRD.partition("'")[2] + FOURTH + UNZ_4,
        "14",
        [f"{RECEIVED}+13+UNH", f"UCM+2+{NAMED}+4+29+UNT+2"],
    ),
    "a message that is gone, and one without its UNT": (
        UNB + FIRST + SECOND.partition("UNT")[0] + FOURTH + UNZ_4,
        "14",
        [f"{RECEIVED}+13+UNH", f"UCM+2+{NAMED}+4+13+UNT"],
    ),
    "a message that has neither UNH nor UNT": (
        UNB + FIRST + SECOND + THIRD.partition("'")[2].partition("UNT")[0] + FOURTH + UNZ_4,
        "124",
        [f"{RECEIVED}+13+UNH"],
    ),
    "in a group neither an UNT nor the UNH behind it": (
        UNB + UNG + FIRST + SECOND.partition("UNT")[0] + THIRD.partition("'")[2] + FOURTH + ENDS_4,
        "14",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+8+13+UNH", f"UCM+2+{NAMED}+4+29+UNT+2"],
    ),
    "in a group an UNH that has no type": (
        UNB + UNG + FIRST + SECOND.replace(f"+{NAMED}", "") + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "13",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+8+13+UNH"],
    ),
    "in a group an UNH that has no type, the first": (
        UNB + UNG + FIRST.replace(f"+{NAMED}", "") + SECOND + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "23",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+8+13+UNH"],
    ),
    "in a group a mistyped type": (
        UNB + UNG + FIRST + SECOND.replace("CODECO", "CODEC0") + THIRD + "UNE+3+G1'UNZ+1+REF1'",
        "13",
        [
            ACCEPTED,
            "UCF+G1+QUAY+RELEASEBUS+7",
            f"UCM+2+{NAMED.replace('CODECO', 'CODEC0')}+4+14+UNH+3:1",
        ],
    ),
    "an UNZ that fits, and no other": (
        UNB + FIRST + "UNZ+1+REF1'" + SECOND + THIRD,
        "1",
        [ACCEPTED, "UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+4+13+UNZ"],
    ),
    "an UNZ that fits, and segments of no message": (
        UNB + FIRST + SECOND + THIRD + UNZ + "XYZ+1'",
        "123",
        [ACCEPTED],
    ),
    "two groups of one reference": (
        UNB + UNG + FIRST + "UNE+1+G1'" + UNG + SECOND + THIRD + "UNE+2+G1'UNZ+2+REF1'",
        "123",
        [ACCEPTED, "UCF+G1+QUAY+RELEASEBUS+7+26+UNG+6"],
    ),
    "an UNZ and an UNB of nobody": (
        UNB + FIRST + UNZ + "UNHUNB':L'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+18+UNB"],
    ),
    "a group among messages, broken": (
        UNB + FIRST + UNG + SECOND + THIRD + "UNE+2+G1'UNE+1+G1'UNZ+3+REF1'",
        "123",
        [f"{ACCEPTED}+30+UNG"],
    ),
    "an UNZ too early": (
        UNB + FIRST + UNZ + SECOND + THIRD,
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ twice": (
        UNB + FIRST + SECOND + THIRD + UNZ * 2,
        "123",
        [f"{ACCEPTED}+33+UNZ"],
    ),
    "an UNZ in a message": (
        UNB + FIRST + SECOND.replace("EQD", f"{UNZ}EQD") + THIRD + UNZ,
        "13",
        [f"{RECEIVED}+13+UNH", f"UCM+2+{NAMED}+4+13+UNT"],
    ),
    "the UNB again": (
        UNB + FIRST + UNB + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNB"],
    ),
    "the UNB again, and it asks for nothing": (
        UNB + FIRST + UNB.replace("++++1'", "'") + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNB"],
    ),
    "an UNA and the UNB again": (
        UNB + FIRST + "UNA:+.? '\r\n" + UNB + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNB"],
    ),
    "an UNB of nobody": (
        UNB + FIRST + "UNB+UNOC:3'" + SECOND + THIRD + UNZ,
        "123",
        [f"{ACCEPTED}+33+UNB"],
    ),
    "the UNB in a message": (
        UNB + FIRST + SECOND.replace("EQD", f"{UNB}EQD") + THIRD + UNZ,
        "13",
        [ACCEPTED, f"UCM+2+{NAMED}+4+29+UNT+2"],
    ),
    "characters between messages": (
        UNB + FIRST + ";'" + SECOND + ";\x00" + THIRD + ";" + UNZ + ";",
        "123",
        [f"{ACCEPTED}+18"],
    ),
    "a message without its UNT": (
        UNB + FIRST + SECOND.partition("UNT")[0] + THIRD + UNZ,
        "13",
        [ACCEPTED, f"UCM+2+{NAMED}+4+13+UNT"],
    ),
    "a message without its UNT, and characters behind it": (
        UNB + FIRST + SECOND.partition("UNT")[0] + "\x00'" + THIRD + UNZ,
        "13",
        [f"{ACCEPTED}+18", f"UCM+2+{NAMED}+4+13+UNT"],
    ),
    "two messages that became one": (
        UNB + FIRST.replace("UNT+9+1'", "").replace("UNT", "UNX") + SECOND[3:] + THIRD + UNZ,
        "3",
        [],
    ),
}


@each_row("name", TABLE)
def test_the_neighbours_are_taken_and_what_is_wrong_is_told(name: str) -> None:
    came, taken, expected = TABLE[name]
    found = handled(desk(), came.encode())
    told = [
        line
        for each in sent(found, CONTRL)
        for line in (*each.the("UCI"), *each.the("UCF"), *each.the("UCM"))
    ]

    assert [each["ce_id"].split("/")[-2] for each in headers(found, LOG)] == [*taken]
    assert told[: len(expected)] == expected
    assert [made.kind for made in found.made].count(LETTER) == 1


@each_row("spoilt", ["X", "+", ":", "\x00", " ", "?'", "\r\nX"])
def test_a_trailer_whose_terminator_is_spoilt_takes_nothing_behind_it(spoilt: str) -> None:
    messages = UNB + FIRST + SECOND[:-1] + spoilt + THIRD + UNZ
    groups = (
        UNB + UNG + FIRST + SECOND + "UNE+2+G1" + spoilt + GROUP_2 + THIRD + "UNE+1+G2'UNZ+2+REF1'"
    )

    for came, taken in ((messages, "13"), (groups, "123")):
        found = handled(desk(), came.encode())
        assert [each["ce_id"].split("/")[-2] for each in headers(found, LOG)] == [*taken], came


def test_what_follows_the_end_under_another_reference_is_of_nobody_and_takes_nothing_with_it() -> (
    None
):
    came = UNB + FIRST + "UNZ+1+REF1'" + SECOND + THIRD + "UNZ+2+REF2'"
    found = handled(desk(), came.encode())
    (control,) = sent(found, CONTRL)

    assert [each["ce_id"].split("/")[-2] for each in headers(found, LOG)] == ["1"]
    assert control.the("UCI") == [ACCEPTED]
    assert [each.code for each in found.problems] == ["header_missing"]


@pytest.mark.parametrize("count", [2, 4, 30])
def test_a_count_that_nothing_explains_rejects_as_it_did(count: int) -> None:
    found = handled(desk(), (UNB + FIRST + SECOND + THIRD + f"UNZ+{count}+REF1'").encode())
    (control,) = sent(found, CONTRL)

    assert headers(found, LOG) == []
    assert control.the("UCI") == ["UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+4+29+UNZ+2"]


def test_one_broken_message_explains_no_more_than_one() -> None:
    broken = UNB + FIRST + SECOND.replace(f"UNH+2+{NAMED}'", "") + THIRD

    assert len(headers(handled(desk(), f"{broken}UNZ+3+REF1'".encode()), LOG)) == 2
    assert headers(handled(desk(), f"{broken}UNZ+4+REF1'".encode()), LOG) == []


def test_what_is_astray_is_no_fault_where_the_partner_is_let_do_that() -> None:
    came = (UNB + FIRST + "UNT+9+1'" + SECOND + THIRD + UNZ).encode()
    lenient = desk(partner('lenient = ["outside_message"]', 'contrl = "errors"'))
    found = handled(lenient, came)

    assert found.problems == []
    assert {each["rb_findings"] for each in headers(found, LOG)} == {
        "edi_outside_message: segment 11"
    }


def test_an_interchange_that_is_parted_comes_twice_and_is_taken_once() -> None:
    came = (UNB + FIRST + "UNZ+1+REF1'" + SECOND + THIRD + UNZ).encode()
    first = handled(desk(), came)
    again = handled(desk(), came, seen=first.identities, offset=9)

    assert len(headers(first, LOG)) == 3
    assert headers(again, LOG) == []
    assert again.repeated == 2


def test_a_thousand_ends_too_many_reject_nothing() -> None:
    messages = "".join(codeco(str(n), container="MSKU1234565") + "UNT+9+9'" for n in range(1_100))
    found = handled(desk(), f"{UNB}{messages}UNZ+1100+REF1'".encode())

    assert len(headers(found, LOG)) == 1_100


def test_what_is_no_interchange_is_not_answered_one_by_one() -> None:
    empty = b"UNB+UNOC:3+QUAY:ZZ+RELEASEBUS:ZZ+261128:1200+%d++++1'UNZ+0+%d'"
    found = handled(desk(), b"".join(empty % (n, n) for n in range(2_000)) + interchange(FIRST))

    assert len(sent(found, CONTRL)) == 11
    assert len(headers(found, LOG)) == 1


def test_a_megabyte_of_ends_is_one_dead_letter() -> None:
    found = handled(desk(), interchange(FIRST) + b"UNZ'" * 260_000)

    assert [made.kind for made in found.made] == [CONTRL, LOG, LETTER]


def test_a_record_is_answered_no_more_often_than_references_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consumers.gateway.desk.MOST_ANSWERS", 3)
    many = b"".join(interchange(FIRST, reference=f"R{n}") for n in range(5))
    found = handled(desk(), many)

    assert len(sent(found, CONTRL)) == 3
    assert len(headers(found, LOG)) == 5
    assert [each.code for each in found.problems] == ["too_many_answers"] * 2


def test_no_reference_of_ours_is_longer_than_one_may_be() -> None:
    assert len(answer_reference(11, 2**40, MOST_ANSWERS)) == 14
    with pytest.raises(OverflowError):
        answer_reference(11, 7, 36**3)
