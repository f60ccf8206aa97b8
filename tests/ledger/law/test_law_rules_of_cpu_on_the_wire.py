"""Of Certified Pick up's rules those that bind its adapter, one by one (cpu.md §7)."""

import json
from typing import Any

import pytest

from adapters.antwerp_cpu import gate
from adapters.antwerp_cpu.parse import parse
from adapters.antwerp_cpu.reads import Reader, Which, combined_light, terminal_detail
from adapters.antwerp_cpu.standing import standings
from adapters.antwerp_cpu.wire_read import CombinedLight
from adapters.antwerp_cpu.wire_words import LightColor, ReleaseRightStatus
from adapters.contract import NOTHING
from schemas import messages as m
from schemas.entitlement import Entitlement
from schemas.identifiers import Scheme
from schemas.lights import Colour
from schemas.message_types import BY_TYPE
from schemas.unreadable import Unreadable
from tests.adapters.antwerp_cpu.samples import PREFIX, members, sample
from tests.adapters.story import AGENT, CUSTOMS, EIGHT, FORWARDER, PARTIES, TERMINAL, Story, to
from tests.rows import each_row
from tests.schemas.samples import NAMES, told
from tests.schemas.samples import sample as message_sample


def test_rule_11_bills_of_lading_are_understood_as_a_list_and_as_one_text() -> None:
    for bills in (["BLTEST0001"], "BLTEST0001"):
        body = json.loads(sample("E6")) | {"billOfLadingNumbers": bills}
        assert _read("ReleaseRightAction", body).bills_of_lading == ("BLTEST0001",)


@pytest.mark.parametrize("bills", [("BL1",), ("BL1", "BL2")])
def test_rule_11_a_terminal_is_answered_with_the_bills_in_one_text(bills: tuple[str, ...]) -> None:
    story = Story()
    story.released(bills_of_lading=bills)
    reader = Reader(TERMINAL, PARTIES, EIGHT)

    detail = terminal_detail(standings(story.facts), story.file.stays[0].release_id, reader)

    assert detail is not None
    written = json.loads(detail.model_dump_json(by_alias=True))
    assert written["billOfLadingNumbers"] == ",".join(bills)
    # What is copied out of it into a request is understood.
    body = members("E6") | {"billOfLadingNumbers": written["billOfLadingNumbers"]}
    assert _read("ReleaseRightAction", body).bills_of_lading == bills


def test_rule_11_a_gate_is_told_what_is_wrong_in_one_text() -> None:
    said = ("Not discharged.", "Customs have not cleared it.")
    held = gate.Verdict(leaves=False, said=said, status=ReleaseRightStatus.ACCEPTED, lights=None)

    answered = gate.result(gate.Box("CPUU1000010"), held)

    assert answered.error_messages == "Not discharged. Customs have not cleared it."


@pytest.mark.parametrize("scheme", ["TIN", "Tin", "tin"])
def test_rule_12_codes_are_understood_in_whatever_case(scheme: str) -> None:
    to = {"identificationType": scheme, "identificationCode": "BE0400000001"}
    body = json.loads(sample("E4")) | {"releaseTo": to, "actionType": "TRANSFER"}

    message = _read("ReleaseRightAction", body)

    assert isinstance(message, m.Transfer)
    assert message.release_to.scheme is Scheme.VAT


@pytest.mark.parametrize("name", ["portLoCode", "port-locode", "portLocode", "PORTLOCODE"])
def test_rule_12_a_port_is_understood_however_its_member_is_spelt(name: str) -> None:
    body = members("E6")
    assert body.pop("portLoCode") == "BEANR"

    assert _read("ReleaseRightAction", body | {name: "BEGNE"}).port == "BEGNE"


@pytest.mark.parametrize("name", ["expirationDateTimeUtc", "expirationDatetimeUtc"])
def test_rule_12_an_expiry_is_understood_however_its_member_is_spelt(name: str) -> None:
    body = members("E1")
    body.pop("expirationDateTimeUtc", None)

    message = _read("CommercialReleaseAction", body | {name: "2030-04-30T08:00:00Z"})

    assert isinstance(message, m.Release)
    assert message.expires_at is not None
    assert message.expires_at.isoformat() == "2030-04-30T08:00:00+00:00"


@pytest.mark.parametrize("scheme", ["Apcs", "APCS", "apcs"])
def test_rule_12_a_party_is_understood_by_its_apcs_code_in_whatever_case(scheme: str) -> None:
    to_party = {"identificationType": scheme, "identificationCode": "ZA0001"}
    body = members("E4") | {"releaseTo": to_party, "actionType": "transfer"}

    message = _read("ReleaseRightAction", body)

    assert isinstance(message, m.Transfer)
    assert message.release_to.scheme is Scheme.APCS


def test_rule_12_what_scr_calls_yellow_is_orange_here() -> None:
    story = Story()
    story.released()
    story.say(TERMINAL, m.ReportDischarge, terminal="1742")
    story.say(TERMINAL, m.ReportTerminalRelease, terminal="1742")
    story.say(CUSTOMS, m.ReportCustomsStatus, status="favv")
    reader = Reader(AGENT, PARTIES, EIGHT)

    answer = combined_light(standings(story.facts), Which(story.container), reader)

    assert story.facts[-1].lights is not None
    assert story.facts[-1].lights.combined is Colour.YELLOW
    assert isinstance(answer.body, CombinedLight)
    assert answer.body.green_light_color is LightColor.ORANGE


def test_rule_12_what_is_spelt_in_two_ways_at_once_is_no_message() -> None:
    body = members("E6") | {"portLocode": "BEANR"}
    headers = {"ce_type": PREFIX + "ReleaseRightAction", "ce_id": "1"}

    found = parse(json.dumps(body).encode(), headers, NOTHING)

    assert [problem.code for problem in found.problems] == ["duplicate_key"]


def test_rule_13_what_identifies_a_release_is_one_text_on_all_that_the_bus_says_of_it() -> None:
    assert Entitlement.__annotations__["release_identification"] in {str, "str"}
    with_list = json.loads(sample("E6")) | {"releaseIdentification": [{"equipmentNumber": "X"}]}
    headers = {"ce_type": PREFIX + "ReleaseRightAction", "ce_id": "1"}

    found = parse(json.dumps(with_list).encode(), headers, NOTHING)

    assert (found.messages, len(found.problems)) == ((), 1)


def test_rule_13_a_gate_asks_and_is_answered_with_an_array_of_objects() -> None:
    boxes = [
        {"equipmentNumber": "CPUU1000010", "billOfLadingNumbers": ["BL1"]},
        {"equipmentNumber": "CPUU1000026", "billOfLadingNumbers": []},
    ]
    asked = {"alfapassNumber": "000000012", "releaseIdentification": boxes}

    question = gate.read_question(json.dumps(asked).encode())

    assert isinstance(question, gate.Question)
    expected = (gate.Box("CPUU1000010", ("BL1",)), gate.Box("CPUU1000026"))
    assert question.boxes == expected
    verdict = gate.Verdict(leaves=True, said=(), status=ReleaseRightStatus.ACCEPTED, lights=None)
    results = [gate.result(box, verdict) for box in question.boxes]
    written = json.loads(gate.sync_answer(question, results))["releaseIdentification"]
    assert [each["equipmentNumber"] for each in written] == ["CPUU1000010", "CPUU1000026"]


def test_rule_13_one_object_is_an_array_of_one_and_a_text_is_none() -> None:
    box = {"equipmentNumber": "CPUU1000010"}

    one = gate.read_question(
        json.dumps({"alfapassNumber": "1", "releaseIdentification": box}).encode()
    )
    text = gate.read_question(b'{"alfapassNumber": "1", "releaseIdentification": "REL1"}')

    assert isinstance(one, gate.Question)
    assert one.boxes == (gate.Box("CPUU1000010"),)
    assert isinstance(text, Unreadable)


def test_rule_17_every_type_of_message_is_tried_with_a_pin() -> None:
    assert len(NAMES) == len(BY_TYPE) > 20


@each_row("member", ["pin", "pinCode", "pincode", "PIN", "encryptedPin", "pickup_pin"])
@each_row("name", NAMES)
def test_rule_17_nobody_sends_a_pin_any_more(name: str, member: str) -> None:
    refused = told(name, message_sample(name) | {member: "123456"})

    assert (refused.code, refused.sensitive) == ("plain_identity", True)


def test_rule_17_a_pin_weighs_more_than_what_else_is_wrong_with_a_message() -> None:
    refused = told("accept", {"pin": "123456"})

    assert (refused.code, refused.sensitive) == ("plain_identity", True)


BODIES = {
    "CommercialReleaseAction": "E1",
    "ReleaseRightAction": "E4",
    "ReleaseRightBulkAction": "E10",
    "SubmitPickupRight": "E11",
    "SubmitBargeRailPickupRight": "E12",
    "TerminalRelease": "E13",
    "UpdateMeansOfTransport": "E14",
    "GateOut": "GATEOUT",
}


@pytest.mark.parametrize("name", BODIES)
def test_rule_17_a_body_of_cpu_with_a_pin_is_no_message(name: str) -> None:
    body = members(BODIES[name]) | {"pinCode": "123456"}

    found = parse(json.dumps(body).encode(), {"ce_type": PREFIX + name, "ce_id": "1"}, NOTHING)

    assert found.messages == ()
    assert [(each.code, each.sensitive) for each in found.problems] == [("plain_identity", True)]


# --- bulk: one message a container, each of which fares by itself (cpu.md §4.2 row 2)


def test_one_refusal_in_a_bulk_leaves_its_neighbours_alone() -> None:
    stories = {number: Story(container=number) for number in ("CPUU1000010", "CPUU1000026")}
    for number, story in stories.items():
        papers = next(right for right in _rights() if right["equipmentNumber"] == number)
        story.released(
            bills_of_lading=tuple(papers["billOfLadingNumbers"]),
            release_identification=papers["releaseIdentification"],
            release_to=to(FORWARDER),
        )
    # The second is not accepted yet, so its holder-to-be cannot pass it on.
    stories["CPUU1000010"].say(FORWARDER, m.Accept)
    headers = {"ce_type": PREFIX + "ReleaseRightBulkAction", "ce_id": "BUS-1"}

    parts = parse(sample("E10"), headers, NOTHING).messages
    fared = {}
    for part in parts:
        assert isinstance(part.message, m.Transfer)
        story = stories[part.message.container]
        members = part.message.model_dump(exclude_none=True, exclude={"container", "port"})
        (answer, *_) = story.say(FORWARDER, m.Transfer, **members)
        fared[part.message.container] = answer.fact.type

    assert fared == {"CPUU1000010": "transferred", "CPUU1000026": "refused"}
    untouched = stories["CPUU1000026"].file.stays[0]
    assert untouched.pending is not None
    assert untouched.pending.giver == AGENT


def _rights() -> list[dict[str, Any]]:
    rights: list[dict[str, Any]] = json.loads(sample("E10"))["releaseRights"]
    return rights


def _read(name: str, body: dict[str, object]) -> m.ContainerMessage:
    headers = {"ce_type": PREFIX + name, "ce_id": "1"}
    found = parse(json.dumps(body).encode(), headers, NOTHING)
    assert found.problems == ()
    (part,) = found.messages
    assert isinstance(part.message, m.ContainerMessage)
    return part.message
