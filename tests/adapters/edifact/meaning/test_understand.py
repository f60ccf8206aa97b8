"""What a partner's message is understood as: container by container, or rejected whole."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace as altered_value

from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.items import Message
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.understand import understood
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner, Sends
from adapters.edifact.read import read
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality
from tests.adapters.edifact.meaning.said import (
    COARRI,
    CODECO,
    COPINO,
    COREOR,
    IFTSTA,
    MESSAGES,
    altered,
    heard,
    message,
    partner,
)

NAMED: dict[str, Any] = {
    "container": "MSCU6639870",
    "port": "BEANR",
    "terminal": "1700",
    "bills_of_lading": ("MSCUAB123456",),
}
BY_BIC = m.PartyRef(scheme=Scheme.EXTERNAL, code="bic:MSC")
OF_THE_SHIP: dict[str, Any] = {"vessel_imo": "8212661"}


def only(heard_as: Understood) -> Any:  # whichever message it is
    assert len(heard_as.parts) == 1, heard_as
    return heard_as.parts[0].message


def rules(heard_as: Understood) -> list[ProfileRule]:
    return [found.rule for found in heard_as.findings]


def test_an_original_coreor_is_a_release_to_nobody() -> None:
    said = only(heard("COREOR", COREOR))

    assert said == m.Release(
        **NAMED,
        **OF_THE_SHIP,
        release_identification="REL4711",
        valid_from=datetime(2026, 11, 28, 7, 0, tzinfo=UTC),
        # A day that it holds until is one on which it holds.
        expires_at=datetime(2026, 12, 20, 22, 59, 59, tzinfo=UTC),
        equipment_type="45G1",
        carrier=BY_BIC,
    )
    assert isinstance(said, m.Release)
    assert said.release_to is None


def test_a_deletion_is_a_deletion() -> None:
    assert only(heard("COREOR", altered(COREOR, ("BGM", "BGM+12+DO4712+3")))) == m.Delete(
        **NAMED, **OF_THE_SHIP, release_identification="REL4711"
    )


def test_a_replacement_is_an_update_where_the_profile_allows_one() -> None:
    replacing = altered(COREOR, ("BGM", "BGM+12+DO4712+5"), ("RFF+RE", "RFF+RE:REL4711"))
    said = only(heard("COREOR", replacing))
    refused = heard("COREOR", replacing, partner("terminal", "[sends.COREOR]"))

    assert said == m.Update(
        **NAMED,
        **OF_THE_SHIP,
        release_identification="REL4711",
        valid_from=datetime(2026, 11, 28, 7, 0, tzinfo=UTC),
        expires_at=datetime(2026, 12, 20, 22, 59, 59, tzinfo=UTC),
        equipment_type="45G1",
    )
    assert refused.parts == ()
    assert rules(refused) == [ProfileRule.FUNCTION_NOT_AGREED]


@pytest.mark.parametrize("code", ["1700", "K1700", "01700", "Kaai1700", "kaai 1700"])
def test_a_quay_is_one_however_it_is_spelt(code: str) -> None:
    spelt = altered(COREOR, ("LOC", f"LOC+11+BEANR:139:6+{code}:TER:ZZZ"))

    assert only(heard("COREOR", spelt)).terminal == "1700"


def test_a_partners_own_code_of_a_quay_is_the_buses() -> None:
    own = altered(COARRI, ("LOC", "LOC+11+BEANR:139:6+MPET:TER:ZZZ"))

    assert {each.message.model_dump()["terminal"] for each in heard("COARRI", own).parts} == {
        "1742"
    }


def test_a_ship_that_is_named_by_its_call_sign_has_no_number() -> None:
    by_call_sign = "TDT+20+0220+1++MSC:172:20+++OPQR7:103:11:SL PRIDE"
    heard_as = heard("COREOR", altered(COREOR, ("TDT", by_call_sign)))

    assert only(heard_as).vessel_imo is None


def test_bills_of_lading_of_the_container_go_before_those_of_the_message() -> None:
    own = (*COREOR[:9], "RFF+BM:MSCUOWN1", "RFF+BM:MSCUOWN2", COREOR[10])

    assert only(heard("COREOR", own)).bills_of_lading == ("MSCUOWN1", "MSCUOWN2")


def test_each_discharge_of_a_coarri_is_a_part_with_its_place_and_time() -> None:
    parts = heard("COARRI", COARRI).parts

    assert [each.id for each in parts] == ["1", "2"]
    assert parts[0].message == m.ReportDischarge(**NAMED, **OF_THE_SHIP)
    assert parts[1].message.model_dump()["container"] == "CSQU3054383"
    assert [each.occurred_at for each in parts] == [
        datetime(2026, 11, 28, 13, 30, tzinfo=UTC),
        datetime(2026, 11, 28, 13, 32, tzinfo=UTC),
    ]


@pytest.mark.parametrize("code", ["46", "122", "270"])
def test_a_load_is_not_used_and_that_is_said(code: str) -> None:
    loaded = heard("COARRI", altered(COARRI, ("BGM", f"BGM+{code}+L1+9")))

    assert loaded.parts == ()
    assert set(rules(loaded)) == {ProfileRule.LOAD_NOT_USED}
    assert not loaded.is_rejected


@pytest.mark.parametrize(("code", "model"), [("34", m.ReportGateIn), ("36", m.ReportGateOut)])
def test_a_codeco_is_what_passed_the_gate(code: str, model: type[m.ContainerMessage]) -> None:
    said = only(heard("CODECO", altered(CODECO, ("BGM", f"BGM+{code}+G1+9"))))

    assert type(said) is model
    assert said.model_dump(include={*NAMED}) == NAMED
    assert getattr(said, "modality", Modality.TRUCK) is Modality.TRUCK


def test_what_passes_for_export_is_no_release_of_the_bus() -> None:
    exported = altered(CODECO, ("EQD", "EQD+CN+MSCU6639870+45G1:102:5++2+5"))

    assert rules(heard("CODECO", exported)) == [ProfileRule.MOVEMENT_NOT_USED]


@pytest.mark.parametrize("movement", ["4", "5"])
def test_what_stays_on_board_or_is_only_shifted_was_not_discharged(movement: str) -> None:
    stays = altered(COARRI, ("EQD+CN+MSCU", f"EQD+CN+MSCU6639870+45G1:102:5++{movement}+5"))
    told = heard("COARRI", stays)

    assert [each.message.model_dump()["container"] for each in told.parts] == ["CSQU3054383"]
    assert rules(told) == [ProfileRule.MOVEMENT_NOT_USED]
    assert not told.is_rejected


@pytest.mark.parametrize("movement", ["1", "3", "6", ""])
def test_what_lands_is_discharged_wherever_it_goes_from_here(movement: str) -> None:
    lands = altered(COARRI, ("EQD+CN+MSCU", f"EQD+CN+MSCU6639870+45G1:102:5++{movement}+5"))

    assert [each.message.model_dump()["container"] for each in heard("COARRI", lands).parts] == [
        "MSCU6639870",
        "CSQU3054383",
    ]


def test_a_copino_assigns_nothing_and_names_its_operator_to_be_matched() -> None:
    part = heard("COPINO", COPINO).parts[0]

    assert part.message == m.SetMeansOfTransport(**NAMED, means_of_transport=Modality.BARGE)
    assert part.on_behalf_of is not None
    assert (part.on_behalf_of.scheme, part.on_behalf_of.code) == ("vat", "BE0429672881")


def test_the_vat_number_may_stand_as_a_partys_code() -> None:
    in_nad = altered(COPINO, ("RFF+VA", None), ("NAD+MS", "NAD+CA+BE 0429.672.881:160:ZZZ"))
    part = heard("COPINO", in_nad).parts[0]

    assert part.on_behalf_of is not None
    assert part.on_behalf_of.code == "BE0429672881"


def test_the_vat_number_of_a_container_goes_before_that_of_the_message() -> None:
    own = (*COPINO[:7], "RFF+VA:NL123456782B01", *COPINO[7:])
    part = heard("COPINO", own).parts[0]

    assert part.on_behalf_of is not None
    assert part.on_behalf_of.code == "NL123456782B01"


def test_a_carriers_code_is_no_vat_number() -> None:
    coded = altered(COPINO, ("RFF+VA", None), ("NAD+MS", "NAD+CA+MAEU:172:166"))

    assert rules(heard("COPINO", coded)) == [ProfileRule.VAT_MISSING]


def test_a_truck_is_not_taken_from_a_copino_nor_is_its_driver() -> None:
    by_truck = altered(COPINO, ("TDT", "TDT+1+V1+3++HAULIER+++1ABC234:146::JOHN DOE"))
    told = heard("COPINO", by_truck)

    assert told.parts == ()
    assert rules(told) == [ProfileRule.MEANS_NOT_USED]
    assert "DOE" not in repr(told)


def test_a_copino_that_is_withdrawn_leaves_the_means_unknown() -> None:
    withdrawn = heard("COPINO", altered(COPINO, ("BGM", "BGM+10+P1+1")))

    assert only(withdrawn).means_of_transport is Modality.UNKNOWN


def test_of_an_iftsta_those_statuses_count_that_the_partners_file_names() -> None:
    counting = partner("terminal", '[sends.IFTSTA]\nstatuses = { 21 = "gate_out" }')
    silent = partner("terminal", "[sends.IFTSTA]")

    assert only(heard("IFTSTA", IFTSTA, counting)) == m.ReportGateOut(**NAMED)
    assert rules(heard("IFTSTA", IFTSTA, silent)) == [ProfileRule.STATUS_NOT_USED]


def test_a_status_is_said_of_each_container_that_is_named_behind_it() -> None:
    sender = partner("terminal", "[sends.IFTSTA]", 'statuses = { 21 = "gate_out" }')
    named = (*IFTSTA, "EQD+RR+WAGON1", "EQD+CN+CSQU3054383+22G1:102:5++3+5", "STS+1+21")
    known = heard("IFTSTA", named, sender)
    of_two = heard("IFTSTA", named[:-1], sender)

    assert [part.message.model_dump()["container"] for part in of_two.parts] == [
        "MSCU6639870",
        "CSQU3054383",
    ]
    assert [part.id for part in of_two.parts] == ["1", "3"]
    assert {part.occurred_at for part in of_two.parts} == {
        datetime(2026, 11, 28, 15, 45, tzinfo=UTC)
    }
    assert rules(of_two) == [ProfileRule.NOT_A_CONTAINER]
    assert rules(known)[-1] is ProfileRule.CONTAINER_MISSING


def test_several_statuses_of_one_container_are_told_in_one_message() -> None:
    sender = partner(
        "terminal", "[sends.IFTSTA]", 'statuses = { 21 = "gate_out", 60 = "terminal_release" }'
    )
    behind = [each.replace("STS+1+21", "STS+1+60") for each in IFTSTA[3:]]
    both = heard("IFTSTA", (*IFTSTA, *behind), sender)
    twice = heard("IFTSTA", (*IFTSTA, *IFTSTA[3:]), sender)

    assert [type(part.message) for part in both.parts] == [
        m.ReportGateOut,
        m.ReportTerminalRelease,
    ]
    assert rules(twice) == [ProfileRule.CONTAINER_TWICE]


def test_what_an_iftsta_counts_is_a_consignments_and_no_count_of_the_message() -> None:
    sender = partner("terminal", "[sends.IFTSTA]", 'statuses = { 21 = "gate_out" }')
    counting = (*IFTSTA[:3], "CNT+16:1", *IFTSTA[3:])

    assert heard("IFTSTA", counting, sender) == heard("IFTSTA", IFTSTA, sender)


@pytest.mark.parametrize("kind", ["CONTRL", "APERAK"])
def test_an_answer_says_nothing_to_the_ledger(kind: str) -> None:
    body = {
        "CONTRL": ("UCI+R1+RELEASEBUS:ZZ+THEM:ZZ+7",),
        "APERAK": ("BGM+313+A1+27", "RFF+ACW:1", "ERC+X"),
    }
    said, header = message(kind, body[kind], "D:3:UN" if kind == "CONTRL" else "D:95B:UN")

    assert understood(said, header, partner("ship_agent")) == Understood()


def test_a_message_that_is_rejected_yields_nothing_not_even_its_good_containers() -> None:
    with_one_bad = altered(COARRI, ("EQD+CN+CSQU", "EQD+CN++22G1:102:5++3+5"))
    told = heard("COARRI", with_one_bad)

    assert told.is_rejected
    assert told.parts == ()


def test_what_is_tolerated_is_told_with_what_is_taken() -> None:
    counted = altered(COARRI, ("CNT", "CNT+16:5"))
    strict = heard("COARRI", counted)
    told = heard("COARRI", counted, tolerant("equipment_count_differs"))

    assert strict.parts == ()
    assert len(told.parts) == 2
    assert not told.findings[0].rejects
    assert "edi_equipment_count_differs: segment 13" in told.parts[0].findings


def tolerant(*tolerated: str, name: str = "terminal") -> Partner:
    return altered_value(
        partner(name), lenient_profile=frozenset(ProfileRule(each) for each in tolerated)
    )


def test_a_carrier_is_known_by_a_code_whose_list_is_known() -> None:
    by_scac = altered(COREOR, ("NAD", "NAD+CA+MSCU:172:166"))

    assert only(heard("COREOR", by_scac)).carrier == m.PartyRef(scheme=Scheme.SCAC, code="MSCU")
    assert only(heard("COREOR", COREOR)).carrier == BY_BIC
    by_smdg = altered(COREOR, ("NAD", "NAD+CF+MSC:172:SMD"))
    assert only(heard("COREOR", by_smdg)).carrier == m.PartyRef(
        scheme=Scheme.EXTERNAL, code="smdg:MSC"
    )
    of_its_own = altered(COREOR, ("NAD", "NAD+CF+MSC:160:ZZZ"))
    assert only(heard("COREOR", of_its_own)).carrier is None, "nobody knows whose list that is"
    for code in ("123456789", "MSC1", "MSCUX"):
        no_code = altered(COREOR, ("NAD", f"NAD+CF+{code}:172:20"))
        assert only(heard("COREOR", no_code)).carrier is None, "it may be a card, or anything"
    of_both = altered(COREOR, ("NAD", "NAD+CF+MAEU:172:166"))
    both = (*of_both[:8], "NAD+CA+MSCU:172:166", *of_both[8:])
    assert only(heard("COREOR", both)).carrier == m.PartyRef(scheme=Scheme.SCAC, code="MSCU")


def test_each_reference_is_what_its_qualifier_says() -> None:
    named = (*COREOR[:3], "RFF+ON:ORDER1", "RFF+ATZ:STAY1", *COREOR[3:])
    said = only(heard("COREOR", named))

    assert (said.stay_number, said.order_reference, said.release_identification) == (
        "STAY1",
        "ORDER1",
        "REL4711",
    )


def test_what_is_said_of_a_container_goes_before_what_is_said_of_the_message() -> None:
    to_another_quay = "LOC+165+BEANR:139:6+1742:TER:ZZZ"
    head = (CODECO[0], "TDT+1++8", "LOC+165+BEANR:139:6+1700:TER:ZZZ", CODECO[1])
    own = (*head, *CODECO[2:5], to_another_quay, *CODECO[5:])
    said = only(heard("CODECO", own))

    assert (said.terminal, said.modality) == ("1742", Modality.TRUCK)
    dated = (CODECO[0], "DTM+7:202611010800:203", *CODECO[1:])
    (part,) = heard("CODECO", dated, tolerant("directory_not_agreed"), "D:00B:UN").parts
    assert part.occurred_at == datetime(2026, 11, 28, 15, 0, tzinfo=UTC)


def test_what_cannot_be_a_value_rejects_and_does_not_raise() -> None:
    odd = altered(COREOR, ("NAD", "NAD+CA+MSC\x7f:172:166"))
    body = "".join(f"{each}'" for each in odd)
    data = (
        f"UNB+UNOC:3+A+B+261128:1800+R1'UNH+1+COREOR:D:95B:UN'{body}UNT+{len(odd) + 2}+1'UNZ+1+R1'"
    )
    said = next(iter(read([data.encode()])))
    assert isinstance(said, Message)
    told = understood(said, said.header, partner("ship_agent"))

    assert rules(told) == [ProfileRule.VALUE_UNUSABLE]
    assert told.findings[0].expected == "carrier.code"


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        ("COARRI", (("BGM", "BGM+45+D1+9"),), ProfileRule.DOCUMENT_NOT_AGREED),
        ("COARRI", (("BGM", "BGM+44+D1+4"),), ProfileRule.FUNCTION_NOT_AGREED),
        ("COREOR", (("TDT", "TDT+20+1+1+++++*:146:11"),), ProfileRule.VALUE_UNUSABLE),
        ("COPINO", (), ProfileRule.MESSAGE_NOT_AGREED),
    ],
)
def test_what_nobody_could_understand_cannot_be_tolerated(
    kind: str, changes: tuple[tuple[str, str | None], ...], rule: ProfileRule
) -> None:
    sender = tolerant(*ProfileRule, name="ship_agent" if kind == "COREOR" else "terminal")
    told = heard(kind, altered(MESSAGES[kind], *changes), sender)

    assert told.is_rejected
    assert [found.rule for found in told.findings if found.rejects] == [rule]


def test_an_odd_number_is_told_and_taken_unless_the_partner_is_strict() -> None:
    odd = altered(COARRI, ("EQD+CN+MSCU", "EQD+CN+MSCU6639871+45G1:102:5++3+5"))
    strict = partner("terminal", top='strict = ["container_check_digit"]')

    assert rules(heard("COARRI", odd)) == [ProfileRule.CONTAINER_CHECK_DIGIT]
    assert "container_check_digit: $.container" in heard("COARRI", odd).parts[0].findings
    assert heard("COARRI", odd, strict).parts == ()


def test_what_the_standard_finds_and_the_partner_may_do_is_told_with_each_part() -> None:
    said, header = message("COARRI", COARRI)
    counted = altered_value(said, findings=(Finding(Rule.COUNT_DIFFERS, said.header.at()),))
    parts = understood(counted, header, partner("terminal")).parts

    assert all("edi_count_differs: segment 2" in each.findings for each in parts)


def test_every_rule_that_was_let_pass_is_told_with_each_part_however_many_there_are() -> None:
    said, header = message("COARRI", COARRI)
    long = (Finding(Rule.TOO_LONG, said.header.at()),) * 3
    many = (altered_value(found, place=Place(segment=n)) for n, found in enumerate(long * 9, 3))
    others = (Finding(rule, said.header.at()) for rule in Rule if rule is not Rule.TOO_LONG)
    let_pass = altered_value(said, findings=(*many, *others))

    for part in understood(let_pass, header, partner("terminal")).parts:
        told = [each for each in part.findings if each.startswith("edi_")]
        assert len(told) == len(Rule)
        assert told[0] == "edi_too_long: segment 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 17 more"


@pytest.mark.parametrize(
    ("written", "rule", "at"),
    [
        ("202611281300CET:303", "zone_unknown", datetime(2026, 11, 28, 12, 0, tzinfo=UTC)),
        ("202611282400:203", "hour_24", datetime(2026, 11, 28, 23, 0, tzinfo=UTC)),
        ("20261128:102", "hour_missing", datetime(2026, 11, 27, 23, 0, tzinfo=UTC)),
        ("202610250230:203", "clock_changed", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_when_a_box_went_out_is_never_guessed_in_silence(
    written: str, rule: str, at: datetime
) -> None:
    said = altered(MESSAGES["CODECO"], ("DTM", f"DTM+7:{written}"))
    is_only_told = ProfileRule(rule) is ProfileRule.CLOCK_CHANGED
    strict = heard("CODECO", said)
    (part,) = heard("CODECO", said, tolerant(rule)).parts

    assert rules(strict) == [ProfileRule(rule)]
    assert strict.is_rejected is not is_only_told
    assert part.occurred_at == at
    assert f"edi_{rule}: segment 7" in part.findings


def test_a_document_of_a_day_is_as_old_as_its_interchange() -> None:
    said = altered(MESSAGES["COREOR"], ("DTM+7", "DTM+137:20261128:102"))
    (part,) = heard("COREOR", said).parts

    assert part.occurred_at == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


def test_what_lacks_and_is_tolerated_is_never_left_out_in_silence() -> None:
    without = altered(COREOR, ("RFF+BM", None))
    told = heard("COREOR", without, tolerant("reference_missing", name="ship_agent"))

    assert told.parts == ()
    assert told.is_rejected
    assert ProfileRule.VALUE_UNUSABLE in rules(told)


def both_directories(sender: Partner) -> dict[str, Sends]:
    return {
        kind: altered_value(sends, directories=("D95B", "D00B"))
        for kind, sends in sender.sends.items()
    }


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_means_the_same_in_both_directories(kind: str) -> None:
    sender = partner(
        "terminal",
        "[sends.COREOR]",
        "[sends.COPINO]",
        '[sends.IFTSTA]\nstatuses = { 21 = "gate_out" }',
    )
    sender = altered_value(sender, sends=both_directories(sender))
    earlier = heard(kind, MESSAGES[kind], sender)
    later = heard(kind, MESSAGES[kind], sender, "D:00B:UN")

    assert earlier.parts
    assert later == earlier
