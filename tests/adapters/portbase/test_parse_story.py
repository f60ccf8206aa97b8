"""The ledger and Portbase in turn, from the release to the leaving."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.portbase import SYSTEM
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import PickupEnd, RecordedFact
from schemas.stay import ReleaseStatus
from schemas.system_messages import AnswerRequest
from tests.adapters.portbase.rounds import BILL, Round, body, counted, kinds, types
from tests.adapters.rotterdam import DIRECTORY, PORT, PORTBASE, QUAY
from tests.adapters.story import (
    AGENT,
    CONTAINER,
    DRIVER,
    FORWARDER,
    HAULIER,
    Story,
    to,
)

ROW = {"equipmentNumber": CONTAINER}
HAULIERS_NAME = "DEMO HAULIER B.V."
STEP = {"blNumber": BILL, "equipmentNumber": CONTAINER}


def answer(status: str, *, release: str = "", customs: bool = True, tar: str | None = "T1") -> Any:
    """A terminal's answer to a pre-notification."""
    commercial = {"ok": not release, **({"reason": release} if release else {})}
    checks = {"commercialRelease": commercial, "customs": {"ok": customs}, "tar": tar}
    return {"equipmentNumber": CONTAINER, "status": status, "checks": checks}


def reasons(facts: list[RecordedFact]) -> Iterator[str]:
    """Why requests were not followed."""
    for recorded in facts:
        if isinstance(recorded.fact, s.RequestAnswered) and not recorded.fact.accepted:
            yield recorded.fact.reason


@pytest.fixture
def released() -> Round:
    """A container that the agent released to the forwarder, and the terminal accepted."""
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.tracked()
    one.hear(STEP | {"releaseStatus": "ACCEPTED"})
    one.hear(one.state())
    return one


@pytest.fixture
def nominated(released: Round) -> Round:
    """The same, with the haulier nominated."""
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    released.hear(released.state(operators=[HAULIERS_NAME]))
    return released


@pytest.fixture
def assigned(nominated: Round) -> Round:
    """The same, discharged and pre-notified, all lights green."""
    nominated.ask(HAULIER, m.AssignPickup, modality="truck", driver=DRIVER)
    nominated.reply(answer("ACCEPTED"))
    nominated.hear(on_the_quay(nominated))
    return nominated


def on_the_quay(one: Round, **of_bill: Any) -> Any:
    discharged = [ROW | {"actualDischargeDateTime": "2025-03-01T07:00:00Z"}]
    return one.state(operators=[HAULIERS_NAME], dischargeReports=discharged, **of_bill)


def test_a_release_goes_out_and_its_bill_is_tracked_once() -> None:
    one = Round()

    assert kinds(one.release(release_to=to(FORWARDER))) == ["track", "release"]
    assert one.story.file.stays == ()


def test_declared_is_neither_accepted_nor_refused() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))

    assert one.hear(STEP | {"releaseStatus": "DECLARED"}) == []


def test_what_the_terminal_accepts_is_held_at_once_by_whom_it_was_released_to(
    released: Round,
) -> None:
    assert (released.stay.agent, released.stay.accepted_holder) == (AGENT, FORWARDER)
    assert released.stay.first_release_party == FORWARDER
    assert released.stay.release_identification == "AGT-REL-0001"
    assert released.stay.authority == "system"


def test_a_release_that_shows_first_is_the_agents_all_the_same() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))
    facts = one.hear(one.state())

    assert counted(facts)["request_answered"] == 1
    assert (one.stay.agent, one.stay.accepted_holder) == (AGENT, FORWARDER)
    assert one.hear(STEP | {"releaseStatus": "ACCEPTED"}) == []


def test_a_release_that_the_terminal_rejects_opens_nothing() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))
    facts = one.hear(STEP | {"releaseStatus": "REJECTED", "reason": "vessel unknown"})

    assert list(reasons(facts)) == ["vessel unknown"]
    assert one.story.file.stays == ()


def test_a_nomination_moves_the_right_when_the_state_shows_it(released: Round) -> None:
    (nomination,) = released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    assert kinds([nomination]) == ["nominate"]
    assert released.reply(b"", "204") == []
    assert released.asked[-1].method == "GET"

    facts = released.hear(released.state(operators=[HAULIERS_NAME]))

    assert types(facts) == ["release_observed", "request_answered"]
    assert [hop.receiver for hop in released.stay.hops] == [FORWARDER, HAULIER]
    assert released.stay.first_release_party == FORWARDER


def test_a_container_may_leave_once_its_visit_is_accepted(assigned: Round) -> None:
    pickup = assigned.stay.pickup

    assert assigned.story.facts[-1].missing == ()
    assert pickup is not None
    assert (pickup.operator, pickup.driver is not None) == (HAULIER, True)


def test_a_container_leaves_as_it_may_and_nothing_is_odd_about_it(assigned: Round) -> None:
    left = [ROW | {"gateOut": "2025-03-01T08:00:00Z"}]
    facts = assigned.hear(
        on_the_quay(assigned, commercialReleases=[], hinterlandTerminalData=left)
    )

    assert types(facts) == ["release_observed", "gated_out", "pickup_ended"]
    assert "finding_made" not in types(assigned.story.facts)
    assert assigned.problems == []


def test_the_carrier_withdraws_and_nobody_collects_any_more(assigned: Round) -> None:
    gone = assigned.state(commercialReleases=[])
    facts = assigned.hear(gone)

    ended = assigned.story.of("pickup_ended").fact
    assert getattr(ended, "why", None) is PickupEnd.RELEASE_DELETED
    assert assigned.stay.status is ReleaseStatus.DELETED
    assert (assigned.stay.hops, facts[-1].missing != ()) == ((), True)


def test_only_a_new_release_starts_the_chain_again(assigned: Round) -> None:
    assigned.hear(assigned.state(commercialReleases=[]))
    assigned.hear(assigned.state())

    assert assigned.stay.status is ReleaseStatus.RELEASED
    assert (assigned.stay.hops, assigned.stay.pickup) == ((), None)


def test_an_operator_named_in_portbases_own_screens_ends_the_pickup_of_ours(
    assigned: Round,
) -> None:
    said = on_the_quay(assigned)
    said["nominatedInlandOperators"] = [ROW | {"inlandOperatorFullName": "Somebody Else"}]
    assigned.hear(said)

    assert assigned.stay.pickup is None
    assert assigned.stay.accepted_holder == FORWARDER


def test_an_operator_that_is_shown_no_more_holds_nothing_though_no_chain_is_known(
    assigned: Round,
) -> None:
    assigned.hear(assigned.state(commercialReleases=[]))
    assigned.hear(on_the_quay(assigned))
    assert assigned.stay.accepted_holder == HAULIER

    assigned.hear(assigned.state())

    assert assigned.stay.accepted_holder is None


def test_a_holder_takes_back_what_it_gave_to_an_operator(assigned: Round) -> None:
    (withdrawal,) = assigned.ask(FORWARDER, m.Revoke)
    assert body(withdrawal)["withdrawals"][0]["role"] == "INLAND_OPERATOR"

    facts = assigned.hear(assigned.state())

    assert counted(facts)["request_answered"] == 1
    assert list(reasons(facts)) == []
    assert "finding_made" not in types(facts)
    assert (assigned.stay.accepted_holder, assigned.stay.pickup) == (FORWARDER, None)


def test_cor_expires_the_release_until_its_date_changes(nominated: Round) -> None:
    nominated.ask(HAULIER, m.AssignPickup, modality="truck", driver=DRIVER)
    facts = nominated.reply(answer("REJECTED", release="COR", tar=None))

    assert list(reasons(facts)) == ["commercialRelease: COR"]
    assert nominated.stay.status is ReleaseStatus.EXPIRED

    # Another change of the bill does not mend it.
    facts = nominated.hear(on_the_quay(nominated))
    assert {fact.stay.status for fact in facts if fact.stay} == {ReleaseStatus.EXPIRED}

    later = [ROW | {"releaseValidUntilDateTime": "2025-05-01T08:00:00Z"}]
    facts = nominated.hear(on_the_quay(nominated, commercialReleases=later))
    assert {fact.stay.status for fact in facts if fact.stay} == {ReleaseStatus.RELEASED}


def test_an_acceptance_without_a_tar_is_none_where_the_terminal_gives_one(
    nominated: Round,
) -> None:
    nominated.ask(HAULIER, m.AssignPickup, modality="truck", driver=DRIVER)
    facts = nominated.reply(answer("ACCEPTED", tar=None))

    assert list(reasons(facts)) == ["no TAR was given"]
    assert nominated.stay.pickup is None


def test_a_terminal_that_takes_its_word_back_ends_the_pickup(assigned: Round) -> None:
    assigned.hear(answer("REJECTED", customs=False) | {"blNumber": BILL})

    assert assigned.stay.pickup is None
    assert assigned.stay.customs == "notreleased"


def test_a_changed_pickup_is_cancelled_and_made_anew(assigned: Round) -> None:
    made = assigned.ask(HAULIER, m.UpdatePickup, modality="barge")
    assert kinds(made) == ["cancel", "pre-notify"]
    before = assigned.stay.pickup

    assert assigned.hear(answer("ACCEPTED"), made[0].id, "200") == []
    facts = assigned.hear(answer("ACCEPTED", tar="T2"), made[1].id, "200")

    assert counted(facts)["request_answered"] == 1
    after = assigned.stay.pickup
    assert before is not None
    assert after is not None
    assert (after.modality, after.id != before.id) == ("barge", True)


def test_a_cancelled_visit_ends_the_pickup(assigned: Round) -> None:
    (cancelled,) = assigned.ask(HAULIER, m.RevokePickup)
    facts = assigned.hear(answer("ACCEPTED"), cancelled.id, "200")

    assert "pickup_ended" in types(facts)


def test_means_of_transport_are_said_with_the_nomination(nominated: Round) -> None:
    nominated.ask(HAULIER, m.SetMeansOfTransport, means_of_transport="barge")
    facts = nominated.reply([on_the_quay(nominated)])
    assert "means_of_transport_set" in types(facts)
    assert "finding_made" not in types(facts)

    (visit,) = nominated.ask(HAULIER, m.AssignPickup, modality="unknown")

    assert body(visit)["visit"]["modality"] == "BARGE"


def test_hapag_lloyds_release_is_followed_and_not_made() -> None:
    bills = ("HLCUSSZ2602ABC01",)
    one = Round()
    sent = one.release(release_to=to(FORWARDER), bills_of_lading=bills)
    assert kinds(sent) == ["track"]

    shown = one.state() | {"blNumber": bills[0]}
    shown["billOfLading"]["blNumber"] = bills[0]
    facts = one.hear(shown)

    assert types(facts)[:2] == ["request_answered", "released"]
    assert one.stay.accepted_holder == FORWARDER


def test_a_nomination_made_before_the_release_is_told_with_it() -> None:
    one = Round()
    one.ask(HAULIER, m.AssignPickup, modality="truck")
    one.hear(one.state(commercialReleases=[], operators=["Somebody Else"]))
    assert one.story.file.stays == ()

    one.hear(one.state(operators=["Somebody Else"]))

    assert one.stay.status is ReleaseStatus.RELEASED
    assert one.story.facts[-1].missing != ()


def test_what_portbase_has_no_call_for_is_answered_once_the_state_has_come(
    released: Round,
) -> None:
    (look,) = released.ask(AGENT, m.Block)
    assert dict(look.headers)["http-method"] == "GET"

    facts = released.reply([released.state()])

    assert list(reasons(facts)) == [
        "Portbase knows no block of a commercial release: withdraw it, or leave it."
    ]
    assert released.stay.status is ReleaseStatus.RELEASED


def test_an_accept_is_followed_where_a_release_is_shown(released: Round) -> None:
    released.ask(FORWARDER, m.Accept)
    facts = released.reply([released.state()])

    assert types(facts) == ["release_observed", "request_answered"]
    assert list(reasons(facts)) == []


def test_a_refused_call_is_a_rejected_request(released: Round) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    facts = released.reply({"message": "no such EAN"}, "422")

    assert list(reasons(facts)) == ["Portbase refused the call: HTTP 422."]


def test_a_system_that_fails_has_not_answered(released: Round) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert released.reply(b"<html>bad gateway</html>", "502") == []
    assert [each.code for each in released.problems] == ["call_failed"]
    facts = released.hear(released.state(operators=[HAULIERS_NAME]))
    assert counted(facts)["request_answered"] == 1


def test_what_is_overdue_is_looked_up(released: Round) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert kinds(released.wait(hours=1)) == ["tracked-bls"]


def test_a_right_that_two_answers_put_in_doubt_is_confirmed_by_the_state(
    released: Round,
) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    request_id = released.story.file.requests[-1].id
    refused = {"request_id": request_id, "accepted": False}
    released.ask(PORTBASE, AnswerRequest, **refused)
    looked_up = released.ask(PORTBASE, AnswerRequest, **(refused | {"accepted": True}))
    assert kinds(looked_up) == ["tracked-bls"]
    assert released.stay.confirmed_at is None

    released.reply([released.state()])

    assert released.stay.confirmed_at is not None


def test_a_second_nomination_waits_for_the_id_that_the_first_asked_for() -> None:
    one = Round(story=Story(port=PORT, terminal=QUAY, directory=DIRECTORY))
    one.release(release_to=to(FORWARDER))
    one.hear(STEP | {"releaseStatus": "ACCEPTED"})
    assert one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER)) == []

    one.tracked()

    one.hear(one.state() | {"id": "another"})
    made = [each for each in one.asked if each.method == "POST"]
    assert [each.path for each in made] == ["/cargo-controller/nominations"]
    assert dict(made[0].headers)["on-behalf-of"] == FORWARDER
    assert SYSTEM.profile.header in made[0].headers
    facts = one.hear(b"", made[0].id, "404")
    assert len(list(reasons(facts))) == 1
