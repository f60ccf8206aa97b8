"""A bill of lading as Portbase tells it: what changed becomes messages, field by field."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.contract import NOTHING, Parsed, Part
from adapters.portbase import SYSTEM
from adapters.portbase.memory import Known, remembered, to_remember
from schemas.messages import ContainerMessage
from schemas.system_messages import ObserveRelease
from tests.adapters.portbase.samples import members, sample, state, written
from tests.rows import each_row

BILL, BOX, OTHER = "HLCUSSZ2602ABC01", "HLBU2055178", "HLXU8113427"
TRACKING = "0f6d2c1e-7c55-4f0b-9a51-5b8d7d1f2a10"
UNTIL = datetime(2026, 3, 14, 22, tzinfo=UTC)


def heard(said: object, memory: str = NOTHING) -> Parsed:
    data = said if isinstance(said, bytes) else written(said)
    return SYSTEM.functions.parse(SYSTEM.functions.redact(data), {}, memory)


def after(*numbers: str) -> str:
    """Return what is remembered once these samples came."""
    memory = NOTHING
    for number in numbers:
        memory = heard(sample(number), memory).memory
    return memory


def told(part: Part) -> dict[str, Any]:
    """The message of a part without what it leaves out, and without what names the release."""
    assert isinstance(part.message, ContainerMessage)
    content = part.message.model_dump(exclude_unset=True)
    return {name: value for name, value in content.items() if name not in NAMES}


NAMES = {"container", "port", "terminal", "bills_of_lading"}


def test_p3_is_adopted_and_tells_nothing_of_a_container_that_is_not_released() -> None:
    parsed = heard(sample("P3"))

    assert (parsed.messages, parsed.problems) == ((), ())
    known = remembered(parsed.memory)
    assert known.tracking == ("b3a0c9f2-11d4-4b7e-8a3d-2f60c4ad9b77",)
    assert (known.bill, known.port, known.terminal) == ("MEDUXY778899", "NLRTM", "RWG")
    assert [box.number for box in known.boxes] == ["MEDU7319055"]


def test_p4_releases_one_of_two_containers_and_tells_its_discharge_with_its_time() -> None:
    right, discharge = heard(sample("P4")).messages

    for part in (right, discharge):
        assert isinstance(part.message, ObserveRelease)
        assert (part.message.container, part.message.port) == (BOX, "NLRTM")
        assert (part.message.terminal, part.message.bills_of_lading) == ("ECTDELTA", (BILL,))
    assert told(right) == {
        "status": "released",
        "expires_at": UNTIL,
        "customs": "notreleased",
        "no_pickup": True,
    }
    assert (told(discharge), right.occurred_at) == ({"discharged": True}, None)
    assert discharge.occurred_at == datetime(2026, 3, 5, 19, 44, tzinfo=UTC)


def test_p6_names_an_operator_whom_nobody_here_nominated() -> None:
    (part,) = heard(sample("P6"), after("P4")).messages

    assert told(part) | {"holders": ()} == told(part)
    assert told(part)["no_pickup"] is True
    assert part.findings == ("operator_unknown: $.nominatedInlandOperators",)


def test_p8_holds_each_container_that_an_inspection_names() -> None:
    green = state("P4", customsStatus="RELEASED")
    memory = heard(green).memory
    (part,) = heard(state("P8", customsStatus="RELEASED"), memory).messages
    known = remembered(heard(state("P8", customsStatus="RELEASED"), memory).memory)

    # Not `selectedforscan`, with which a container may leave.
    assert told(part)["customs"] == "notreleased"
    assert {box.number: box.customs for box in known.boxes} == {
        BOX: "notreleased",
        OTHER: "notreleased",
    }


def test_p9_withdraws_what_left_the_list_before_it_left_the_quay() -> None:
    (part,) = heard(sample("P9"), after("P4", "P6", "P8")).messages

    assert told(part) == {
        "status": "deleted",
        "holders": (),
        "no_pickup": True,
        "customs": "notreleased",
    }


def test_p10_tells_the_release_and_that_the_container_left() -> None:
    right, left = heard(sample("P10"), after("P3")).messages

    assert told(right)["expires_at"] == datetime(2026, 3, 20, 22, tzinfo=UTC)
    assert (told(left), left.occurred_at) == (
        {"gate_out": True},
        datetime(2026, 3, 11, 5, 31, 10, tzinfo=UTC),
    )
    assert isinstance(left.message, ObserveRelease)
    assert left.message.terminal == "RWG"


def test_what_left_was_not_withdrawn_where_it_is_on_no_list_any_more() -> None:
    gone = state("P10", commercialReleases=[])

    parsed = heard(gone, after("P3", "P10"))

    assert parsed.messages == ()


def test_the_same_state_again_says_nothing_and_asks_nothing() -> None:
    memory = after("P4")
    again = heard(sample("P4"), memory)

    assert again == Parsed(memory=memory)


def test_a_bill_that_comes_to_stand_as_before_is_told_under_ids_of_its_own() -> None:
    memory, ids = NOTHING, []
    for number in ("P4", "P9", "P4", "P9"):
        parsed = heard(sample(number), memory)
        memory = parsed.memory
        ids.append([part.id for part in parsed.messages])

    assert [len(each) for each in ids] == [2, 1, 1, 1]
    assert len({part_id for each in ids for part_id in each}) == 5


def test_the_same_bytes_give_the_same_ids_again() -> None:
    assert heard(sample("P4")) == heard(sample("P4"))


def test_a_webhook_that_changes_something_is_followed_by_a_get_and_its_answer_by_none() -> None:
    parsed = heard(sample("P4"))
    (get,) = parsed.requests
    assert (get.method, get.path) == ("GET", f"/cargo-controller/tracked-bls?id={TRACKING}")
    assert get.correlation_id == BILL

    answer = [{name: value for name, value in members("P9").items() if name != "eventType"}]
    overtaken = heard(answer, parsed.memory)

    assert [told(part)["status"] for part in overtaken.messages] == ["deleted"]
    assert overtaken.requests == ()


def test_what_a_state_leaves_out_stands_and_what_is_empty_is_empty() -> None:
    memory = after("P4")
    silent = state("P4", commercialReleases=None, dischargeReports=None, customsStatus=None)
    del silent["nominatedInlandOperators"]

    assert heard(silent, memory).messages == ()
    (withdrawn,) = heard(state("P4", commercialReleases=[]), memory).messages
    assert told(withdrawn)["status"] == "deleted"


def test_a_later_date_is_told() -> None:
    later = [{"equipmentNumber": BOX, "releaseValidUntilDateTime": "2026-03-20T23:00:00+01:00"}]
    (part,) = heard(state("P4", commercialReleases=later), after("P4")).messages

    assert told(part)["expires_at"] == datetime(2026, 3, 20, 22, tzinfo=UTC)


def test_the_same_moment_at_another_offset_is_no_change() -> None:
    same = [{"equipmentNumber": BOX, "releaseValidUntilDateTime": "2026-03-14T23:00:00+01:00"}]

    assert heard(state("P4", commercialReleases=same), after("P4")).messages == ()


def test_a_discharge_before_the_release_is_told_with_it() -> None:
    early = heard(state("P4", commercialReleases=[]))
    assert early.messages == ()

    messages = heard(sample("P4"), early.memory).messages

    assert [sorted(told(part)) for part in messages] == [
        ["customs", "expires_at", "no_pickup", "status"],
        ["discharged"],
    ]


@each_row(
    ("status", "inspections", "light", "known_word"),
    [
        ("T1", [], "notreleased", True),
        ("RELEASED", [], "released", True),
        ("released", [], "released", True),
        ("BLOCKED", [], "notreleased", True),
        ("WHATEVER", [], "notreleased", False),
        ("RELEASED", [{"equipmentNumber": BOX, "status": "SCAN"}], "notreleased", True),
        ("RELEASED", [{"equipmentNumbers": [BOX], "status": "PHYSICAL"}], "notreleased", True),
        ("RELEASED", [{"equipmentNumber": BOX, "status": "NEW"}], "notreleased", False),
        ("RELEASED", [{"equipmentNumber": BOX}], "notreleased", False),
        ("RELEASED", [{"equipmentNumber": OTHER, "status": "SCAN"}], "released", True),
    ],
)
def test_customs_words_and_what_nobody_knows_is_red(
    status: str, inspections: list[object], light: str, *, known_word: bool
) -> None:
    said = state("P4", customsStatus=status, inspectionItems=inspections)

    first = heard(said).messages[0]

    assert told(first)["customs"] == light
    assert any(each.startswith("code_unknown") for each in first.findings) is not known_word


def test_a_released_container_whose_quay_was_never_told_is_a_problem_until_it_is() -> None:
    parsed = heard(state("P4", dischargeTerminal=None))

    assert parsed.messages == ()
    assert {(each.code, each.position) for each in parsed.problems} == {
        ("field_missing", "$.billOfLading.dischargeTerminal.code")
    }
    assert len(heard(sample("P4"), parsed.memory).messages) == 2


@each_row("port", ["BEANR", "ZZZZZ", "nowhere"])
def test_another_port_is_a_problem_and_nothing_is_told_of_it(port: str) -> None:
    parsed = heard(state("P4", portOfDischarge={"locationUnCode": port}))

    assert [(each.code, each.position) for each in parsed.problems] == [
        ("port_unknown", "$.billOfLading.portOfDischarge.locationUnCode")
    ]
    # What leaves the port out is about the same one.
    later = heard(sample("P4"), parsed.memory)
    for each in (parsed, later):
        assert [one.code for one in each.problems] == ["port_unknown"]
        assert (each.messages, each.requests) == ((), ())
    ours = heard(state("P4", portOfDischarge={"locationUnCode": "NLRTM"}), later.memory)
    assert (len(ours.messages), ours.problems) == (2, ())


def test_an_inspection_of_no_container_holds_all_of_them() -> None:
    items_of_nobody: list[dict[str, object]] = [
        {"equipmentNumbers": []}, {"equipmentNumber": "?"}, {},
        {"equipmentNumbers": [OTHER], "equipmentNumber": "?"},
    ]  # fmt: skip
    for nobody in items_of_nobody:
        items = [{"equipmentNumber": OTHER, "status": "SCAN"}, nobody | {"status": "SCAN"}]
        parsed = heard(state("P4", customsStatus="RELEASED", inspectionItems=items))

        assert told(parsed.messages[0])["customs"] == "notreleased", nobody
        assert [each.code for each in parsed.problems] == ["field_invalid"]


def test_a_box_that_left_without_a_release_is_told_to_have_left_once() -> None:
    gone = state("P10", commercialReleases=[])
    parsed = heard(gone, after("P3"))

    (part,) = parsed.messages
    assert part.occurred_at == datetime(2026, 3, 11, 5, 31, 10, tzinfo=UTC)
    assert told(part) == {
        "status": "deleted",
        "holders": (),
        "no_pickup": True,
        "customs": "notreleased",
        "gate_out": True,
    }
    assert heard(gone, parsed.memory).messages == ()


def test_amsterdam_is_a_port_of_portbases_too() -> None:
    parsed = heard(state("P4", portOfDischarge={"locationUnCode": "nlams"}))

    assert isinstance(parsed.messages[0].message, ObserveRelease)
    assert parsed.messages[0].message.port == "NLAMS"


def test_a_container_without_a_number_is_a_problem_and_the_others_are_told() -> None:
    rows = [{"equipmentNumber": "000000012"}, {"equipmentNumber": BOX}]
    parsed = heard(state("P4", commercialReleases=rows))

    assert [each.position for each in parsed.problems] == [
        "$.billOfLading.commercialReleases[0].equipmentNumber"
    ]
    assert len(parsed.messages) == 2


def test_members_that_nobody_knows_are_findings_once() -> None:
    said = state("P4", vesselName="X") | {"newMember": 1}
    first, second = heard(said, after("P2")).messages

    assert first.findings == (
        "unknown_member: $.newMember",
        "unknown_member: $.billOfLading.vesselName",
    )
    assert second.findings == ()


def test_more_findings_than_a_header_carries_are_counted() -> None:
    said = state("P4") | {f"new{chr(97 + place)}": 1 for place in range(25)}

    assert heard(said, after("P2")).messages[0].findings[-1] == "further_findings: 5"


def test_an_array_of_one_bill_is_told_item_by_item() -> None:
    parsed = heard([members("P4"), members("P9")])

    assert [told(part).get("status") for part in parsed.messages] == ["released", None, "deleted"]


def test_an_array_of_several_bills_is_asked_for_bill_by_bill() -> None:
    said = [members("P4"), *members("P3"), {"blNumber": "NOID0001", "billOfLading": {}}]
    parsed = heard(said)

    assert SYSTEM.functions.correlation_of_bytes(written(said), {}) == ""
    assert [(each.correlation_id, each.path.partition("=")[2]) for each in parsed.requests] == [
        (BILL, TRACKING),
        ("MEDUXY778899", "b3a0c9f2-11d4-4b7e-8a3d-2f60c4ad9b77"),
    ]
    assert [each.position for each in parsed.problems] == ["$[2]"]
    assert parsed.messages == ()
    assert len({each.id for each in parsed.requests}) == 2


def test_a_second_id_of_the_same_bill_is_adopted_beside_the_first() -> None:
    other = members("P4") | {"id": "another"}
    parsed = heard(other, after("P4"))

    assert remembered(parsed.memory).tracking == (TRACKING, "another")
    assert parsed.messages == ()


@pytest.mark.parametrize("odd", ["../../admin", "a b", "x?y=1", "ü", "x" * 101])
def test_an_id_that_could_lead_a_call_elsewhere_is_a_problem(odd: str) -> None:
    parsed = heard(members("P4") | {"id": odd})

    assert [(each.code, each.position) for each in parsed.problems] == [("field_invalid", "$.id")]
    assert parsed.requests == ()
    assert remembered(parsed.memory).tracking == ()
    assert len(parsed.messages) == 2
    several = heard([members("P4") | {"id": odd}, *members("P3")])
    assert len(several.requests) == 1


def test_what_is_remembered_of_another_bill_is_not_mixed_in() -> None:
    memory = to_remember(Known(bill="OTHER"))

    assert [each.code for each in heard(sample("P4"), memory).problems] == ["wrong_memory"]
    assert heard(sample("P4"), memory).memory == memory


def test_memory_of_a_later_version_is_told_and_kept() -> None:
    memory = json.dumps({"version": 2})

    parsed = heard(sample("P4"), memory)

    assert [each.code for each in parsed.problems] == ["memory_unreadable"]
    assert parsed.memory == memory
