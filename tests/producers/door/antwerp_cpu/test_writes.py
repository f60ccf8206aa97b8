"""CPu's own bodies at the door: 202 and the right topic, or where the body is wrong."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from adapters.antwerp_cpu.parse import parse
from adapters.contract import NOTHING
from consumers.gate.opening import TerminalKeys
from consumers.gate.rights import SealedBox
from ledger.directory.directory import directory_of
from producers.door.antwerp_cpu.calls import WRITES
from producers.door.door import Voice
from producers.signing import new_message_key
from schemas import messages as m
from schemas.keys import Key
from schemas.organisations import Organisation
from schemas.signatures import SIGNATURE, SIGNED_HEADERS
from schemas.steps import Step
from tests.adapters.antwerp_cpu.samples import changed, members, sample
from tests.producers.door.house import (
    AGENT,
    BOX,
    FORWARDER,
    HAULIER,
    INLAND,
    KEY,
    NOW,
    ROOT,
    SPEAKS_AS,
    TERMINAL,
    House,
)

CARD = "000000012"
MOMENT = timedelta(milliseconds=1)
BULK = f"{ROOT}/BEANR/containers/import"
OTHER_BOX = f"{ROOT}/BEANR/containers/CPUU1000031/import"
CALLS = (
    (AGENT, f"{BOX}/commercial-release", "E1", "releases.carrier.v1", m.Release),
    (FORWARDER, f"{BOX}/release-rights", "E4", "releases.party.v1", m.Transfer),
    (FORWARDER, f"{BOX}/release-rights", "E6", "releases.party.v1", m.Accept),
    (FORWARDER, f"{BOX}/release-rights", "E7", "releases.party.v1", m.Decline),
    (FORWARDER, f"{BOX}/release-rights", "E8", "releases.party.v1", m.Revoke),
    (AGENT, f"{BOX}/release-rights", "E8", "releases.carrier.v1", m.Revoke),
    (FORWARDER, f"{BULK}/release-rights", "E10", "releases.party.v1", m.Transfer),
    (HAULIER, f"{BOX}/pickup-rights", "E11", "releases.party.v1", m.AssignPickup),
    (HAULIER, f"{ROOT}/pickup-rights/barge-rail", "E12", "releases.party.v1", m.AssignPickup),
    (TERMINAL, f"{OTHER_BOX}/terminal-release", "E13", "terminal.events.v1", m.ReportScanning),
    (
        HAULIER,
        f"{ROOT}/release-rights/means-of-transport",
        "E14",
        "releases.party.v1",
        m.SetMeansOfTransport,
    ),
)


@pytest.mark.parametrize(
    ("sender", "path", "number", "topic", "message"), CALLS, ids=lambda x: str(x)[-20:]
)
async def test_each_body_comes_on_its_topic_and_reads_as_its_message(
    sender: str, path: str, number: str, topic: str, message: type[m.Message]
) -> None:
    house = House()
    async with house.client(sender) as client:
        got = await client.put(path, content=sample(number), params={"externalReferenceId": "R-1"})

    assert got.status_code == 202, got.text
    assert set(got.json()) == {"publicReferenceId", "externalReferenceId"}
    assert got.json()["externalReferenceId"] == "R-1"
    (record,) = house.published.records
    assert record.topic == topic
    assert house.published.headers["ce_id"] == "R-1"
    assert house.published.headers["ce_source"] == f"urn:releasebus:organisation:{sender}"
    assert record.value is not None
    read = parse(record.value, house.published.headers, NOTHING)
    assert read.problems == ()
    assert {type(part.message) for part in read.messages} == {message}
    first = read.messages[0].message
    assert isinstance(first, m.ContainerMessage)
    assert record.key == first.container.encode()


async def test_a_bulk_of_the_terminal_and_a_gate_out_are_taken_too() -> None:
    house = House()
    bulk = {
        "portLoCode": "BEANR",
        "terminalCode": "1742",
        "actionType": "Release",
        "releaseRights": [{"equipmentNumber": "CPUU1000010"}],
    }
    async with house.client(TERMINAL) as client:
        many = await client.put(f"{BULK}/terminal-release", json=bulk)
        left = await client.put(
            f"{BOX}/gate-out", content=sample("GATEOUT"), headers={"terminal-code": "1742"}
        )

    assert (many.status_code, left.status_code) == (202, 202), left.text
    assert {each.topic for each in house.published.records} == {"terminal.events.v1"}


def test_every_body_of_the_adapter_has_its_call() -> None:
    from adapters.antwerp_cpu.makers import BULKS, SINGLES  # noqa: PLC0415  for this test alone

    spelt_twice = {"UpdateMeansOfTransport"}
    assert {each.body for each in WRITES} == (SINGLES.keys() | BULKS.keys()) - spelt_twice


async def test_the_card_is_sealed_before_anything_is_published() -> None:
    house = House()
    async with house.client(HAULIER) as client:
        got = await client.put(f"{BOX}/pickup-rights", content=sample("E11"))

    assert got.status_code == 202, got.text
    value = house.published.last.value or b""
    assert CARD.encode() not in value
    driver = json.loads(value)["pickupParty"]["driver"]
    keys = TerminalKeys({KEY.key_id: KEY.private_key})
    assert keys.names(SealedBox(driver["key_id"], driver["ciphertext"]), CARD) is True
    assert driver["mask"] == "**12"


@pytest.mark.parametrize(
    ("body", "at", "code"),
    [
        (b"", "line 1, column 1 (byte 0)", "empty"),
        (b'{"actionType": ', "line 1, column 16 (byte 15)", "truncated"),
        (changed("E6", actionType="Sail"), "$.actionType", "code_unknown"),
        (changed("E6", actionType=None), "$.actionType", "field_missing"),
        (
            changed("E6", equipmentNumber="CPUU1000026"),
            "$.equipmentNumber",
            "path_and_body_differ",
        ),
        (changed("E6", billOfLadingNumbers=[7]), "$.billOfLadingNumbers[0]", "field_invalid"),
        (changed("E6", pin="4711"), "$.pin", "plain_identity"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(body: bytes, at: str, code: str) -> None:
    house = House()
    async with house.client(FORWARDER) as client:
        got = await client.put(f"{BOX}/release-rights", content=body)

    assert got.status_code == 400
    (error,) = got.json()["errors"]
    assert (error["position"], error["errorCode"]) == (at, code)
    assert error["errorDescription"] in got.json()["detail"]
    assert house.published.records == []


@pytest.mark.parametrize(
    "changes",
    [
        {"terminalCode": None},
        {"terminalCode": "1700"},
        {"terminalCode": "9999"},
        {"terminalCode": {"is": "no text"}},
        {"portLoCode": "NLRTM"},
        {
            "pickupParty": {
                "partyType": "Truck",
                "identificationCode": CARD,
                "mobilePhoneNumber": "1",
            }
        },
        {"pickupParty": {"partyType": "Truck", "identificationCode": "x" * 64}},
        {"alfapassNumber": CARD},
        {"driver": {"name": "Jan"}},
    ],
    ids=[
        "no quay",
        "no key",
        "no such quay",
        "no text",
        "elsewhere",
        "phone",
        "long",
        "card",
        "name",
    ],
)
async def test_a_driver_that_cannot_be_sealed_is_not_published(
    changes: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    with caplog.at_level(logging.DEBUG):
        async with house.client(HAULIER) as client:
            got = await client.put(f"{BOX}/pickup-rights", content=changed("E11", **changes))

    assert (got.status_code, house.published.records) == (400, [])
    assert CARD not in got.text + caplog.text


async def test_a_revoked_pickup_names_no_driver_and_needs_no_key() -> None:
    house = House()
    body = changed("E11", actionType="Revoke", pickupParty=None, terminalCode=None)
    async with house.client(HAULIER) as client:
        got = await client.put(f"{BOX}/pickup-rights", content=body)

    assert got.status_code == 202, got.text


async def test_of_what_nobody_knows_only_the_name_goes_on() -> None:
    house = House()
    body = changed("E6", note=CARD, **{CARD: "x"}, releaseFrom={"card": CARD, "deep": [CARD]})
    async with house.client(FORWARDER) as client:
        got = await client.put(f"{BOX}/release-rights", content=body)

    assert got.status_code == 202, got.text
    value = house.published.last.value or b""
    assert CARD.encode() not in value
    assert json.loads(value)["note"] is None
    findings = parse(value, house.published.headers, NOTHING).messages[0].findings
    assert "unknown_member: $.note" in findings


async def test_a_reason_that_shows_a_card_is_taken_and_redacted_on_the_way_to_the_log() -> None:
    house = House()
    body = changed("E7", reasonForAction=f"driver card {CARD}")
    async with house.client(FORWARDER) as client:
        got = await client.put(f"{BOX}/release-rights", content=body)

    assert got.status_code == 202, got.text
    value = house.published.last.value or b""
    (part,) = parse(value, house.published.headers, NOTHING).messages
    assert "redacted: $.reasonForAction" in part.findings
    assert part.message.model_dump()["reason"] == "[redacted]"


async def test_a_repeat_is_the_very_same_record() -> None:
    house = House()
    async with house.client(HAULIER) as client:
        for _ in range(2):
            got = await client.put(
                f"{BOX}/pickup-rights", content=sample("E11"), headers={"X-Request-ID": "R-7"}
            )
            assert got.json() == {
                "publicReferenceId": got.json()["publicReferenceId"],
                "externalReferenceId": "R-7",
            }

    first, second = house.published.records
    assert first == second
    assert house.published.headers["ce_id"] == "R-7"


async def test_another_driver_under_the_same_reference_is_no_repeat() -> None:
    house = House()
    party = members("E11")["pickupParty"] | {"identificationCode": "000000034"}
    async with house.client(HAULIER) as client:
        for body in (sample("E11"), changed("E11", pickupParty=party)):
            await client.put(f"{BOX}/pickup-rights", content=body, headers={"X-Request-ID": "R-7"})

    first, second = house.published.records
    assert first.value != second.value


async def test_without_a_reference_each_call_is_a_message_of_its_own() -> None:
    house = House()
    async with house.client(FORWARDER) as client:
        got = [await client.put(f"{BOX}/release-rights", content=sample("E6")) for _ in range(2)]

    references = {each.json()["externalReferenceId"] for each in got}
    assert len(references) == len({each.json()["publicReferenceId"] for each in got}) == 2
    assert {dict(each.headers)["ce_id"].decode() for each in house.published.records} == references


@pytest.mark.parametrize("reference", ["", " ", "x" * 201, "a\tb", "é"])
async def test_a_reference_that_is_none_is_told(reference: str) -> None:
    house = House()
    async with house.client(FORWARDER) as client:
        got = await client.put(
            f"{BOX}/release-rights",
            content=sample("E6"),
            params={"externalReferenceId": reference},
        )

    assert (got.status_code, house.published.records) == (400, [])
    assert got.json()["errors"][0]["position"] == "query externalReferenceId"


async def test_a_broker_that_is_away_is_told_and_under_which_reference_to_try_again() -> None:
    house = House()
    house.published.away = True
    async with house.client(FORWARDER) as client:
        got = await client.put(
            f"{BOX}/release-rights", content=sample("E6"), headers={"X-Request-ID": "R-7"}
        )

    assert (got.status_code, got.headers["retry-after"]) == (503, "5")
    assert "R-7" in got.json()["detail"]


async def test_a_bulk_goes_whole_or_not_at_all_and_every_fault_is_told() -> None:
    house = House()
    rights = members("E10")["releaseRights"]
    half = changed("E10", releaseRights=[rights[0], {**rights[1], "releaseTo": None}])
    none = changed("E10", releaseRights=[{**each, "releaseTo": None} for each in rights])
    async with house.client(FORWARDER) as client:
        got = [await client.put(f"{BULK}/release-rights", content=each) for each in (half, none)]

    assert [each.status_code for each in got] == [400, 400]
    assert [[each["position"] for each in answer.json()["errors"]] for answer in got] == [
        ["$.releaseRights[1].releaseTo"],
        ["$.releaseRights[0].releaseTo", "$.releaseRights[1].releaseTo"],
    ]
    assert house.published.records == []


@pytest.mark.parametrize("code", ["NXT21000000003", "NXT99000000009"])
async def test_nobody_sends_for_another(code: str) -> None:
    house = House()
    other = {"identificationType": "NxtEntityId", "identificationCode": code}
    async with house.client(FORWARDER) as client:
        got = await client.put(f"{BOX}/release-rights", content=changed("E4", releaseFrom=other))

    assert (got.status_code, house.published.records) == (400, [])
    assert got.json()["errors"][0]["errorCode"] == "sent_for_another"


async def test_with_a_voice_the_door_signs_and_names_for_whom_it_speaks() -> None:
    house = House(voice=Voice(INLAND, SPEAKS_AS))
    async with house.client(HAULIER) as client:
        got = await client.put(f"{BOX}/release-rights", content=sample("E6"))

    assert got.status_code == 202, got.text
    told = house.published.headers
    assert told["ce_source"] == f"urn:releasebus:organisation:{INLAND}"
    assert told["rb_on_behalf_of"] == HAULIER
    assert (told["rb_authentication"], told["rb_channel"]) == (
        f"bearer token token of {HAULIER}",
        "https",
    )
    assert set(told) <= {*SIGNED_HEADERS, SIGNATURE}


async def test_a_door_whose_own_key_is_not_known_takes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What it signed would be a dead letter, and the caller would hear of nothing."""
    for voice in (Voice(INLAND, new_message_key()), Voice("NXT99000000009", SPEAKS_AS)):
        house = House(voice=voice)
        async with house.client(HAULIER) as client:
            got = await client.put(f"{BOX}/release-rights", content=sample("E6"))

        assert (got.status_code, house.published.records) == (503, [])
        assert got.json()["type"] == "urn:releasebus:problem:door_not_known"
        assert voice.organisation in caplog.text


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ({}, True),
        ({"person": "ada"}, False),
        ({"revoked_at": NOW}, False),
        ({"revoked_at": NOW + MOMENT}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW + MOMENT}, True),
    ],
    ids=str,
)
def test_the_doors_own_key_counts_until_its_moment(more: dict[str, Any], known: bool) -> None:  # noqa: FBT001  a parameter of the table
    key = Key(SPEAKS_AS.key_id, SPEAKS_AS.public_key, NOW, **more)
    itself = Organisation(INLAND, 1, "Inland", (), keys=(key,))

    assert Voice(INLAND, SPEAKS_AS).is_known(directory_of([itself], 1), NOW) is known


def test_a_door_that_is_suspended_speaks_for_nobody() -> None:
    key = Key(SPEAKS_AS.key_id, SPEAKS_AS.public_key, NOW)
    itself = Organisation(INLAND, 1, "Inland", (), keys=(key,), lacks=(Step.REINSTATEMENT,))

    assert not Voice(INLAND, SPEAKS_AS).is_known(directory_of([itself], 1), NOW)


async def test_who_has_not_appointed_the_door_is_told_so() -> None:
    house = House(voice=Voice(INLAND, SPEAKS_AS))
    async with house.client(FORWARDER) as client:
        got = await client.put(f"{BOX}/release-rights", content=sample("E6"))

    assert (got.status_code, house.published.records) == (403, [])
    assert INLAND in got.json()["detail"]


@pytest.mark.parametrize("code", [CARD, "7Q4Z9XWB", "CPUU100001", "CPUU10000101"])
async def test_a_card_or_a_code_in_the_path_is_no_container(code: str) -> None:
    house = House()
    path = f"{ROOT}/BEANR/containers/{code}/import/release-rights"
    async with house.client(FORWARDER) as client:
        got = await client.put(path, content=changed("E6", equipmentNumber=None))

    assert (got.status_code, house.published.records) == (400, [])
    assert code not in got.text
