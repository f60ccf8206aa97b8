"""Certified Pick up's rules and gotchas, one by one (cpu.md §7), as far as they bind a bus."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from adapters.antwerp_cpu.bodies import light_body
from adapters.antwerp_cpu.parse import parse
from adapters.contract import NOTHING
from ledger.directory.directory import directory_of
from schemas import messages as m
from schemas.entitlement import Entitlement
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, Haulage, PartyRef, Role
from schemas.organisations import Organisation, Terminal
from schemas.reasons import Missing
from schemas.stay import ReleaseStatus
from schemas.unreadable import Unreadable
from tests.adapters.antwerp_cpu.samples import PREFIX, sample
from tests.adapters.story import AGENT as AGENT_AT_CPU
from tests.adapters.story import FORWARDER as FORWARDER_AT_CPU
from tests.adapters.story import PARTIES, Story
from tests.adapters.story import to as to_at_cpu
from tests.ledger.law.states import READY, STATES
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_HAULIER,
    OTHER_QUAY,
    PORT,
    QUAY,
    SHARED_VAT,
    TERMINAL,
    UNREGISTERED,
    assign,
    given,
    party,
    release,
    released,
    say,
    transferred,
)
from tests.schemas.samples import told

RULES = range(1, 19)
NOT_FOR_A_BUS = {
    15: "that CPu's screen cannot do all that its API can is nobody's business here",
    16: "what hauliers complain of and where MPET fails: `releasebus why` is the answer to it",
    17: "the calendar of the roll-out; of the PIN that it ended, only that none may be sent",
}


def test_every_rule_has_its_test_or_its_reason() -> None:
    tested = {
        int(number[1])
        for name in globals()
        if (number := re.match(r"test_rule_(\d\d)_", name)) is not None
    }

    assert tested | NOT_FOR_A_BUS.keys() == set(RULES)
    assert tested & NOT_FOR_A_BUS.keys() == {17}, "of the roll-out only the PIN's end binds"


def test_rule_01_a_report_that_fits_two_releases_of_one_agent_is_linked_to_none_and_told() -> None:
    second = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(*READY[:1]).beside(second)
    cleared = say(m.ReportCustomsStatus, terminal=QUAY, status=CustomsStatus.RELEASED)

    heard = scene.when(CUSTOMS, cleared)

    assert heard.then("no: several_releases").file == scene.file


def test_rule_01_the_stay_number_goes_before_the_vessel_and_the_vessel_before_the_quay() -> None:
    of_stay = released(stay_number="V1", vessel_imo="1234567")
    of_vessel = released(
        release_id="vessel",
        release_identification="REL2",
        bills_of_lading=("BL2",),
        vessel_imo="9321483",
    )
    scene = given(of_stay).beside(of_vessel)

    def linked(**named: str) -> list[str]:
        report = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED, **named)
        return [a.stay.release_id for a in scene.when(CUSTOMS, report).answers if a.stay]

    assert linked(stay_number="V1", vessel_imo="1234567") == ["the-release"]
    assert linked(vessel_imo="9321483") == ["vessel"]
    assert linked(terminal=QUAY) == []


def test_rule_02_what_comes_before_its_release_waits_for_it() -> None:
    scene = given().when(CUSTOMS, say(m.ReportCustomsStatus, status="released")).then("waiting")
    scene = scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("waiting")

    scene = scene.when(AGENT, release()).then("released", "customs_status_set", "discharged")

    assert (scene.stay.discharged, scene.file.waiting) == (True, ())


def test_rule_03_a_release_lasts_sixty_days_and_its_notification_does_not_say_so() -> None:
    scene = given().when(AGENT, release(valid_from=NOW)).scene
    assert scene.stay.expires_at == NOW + timedelta(days=60)

    (opened, *_) = Story().released()
    assert opened.stay is not None
    body = light_body(opened.stay, PARTIES, "CommercialRelease", "UNKNOWN", "OK")
    assert body.expiration_date_time_utc is None


def test_rule_04_a_receiver_that_has_not_finished_its_onboarding_is_not_found() -> None:
    unknown = say(m.Transfer, release_to=party(UNREGISTERED))

    given(released()).when(AGENT, unknown).then("no: receiver_unknown")


def test_rule_05_a_release_without_a_nomination_is_ownerless_until_the_agent_nominates() -> None:
    scene = given().when(AGENT, release(release_to=None)).then("released")
    assert (scene.stay.hops, scene.stay.accepted_holder) == ((), None)

    nominated = scene.when(AGENT, say(m.Transfer, release_to=party(FORWARDER)))

    assert nominated.then("transferred").stay.pending is not None


def test_rule_06_an_accepted_right_is_revoked_by_the_agent_alone() -> None:
    scene = STATES["carried"]

    scene.when(FORWARDER, say(m.Revoke)).then("no: transfer_already_accepted")
    scene.when(AGENT, say(m.Revoke)).then("chain_revoked")


def test_rule_07_a_right_is_released_to_one_legal_entity_and_no_other_branch_sees_it() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER))

    # Registered with the same VAT number, and another organisation all the same.
    heard = scene.when(HAULIER, say(m.Accept))

    assert heard.then("no: not_the_receiver").file == scene.file
    assert HAULIER not in scene.stay.parties
    ambiguous = say(m.Transfer, release_to=PartyRef(scheme=Scheme.VAT, code=SHARED_VAT))
    given(released()).when(AGENT, ambiguous).then("no: receiver_ambiguous")


def test_rule_08_who_got_the_right_elsewhere_needs_the_pickup_right_all_the_same() -> None:
    held = given(*READY[:5], *READY[6:])

    heard = held.when(TERMINAL, say(m.ReportGateIn, terminal=QUAY))

    assert heard.answers[0].missing == (Missing.NO_PICKUP_ASSIGNED,)


def test_rule_09_every_fact_shows_the_first_release_party_and_the_haulage() -> None:
    scene = given().when(AGENT, release(release_to=party(FORWARDER), haulage="carrier")).scene
    for sender, message in (
        (FORWARDER, say(m.Accept)),
        (FORWARDER, say(m.Transfer, release_to=party(OTHER_HAULIER))),
        (OTHER_HAULIER, say(m.Accept)),
        (OTHER_HAULIER, assign()),
        (TERMINAL, say(m.ReportGateOut, terminal=QUAY)),
    ):
        heard = scene.when(sender, message)
        scene = heard.scene
        for answer in heard.answers:
            assert answer.stay is not None
            assert answer.stay.first_release_party == FORWARDER
            assert answer.stay.haulage is Haulage.CARRIER


def test_rule_10_an_inland_terminal_is_a_transport_operator_and_no_quay() -> None:
    inland = Organisation(
        "INLAND", 1, "Inland", (Role.TRANSPORT_OPERATOR,), (), (Terminal(PORT, "INLAND"),)
    )
    agent = Organisation(AGENT, 1, "Agent", (Role.SHIP_AGENT,), (), ())
    scene = given()
    scene = type(scene)(scene.file, directory=directory_of((inland, agent), version=1))

    scene.when(AGENT, release(terminal="INLAND")).then("no: terminal_unknown")
    scene.when("INLAND", say(m.ReportDischarge, terminal="INLAND")).then("no: role_not_allowed")


def test_rule_11_bills_of_lading_are_understood_as_a_list_and_as_one_text() -> None:
    for bills in (["BLTEST0001"], "BLTEST0001"):
        body = json.loads(sample("E6")) | {"billOfLadingNumbers": bills}
        assert _read("ReleaseRightAction", body).bills_of_lading == ("BLTEST0001",)


@pytest.mark.parametrize("scheme", ["TIN", "Tin", "tin"])
def test_rule_12_codes_are_understood_in_whatever_case(scheme: str) -> None:
    to = {"identificationType": scheme, "identificationCode": "BE0400000001"}
    body = json.loads(sample("E4")) | {"releaseTo": to, "actionType": "TRANSFER"}

    message = _read("ReleaseRightAction", body)

    assert isinstance(message, m.Transfer)
    assert message.release_to.scheme is Scheme.VAT


def test_rule_13_what_identifies_a_release_is_one_text_on_all_that_the_bus_says_of_it() -> None:
    assert Entitlement.__annotations__["release_identification"] in {str, "str"}
    with_list = json.loads(sample("E6")) | {"releaseIdentification": [{"equipmentNumber": "X"}]}
    headers = {"ce_type": PREFIX + "ReleaseRightAction", "ce_id": "1"}

    found = parse(json.dumps(with_list).encode(), headers, NOTHING)

    assert (found.messages, len(found.problems)) == ((), 1)


def test_rule_14_the_quay_may_change_and_both_quays_are_told() -> None:
    heard = given(*READY).when(AGENT, say(m.Update, terminal=OTHER_QUAY))

    scene = heard.then("pickup_ended: terminal_changed", "updated")
    ended, updated = (answer.stay for answer in heard.answers)
    assert ended is not None
    assert updated is not None
    assert (ended.terminal, updated.terminal) == (QUAY, OTHER_QUAY)
    scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then(
        "waiting", "finding: of_another_terminal"
    )


def test_rule_17_nobody_sends_a_pin_any_more() -> None:
    accept = {"container": "MSCU7029147", "port": "BEANR", "pin": "123456"}

    refused = told("accept", accept)

    assert isinstance(refused, Unreadable)
    assert refused.code == "plain_identity"


def test_rule_18_orange_lets_the_box_out_with_an_obligation() -> None:
    for status in (CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.FAVV):
        scene = given(*READY).when(CUSTOMS, say(m.ReportCustomsStatus, status=status)).scene
        heard = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY))
        heard.then("gated_out", "pickup_ended: picked_up")
        assert heard.scene.stay.status is ReleaseStatus.GATED_OUT
        assert heard.scene.stay.customs is status


# --- bulk: one message a container, each of which fares by itself (cpu.md §4.2 row 2)


def test_one_refusal_in_a_bulk_leaves_its_neighbours_alone() -> None:
    stories = {number: Story(container=number) for number in ("CPUU1000010", "CPUU1000026")}
    for number, story in stories.items():
        papers = next(right for right in _rights() if right["equipmentNumber"] == number)
        story.released(
            bills_of_lading=tuple(papers["billOfLadingNumbers"]),
            release_identification=papers["releaseIdentification"],
            release_to=to_at_cpu(FORWARDER_AT_CPU),
        )
    # The second is not accepted yet, so its holder-to-be cannot pass it on.
    stories["CPUU1000010"].say(FORWARDER_AT_CPU, m.Accept)
    headers = {"ce_type": PREFIX + "ReleaseRightBulkAction", "ce_id": "BUS-1"}

    parts = parse(sample("E10"), headers, NOTHING).messages
    fared = {}
    for part in parts:
        assert isinstance(part.message, m.Transfer)
        story = stories[part.message.container]
        members = part.message.model_dump(exclude_none=True, exclude={"container", "port"})
        (answer, *_) = story.say(FORWARDER_AT_CPU, m.Transfer, **members)
        fared[part.message.container] = answer.fact.type

    assert fared == {"CPUU1000010": "transferred", "CPUU1000026": "refused"}
    untouched = stories["CPUU1000026"].file.stays[0]
    assert untouched.pending is not None
    assert untouched.pending.giver == AGENT_AT_CPU


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
