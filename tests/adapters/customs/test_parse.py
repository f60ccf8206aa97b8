"""What customs say of a container, field by field, and what is said of what cannot be read."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import safe_xml
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, NOTHING
from adapters.customs import SYSTEM
from adapters.customs.wire import (
    Acknowledged,
    Result,
    faults_of,
    identification_in,
    status_in,
    written,
)
from adapters.customs.words import PORTS
from schemas.messages import CustomsStatus, ReportCustomsStatus
from schemas.unreadable import Unreadable
from tests.adapters.customs.ccrm import NOON, ORDER, USUAL, Link, said, sample, without
from tests.adapters.customs.facts import CUSTOMS_LINK, a_story
from tests.rows import each_row

parse = SYSTEM.functions.parse


def test_a_release_is_read_field_by_field() -> None:
    (part,) = parse(sample("released"), NOON, NOTHING).messages

    assert part.message == ReportCustomsStatus(
        container="CPUU1000010",
        port="BEANR",
        terminal="1742",
        bills_of_lading=("BLTEST0001",),
        stay_number="V185322",
        vessel_imo="9321483",
        status=CustomsStatus.RELEASED,
    )
    assert part.id == "customs-CCRM-2025-0000042"
    assert part.occurred_at == datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
    assert part.findings == ("terminal_normalised: K1742",)
    assert part.on_behalf_of is None


@pytest.mark.parametrize(
    ("name", "message", "part_id"),
    [
        (
            "documentary_control",
            ReportCustomsStatus(
                container="CPUU1000010",
                port="BEANR",
                terminal="1742",
                status=CustomsStatus.DOCUMENTARY_CONTROL,
            ),
            "customs-CCRM-2025-0000041",
        ),
        (
            "selected_for_scan",
            ReportCustomsStatus(
                container="CPUU1000031",
                port="BEANR",
                terminal="1742",
                status=CustomsStatus.SELECTED_FOR_SCAN,
            ),
            "customs-CCRM-2025-0000043",
        ),
        (
            "partially_cleared",
            ReportCustomsStatus(
                container="CPUU1000026",
                port="BEZEE",
                terminal="CSP",
                bills_of_lading=("BLTEST0001", "BLTEST0002"),
                vessel_imo="9321483",
                status=CustomsStatus.NOT_RELEASED,
            ),
            "customs-CCRM-2025-0000044",
        ),
    ],
)
def test_every_sample_is_read(name: str, message: ReportCustomsStatus, part_id: str) -> None:
    (part,) = parse(sample(name), NOON, NOTHING).messages

    assert (part.message, part.id) == (message, part_id)


@each_row(
    ("word", "status"),
    [
        *((each.value, each) for each in CustomsStatus),
        ("RELEASED", CustomsStatus.RELEASED),
        ("FAVV", CustomsStatus.FAVV),
        ("PartiallyCleared", CustomsStatus.NOT_RELEASED),
    ],
)
def test_every_status_of_the_light_is_known_in_any_case(word: str, status: CustomsStatus) -> None:
    (part,) = parse(said(CustomsStatus=word), NOON, NOTHING).messages

    assert isinstance(part.message, ReportCustomsStatus)
    assert part.message.status is status
    assert part.findings == ()


def test_a_status_that_nobody_understands_clears_nothing_and_is_found() -> None:
    (part,) = parse(said(CustomsStatus="Seized"), NOON, NOTHING).messages

    assert isinstance(part.message, ReportCustomsStatus)
    assert part.message.status is CustomsStatus.NOT_RELEASED
    assert part.findings == ("code_unknown: CustomsStatus",)


def test_a_check_digit_that_is_wrong_is_found_where_customs_name_it() -> None:
    (part,) = parse(said(EquipmentNumber="CPUU1000011"), NOON, NOTHING).messages

    assert part.findings == ("container_check_digit: EquipmentNumber",)


def test_what_another_says_beside_it_is_counted_and_not_repeated() -> None:
    data = (
        said()
        .replace(b"</CCRM06", b"")
        .replace(b"</ns0:CCRM06", b"<x xmlns='u'>?</x></ns0:CCRM06")
    )
    (part,) = parse(data, NOON, NOTHING).messages

    assert part.findings == ("unknown_members: 1",)


@pytest.mark.parametrize("port", sorted(PORTS))
def test_it_speaks_of_its_own_ports(port: str) -> None:
    assert parse(said(Port=port), NOON, NOTHING).messages


@pytest.mark.parametrize("port", ["NLRTM", "FRLEH", "DEHAM"])
def test_what_customs_of_other_ports_say_comes_through_their_system(port: str) -> None:
    parsed = parse(said(Port=port), NOON, NOTHING)

    assert not parsed.messages
    assert [(each.code, each.position) for each in parsed.problems] == [("port_unknown", "Port")]


@pytest.mark.parametrize("name", [name for name in ORDER if name in USUAL])
def test_what_is_left_out_is_refused_and_that_is_answered(name: str) -> None:
    parsed = parse(without(name), NOON, NOTHING)

    assert not parsed.messages
    (problem,) = parsed.problems
    assert problem.code in {"field_missing", "field_unexpected"}
    # Who does not say what he is answered by cannot be answered.
    assert len(parsed.requests) == (0 if name == "MessageIdentification" else 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PreparationDateTime": "2025-03-01T09:30:00"}, "field_invalid"),
        ({"PreparationDateTime": "yesterday"}, "field_invalid"),
        ({"PreparationDateTime": "2025-03-01T24:00:00Z"}, "field_invalid"),
        ({"EquipmentNumber": "?"}, "identifier_unusable"),
        ({"Port": "??"}, "identifier_unusable"),
        ({"Terminal": " "}, "field_invalid"),
        ({"BillOfLading": " ".join(f"BL{n}" for n in range(41))}, "field_unexpected"),
        ({"Remark": "none"}, "field_unexpected"),
        ({"MessageIdentification": "C" * 101}, "field_invalid"),
    ],
)
def test_what_is_not_as_the_schema_has_it_is_refused_with_its_place(
    changes: dict[str, str], code: str
) -> None:
    parsed = parse(said(**changes), NOON, NOTHING)

    assert not parsed.messages
    (problem,) = parsed.problems
    assert problem.code == code
    (name,) = changes
    assert name in problem.position
    assert len(parsed.requests) == (name != "MessageIdentification")


def test_a_refusal_tells_customs_which_message_which_place_and_why() -> None:
    data = said("CCRM-7", Port="NLRTM")
    (request,) = parse(data, NOON, NOTHING).requests

    assert (request.method, request.path) == ("POST", "/acknowledgements")
    assert request.headers == (("rb_profile", "ccrm/assumed-2026 unverified"),)
    assert request.content_type in SYSTEM.media_out
    assert request.id.startswith("customs-CCRM-7.")
    assert not faults_of(request.content)
    root = safe_xml.read(request.content)
    assert not isinstance(root, Unreadable)
    told = {str(each.tag).rpartition("}")[2]: each for each in root}
    assert told["MessageIdentification"].text == request.id
    assert told["PreparationDateTime"].text == "2025-03-01T12:00:00+00:00"
    assert told["ReferencedMessageIdentification"].text == "CCRM-7"
    assert told["EquipmentNumber"].text == "CPUU1000010"
    assert told["Result"].text == "Refused"
    assert told["Reason"].get("code") == "port_unknown"
    assert str(told["Reason"].text).startswith("Port: Customs speak here of Belgian ports")


def test_the_same_bytes_are_refused_once_and_others_of_that_number_by_themselves() -> None:
    first, again = (parse(said(Port="NLRTM"), NOON, NOTHING).requests for _ in range(2))
    other = parse(said(Port="FRLEH"), NOON, NOTHING).requests

    assert first == again
    assert first[0].id != other[0].id


def test_what_customs_answer_to_an_acknowledgement_is_no_message() -> None:
    link = Link()
    link.hear(said())
    taken = parse(said("CCRM-9"), {IN_REPLY_TO: "x", HTTP_STATUS: "200"}, link.memory)
    filed = parse(b"", {IN_REPLY_TO: "x", HTTP_STATUS: "0"}, link.memory)  # into a folder
    refused = parse(b"<html/>", {IN_REPLY_TO: "x", HTTP_STATUS: "500"}, link.memory)

    assert (taken.messages, taken.requests, taken.problems) == ((), (), ())
    assert filed == taken
    assert (refused.messages, refused.requests) == ((), ())
    assert [each.code for each in refused.problems] == ["not_taken"]
    assert taken.memory == refused.memory == link.memory
    assert not SYSTEM.functions.correlation_of_bytes(said(), {IN_REPLY_TO: "x"})


def test_a_memory_of_another_version_is_told_and_stands() -> None:
    parsed = parse(said(), NOON, '{"version":2}')

    assert [each.code for each in parsed.problems] == ["memory_unreadable"]
    assert parsed.memory == '{"version":2}'


def test_a_container_has_one_correlation_in_any_spelling() -> None:
    spelt = {
        SYSTEM.functions.correlation_of_bytes(said(EquipmentNumber=each), {})
        for each in ("CPUU1000010", "cpuu 100001-0", " CPUU1000010 ")
    }

    assert spelt == {"CPUU1000010"}
    assert SYSTEM.functions.correlation_of_bytes(b"no xml", {}) == ""


NAMES = st.text("ABCabc019._:-", min_size=1, max_size=100)


@example("0\x85")
@example("0\u2003")
@given(NAMES | st.text(max_size=5))
def test_what_can_be_answered_is_what_the_schema_takes_for_a_name(name: str) -> None:
    try:
        data = said(name)
    except ValueError:
        return  # no XML can hold it
    root = safe_xml.read(data)
    assert not isinstance(root, Unreadable)
    read = status_in(root)
    answered = identification_in(root)

    assert bool(answered) is not isinstance(read, Unreadable)
    if answered:
        own = f"customs-{answered}.0123456789abcdef.acknowledgement"
        told = Acknowledged(own, datetime.now(UTC), answered, Result.REFUSED, "", "x", "Why.")
        assert not faults_of(written(told))


@given(st.sampled_from(sorted(USUAL)), st.text(max_size=300))
def test_whatever_stands_in_a_field_it_is_a_message_or_a_problem(name: str, text: str) -> None:
    try:
        data = said(**{name: text}) if text else without(name)
    except ValueError:
        return
    parsed = parse(data, NOON, NOTHING)

    assert len(parsed.messages) + len(parsed.problems) == 1
    assert all(not faults_of(each.content) for each in parsed.requests)


def test_nothing_of_a_message_gets_lost() -> None:
    root = safe_xml.read(sample("released"))
    assert not isinstance(root, Unreadable)
    read = status_in(root)
    assert not isinstance(read, Unreadable)

    assert len(dataclasses.asdict(read)) == len(ORDER) + 1
    assert all(value for name, value in dataclasses.asdict(read).items() if name != "beside")


@pytest.mark.parametrize(
    ("named", "linked"),
    [
        ({"StayNumber": "V1"}, ["R-1"]),
        ({"StayNumber": "V2", "VesselImo": "9321483"}, ["R-2"]),
        ({"VesselImo": "L9811000"}, ["R-2"]),
        ({"BillOfLading": "BL1"}, ["R-1"]),
        ({"BillOfLading": "BL2", "StayNumber": "V2"}, ["R-2"]),
        # Equipment and terminal alone fit both: linked to none, and told so.
        ({}, []),
        # What holds it back holds whatever it fits (fail closed).
        ({"CustomsStatus": "DocumentaryControl"}, ["R-1", "R-2"]),
    ],
)
def test_of_two_stays_it_is_linked_as_rule_one_says(
    named: dict[str, str], linked: list[str]
) -> None:
    """cpu.md §7 rule 1: by terminal and stay number, else the vessel, else the terminal alone."""
    story = a_story()
    for number, visit, vessel, bill in (
        ("R-1", "V1", "9321483", "BL1"),
        ("R-2", "V2", "9811000", "BL2"),
    ):
        story.released(
            release_identification=number,
            stay_number=visit,
            vessel_imo=vessel,
            bills_of_lading=(bill,),
        )
    (part,) = parse(said(**named), NOON, NOTHING).messages
    members = part.message.model_dump(exclude_none=True)
    told = story.say(CUSTOMS_LINK, type(part.message), **members)  # type: ignore[arg-type]  # of a container

    set_ = [each.stay for each in told if each.fact.type == "customs_status_set"]
    assert sorted({each.release_identification for each in set_ if each is not None}) == linked
    assert linked or [each.fact.type for each in told] == ["refused"]
