"""Cargonaut's messages, field by field, as text and as Cargo-XML, and what is said back."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapters.cargonaut
from adapters.cargonaut import SYSTEM, fsu, xfnm
from adapters.cargonaut.memory import MOST_EVENTS
from adapters.cargonaut.profile import MEDIA_XFNM, UNVERIFIED
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, NOTHING, Parsed
from schemas.air import AirMissing, AirStep
from schemas.air_facts import ConsignmentObserved
from schemas.air_messages import ObserveConsignment
from schemas.unreadable import Unreadable
from tests.adapters.cargonaut.facts import DAY, HEADERS, ORDER, SAMPLES, Schiphol, sample
from tests.adapters.schiphol import DIRECTORY, NOTIFIED, WAYBILL
from tests.adapters.story import FORWARDER
from tests.rows import each_row

parse, redact, render = (
    SYSTEM.functions.parse,
    SYSTEM.functions.redact,
    SYSTEM.functions.render,
)


def observed(parsed: Parsed) -> ObserveConsignment:
    (part,) = parsed.messages
    assert isinstance(part.message, ObserveConsignment)
    return part.message


def heard(text: str, memory: str = NOTHING) -> Parsed:
    return parse(redact(text.replace("\n", "\r\n").encode()), HEADERS, memory)


def one(line: str, consignment: str = "020-12345675FRAAMS/T3") -> ObserveConsignment:
    return observed(heard(f"FSU/14\n{consignment}\n{line}\n"))


@each_row(
    ("code", "step"),
    [
        ("ARR", AirStep.ARRIVED),
        ("RCF", AirStep.RECEIVED),
        ("AWR", AirStep.DOCUMENTS_RECEIVED),
        ("CRC", AirStep.REPORTED_TO_CUSTOMS),
        ("TGC", AirStep.HELD_BY_CUSTOMS),
        ("CCD", AirStep.CLEARED),
        ("NFD", AirStep.NOTIFIED),
        ("AWD", AirStep.DOCUMENTS_DELIVERED),
        ("FIW", AirStep.INTO_WAREHOUSE),
        ("FOW", AirStep.OUT_OF_WAREHOUSE),
        ("DLV", AirStep.DELIVERED),
        ("DDL", AirStep.DELIVERED),
    ],
)
def test_what_each_code_comes_to(code: str, step: AirStep) -> None:
    said = one(f"{code}/28FEB0930/AMS/P2K10.0")

    (count,) = said.counts
    assert (count.step, count.pieces) == (step, 2)
    assert count.at is not None
    assert count.at.isoformat() == "2026-02-28T08:30:00+00:00"
    assert (said.container, said.port, said.pieces) == (WAYBILL, "NLSPL", 3)
    assert (said.origin, said.destination) == ("FRA", "AMS")


@pytest.mark.parametrize(
    ("line", "consignment", "pieces"),
    [
        ("RCF/28FEB0930/AMS/P2", "020-12345675FRAAMS/P2T10", 10),
        ("RCF/28FEB0930/AMS/P2", "020-12345675FRAAMS/P2", None),
        ("RCF/28FEB0930/AMS/T3", "020-12345675FRAAMS/T3K9.5", 3),
    ],
)
def test_of_how_many_pieces_the_waybill_is(
    line: str, consignment: str, pieces: int | None
) -> None:
    assert one(line, consignment).pieces == pieces


def test_what_came_about_elsewhere_counts_for_nothing_here() -> None:
    assert one("RCF/28FEB0930/FRA/T3").counts == ()


def test_parts_add_up_and_what_is_told_twice_counts_once() -> None:
    lines = "RCF/KL0692/28FEB0830/AMS/P1\nRCF/KL0694/28FEB0930/AMS/P1\n"
    twice = f"FSU/14\n020-12345675FRAAMS/T3\n{lines}RCF/KL0694/28FEB0930/AMS/P1\n"

    assert [each.pieces for each in observed(heard(twice)).counts] == [2]


def test_a_part_beside_all_of_it_is_counted_once() -> None:
    lines = "RCF/28FEB0830/AMS/T3\nRCF/28FEB0930/AMS/P1"

    assert [each.pieces for each in one(lines).counts] == [3]


def test_a_status_told_again_says_nothing() -> None:
    text = "FSU/14\n020-12345675FRAAMS/T3\nRCF/28FEB0830/AMS/T3\n"
    first = heard(text)
    again = heard(text, first.memory)

    assert (again.messages, again.problems, again.memory) == ((), (), first.memory)


@pytest.mark.parametrize(("cleared", "held"), [("0859", 1), ("0900", 1), ("0901", 0)])
def test_a_hold_ends_with_a_later_clearance_alone(cleared: str, held: int) -> None:
    lines = f"TGC/28FEB0900/AMS/P1\nCCD/28FEB{cleared}/AMS/T3"

    assert one(lines).held == held


def test_the_year_is_the_last_in_which_it_can_have_come_about() -> None:
    (count,) = one("RCF/31DEC2330/AMS/T3").counts

    assert count.at is not None
    assert count.at.year == 2025


def test_a_wrong_check_digit_and_a_strange_code_are_findings() -> None:
    (part,) = heard("FSU/14\n020-12345670FRAAMS/T3\nXYZ/28FEB0900/AMS/T3\n").messages

    assert part.findings == ("waybill_check_digit: $.container", "code_unknown: status XYZ")


def test_what_is_no_code_in_form_is_not_repeated() -> None:
    data = sample("received.xml").replace(b">RCF<", b">J. DOE<")
    (part,) = parse(redact(data), HEADERS, NOTHING).messages

    assert part.findings == ("code_unknown: status",)


def test_a_line_that_is_no_status_is_told_and_the_others_are_heard() -> None:
    text = "FSU/14\n020-12345675FRAAMS/T3\nRCF/28FEB0900/AMS/T3\nBKD/QR/0843/20JUN/HKG/NLU\n"
    parsed = parse(text.encode(), HEADERS, NOTHING)
    assert [each.code for each in parsed.problems] == ["plain_identity"]

    parsed = heard(text)
    assert observed(parsed).counts[0].pieces == 3
    assert [(each.code, each.position) for each in parsed.problems] == [("line_unread", "line 4")]


def test_the_day_ends_with_all_delivered() -> None:
    facts = [each.fact for each in DAY if isinstance(each.fact, ConsignmentObserved)]

    assert len(facts) == len(ORDER)
    assert facts[1].missing[1] is AirMissing.NOT_CLEARED
    assert (facts[1].held, facts[2].held) == (1, 0)
    assert (facts[3].may_leave, facts[3].missing) == (3, ())
    assert facts[3].notified == FORWARDER
    assert facts[4].missing == (AirMissing.ALREADY_DELIVERED,)


def test_an_xfsu_is_answered_and_who_was_notified_gets_an_fsu() -> None:
    schiphol = Schiphol()
    facts = schiphol.hear(sample("notified.xml"))
    part = parse(redact(sample("notified.xml")), HEADERS, NOTHING)
    (recorded,) = facts
    # The story gives ids of its own: what wants an answer is known by the part's.
    memory = part.memory.replace(part.messages[0].id, recorded.cause.message_id)

    made = render(recorded, DIRECTORY.by_id, memory)

    answer, status = made.documents
    assert (answer.receiver, status.receiver) == ("cargonaut", FORWARDER)
    assert b"CGN-2026-000004" in answer.content
    assert status.content == (b"FSU/14\r\n020-12345675FRAAMS/T3\r\nNFD/28FEB1020/AMS/T3\r\n")
    assert all(SYSTEM.functions.proofread(each) == () for each in made.documents)
    assert len(render(recorded, DIRECTORY.by_id, made.memory).documents) == 1
    assert NOTIFIED.encode() not in answer.content


def test_what_is_rejected_there_is_a_problem_here() -> None:
    data = redact(sample("rejected.xml"))
    (problem,) = parse(data, HEADERS, NOTHING).problems

    assert problem.code == "document_rejected"
    assert SYSTEM.functions.correlation_of_bytes(data, {}) == WAYBILL
    taken = data.replace(b"Rejected", b"Accepted")
    assert parse(taken, HEADERS, NOTHING) == Parsed()


def test_what_a_receivers_server_answers_is_no_message_and_is_told_where_it_took_nothing() -> None:
    for said in (b"", b"OK", b"FSU/14\r\n"):
        for status, codes in (
            ("0", []),
            ("202", []),
            ("302", ["not_taken"]),
            ("400", ["not_taken"]),
        ):
            headers = HEADERS | {IN_REPLY_TO: "ledger-3-1.cargonaut.xfnm", HTTP_STATUS: status}
            parsed = parse(redact(said), headers, NOTHING)
            assert (parsed.messages, parsed.memory) == ((), NOTHING)
            assert [each.code for each in parsed.problems] == codes, (said, status)
    headers = HEADERS | {IN_REPLY_TO: "ledger-3-1.cargonaut.xfnm", HTTP_STATUS: "200"}
    (problem,) = parse(redact(sample("rejected.xml")), headers, NOTHING).problems
    assert problem.code == "document_rejected"


QUANTITY = b"<ram:PieceQuantity>3<", b"<ram:PieceQuantity>x<"
ENVELOPE = b"<ram:ID>CGN-2026-000001</ram:ID>"
SENDER = b'<ram:PrimaryID schemeID="C">CARGONAUT</ram:PrimaryID>'


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (b"020-12345675", b"020-1234", "identifier_unusable: TransportContractDocument"),
        (b"020-12345675", b"", "field_invalid: line 19, ID"),
        (b"<ram:ID>AMS</ram:ID>", b"<ram:ID>LHR</ram:ID>", "port_unknown: whole"),
        (*QUANTITY, "field_invalid: line 16, PieceQuantity"),
        (b"<ram:ReasonCode>RCF</ram:ReasonCode>", b"", "field_missing: ReasonCode"),
        (b"<ram:PieceQuantity>3</ram:PieceQuantity>", b"", "field_missing: PieceQuantity"),
    ],
)
def test_an_xfsu_that_is_not_taken_is_told_why_and_a_dead_letter_here(
    was: bytes, becomes: bytes, told: str
) -> None:
    data = redact(sample("received.xml").replace(was, becomes))
    parsed = parse(data, HEADERS, NOTHING)

    assert (parsed.messages, parsed.memory) == ((), NOTHING)
    (problem,) = parsed.problems
    assert f"{problem.code}: {problem.position}" == told
    (answer,) = parsed.requests
    assert (answer.method, answer.content_type, answer.path) == ("POST", MEDIA_XFNM, "")
    assert answer.content_type in SYSTEM.media_out
    assert xfnm.faults(answer.content) == ()
    said = answer.content.decode()
    for name, text in (
        ("ID", "CGN-2026-000001"),
        ('PrimaryID schemeID="C"', "CARGONAUT"),
        ("StatusCode", "Rejected"),
        ("ConditionCode", "Error"),
        ("ReasonCode", problem.code),
        ("Reason", problem.sentence),
        ("Information", problem.position),
        ("IssueDateTime", HEADERS["ce_time"]),
    ):
        assert f"<ram:{name}>{text}</ram:{name.split()[0]}>" in said
    assert parse(data, HEADERS, NOTHING) == parsed


def test_who_cannot_be_answered_is_not_and_it_is_a_dead_letter_alone() -> None:
    spoilt = sample("received.xml").replace(*QUANTITY)
    for name, data, code in (
        ("no id", spoilt.replace(ENVELOPE, b""), "field_invalid"),
        (
            "an id taken out",
            spoilt.replace(ENVELOPE, b"<ram:ID>REDACTED</ram:ID>"),
            "field_invalid",
        ),
        ("no sender", spoilt.replace(SENDER, b""), "field_missing"),
        ("an id too long", spoilt.replace(ENVELOPE, ENVELOPE.replace(b"C", b"C" * 90)), None),
        ("a DOCTYPE", b"<!DOCTYPE a>" + sample("received.xml")[38:], "doctype"),
        ("cut off", sample("received.xml")[:900], "not_xml"),
        ("no XFSU", spoilt.replace(b"StatusMessage", b"WayBill"), "message_unknown"),
        ("a response", sample("rejected.xml"), "document_rejected"),
        ("text", b"FSU/14\r\n020-1234\r\n", None),
        ("nothing that is known", b"\xff\x00", "not_fsu"),
    ):
        parsed = parse(redact(data), HEADERS, NOTHING)
        assert (parsed.messages, parsed.requests) == ((), ()), name
        (problem,) = parsed.problems
        assert code in {None, problem.code}, (name, problem)
    assert parse(redact(spoilt), {}, NOTHING).requests == ()  # it is not known when it came


@pytest.mark.parametrize("name", [each.name for each in SAMPLES.iterdir()])
def test_no_name_of_a_party_passes_and_redacting_again_changes_nothing(name: str) -> None:
    once = redact(sample(name))

    assert b"FORWARDER BV" not in once.upper()
    assert redact(once) == once


WORDS = st.from_regex(r"[A-Z]{4,10}( [A-Z]{2,8}){0,2}", fullmatch=True)
QUANTITIES = st.builds(
    fsu.Quantity,
    st.sampled_from("TPSDM"),
    st.integers(0, 99_999),
    st.sampled_from(["", "K1", "K505.0", "L30.12"]),
    st.none() | st.integers(0, 99_999),
)
STATUSES = st.builds(
    fsu.Status,
    code=st.sampled_from(["RCF", "CCD", "NFD", "DLV", "XYZ"]),
    place=st.from_regex(r"[A-Z]{3}([A-Z]{3})?", fullmatch=True),
    flight=st.sampled_from(["", "KL0692", "O31698", "QR843A"]),
    when=st.none()
    | st.builds(
        fsu.When, st.integers(1, 31), st.integers(1, 12), st.sampled_from(["", "0000", "2359"])
    ),
    quantity=st.none() | QUANTITIES.filter(lambda each: each.shape != "S" or bool(each.weight)),
    times=st.lists(st.sampled_from(["S0720", "A1008", "E0001-N"]), max_size=2).map(tuple),
    name=st.just("") | WORDS,
    more=st.lists(
        st.sampled_from(["OCI/HK/ISS/RA/28490", "/HK//SS/SPX", "ULD/PMC72534QR"]), max_size=3
    ).map(tuple),
)
MESSAGES = st.builds(
    lambda way, **more: fsu.Fsu(origin=way[:3], destination=way[3:], **more),
    way=st.just("") | st.from_regex(r"[A-Z]{6}", fullmatch=True),
    kind=st.sampled_from(["FSU", "FSA"]),
    version=st.sampled_from(["14", "6"]),
    waybill=st.from_regex(r"[0-9]{3}-[0-9]{8}", fullmatch=True),
    quantity=QUANTITIES,
    statuses=st.lists(STATUSES, max_size=4).map(tuple),
)


@given(MESSAGES)
def test_what_is_written_as_text_reads_back_whole(message: fsu.Fsu) -> None:
    assert fsu.read(fsu.written(message)) == message


@given(st.text(alphabet="FSU/14\n0273-AMTKRC ", max_size=80))
def test_whatever_the_text_is_it_is_a_message_or_a_reason(text: str) -> None:
    assert isinstance(fsu.read(text), fsu.Fsu | Unreadable)


def test_the_readme_names_what_is_unverified() -> None:
    folder = Path(adapters.cargonaut.__file__).parent
    readme = (folder / "README.md").read_text(encoding="utf-8")

    assert [
        each.code for each in UNVERIFIED if f"| `{each.code}` | {each.says} |" not in readme
    ] == []


def test_when_more_events_are_told_than_are_kept_none_is_dropped_in_silence() -> None:
    """The one that is dropped might be customs' hold."""
    heads = "FSU/14\n020-12345675FRAAMS/T3\n"
    times = [f"{at // 60:02}{at % 60:02}" for at in range(MOST_EVENTS)]
    full = heard(heads + "".join(f"RCF/28FEB{time}/AMS/P1\n" for time in times))
    more = heard(heads + "TGC/28FEB2300/AMS/T3\n", full.memory)

    assert len(full.messages) == 1
    assert full.problems == ()
    assert [each.code for each in more.problems] == ["too_many_events"]
    assert more.messages == ()
    assert more.memory == full.memory
    told = parse(redact(sample("held.xml")), HEADERS, full.memory)
    assert [each.code for each in told.problems] == ["too_many_events"]
    (answer,) = told.requests
    assert (b"Rejected" in answer.content, answer.correlation_id) == (True, WAYBILL)


@pytest.mark.parametrize(
    "written",
    [
        *("0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"),
        *("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_that_utc_cannot_hold_is_none(written: str) -> None:
    data = sample("received.xml")
    for name in (b"OccurrenceDateTime", b"IssueDateTime"):
        odd = re.sub(b"(<[a-z]+:" + name + b">)[^<]+", rb"\g<1>" + written.encode(), data)
        assert odd != data
        functions = SYSTEM.functions
        assert functions.correlation_of_bytes(odd, HEADERS) == functions.correlation_of_bytes(
            data, HEADERS
        )
        parsed = functions.parse(odd, HEADERS, NOTHING)
        assert (len(parsed.messages), parsed.problems) == (1, ())
    for ce_time in (written, written.removesuffix("Z") + "+00:00"):
        assert functions.parse(data, HEADERS | {"ce_time": ce_time}, NOTHING).problems == ()
