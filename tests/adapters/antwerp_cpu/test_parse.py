"""CPu's own request bodies become messages, field by field (cpu.md §2, §8)."""

import json
from datetime import UTC, datetime

import pytest

from adapters.antwerp_cpu.parse import correlation_of_bytes, parse
from adapters.antwerp_cpu.redact import redact
from adapters.contract import NOTHING, Parsed, Part
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Message, PartyRef
from schemas.unreadable import Unreadable
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, members, sample
from tests.adapters.story import DRIVER
from tests.rows import each_row

BODIES = {
    "E1": "CommercialReleaseAction",
    "E4": "ReleaseRightAction",
    "E6": "ReleaseRightAction",
    "E7": "ReleaseRightAction",
    "E8": "ReleaseRightAction",
    "E10": "ReleaseRightBulkAction",
    "E11": "SubmitPickupRight",
    "E12": "SubmitBargeRailPickupRight",
    "E13": "TerminalRelease",
    "E14": "UpdateMeansOfTransport",
}
CONTAINER = "CPUU1000010"
BILLS = ("BLTEST0001",)


def parsed(number: str, data: bytes | None = None, **headers: str) -> Parsed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    whole = {"ce_type": PREFIX + BODIES[number], "ce_id": "BUS-000001", **named}
    return parse(sample(number) if data is None else data, whole, NOTHING)


def part(number: str, data: bytes | None = None, **headers: str) -> Part:
    found = parsed(number, data, **headers)
    assert found.problems == ()
    (only,) = found.messages
    return only


def problem(number: str, data: bytes | None = None, **headers: str) -> Unreadable:
    found = parsed(number, data, **headers)
    assert found.messages == ()
    (only,) = found.problems
    return only


# --- the samples, field by field --------------------------------------------------------------


def test_e1_the_agents_release_with_its_first_nomination() -> None:
    assert part("E1").message == m.Release(
        container=CONTAINER,
        port="BEANR",
        terminal="1742",
        bills_of_lading=BILLS,
        release_identification="AGT-REL-0001",
        order_reference="DO-778",
        equipment_type="45G1",
        carrier=PartyRef(scheme=Scheme.NXTPORT, code="NXT21000000001"),
        release_to=PartyRef(scheme=Scheme.VAT, code="BE0400000001"),
        valid_from=datetime(2025, 3, 1, 8, tzinfo=UTC),
        expires_at=datetime(2025, 4, 30, 8, tzinfo=UTC),
    )


def test_e4_a_transfer_names_for_whom_the_sender_acts() -> None:
    found = part("E4")

    assert found.message == m.Transfer(
        container=CONTAINER,
        port="BEANR",
        bills_of_lading=BILLS,
        release_identification="AGT-REL-0001",
        release_to=PartyRef(scheme=Scheme.NXTPORT, code="NXT21000000003"),
    )
    assert found.on_behalf_of == PartyRef(scheme=Scheme.NXTPORT, code="NXT21000000002")
    assert found.id == "BUS-000001"


NAMED = {
    "container": CONTAINER,
    "port": "BEANR",
    "bills_of_lading": BILLS,
    "release_identification": "AGT-REL-0001",
}


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("E6", m.Accept.model_validate(NAMED)),
        ("E7", m.Decline.model_validate({**NAMED, "reason": "Not our transport order"})),
        ("E8", m.Revoke.model_validate({**NAMED, "reason": "Wrong haulier"})),
    ],
)
def test_e6_to_e8_accept_decline_and_revoke(number: str, message: Message) -> None:
    assert part(number).message == message
    assert part(number).findings == ()


def test_e10_a_bulk_is_as_many_messages_as_it_has_rights() -> None:
    found = parsed("E10")

    assert found.problems == ()
    assert [each.id for each in found.messages] == ["BUS-000001/0", "BUS-000001/1"]
    receiver = PartyRef(scheme=Scheme.VAT, code="NL000000001B01")
    assert [each.message for each in found.messages] == [
        m.Transfer.model_validate({**NAMED, "terminal": "1742", "release_to": receiver}),
        m.Transfer(
            container="CPUU1000026",
            port="BEANR",
            terminal="1742",
            bills_of_lading=("BLTEST0001", "BLTEST0002"),
            release_identification="AGT-REL-0002",
            release_to=receiver,
        ),
    ]


def test_e10_each_right_of_a_bulk_is_read_or_refused_by_itself() -> None:
    content = members("E10")
    del content["releaseRights"][0]["releaseTo"]

    found = parsed("E10", json.dumps(content).encode())

    assert [each.id for each in found.messages] == ["BUS-000001/1"]
    assert [(each.code, each.position) for each in found.problems] == [
        ("field_missing", "$.releaseRights[0].releaseTo")
    ]


def test_e11_a_truck_with_its_drivers_card_is_refused_and_kept_out_of_sight() -> None:
    refused = problem("E11")

    assert refused.code == "plain_identity"
    assert refused.position.startswith("$.pickupParty.")
    assert refused.sensitive
    assert "000000012" not in repr(refused)


@pytest.mark.parametrize(
    "party",
    [
        {"partyType": "Truck", "identificationType": "Card", "identificationCode": "000000012"},
        {"partyType": "Truck", "identificationCode": "000000012"},
        {"partyType": "Walk", "identificationType": "Card", "identificationCode": "000000012"},
        {"partyType": 1, "identificationCode": "000000012"},
    ],
)
def test_e11_whatever_the_card_is_called_its_dead_letter_keeps_a_digest(
    party: dict[str, object],
) -> None:
    assert problem("E11", changed("E11", pickupParty=party)).sensitive


def test_e11_what_is_left_after_redaction_is_still_no_assignment_of_a_driver() -> None:
    refused = problem("E11", redact(sample("E11")))

    assert (refused.code, refused.position) == (
        "plain_identity",
        "$.pickupParty.identificationCode",
    )


def test_e11_a_pick_up_is_revoked_without_naming_the_driver() -> None:
    found = part("E11", changed("E11", actionType="Revoke", pickupParty=None))

    assert found.message == m.RevokePickup.model_validate({**NAMED, "terminal": "1742"})
    assert found.occurred_at == datetime(2025, 3, 2, 5, 30, tzinfo=UTC)


def test_e11_a_train_names_no_person() -> None:
    party = {"partyType": "Rail", "identificationType": "Tin", "identificationCode": "BE1"}
    found = part("E11", changed("E11", pickupParty=party))

    assert isinstance(found.message, m.AssignPickup)
    assert found.message.modality is m.Modality.RAIL


def test_e11_another_driver_makes_the_right_anew() -> None:
    driver = DRIVER.model_dump(exclude_none=True)
    party = {"partyType": "Truck", "driver": driver}

    found = part("E11", changed("E11", actionType="Update", pickupParty=party))

    assert found.message == m.UpdatePickup.model_validate(
        {**NAMED, "terminal": "1742", "modality": "truck", "driver": driver}
    )


def test_e12_a_barge_or_rail_right_is_made_anew() -> None:
    found = part("E12", changed("E12", actionType="Update")).message

    assert isinstance(found, m.UpdatePickup)
    assert found.modality is m.Modality.UNKNOWN


def test_e12_a_barge_or_train_does_not_say_which() -> None:
    found = part("E12")

    assert found.message == m.AssignPickup(
        container="CPUU1000026",
        port="BEANR",
        terminal="1742",
        bills_of_lading=("BLTEST0001", "BLTEST0002"),
        release_identification="AGT-REL-0002",
        modality=m.Modality.UNKNOWN,
    )
    assert found.findings == (
        "port_assumed: BEANR",
        "modality_unknown: $",
        "not_carried: $.dataBrokerNxtEntityId",
    )


def test_e12_the_port_of_the_call_is_taken_where_there_is_one() -> None:
    found = part("E12", port_locode="BEZEE")

    assert isinstance(found.message, m.AssignPickup)
    assert found.message.port == "BEZEE"


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("Release", m.ReportTerminalRelease),
        ("Scanning", m.ReportScanning),
        ("Block", m.ReportTerminalBlock),
        ("Unblock", m.ReportTerminalUnblock),
    ],
)
def test_e13_the_terminals_light(verb: str, message: type[m.ContainerMessage]) -> None:
    found = part("E13", changed("E13", actionType=verb, stayNumber="V185322"))

    assert found.message == message.model_validate(
        {
            "container": "CPUU1000031",
            "port": "BEANR",
            "terminal": "1742",
            "stay_number": "V185322",
        }
    )
    assert found.occurred_at == datetime(2025, 3, 1, 22, tzinfo=UTC)


def test_a_terminals_light_for_many_containers() -> None:
    body = {
        "portLoCode": "BEANR",
        "terminalCode": "K1742",
        "actionType": "Release",
        "releaseRights": [{"equipmentNumber": "CPUU1000031"}, {"equipmentNumber": ""}],
    }
    headers = {"ce_type": PREFIX + "TerminalReleaseBulkAction", "ce_id": "T1"}

    found = parse(json.dumps(body).encode(), headers, NOTHING)

    (message,) = [each.message for each in found.messages]
    assert message == m.ReportTerminalRelease(
        container="CPUU1000031", port="BEANR", terminal="1742"
    )
    assert [each.position for each in found.problems] == ["$.releaseRights[1].equipmentNumber"]


@pytest.mark.parametrize("means", ["Truck", "Barge", "Rail", "Unknown"])
def test_e14_how_the_container_will_leave(means: str) -> None:
    found = part("E14", changed("E14", meansOfTransport=means))

    assert found.message == m.SetMeansOfTransport(
        container="CPUU1000026",
        port="BEANR",
        bills_of_lading=("BLTEST0001", "BLTEST0002"),
        release_identification="AGT-REL-0002",
        means_of_transport=m.Modality(means.lower()),
    )
    assert found.findings == ("port_assumed: BEANR",)


@pytest.mark.parametrize("body", ["UpdateMeansOfTransport", "UpdateMeansOfTransportRequest"])
def test_e14_goes_by_either_of_its_names(body: str) -> None:
    found = parse(sample("E14"), {"ce_type": PREFIX + body, "ce_id": "1"}, NOTHING)

    assert [type(each.message) for each in found.messages] == [m.SetMeansOfTransport]


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("Update", m.Update),
        ("Block", m.Block),
        ("Unblock", m.Unblock),
        ("Delete", m.Delete),
        ("Revoke", m.Revoke),
    ],
)
def test_the_agents_other_verbs(verb: str, message: type[Message]) -> None:
    assert type(part("E1", changed("E1", actionType=verb)).message) is message
    assert type(part("E4", changed("E4", actionType=verb)).message) is message


def test_an_update_carries_the_new_quay_and_dates() -> None:
    found = part("E1", changed("E1", actionType="Update", terminalCode="Kaai913")).message

    assert isinstance(found, m.Update)
    assert found.terminal == "913"
    assert found.expires_at == datetime(2025, 4, 30, 8, tzinfo=UTC)


def test_valid_from_stands_in_for_a_missing_release_date() -> None:
    data = changed("E4", actionType="Update", validFrom="2025-03-05T00:00:00+01:00")
    found = part("E4", data).message

    assert isinstance(found, m.Update)
    assert found.valid_from == datetime(2025, 3, 4, 23, tzinfo=UTC)


# --- what is odd is found ---------------------------------------------------------------------

ODD = [
    ("E1", {"ownerCode": "X"}, "unknown_member: $.ownerCode"),
    ("E1", {"equipmentNumber": "CPUU1000011"}, "container_check_digit: $.equipmentNumber"),
    ("E1", {"terminalCode": "K1742"}, "terminal_normalised: K1742"),
    ("E1", {"actionType": "RELEASE"}, "code_normalised: $.actionType"),
    ("E1", {"releaseDateTimeUtc": "2025-03-01T08:00:00"}, "offset_missing: $.releaseDateTimeUtc"),
    (
        "E1",
        {"portLoCode": None, "portLocode": "BEANR"},
        "member_normalised: $.portLocode",
    ),
    ("E4", {"carrier": {"identificationType": "SCAC"}}, "not_carried: $.carrier"),
    (
        "E4",
        {
            "releaseTo": {
                "identificationType": "TIN",
                "identificationCode": "NL000000001B01",
                "name": "Demo",
            }
        },
        "unknown_member: $.releaseTo.name",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("number", "members_changed", "finding"), ODD)
def test_what_is_odd_is_found_and_taken(
    number: str, members_changed: dict[str, object], finding: str
) -> None:
    assert finding in part(number, changed(number, **members_changed)).findings


@pytest.mark.parametrize("kind", ["Tin", "TIN", "tin"])
def test_kinds_of_codes_come_in_any_case(kind: str) -> None:
    party = {"identificationType": kind, "identificationCode": "BE0400000001"}
    found = part("E4", changed("E4", releaseTo=party)).message

    assert isinstance(found, m.Transfer)
    assert found.release_to.scheme is Scheme.VAT


# --- what is no message is told, by CPu's own path -----------------------------------------------

WRONG = [
    ("E1", {"terminalCode": None}, "field_missing", "$.terminalCode"),
    ("E1", {"equipmentNumber": "??"}, "identifier_unusable", "$.equipmentNumber"),
    ("E1", {"billOfLadingNumbers": []}, "field_invalid", "$.billOfLadingNumbers"),
    ("E1", {"billOfLadingNumbers": " , "}, "field_invalid", "$.billOfLadingNumbers"),
    ("E1", {"billOfLadingNumbers": 1}, "field_invalid", "$.billOfLadingNumbers"),
    ("E1", {"billOfLadingNumbers": ["A", 1]}, "field_invalid", "$.billOfLadingNumbers[1]"),
    ("E1", {"billOfLadingNumbers": ["A", "B\n"]}, "field_invalid", "$.billOfLadingNumbers[1]"),
    ("E1", {"actionType": None}, "field_missing", "$.actionType"),
    ("E1", {"actionType": "Transfer"}, "code_unknown", "$.actionType"),
    ("E1", {"releaseDateTimeUtc": "soon"}, "field_invalid", "$.releaseDateTimeUtc"),
    ("E1", {"releaseDateTimeUtc": 1740816000}, "field_invalid", "$.releaseDateTimeUtc"),
    ("E1", {"expirationDateTimeUtc": "20250430"}, "field_invalid", "$.expirationDateTimeUtc"),
    ("E1", {"PORTLOCODE": "BEANR"}, "duplicate_key", "$.portLoCode"),
    ("E4", {"releaseTo": None}, "field_missing", "$.releaseTo"),
    ("E4", {"releaseTo": {}}, "field_missing", "$.releaseTo.identificationType"),
    (
        "E4",
        {"releaseTo": {"identificationType": "Iban", "identificationCode": "X"}},
        "code_unknown",
        "$.releaseTo.identificationType",
    ),
    (
        "E4",
        {"releaseTo": {"identificationType": "Tin"}},
        "field_missing",
        "$.releaseTo.identificationCode",
    ),
    (
        "E4",
        {"releaseTo": {"identificationType": "Tin", "identificationCode": "?"}},
        "identifier_unusable",
        "$.releaseTo.identificationCode",
    ),
    ("E10", {"releaseRights": None}, "field_missing", "$.releaseRights"),
    ("E10", {"releaseRights": [1]}, "field_invalid", "$.releaseRights[0]"),
    ("E12", {"releaseIdentifier": None}, "field_missing", "$.releaseIdentifier"),
    ("E14", {"identifier": None}, "field_missing", "$.identifier"),
    ("E14", {"meansOfTransport": None}, "field_missing", "$.meansOfTransport"),
    ("E14", {"meansOfTransport": "Donkey"}, "code_unknown", "$.meansOfTransport"),
    (
        "E12",
        {"releaseIdentifier": {"equipmentNumber": None}},
        "field_missing",
        "$.releaseIdentifier.equipmentNumber",
    ),
]


@each_row(("number", "members_changed", "code", "position"), WRONG)
def test_what_is_no_message_is_told_by_cpus_own_path(
    number: str, members_changed: dict[str, object], code: str, position: str
) -> None:
    wrong = problem(number, changed(number, **members_changed))

    assert (wrong.code, wrong.position) == (code, position)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b'{"actionType":"Accept"', "truncated"),
        (b'{"actionType":NaN}', "not_a_number"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b"\xff\xfe", "not_utf8"),
        (b"[" * 10_000, "too_deep"),
        (b"[]", "field_invalid"),
        (b'"Accept"', "field_invalid"),
    ],
)
def test_bytes_that_are_no_body(data: bytes, code: str) -> None:
    assert problem("E6", data).code == code


def test_a_body_that_nobody_knows_is_told() -> None:
    found = parse(sample("E1"), {"ce_type": PREFIX + "Unheard", "ce_id": "1"}, NOTHING)

    assert [(each.code, each.position) for each in found.problems] == [
        ("type_unknown", "header ce_type")
    ]


def test_a_pin_anywhere_in_a_body_is_refused() -> None:
    refused = problem("E1", changed("E1", pin="4711"))

    assert (refused.code, refused.position, refused.sensitive) == (
        "plain_identity",
        "$.pin",
        True,
    )


@pytest.mark.parametrize("code", [[], [None], {}, {"": ""}, 1])
def test_a_drivers_code_of_any_kind_is_a_problem_and_raises_nothing(code: object) -> None:
    party = {"partyType": "Truck", "identificationType": "Alfapass", "identificationCode": code}

    assert problem("E11", changed("E11", pickupParty=party)).sensitive


@pytest.mark.parametrize("code", ["", "\x00", "x" * 256])
def test_a_sender_named_by_no_code_is_a_problem_and_raises_nothing(code: str) -> None:
    party = {"identificationType": "NxtEntityId", "identificationCode": code}

    wrong = problem("E4", changed("E4", releaseFrom=party))

    assert wrong.code == "field_invalid"
    assert wrong.position == "$.releaseFrom.identificationCode"


# --- what stood in the path of the call ---------------------------------------------------------


def test_the_path_of_the_call_fills_in_for_the_body() -> None:
    data = changed("E6", portLoCode=None, equipmentNumber=None)
    found = part("E6", data, port_locode="BEANR", equipment_number="CPUU1000010")

    assert found.message == part("E6").message


def test_a_path_that_contradicts_the_body_is_refused() -> None:
    wrong = problem("E6", equipment_number="CPUU1000026")

    assert (wrong.code, wrong.position) == ("path_and_body_differ", "$.equipmentNumber")


def test_a_bulks_id_leaves_room_for_the_places_of_its_parts() -> None:
    headers = {"ce_type": PREFIX + "ReleaseRightBulkAction", "ce_id": "x" * 250}

    (wrong,) = parse(sample("E10"), headers, NOTHING).problems

    assert wrong.code == "header_too_long"


@pytest.mark.parametrize(
    ("number", "container"),
    [("E1", CONTAINER), ("E12", "CPUU1000026"), ("E14", "CPUU1000026"), ("E10", "")],
)
def test_a_body_is_correlated_by_its_container(number: str, container: str) -> None:
    assert correlation_of_bytes(sample(number), {}) == container


def test_memory_is_handed_back_as_it_was() -> None:
    assert parse(sample("E6"), {"ce_type": PREFIX + "ReleaseRightAction"}, "kept").memory == "kept"
    assert parse(b"", {"ce_type": PREFIX + "ReleaseRightAction"}, "kept").memory == "kept"
