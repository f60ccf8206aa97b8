"""A release in detail and its lights: the exact shape, and for whom which part of it (E16)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.antwerp_cpu.reads import (
    Reader,
    Which,
    combined_light,
    release_detail,
    release_lights,
    terminal_detail,
)
from adapters.antwerp_cpu.standing import Standing, standings
from adapters.antwerp_cpu.wire_out import Notification, faults_in, written
from adapters.antwerp_cpu.wire_read import ReleaseDetail
from schemas import messages as m
from schemas.messages import Modality
from tests.adapters.antwerp_cpu.samples import members
from tests.adapters.story import (
    AGENT,
    CIPHERTEXT,
    CONTAINER,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    OTHER_TERMINAL,
    PARTIES,
    RIVAL,
    TERMINAL,
    Story,
    to,
)

NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
WHICH = Which(CONTAINER)


def reader(organisation: str, **more: Any) -> Reader:
    return Reader(organisation, PARTIES, NOON, **more)


def assigned() -> Story:
    """Tell of E16: released with its order and its expiry, passed down, and a driver named."""
    story = Story(now=datetime(2025, 3, 1, 8, 0, 2, tzinfo=UTC))
    expires_at = datetime(2025, 4, 30, 8, tzinfo=UTC)
    story.released(release_to=to(FORWARDER), expires_at=expires_at, order_reference="DO-778")
    story.now += timedelta(hours=1)
    story.say(FORWARDER, m.Accept)
    story.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    story.say(HAULIER, m.Accept)
    story.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    return story


def releases(story: Story) -> tuple[Standing, ...]:
    return standings(story.facts)


def detail(story: Story, organisation: str, **more: Any) -> ReleaseDetail | None:
    release_id = story.file.stays[0].release_id
    return terminal_detail(releases(story), release_id, reader(organisation, **more))


def content(answer: Notification) -> dict[str, Any]:
    assert faults_in(written(answer)) == ()
    whole: dict[str, Any] = json.loads(written(answer))
    return whole


def told(story: Story, organisation: str, which: Which = WHICH) -> dict[str, Any]:
    """Return the body of GetReleaseDetail."""
    answer = content(release_detail(releases(story), which, reader(organisation)))
    assert answer["event"] == "GetReleaseDetail"
    body: dict[str, Any] = answer["body"]
    return body


# --- for the terminal ---------------------------------------------------------------------------


def test_e16_the_terminal_reads_a_release_in_detail() -> None:
    found = detail(assigned(), TERMINAL, elsewhere=frozenset({HAULIER}))
    expected = members("E16")

    assert found is not None
    answer = json.loads(found.model_dump_json(by_alias=True))
    expected["releaseId"] = answer["releaseId"]
    expected["publicReferenceId"] = answer["publicReferenceId"]
    expected["encryptedAlfapassNumber"] = CIPHERTEXT
    assert answer == expected
    assert list(answer) == list(expected)
    assert isinstance(answer["billOfLadingNumbers"], str)


def test_several_bills_are_one_text() -> None:
    story = Story()
    story.released(bills_of_lading=("BL2", "BL1"))

    found = detail(story, TERMINAL)

    assert found is not None
    assert found.bill_of_lading_numbers == "BL2,BL1"
    assert found.transport_operator is None
    assert found.encrypted_alfapass_number is None


@pytest.mark.parametrize(
    "organisation", [AGENT, FORWARDER, HAULIER, OTHER_TERMINAL, RIVAL, "NXT99000000000"]
)
def test_only_the_terminal_where_it_is_collected_reads_it_by_its_id(organisation: str) -> None:
    assert detail(assigned(), organisation) is None


def test_no_release_has_an_id_that_nobody_gave() -> None:
    assert terminal_detail(releases(assigned()), "0" * 36, reader(TERMINAL)) is None


def test_the_sealed_driver_goes_to_no_quay_but_its_own() -> None:
    story = assigned()
    story.say(AGENT, m.Update, terminal="913")

    old, new = detail(story, TERMINAL), detail(story, OTHER_TERMINAL)

    assert old is None
    assert new is not None
    assert new.encrypted_alfapass_number is None  # a new quay ends the pick-up right


# --- for the parties ----------------------------------------------------------------------------


@pytest.mark.parametrize("organisation", [AGENT, FORWARDER, HAULIER])
def test_no_party_is_answered_with_the_driver_not_even_sealed(organisation: str) -> None:
    body = told(assigned(), organisation)

    assert body["encryptedAlfapassNumber"] is None
    assert CIPHERTEXT not in json.dumps(body)


def test_who_passed_the_right_on_does_not_read_who_collects() -> None:
    story = assigned()

    assert told(story, FORWARDER)["transportOperator"] is None
    assert told(story, AGENT)["transportOperator"]["nxtEntityId"] == HAULIER
    assert told(story, TERMINAL)["transportOperator"]["cpuRoles"] == ["TransportOperator"]


@pytest.mark.parametrize("organisation", [RIVAL, OTHER_TERMINAL, CUSTOMS])
def test_who_is_no_party_to_a_release_reads_nothing_of_it(organisation: str) -> None:
    answer = content(release_detail(releases(assigned()), WHICH, reader(organisation)))

    assert (answer["event"], answer["errors"][0]["errorCode"]) == ("NotValidated", "CPU-001")
    assert answer["body"] == {
        "equipmentNumber": CONTAINER,
        "billOfLadingNumbers": [],
        "releaseIdentification": None,
    }


def test_an_answer_goes_to_who_asked_under_its_own_reference() -> None:
    asked = reader(AGENT, reference="ASK-1")

    answer = content(release_detail(releases(assigned()), WHICH, asked))

    assert (answer["receiverId"], answer["senderId"]) == (AGENT, None)
    assert answer["externalReferenceId"] == answer["body"]["externalReferenceId"] == "ASK-1"
    assert answer["timestamp"] == "2025-03-02T12:00:00.0000000Z"
    assert answer["id"] == CONTAINER


# --- which of several releases ------------------------------------------------------------------


def two_releases() -> Story:
    story = Story()
    story.released()
    story.released(bills_of_lading=("BLTEST0002",), release_identification="AGT-REL-0002")
    return story


def test_of_two_releases_the_papers_tell_which_is_meant() -> None:
    story = two_releases()

    by_bill = told(story, AGENT, Which(CONTAINER, ("BLTEST0002",)))
    by_number = told(story, AGENT, Which(CONTAINER, release_identification="agt-rel-0001"))

    assert by_bill["releaseIdentification"] == "AGT-REL-0002"
    assert by_number["billOfLadingNumbers"] == "BLTEST0001"


def test_two_releases_that_fit_are_not_guessed_between() -> None:
    answer = content(release_detail(releases(two_releases()), WHICH, reader(AGENT)))

    assert (answer["event"], answer["errors"][0]["errorCode"]) == ("NotValidated", "CPU-002")


def test_a_box_that_came_back_is_read_as_it_stands_today() -> None:
    story = assigned()
    story.say(TERMINAL, m.ReportGateOut, terminal="1742")
    story.released(release_identification="AGT-REL-0009", bills_of_lading=("BLTEST0009",))

    assert told(story, AGENT)["releaseIdentification"] == "AGT-REL-0009"


# --- lights -------------------------------------------------------------------------------------


def lit() -> Story:
    story = assigned()
    story.now += timedelta(hours=1)
    story.say(TERMINAL, m.ReportDischarge, terminal="1742")
    story.say(TERMINAL, m.ReportTerminalRelease, terminal="1742")
    story.now += timedelta(hours=1)
    story.say(CUSTOMS, m.ReportCustomsStatus, status="favv")
    return story


def test_all_lights_are_answered_with_when_each_of_them_changed() -> None:
    answer = content(release_lights(releases(lit()), WHICH, reader(HAULIER)))

    assert (answer["event"], answer["type"]) == ("GetAllReleaseLights", "ReleaseLight")
    assert set(answer["body"]) == {
        "releaseId",
        "equipmentNumber",
        "releaseIdentification",
        "billOfLadingNumbers",
        "terminalCode",
        "portLoCode",
        "lights",
    }
    assert answer["body"]["lights"] == [
        {
            "greenLightName": "CommercialRelease",
            "greenLightValue": "OK",
            "color": "Green",
            "label": "Released",
            "dateLastUpdated": "2025-03-01T08:00:02Z",
        },
        {
            "greenLightName": "Customs",
            "greenLightValue": "FAVV",
            "color": "Orange",
            "label": "Food safety check",
            "dateLastUpdated": "2025-03-01T11:00:02Z",
        },
        {
            "greenLightName": "TerminalOperation",
            "greenLightValue": "DISCHARGED",
            "color": "Green",
            "label": "Discharged",
            "dateLastUpdated": "2025-03-01T10:00:02Z",
        },
        {
            "greenLightName": "TerminalReady",
            "greenLightValue": "RELEASED",
            "color": "Green",
            "label": "Released",
            "dateLastUpdated": "2025-03-01T10:00:02Z",
        },
    ]


def test_the_combined_light_is_orange_where_customs_is() -> None:
    answer = content(combined_light(releases(lit()), WHICH, reader(TERMINAL)))

    assert answer["event"] == "GetCombinedGreenLight"
    assert answer["body"]["greenLightColor"] == "Orange"
    assert "lights" not in answer["body"]


def test_lights_of_a_stranger_are_not_answered() -> None:
    for question in (release_lights, combined_light):
        assert content(question(releases(lit()), WHICH, reader(RIVAL)))["event"] == "NotValidated"
