"""What partners are told of the ledger's facts, each what concerns it alone."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.contract import NOTHING
from adapters.edifact.items import Message
from adapters.edifact.meaning.tell import Told, thread_of, told
from adapters.edifact.meaning.understand import understood
from adapters.edifact.partners import Partner, Status, partner_from
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, draft_of, spelt, written
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Cause, PickupEnd, RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, Modality, PartyRef, Role
from schemas.organisations import Organisation, Terminal
from schemas.stay import Carrier, Driver, Hop, PickupRight, ReleaseStatus, Stay
from tests.adapters.edifact.meaning.said import EXAMPLES, partner

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
AGENT, QUAY, BARGE = "NXT20000000001", "NXT20000000002", "NXT20000000003"
PARTIES = {
    AGENT: Organisation(AGENT, 1, "Agent", (Role.SHIP_AGENT,)),
    QUAY: Organisation(
        QUAY, 1, "Quay", (Role.TERMINAL_OPERATOR,), terminals=(Terminal("BEANR", "1700"),)
    ),
    BARGE: Organisation(BARGE, 1, "Barge", (Role.TRANSPORT_OPERATOR,)),
}
PICKUP = PickupRight("p1", BARGE, Modality.BARGE, NOW, "BE0429672881")
STAY = Stay(
    release_id="r1",
    container="MSCU6639870",
    port="BEANR",
    terminal="1700",
    agent=AGENT,
    bills_of_lading=("MSCUAB123456", "MSCUAB123457"),
    release_identification="REL4711",
    status=ReleaseStatus.RELEASED,
    valid_from=NOW,
    expires_at=NOW + timedelta(days=20, minutes=5, seconds=7),
    stay_number="V185322",
    vessel_imo="8212661",
    equipment_type="45G1",
    carrier=Carrier(Scheme.SCAC, "MSCU"),
    hops=(Hop(AGENT, BARGE, accepted=True),),
)
RELEASED = f.Released(
    release_id="r1",
    container=STAY.container,
    port=STAY.port,
    terminal=STAY.terminal,
    agent=AGENT,
    bills_of_lading=STAY.bills_of_lading,
    release_identification=STAY.release_identification,
    valid_from=STAY.valid_from,
    expires_at=STAY.expires_at,
    expiry_given=True,
)
UPDATED = f.Updated(
    terminal="1700",
    terminal_before="1700",
    bills_of_lading=STAY.bills_of_lading,
    valid_from=STAY.valid_from,
    expires_at=STAY.expires_at,
    expiry_given=True,
)
ASSIGNED = f.PickupAssigned(pickup=PICKUP)


def ended(why: PickupEnd) -> f.PickupEnded:
    return f.PickupEnded(pickup=PICKUP, terminal="1700", why=why)


def recorded(fact: Any, by: str = "SOMEBODY", seq: int = 7, **changes: Any) -> RecordedFact:
    cause = Cause(
        message_id="m1",
        message_type="releasebus.release",
        source="urn:x",
        organisation=by,
        occurred_at=NOW - timedelta(hours=1),
        log_offset=0,
        directory_version=1,
        policy_version="2026-11",
    )
    return RecordedFact(
        shard="3",
        seq=seq,
        recorded_at=NOW,
        container=STAY.container,
        port=STAY.port,
        fact=fact,
        cause=cause,
        stay=replace(STAY, **changes),
    )


def in_one_line(draft: Draft) -> str:
    return "".join(f"{spelt(each)}'" for each in draft.body)


def to(name: str, entry: RecordedFact, memory: str = NOTHING) -> dict[str, str]:
    said = told(entry, partner(name), PARTIES, memory)
    assert said.unsent == ()
    return {each.kind.type: in_one_line(each) for each in said.messages}


COREOR = (
    "RFF+RE:REL4711'RFF+ATZ:V185322'{earlier}TDT+20++1+++++8212661:146:11'"
    "LOC+11+BEANR:139:6+1700:TER:ZZZ'DTM+7:202611281300:203'DTM+36:20261218130507:204'"
    "NAD+MS+RELEASEBUS'NAD+MR+QUAY1700'NAD+CF+MSCU:172:166'NAD+CG+NXT20000000001:160:ZZZ'"
    "EQD+CN+MSCU6639870+45G1:102:5++3+5'RFF+BM:MSCUAB123456'RFF+BM:MSCUAB123457'CNT+16:1'"
)


def test_a_release_is_an_order_to_the_terminal_alone() -> None:
    entry = recorded(RELEASED, AGENT)

    assert to("terminal", entry) == {"COREOR": f"BGM+12+3-7+9'{COREOR.format(earlier='')}"}
    assert "COREOR" not in to("ship_agent", entry)


def in_d00b(name: str) -> Partner:
    text = EXAMPLES.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    found = partner_from(text.replace('directory = "D95B"', 'directory = "D00B"'), name)
    assert isinstance(found, Partner), found
    return found


def test_in_d00b_the_dates_of_an_order_stand_in_its_head_and_belong_to_no_place() -> None:
    said = told(recorded(RELEASED), in_d00b("terminal"), PARTIES, NOTHING)

    assert in_one_line(said.messages[0]).startswith(
        "BGM+129+3-7+9'DTM+7:202611281300:203'DTM+36:20261218130507:204'RFF+RE:REL4711'"
        "RFF+ATZ:V185322'TDT+20++1+++++8212661:146:11'LOC+11+BEANR:139:6+1700:TER:ZZZ'"
        "NAD+MS+RELEASEBUS'"
    )


def test_a_later_order_names_the_one_that_it_replaces_or_takes_back() -> None:
    first = told(recorded(RELEASED), partner("terminal"), PARTIES, NOTHING)
    later = told(recorded(UPDATED, seq=9), partner("terminal"), PARTIES, first.memory)
    deleted = recorded(f.Deleted(parties=(AGENT,)), seq=12, status=ReleaseStatus.DELETED)
    last = to("terminal", deleted, later.memory)

    replacing = COREOR.format(earlier="RFF+ACW:3-7'")
    deleting = COREOR.format(earlier="RFF+ACW:3-9'")
    assert in_one_line(later.messages[0]) == f"BGM+12+3-9+5'{replacing}"
    assert last == {"COREOR": f"BGM+12+3-12+3'{deleting}"}


def test_a_container_that_goes_to_another_quay_is_taken_back_here_and_ordered_there() -> None:
    away = recorded(replace(UPDATED, terminal="1742", terminal_before="1700"), terminal="1742")
    to_here = recorded(replace(UPDATED, terminal_before="1742"))

    assert to("terminal", away)["COREOR"].startswith("BGM+12+3-7+3'")
    assert "+1700:TER:ZZZ'" in to("terminal", away)["COREOR"]
    assert to("terminal", to_here)["COREOR"].startswith("BGM+12+3-7+9'")


EARLIER = "RFF+ACW:3-7'"
COPINO = (
    "RFF+VA:BE0429672881'{earlier}TDT+1++8++BE0429672881:160:ZZZ'"
    "LOC+88+BEANR:139:6+1700:TER:ZZZ'DTM+137:202611281300:203'"
    "NAD+MS+RELEASEBUS'NAD+MR+QUAY1700'NAD+CF+MSCU:172:166'EQD+CN+MSCU6639870+45G1:102:5++3+5'RFF+RE:REL4711'"
    "RFF+ATZ:V185322'RFF+BM:MSCUAB123456'RFF+BM:MSCUAB123457'CNT+16:1'"
)


def test_a_pickup_by_barge_is_announced_to_the_terminal_with_its_operators_vat() -> None:
    first = told(recorded(ASSIGNED), partner("terminal"), PARTIES, NOTHING)
    revoked = recorded(ended(PickupEnd.REVOKED), seq=8)

    assert in_one_line(first.messages[0]) == f"BGM+10+3-7+9'{COPINO.format(earlier='')}"
    assert to("terminal", revoked, first.memory) == {
        "COPINO": f"BGM+10+3-8+1'{COPINO.format(earlier=EARLIER)}"
    }


@pytest.mark.parametrize(
    "fact",
    [
        f.PickupAssigned(
            pickup=replace(PICKUP, modality=Modality.TRUCK, driver=Driver("k", "c2VhbGVk", "**12"))
        ),
        ended(PickupEnd.PICKED_UP),
    ],
)
def test_nothing_is_announced_of_a_truck_and_of_what_is_gone(fact: Any) -> None:
    assert told(recorded(fact), partner("terminal"), PARTIES, NOTHING) == Told()


def test_that_a_pickup_of_no_vat_number_cannot_be_announced_is_said() -> None:
    of_nobody = recorded(f.PickupAssigned(pickup=replace(PICKUP, operator_vat=None)))
    found = told(of_nobody, partner("terminal"), PARTIES, NOTHING)

    assert found.messages == ()
    assert [(each.type, "VAT" in each.why) for each in found.unsent] == [("COPINO", True)]
    elsewhere = told(of_nobody, partner("terminal"), {}, NOTHING)
    assert elsewhere.unsent == ()


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (f.GatedIn(), "BGM+34+3-7+9'{}DTM+7:202611281200:203'{}CNT+16:1'"),
        (
            f.GatedOut(modality=Modality.RAIL, left_at=NOW),
            "BGM+36+3-7+9'{}DTM+7:202611281300:203'{}TDT+1++2'CNT+16:1'",
        ),
    ],
)
def test_what_passes_the_gate_is_told_to_the_agent(fact: Any, expected: str) -> None:
    equipment = (
        "NAD+MS+RELEASEBUS'NAD+MR+SHIPAGENT'NAD+CF+MSCU:172:166'"
        "EQD+CN+MSCU6639870+45G1:102:5++3+5'RFF+RE:REL4711'RFF+ATZ:V185322'RFF+BM:MSCUAB123456'RFF+BM:MSCUAB123457'"
    )
    said = to("ship_agent", recorded(fact, QUAY))["CODECO"]

    assert said == expected.format(equipment, "LOC+165+BEANR:139:6+1700:TER:ZZZ'")
    assert "CODECO" not in to("ship_agent", recorded(fact, QUAY, agent="ANOTHER", hops=()))


def test_the_chain_is_told_how_a_container_stands_by_the_partners_own_codes() -> None:
    customs = f.CustomsStatusSet(status=CustomsStatus.RELEASED)

    assert to("ship_agent", recorded(customs)) == {
        "IFTSTA": (
            "BGM+23+3-7+9'DTM+137:202611281300:203'NAD+MS+RELEASEBUS'NAD+MR+SHIPAGENT'CNI+1'"
            "STS+1+13'RFF+RE:REL4711'RFF+ATZ:V185322'RFF+BM:MSCUAB123456'RFF+BM:MSCUAB123457'"
            "DTM+334:202611281200:203'LOC+175+BEANR:139:6+1700:TER:ZZZ'"
            "EQD+CN+MSCU6639870+45G1:102:5++3+5'"
        )
    }
    assert to("barge_operator", recorded(customs)) == {}, "it has no code for that"
    assert "STS+1+74'" in to("barge_operator", recorded(f.Discharged()))["IFTSTA"]


def test_an_expiry_is_told_for_when_it_was_written_down_and_no_message_caused_it() -> None:
    agent = partner("ship_agent").gets["IFTSTA"]
    codes = {Status.EXPIRED: "15", Status.BLOCKED: "16"}
    informed = replace(partner("ship_agent"), gets={"IFTSTA": replace(agent, statuses=codes)})
    # The message that it came to light with may be anybody's, and of another hour.
    expired, blocked = (
        in_one_line(told(recorded(fact, by), informed, PARTIES, NOTHING).messages[0])
        for fact, by in ((f.Expired(), AGENT), (f.Blocked(), "SOMEBODY"))
    )

    assert "STS+1+15'" in expired
    assert "DTM+334:202611281300:203'" in expired
    assert "DTM+334:202611281200:203'" in blocked


CAME, PUT_DOWN = "202611281200", "202611281300"
"""When what is recorded happened, and when the ledger found out, as the clock shows it here."""


@pytest.mark.parametrize(
    ("fact", "status", "at"),
    [
        (RELEASED, Status.RELEASED, CAME),
        (f.Blocked(), Status.BLOCKED, CAME),
        (f.Unblocked(), Status.UNBLOCKED, CAME),
        (f.Deleted(parties=()), Status.DELETED, CAME),
        # Nobody said it: it came of the time.
        (f.Expired(), Status.EXPIRED, PUT_DOWN),
        (f.Discharged(), Status.DISCHARGED, CAME),
        (f.TerminalReleased(), Status.TERMINAL_RELEASED, CAME),
        (f.TerminalBlocked(), Status.TERMINAL_BLOCKED, CAME),
        (f.GatedIn(), Status.GATED_IN, CAME),
        (f.GatedOut(), Status.GATED_OUT, CAME),
        (f.GatedOut(left_at=NOW), Status.GATED_OUT, PUT_DOWN),
        *(
            (
                f.CustomsStatusSet(status=each),
                Status.CUSTOMS_RELEASED if each is CustomsStatus.RELEASED else Status.CUSTOMS_HELD,
                CAME,
            )
            for each in CustomsStatus
        ),
    ],
)
def test_each_status_is_told_under_its_own_code_and_no_other_and_when_it_came(
    fact: Any, status: Status, at: str
) -> None:
    codes = {each: f"{number}" for number, each in enumerate(Status, 100)}
    agent = partner("ship_agent")
    hears = replace(agent, gets={"IFTSTA": replace(agent.gets["IFTSTA"], statuses=codes)})
    (said,) = told(recorded(fact), hears, PARTIES, NOTHING).messages

    assert f"STS+1+{codes[status]}'" in in_one_line(said)
    assert f"DTM+334:{at}:203'" in in_one_line(said)


def test_who_collects_is_told_though_it_never_held_the_right() -> None:
    discharged = recorded(f.Discharged(), hops=(), pickup=PICKUP)

    assert "STS+1+74'" in to("barge_operator", discharged)["IFTSTA"]
    assert to("barge_operator", recorded(f.Discharged(), hops=())) == {}


def test_who_has_no_part_in_a_release_is_told_nothing() -> None:
    entry = recorded(f.Discharged(), agent="ANOTHER", hops=(), terminal="1742")

    assert {name: to(name, entry) for name in ("ship_agent", "terminal", "barge_operator")} == {
        "ship_agent": {},
        "terminal": {},
        "barge_operator": {},
    }


def test_nobody_is_told_what_it_said_itself() -> None:
    assert to("ship_agent", recorded(f.GatedOut(), AGENT)) == {}


def test_what_the_directory_cannot_hold_is_not_sent_and_that_is_said() -> None:
    entry = recorded(RELEASED, release_identification="R" * 36)
    said = told(entry, partner("terminal"), PARTIES, NOTHING)

    assert said.messages == ()
    assert [each.type for each in said.unsent] == ["COREOR"]
    assert "36" in said.unsent[0].why
    assert said.memory == NOTHING, "what was not sent cannot be replaced"


def test_more_bills_than_a_message_has_place_for_are_not_left_out_in_silence() -> None:
    entry = recorded(RELEASED, bills_of_lading=tuple(f"BL{each}" for each in range(10)))

    assert [each.type for each in told(entry, partner("terminal"), PARTIES, "").unsent] == [
        "COREOR"
    ]


def test_a_character_that_the_partner_cannot_read_is_not_spelt_otherwise() -> None:
    entry = recorded(RELEASED, release_identification="réf")
    said = told(entry, replace(partner("terminal"), level="UNOA"), PARTIES, NOTHING)

    assert said.messages == ()
    assert "U+0072" in said.unsent[0].why


FACTS = [
    RELEASED, UPDATED, f.Deleted(parties=()), f.Blocked(), f.Unblocked(), f.Expired(),
    f.Discharged(), f.TerminalReleased(), f.TerminalBlocked(), f.GatedIn(),
    f.GatedOut(left_at=NOW), f.CustomsStatusSet(status=CustomsStatus.FAVV), ASSIGNED,
    ended(PickupEnd.RELEASE_BLOCKED),
]  # fmt: skip
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1, max_size=40)


@cache
def everything(directory: str) -> Partner:
    """A partner that gets every message of every kind, about everybody."""
    quay, agent = partner("terminal"), partner("ship_agent")
    gets = {
        kind: replace(each, directory=directory, statuses=dict.fromkeys(Status, "99"))
        for kind, each in {**agent.gets, **quay.gets}.items()
    }
    return replace(quay, gets=gets)


@pytest.mark.parametrize("directory", ["D95B", "D00B"])
@settings(max_examples=10)
@given(fact=st.sampled_from(FACTS), reference=TEXTS, bill=TEXTS, kind=TEXTS)
def test_what_is_written_keeps_the_rules_and_reads_back_or_is_not_sent(
    directory: str, fact: Any, reference: str, bill: str, kind: str
) -> None:
    entry = recorded(
        fact,
        agent=QUAY,
        release_identification=reference,
        bills_of_lading=(bill,),
        equipment_type=kind,
    )
    said = told(entry, everything(directory), PARTIES, NOTHING)
    envelope = Envelope("UNOC", "3", ("A",), ("B",), NOW, "1")
    items = list(read([written(envelope, said.messages)])) if said.messages else []

    assert [found for item in items[:-1] for found in item.findings if found.rule != TWICE] == []
    assert [draft_of(each) for each in items if isinstance(each, Message)] == list(said.messages)
    assert said == told(entry, everything(directory), PARTIES, NOTHING)


TWICE = "reference_twice"
"""Each draft is alone in its interchange, and all of them are called 1."""


def test_an_order_reads_back_to_the_release_that_it_was_made_of() -> None:
    said = told(recorded(RELEASED), partner("terminal"), PARTIES, NOTHING)
    envelope = Envelope("UNOC", "3", ("A",), ("B",), NOW, "1")
    message = next(iter(read([written(envelope, said.messages)])))
    assert isinstance(message, Message)
    read_as = understood(message, message.header, partner("ship_agent"))

    assert read_as.findings == ()
    assert read_as.parts[0].message == m.Release(
        container=STAY.container,
        port=STAY.port,
        terminal=STAY.terminal,
        bills_of_lading=STAY.bills_of_lading,
        release_identification=STAY.release_identification,
        stay_number=STAY.stay_number,
        vessel_imo=STAY.vessel_imo,
        valid_from=STAY.valid_from,
        expires_at=STAY.expires_at,
        equipment_type=STAY.equipment_type,
        carrier=PartyRef(scheme=Scheme.SCAC, code="MSCU"),
    )


@pytest.mark.parametrize(
    ("carrier", "named"),
    [
        (None, ""),
        (Carrier(Scheme.EXTERNAL, "bic:MSC"), "NAD+CF+MSC:172:20'"),
        (Carrier(Scheme.EXTERNAL, "smdg:MSC"), "NAD+CF+MSC:172:SMD'"),
        (Carrier(Scheme.EXTERNAL, "bic:"), "NAD+CF+bic?::160:ZZZ'"),
        (Carrier(Scheme.EORI, "NL123456782"), "NAD+CF+NL123456782:160:ZZZ'"),
        (Carrier(Scheme.EXTERNAL, "C" * 35), f"NAD+CF+{'C' * 35}:160:ZZZ'"),
        (Carrier(Scheme.EXTERNAL, "C" * 36), ""),
    ],
)
def test_a_carrier_that_is_unknown_or_too_long_keeps_no_order_back(
    carrier: Carrier | None, named: str
) -> None:
    assert (
        f"MR+QUAY1700'{named}NAD+CG"
        in to("terminal", recorded(RELEASED, carrier=carrier))["COREOR"]
    )


def test_no_driver_is_ever_told() -> None:
    driver = Driver("key-of-quay", "SECRETSECRET", "**12", "Jan")
    pickup = replace(PICKUP, driver=driver)
    for fact in (*FACTS, f.PickupAssigned(pickup=pickup)):
        said = told(recorded(fact, agent=QUAY, pickup=pickup), everything("D95B"), PARTIES, "")
        shown = "".join(map(in_one_line, said.messages))
        assert not any(each in shown for each in ("SECRET", "key-of-quay", "**12", "Jan"))


def test_what_is_remembered_belongs_to_the_release() -> None:
    assert thread_of(recorded(RELEASED)) == thread_of(recorded(UPDATED)) == "r1"
