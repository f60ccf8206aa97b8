"""Facts become CPu's notifications, field by field, for whom they are (cpu.md §4.3, §8)."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.antwerp_cpu.render import render
from adapters.antwerp_cpu.wire_out import read_notification
from adapters.antwerp_cpu.wire_words import Event
from adapters.contract import NOTHING
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import Modality, SealedDriver
from schemas.value import altered
from tests.adapters.antwerp_cpu.samples import members
from tests.adapters.story import (
    AGENT,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    OTHER_TERMINAL,
    PARTIES,
    RIVAL,
    TERMINAL,
    Story,
    a_day,
    facts_by_type,
    to,
)
from tests.rows import each_row

FACTS = facts_by_type()


def told(recorded: RecordedFact) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return what is told, by event and receiver."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for document in render(recorded, PARTIES, NOTHING).documents:
        content = json.loads(document.content)
        found[content["event"], document.receiver].append(content)
    return found


def one(recorded: RecordedFact, event: str, receiver: str) -> dict[str, Any]:
    (notification,) = told(recorded)[event, receiver]
    return notification


def altered_driver(mask: str) -> SealedDriver:
    return SealedDriver(**{**DRIVER.model_dump(), "mask": mask})


def receivers(recorded: RecordedFact, event: str) -> set[str]:
    return {receiver for told_event, receiver in told(recorded) if told_event == event}


# --- field by field -------------------------------------------------------------------------


def test_e3_a_light_is_told_to_the_terminal() -> None:
    story = Story()
    released, *_ = story.released()
    expected = members("E3")

    notification = one(released, "ReleaseLightChanged", TERMINAL)

    expected["body"]["releaseId"] = notification["body"]["releaseId"]
    expected["publicReferenceId"] = notification["publicReferenceId"]
    expected["timestamp"] = "2025-03-01T08:00:02.1234560Z"  # our clock has six digits
    assert notification == expected
    assert list(notification) == list(expected)
    assert list(notification["body"]) == list(expected["body"])


def test_e5_a_transfer_is_told_to_the_next_party() -> None:
    story = Story()
    story.released(release_to=to(FORWARDER))
    story.say(FORWARDER, m.Accept)
    story.now = datetime(2025, 3, 1, 9, tzinfo=UTC)
    (transferred,) = story.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    expected = members("E5")

    notification = one(transferred, "Transferred", HAULIER)

    expected["body"]["releaseId"] = notification["body"]["releaseId"]
    expected["publicReferenceId"] = notification["publicReferenceId"]
    expected["externalReferenceId"] = "BUS-000003"
    assert notification == expected
    assert list(notification["body"]) == list(expected["body"])
    assert receivers(transferred, "Transferred") == {FORWARDER, HAULIER}


def test_e9_a_revoke_after_acceptance_is_not_validated() -> None:
    story = Story()
    story.held_by_haulier()
    story.now = datetime(2025, 3, 1, 10, tzinfo=UTC)
    (refused,) = story.say(FORWARDER, m.Revoke)
    expected = members("E9")

    notification = one(refused, "NotValidated", FORWARDER)

    expected["publicReferenceId"] = notification["publicReferenceId"]
    expected["errors"][0]["errorDescription"] = notification["errors"][0]["errorDescription"]
    assert notification == expected
    assert "actionType" not in notification["body"]
    assert notification["errors"][0]["errorDescription"].startswith("The next party has accepted")
    assert set(told(refused)) == {("NotValidated", FORWARDER)}


def test_a_release_to_nobody_known_is_told_as_released_and_as_not_validated() -> None:
    """cpu.md §1.1 [SA-IG]: one call, handled as separate events."""
    first, second = Story().released(release_to=to("NXT21000000099"))

    assert ("Release", AGENT) in told(first)
    assert set(told(second)) == {("NotValidated", AGENT)}
    error = one(second, "NotValidated", AGENT)["errors"][0]
    assert error["errorDescription"].startswith("The receiver")


def test_an_expiry_that_was_given_is_told_and_the_default_is_not() -> None:
    by_default, *_ = Story().released()
    given, *_ = Story().released(expires_at=datetime(2025, 4, 30, 8, tzinfo=UTC))

    default_body = one(by_default, "Release", AGENT)["body"]
    given_body = one(given, "Release", AGENT)["body"]

    assert default_body["expirationDateTimeUtc"] is None
    assert given_body["expirationDateTimeUtc"] == "2025-04-30T08:00:00Z"
    assert given_body["releaseDateTimeUtc"] == "2025-03-01T08:00:00Z"


def test_a_quay_of_digits_is_written_with_four() -> None:
    story = Story(terminal="913")
    released, *_ = story.released()

    assert one(released, "Release", AGENT)["body"]["terminalCode"] == "0913"


# --- who is told what ---------------------------------------------------------------------------

RECEIVERS = [
    # fact, event, receivers
    ("released", "Release", {AGENT}),
    ("updated", "Update", {AGENT, FORWARDER, TERMINAL, OTHER_TERMINAL}),
    ("blocked", "Block", {AGENT, FORWARDER, HAULIER}),
    ("unblocked", "Unblock", {AGENT, FORWARDER, HAULIER}),
    ("chain_revoked", "Revoke", {AGENT, FORWARDER, HAULIER}),
    ("deleted", "Delete", {AGENT, FORWARDER}),
    ("expired", "ExpiredReleaseRights", {AGENT}),
    ("transferred", "Transferred", {AGENT, FORWARDER}),
    ("accepted", "AcceptedByNextParty", {AGENT}),
    ("declined", "DeclinedByNextParty", {AGENT}),
    ("transfer_revoked", "RevokedByPreviousParty", {FORWARDER}),
    ("pickup_assigned", "DigitalKeyCreated", {HAULIER}),
    ("pickup_ended", "DigitalKeyRevoked", {HAULIER}),
    ("terminal_released", "TerminalRelease", {AGENT, FORWARDER, HAULIER}),
    ("terminal_blocked", "TerminalBlocked", {AGENT, FORWARDER, HAULIER}),
    ("scanning_ordered", "TerminalScan", {AGENT, FORWARDER, HAULIER}),
    ("gated_out", "GateOut", {AGENT, FORWARDER, HAULIER}),
    ("gated_out", "PickedUpByParty", {HAULIER}),
    ("discharged", "ReleaseLightChanged", {AGENT, FORWARDER, HAULIER, TERMINAL}),
    ("customs_status_set", "ReleaseLightRegistered", {AGENT, FORWARDER, HAULIER, TERMINAL}),
    ("refused", "NotValidated", {FORWARDER}),
    ("given_up", "NotValidated", {FORWARDER}),
    ("nomination_refused", "NotValidated", {AGENT}),
    ("parked", "ThrownException", {FORWARDER}),
]


@each_row(("fact", "event", "expected"), RECEIVERS)
def test_each_event_goes_to_those_who_get_it(fact: str, event: str, expected: set[str]) -> None:
    assert receivers(FACTS[fact], event) == expected


def test_a_terminal_gets_lights_answers_and_updates_and_nothing_of_the_chain() -> None:
    told_to_terminals = {
        read_notification(document.content).event
        for recorded in (*a_day().facts, *FACTS.values())
        for document in render(recorded, PARTIES, NOTHING).documents
        if document.receiver in {TERMINAL, OTHER_TERMINAL}
    }

    assert told_to_terminals == {
        Event.RELEASE_LIGHT_CHANGED,
        Event.RELEASE_LIGHT_REGISTERED,
        Event.UPDATE,
    }


def test_a_terminals_own_message_that_fits_two_releases_is_answered() -> None:
    story = Story()
    story.released()
    story.released(bills_of_lading=("BLTEST0002",), release_identification="AGT-REL-0002")
    (refused,) = story.say(TERMINAL, m.ReportDischarge, terminal="1742")

    notification = one(refused, "NotValidated", TERMINAL)

    assert notification["errors"][0]["errorCode"] == "CPU-002"


def test_nobody_is_told_on_the_word_of_a_stranger() -> None:
    (refused,) = Story().say("NXT99000000000", m.Accept)

    assert told(refused) == {}


def test_who_is_no_party_to_a_release_learns_none_of_its_papers() -> None:
    story = Story()
    story.held_by_haulier()
    (refused,) = story.say(RIVAL, m.Block)

    body = one(refused, "NotValidated", RIVAL)["body"]

    assert body == {
        "equipmentNumber": "CPUU1000010",
        "billOfLadingNumbers": [],
        "releaseIdentification": None,
    }


def test_a_revoked_chain_does_not_show_each_party_the_others() -> None:
    notification = one(FACTS["chain_revoked"], "Revoke", HAULIER)

    assert FORWARDER not in json.dumps(notification)


# --- lights -----------------------------------------------------------------------------------


def lights(story: Story) -> list[tuple[str, str, str | None, str]]:
    """Return the light events that the terminal was told, in order."""
    heard = [
        notification
        for recorded in story.facts
        for (_, receiver), notifications in told(recorded).items()
        for notification in notifications
        if receiver == TERMINAL and notification["type"] == "ReleaseLight"
    ]
    bodies = [notification["body"] for notification in heard]
    return [
        (light["event"], body["greenLightName"], body["originalValue"], body["newValue"])
        for light, body in zip(heard, bodies, strict=True)
    ]


def test_a_days_lights_as_the_terminal_hears_them() -> None:
    changed, registered = "ReleaseLightChanged", "ReleaseLightRegistered"
    assert lights(a_day()) == [
        (changed, "CommercialRelease", "UNKNOWN", "OK"),
        (changed, "CommercialRelease", "OK", "BLOCKED"),
        (changed, "CommercialRelease", "BLOCKED", "OK"),
        (changed, "TerminalOperation", "UNKNOWN", "DISCHARGED"),
        (changed, "TerminalReady", "UNKNOWN", "RELEASED"),
        (changed, "TerminalReady", "RELEASED", "BLOCKED"),
        (changed, "TerminalReady", "BLOCKED", "RELEASED"),
        (changed, "TerminalReady", "RELEASED", "SCANNING"),
        (changed, "TerminalReady", "SCANNING", "RELEASED"),
        (registered, "Customs", None, "RELEASED"),
        (changed, "GateOperation", "UNKNOWN", "GATEINRECEIVED"),
        (changed, "GateOperation", "GATEINRECEIVED", "GATEOUTRECEIVED"),
    ]


def test_a_new_quay_is_told_every_light_once_and_the_old_one_no_light() -> None:
    story = Story()
    story.released()
    story.say(CUSTOMS, m.ReportCustomsStatus, status="favv")
    story.say(TERMINAL, m.ReportDischarge, terminal="1742")
    (updated,) = story.say(AGENT, m.Update, terminal="913")

    first = told(updated)["ReleaseLightRegistered", OTHER_TERMINAL]

    values = {(n["body"]["greenLightName"], n["body"]["newValue"]) for n in first}
    assert values == {("CommercialRelease", "OK"), ("Customs", "FAVV")}
    assert {event for event, receiver in told(updated) if receiver == TERMINAL} == {"Update"}


# --- the digital key ----------------------------------------------------------------------------


def test_a_driver_appears_masked_only() -> None:
    notification = one(FACTS["pickup_assigned"], "DigitalKeyCreated", HAULIER)

    assert notification["body"]["pickupParty"] == {
        "partyType": "Truck",
        "alfapassNumberMask": "**12",
        "driverAlias": "Jo",
    }


def test_the_means_of_transport_is_told_once_it_is_known() -> None:
    day = a_day()
    body = one(day.of("gated_out"), "GateOut", AGENT)["body"]
    before = one(FACTS["discharged"], "ReleaseLightChanged", TERMINAL)["body"]

    assert body["meansOfTransport"] == "Truck"
    assert before["meansOfTransport"] is None


def test_the_means_of_transport_are_told_as_they_were_set_before_any_pick_up() -> None:
    story = Story()
    story.held_by_haulier()
    story.say(HAULIER, m.SetMeansOfTransport, means_of_transport="rail")
    (discharged, *_) = story.say(TERMINAL, m.ReportDischarge, terminal="1742")

    assert told(story.of("means_of_transport_set")) == {}
    body = one(discharged, "ReleaseLightChanged", TERMINAL)["body"]
    assert body["meansOfTransport"] == "Rail"


def test_another_driver_ends_the_key_and_makes_another() -> None:
    story = Story()
    story.held_by_haulier()
    story.assigned()
    other = altered_driver("**34")
    changed = story.say(HAULIER, m.UpdatePickup, driver=other)

    heard = [
        (event, notification["body"]["pickupParty"]["alfapassNumberMask"])
        for recorded in changed
        for (event, _), notifications in told(recorded).items()
        for notification in notifications
    ]
    assert heard == [("DigitalKeyRevoked", "**12"), ("DigitalKeyCreated", "**34")]


def test_a_barge_has_no_driver() -> None:
    story = Story()
    story.held_by_haulier()
    (assigned,) = story.say(HAULIER, m.AssignPickup, modality=Modality.BARGE)

    party = one(assigned, "DigitalKeyCreated", HAULIER)["body"]["pickupParty"]

    assert party == {"partyType": "Barge", "alfapassNumberMask": None, "driverAlias": None}


def test_who_picked_up_is_told_to_the_holder_even_if_it_was_another() -> None:
    story = Story()
    story.held_by_haulier()
    story.assigned()
    left, *_ = story.say(TERMINAL, m.ReportGateOut, terminal="1742", picked_up_by=to(FORWARDER))

    notification = one(left, "PickedUpByParty", HAULIER)

    assert notification["body"]["transportOperator"]["nxtEntityId"] == FORWARDER
    assert notification["body"]["pickupParty"] is None
    assert receivers(left, "PickedUpByParty") == {HAULIER, FORWARDER}


def test_a_collector_whom_nobody_knows_is_not_made_up() -> None:
    story = Story()
    story.held_by_haulier()
    stranger = {"scheme": "vat", "code": "FR00000000000"}
    left, *_ = story.say(TERMINAL, m.ReportGateOut, terminal="1742", picked_up_by=stranger)

    assert receivers(left, "PickedUpByParty") == set()
    assert receivers(left, "GateOut") == {AGENT, FORWARDER, HAULIER}


# --- references ---------------------------------------------------------------------------------


def test_what_the_platform_does_by_itself_has_no_external_reference() -> None:
    notification = one(FACTS["expired"], "ExpiredReleaseRights", AGENT)

    assert notification["externalReferenceId"] is None
    assert notification["senderId"] is None


def test_public_references_are_one_a_notification() -> None:
    references = [
        read_notification(document.content).public_reference_id
        for recorded in a_day().facts
        for document in render(recorded, PARTIES, NOTHING).documents
    ]

    assert len(references) == len(set(references))


def test_a_public_reference_does_not_change_with_the_time_of_rendering() -> None:
    recorded = FACTS["released"]
    later = altered(recorded, recorded_at=recorded.recorded_at + timedelta(days=1))

    first = one(recorded, "Release", AGENT)
    again = one(later, "Release", AGENT)

    assert first["publicReferenceId"] == again["publicReferenceId"]
    assert first["timestamp"] != again["timestamp"]
