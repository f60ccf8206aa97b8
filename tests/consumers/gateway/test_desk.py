"""What becomes of a record of edi.in.v1: nothing good is lost, and whoever sent it is told."""

from importlib.resources import files
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from adapters.edifact.partners import Partner, partner_from
from consumers.gateway.came import Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.handled import APERAK, CONTRL, LETTER, LOG
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.intake.trust import Trust
from ledger.directory.directory import Directory, directory_of
from producers.interchanges import interchange_record
from producers.log import partition_of
from producers.signing import MessageKey, SpokenFor, new_message_key
from schemas.identifiers import Scheme
from schemas.organisations import Code, Organisation
from schemas.signatures import SignaturePolicy
from schemas.value import altered
from tests.adapters.edifact.meaning.said import COPINO
from tests.consumers.gateway.interchanges import (
    BREAKS,
    GATEWAY,
    NOT_AGREED,
    QUAY,
    TOPIC,
    an_appointment,
    broken,
    codeco,
    desk,
    directory,
    handled,
    headers,
    interchange,
    partner,
    record,
    sent,
    settled,
    why,
)
from tests.consumers.intake.signers import known

TWO = interchange(codeco("1"), codeco("2", container="CSQU3054383"))
REQUIRED = Trust({TOPIC: SignaturePolicy.REQUIRED})


def test_each_message_goes_to_its_containers_place_on_the_log_under_an_id_of_its_own() -> None:
    found = handled(desk(), TWO)
    logged = [made.record for made in found.made if made.kind == LOG]

    assert [each.key for each in logged] == [b"MSKU1234565", b"CSQU3054383"]
    for each in logged:
        assert each.partition == partition_of(each.key or b"", 12)
    assert [each["ce_id"] for each in headers(found, LOG)] == [
        "edi:QUAY/ZZ//RELEASEBUS/ZZ//REF1/261128/1200/1/1",
        "edi:QUAY/ZZ//RELEASEBUS/ZZ//REF1/261128/1200/2/1",
    ]
    assert {each["rb_organisation"] for each in headers(found, LOG)} == {QUAY}
    assert found.problems == []


def test_a_right_interchange_is_acknowledged_where_that_is_asked() -> None:
    (control,) = sent(handled(desk(), TWO), CONTRL)

    assert control.the("UCI") == ["UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+7"]
    assert control.the("UNB")[0].startswith("UNB+UNOC:3+RELEASEBUS:ZZ+QUAY:ZZ+")
    assert sent(handled(desk(), interchange(codeco("1"), asks=False)), CONTRL) == []


def test_a_bad_message_is_rejected_alone_and_its_neighbours_go_on() -> None:
    found = handled(desk(), interchange(codeco("1"), broken("2"), codeco("3")))
    (control,) = sent(found, CONTRL)

    assert [each["ce_id"][-3:] for each in headers(found, LOG)] == ["1/1", "3/1"]
    assert control.the("UCI") == ["UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+7"]
    assert [each[:6] for each in control.the("UCM")] == ["UCM+2+"]
    assert found.rejected == 1
    assert [each.kind for each in found.made].count(LETTER) == 1


def test_what_is_not_as_agreed_is_told_by_aperak_and_its_neighbours_go_on() -> None:
    found = handled(desk(), interchange(codeco("1", NOT_AGREED), codeco("2")))
    (told,) = sent(found, APERAK)

    assert [each["ce_id"][-3:] for each in headers(found, LOG)] == ["2/1"]
    assert told.the("RFF") == ["RFF+ACW:1"]
    assert told.the("UNB")[0].startswith("UNB+UNOC:3+RELEASEBUS:ZZ+QUAY:ZZ+")
    assert [each.code for each in found.problems] == ["document_not_agreed"]
    assert found.rejected == 1


def test_a_message_that_breaks_our_code_is_kept_alone_and_the_log_does_not_quote_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = handled(desk(), interchange(codeco("1", BREAKS), codeco("2")))

    assert [each["ce_id"][-3:] for each in headers(found, LOG)] == ["2/1"]
    assert [each.code for each in found.problems] == ["not_handled"]
    assert "Set aside" in caplog.text
    assert BREAKS not in caplog.text  # which the error quotes, as it does the whole message


def test_an_interchange_that_was_taken_changes_nothing_and_is_told_as_26_where_asked() -> None:
    first = handled(desk(), TWO)
    again = handled(desk(), TWO, seen=first.identities, offset=9)
    quiet = handled(desk(), interchange(codeco("1"), asks=False), seen=first.identities)
    (control,) = sent(again, CONTRL)

    assert headers(again, LOG) == []
    assert control.the("UCI") == ["UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+4+26+UNB+6"]
    assert again.repeated == 1
    assert again.problems == []
    assert quiet.made == []


def test_one_interchange_twice_in_one_record_is_taken_once() -> None:
    found = handled(desk(), TWO + TWO)

    assert len(headers(found, LOG)) == 2
    assert [each.the("UCI")[0][31:] for each in sent(found, CONTRL)] == ["7", "4+26+UNB+6"]


def test_a_rejected_interchange_may_come_again_under_its_reference_once_it_is_right() -> None:
    wrong = interchange(codeco("1"), reference="REF7").replace(b"UNZ+1", b"UNZ+5")
    found = handled(desk(), wrong)

    assert headers(found, LOG) == []
    assert found.identities == []
    assert sent(found, CONTRL)[0].the("UCI")[0].startswith("UCI+REF7+QUAY:ZZ+RELEASEBUS:ZZ+4+29")


def test_what_is_let_pass_of_interchange_and_group_is_told_by_each_message_in_it() -> None:
    """Else nothing would remember it where a partner gets no CONTRL."""
    at = desk(partner('lenient = ["count_differs", "reference_differs"]', 'contrl = "never"'))
    body = "".join(
        f"UNG+CODECO+QUAY+BUS+261128:1200+{n}+UN+D:95B'{codeco(str(n), container=box)}"
        f"UNE+{count}+{n}'"
        for n, (box, count) in enumerate(
            (("MSKU1234565", 1), ("CSQU3054383", 7), ("MSCU6639870", 1)), 1
        )
    )
    grouped = interchange().replace(b"UNZ+0+REF1", f"{body}UNZ+3+REF8".encode())
    plain = interchange(codeco("1")).replace(b"UNZ+1", b"UNZ+5")

    assert [each.get("rb_findings") for each in headers(handled(at, plain), LOG)] == [
        "edi_count_differs: segment 11"
    ]
    assert [each.get("rb_findings") for each in headers(handled(at, grouped), LOG)] == [
        "edi_reference_differs: segment 35",
        "edi_reference_differs: segment 35\nedi_count_differs: segment 23",
        "edi_reference_differs: segment 35",
    ]


@pytest.mark.parametrize("sender", ["SOMEBODY:ZZ", "QUAY:14", "QUAY"])
def test_who_is_called_otherwise_than_agreed_is_not_taken(sender: str) -> None:
    found = handled(desk(), interchange(codeco("1"), sender=sender))

    assert headers(found, LOG) == []
    assert sent(found, CONTRL)[0].the("UCI")[0].endswith("+4+23+UNB+3:1")


def test_a_group_that_is_rejected_takes_its_messages_with_it_and_no_other_group() -> None:
    body = "".join(
        f"UNG+CODECO+QUAY+BUS+261128:1200+{n}+UN+D:95B'{codeco(str(n), container=box)}"
        f"UNE+1+{ended}'"
        for n, ended, box in ((1, 9, "MSKU1234565"), (2, 2, "CSQU3054383"))
    )
    found = handled(desk(), interchange().replace(b"UNZ+0", f"{body}UNZ+2".encode()))
    (control,) = sent(found, CONTRL)

    assert [each["ce_id"][-3:] for each in headers(found, LOG)] == ["2/1"]
    assert control.the("UCI") == ["UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+7"]
    assert control.the("UCF") == ["UCF+1+QUAY+BUS+4+28+UNE+3"]
    assert [each.code for each in found.problems] == ["reference_differs"]
    assert found.rejected == 1


def test_a_test_reaches_the_ledger_only_where_the_partner_may_send_one() -> None:
    test = interchange(codeco("1")).replace(b"+REF1++++1'", b"+REF1++++1++1'")
    refused = handled(desk(), test)
    taken = handled(desk(partner("takes_tests = true")), test)

    assert headers(refused, LOG) == []
    assert sent(refused, CONTRL)[0].the("UCI")[0].endswith("+4+25+UNB+12")
    assert len(headers(taken, LOG)) == 1
    assert sent(taken, CONTRL)[0].the("UNB")[0].endswith("++++++1")


def test_what_is_not_as_agreed_in_a_test_is_told_by_a_test() -> None:
    right = interchange(codeco("1", NOT_AGREED))
    test = right.replace(b"+REF1++++1'", b"+REF1++++1++1'")
    at = desk(partner("takes_tests = true"))
    unbs = [sent(handled(at, each), APERAK)[0].the("UNB")[0] for each in (test, right)]

    assert [each.endswith("++++++1") for each in unbs] == [True, False]


def test_a_control_message_is_never_answered_by_one() -> None:
    body = "UCI+00000000001+RELEASEBUS:ZZ+QUAY:ZZ+7"
    control = f"UNH+1+CONTRL:D:3:UN'{body}'UNT+3+1'"
    right = handled(desk(), interchange(control))
    wrong = handled(desk(), interchange(control.replace("UNT+3", "UNT+9"), reference="REF2"))

    assert right.made == []
    assert [(each.reference, each.is_refusal) for each in right.acknowledged] == [
        ("00000000001", False)
    ]
    assert sent(wrong, CONTRL) == []


@pytest.mark.parametrize(
    "body",
    [
        "UCI+R1+RELEASEBUS:ZZ+QUAY:ZZ+4+29",
        "UCI+R1+RELEASEBUS:ZZ+QUAY:ZZ+7'UCM+1+COREOR:D:95B:UN+4+13",
    ],
)
def test_a_control_message_that_refuses_any_part_is_a_refusal(body: str) -> None:
    count = body.count("'") + 3
    found = handled(desk(), interchange(f"UNH+1+CONTRL:D:3:UN'{body}'UNT+{count}+1'"))

    assert [(each.reference, each.is_refusal) for each in found.acknowledged] == [("R1", True)]


@pytest.mark.parametrize(
    ("bgm", "references", "expected"),
    [
        ("BGM+313+X1+27+RE", ["AGO:3-17", "ACW:R1"], [(("R1", "3-17"), True)]),
        ("BGM+313+X1+9+RE", ["AGO:3-17"], [(("3-17",), True)]),
        ("BGM+313+X1+27", ["ON:1"], [((), True)]),
        ("BGM+312+X1+29+AP", ["ON:1", "AGO:3-17"], [(("3-17",), False)]),
        ("BGM+312+X1+29+AP", ["ON:1"], []),
        # What is neither taken nor refused in as many words, and tells an error, is refused.
        ("BGM+312+X1+9", ["ACW:R1"], [(("R1",), True)]),
    ],
)
def test_an_aperak_says_of_a_document_of_ours_whether_it_was_taken(
    bgm: str, references: list[str], expected: list[tuple[tuple[str, ...], bool]]
) -> None:
    body = "".join(f"RFF+{each}'" for each in references)
    aperak = f"UNH+1+APERAK:D:95B:UN'{bgm}'{body}ERC+E01'UNT+{len(references) + 4}+1'"
    found = handled(desk(), interchange(aperak))

    assert [(each.names, each.is_refusal) for each in found.acknowledged] == expected
    assert [each.kind for each in found.made] == [CONTRL]


def test_an_aperak_names_what_it_answers_as_the_partners_file_says() -> None:
    own = partner('aperak_references = ["BGM", "AAC"]')
    body = "BGM+312+3-17+29+AP'RFF+ACW:R1'RFF+AAC:R2"
    found = handled(desk(own), interchange(f"UNH+1+APERAK:D:95B:UN'{body}'UNT+5+1'"))

    assert [each.names for each in found.acknowledged] == [("3-17", "R2")]


def test_the_answer_goes_to_who_sent_though_its_address_is_of_no_level_of_ours() -> None:
    at = desk(partner('level = "UNOA"'))
    came = interchange(codeco("1", NOT_AGREED), sender="QUAY:ZZ:Kaai 1742")
    (told,) = sent(handled(at, came), APERAK)

    assert told.the("UNB")[0].startswith("UNB+UNOA:3+RELEASEBUS:ZZ+QUAY+")


def test_a_copino_for_another_is_answered_as_not_taken_whatever_is_agreed_on_answers() -> None:
    barge = partner_from(
        files("adapters.edifact.partners")
        .joinpath("examples/barge_operator.toml")
        .read_text(encoding="utf-8")
        .replace("errors", "always"),
        "quay",
    )
    assert isinstance(barge, Partner), barge
    own = Organisation(barge.organisation, 1, "Barge", (), (Code(Scheme.VAT, "BE0429672881"),))
    other = Organisation(QUAY, 1, "Other", (), (Code(Scheme.VAT, "BE0403170701"),))
    who = directory_of((own, other), 3)
    at = Desk(Entrance({"quay": barge}, who), Understanding(who, *MEANING))
    said = "".join(f"{each}'" for each in COPINO)
    right = f"UNH+1+COPINO:D:95B:UN'{said}UNT+{len(COPINO) + 2}+1'"
    wrong = right.replace("BE0429672881", "BE0403170701")
    taken = handled(at, interchange(right, sender="BARGE:ZZ"))
    refused = handled(at, interchange(wrong, sender="BARGE:ZZ"))

    assert len(headers(taken, LOG)) == 1
    assert sent(taken, APERAK)[0].the("BGM")[0].endswith("+29+AP")
    assert headers(refused, LOG) == []
    assert [each.code for each in refused.problems] == ["sent_for_another"]
    assert refused.rejected == 1
    assert sent(refused, APERAK)[0].the("BGM")[0].endswith("+27+RE")
    assert sent(refused, APERAK)[0].the("ERC") == ["ERC+E15::ZZZ"]


def test_messages_of_one_reference_are_two_where_the_partner_is_let_do_that() -> None:
    twice = interchange(codeco("1"), codeco("1", container="CSQU3054383"))
    lenient = handled(desk(partner('lenient = ["reference_twice"]')), twice)
    strict = handled(desk(), twice)

    assert len({each["ce_id"] for each in headers(lenient, LOG)}) == 2
    assert len(headers(strict, LOG)) == 1


def test_what_is_no_interchange_is_a_dead_letter_that_keeps_a_digest() -> None:
    for data in (b"", b"no EDIFACT 85012345678", b"UNH+1+CODECO:D:95B:UN'UNT+2+1'"):
        found = handled(desk(), data)
        (letter,) = (made.record for made in found.made)
        assert [each.code for each in found.problems] == ["no_interchange"]
        assert (letter.value or b"").startswith(b"sha256:")


def test_a_key_of_nobody_and_a_record_without_value_are_dead_letters() -> None:
    assert [e.code for e in handled(desk(), TWO, key=b"nobody").problems] == ["partner_unknown"]
    assert [e.code for e in handled(desk(), TWO, key=None).problems] == ["partner_unknown"]
    assert [e.code for e in handled(desk(), None).problems] == ["value_missing"]


RIGHT, WRONG = codeco("1"), broken("1")


@pytest.mark.parametrize(
    ("when", "message", "asks", "is_sent"),
    [
        ("never", RIGHT, True, False),
        ("never", WRONG, True, False),
        ("errors", RIGHT, True, False),
        ("errors", WRONG, False, True),
        ("asked", RIGHT, False, False),
        ("asked", RIGHT, True, True),
        # Who does not ask is told what was not taken all the same.
        ("asked", WRONG, False, True),
        ("always", RIGHT, False, True),
    ],
)
def test_a_control_message_is_sent_as_it_is_agreed(
    when: str, message: str, *, asks: bool, is_sent: bool
) -> None:
    at = desk(partner(f'contrl = "{when}"'))
    found = handled(at, interchange(message, asks=asks))

    assert bool(sent(found, CONTRL)) == is_sent


# --- who may speak for whom ---------------------------------------------------------------------


def _with_gateway(key: MessageKey, *, appointed: bool) -> Directory:
    found = directory(gateways=[an_appointment()] if appointed else [])
    gateway = altered(found.by_id[GATEWAY], keys=(known(key),))
    return directory_of((found.by_id[QUAY], gateway), 3)


def _signed(key_of: str, *, spoken: bool) -> tuple[MessageKey, ConsumerRecord[Any, Any]]:
    key = new_message_key()
    spoken_for = SpokenFor(QUAY, "folder of the partner quay", "folder") if spoken else None
    made = interchange_record("quay", TWO, key_of, key=key, spoken_for=spoken_for)
    return key, record(TWO, headers=made.headers)


def test_where_signatures_are_required_a_partners_own_signature_lets_it_in() -> None:
    key, brought = _signed(QUAY, spoken=False)
    at = desk(of=directory(keys=[known(key)]), trust=REQUIRED)
    found = settled(at, brought)

    assert len(headers(found, LOG)) == 2
    assert {each["rb_key_id"] for each in headers(found, LOG)} == {key.key_id}
    assert all(each["rb_signature"] for each in headers(found, LOG))


def test_a_gateway_that_the_partner_appointed_speaks_for_it() -> None:
    key, brought = _signed(GATEWAY, spoken=True)
    at = desk(of=_with_gateway(key, appointed=True), trust=REQUIRED)
    found = settled(at, brought)

    assert {each["rb_organisation"] for each in headers(found, LOG)} == {QUAY}
    assert {each["rb_via"] for each in headers(found, LOG)} == {GATEWAY}
    assert {each["rb_channel"] for each in headers(found, LOG)} == {"folder"}


def test_a_gateway_that_nobody_appointed_and_a_record_without_signature_are_dead_letters() -> None:
    key, brought = _signed(GATEWAY, spoken=True)
    at = desk(of=_with_gateway(key, appointed=False), trust=REQUIRED)

    assert why(at, brought) == "not_the_gateway"
    assert why(at, record(TWO)) == "signature_missing"


def test_another_organisation_is_not_the_partner_though_it_signs() -> None:
    key, brought = _signed(GATEWAY, spoken=False)
    at = desk(of=_with_gateway(key, appointed=True), trust=REQUIRED)

    assert why(at, brought) == "not_the_partner"
