"""Where a community system decides: the table, and what the table has no room for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.law.answer import answer
from ledger.law.context import Question
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import Outcome
from schemas.messages import Modality
from schemas.observed import ObservedStatus
from schemas.stay import Hop
from tests.ledger.law.cells import Cell, cells, rows
from tests.ledger.law.system_table import SOURCES, TABLE
from tests.ledger.law.system_world import (
    COMES,
    PORT,
    RELEASED,
    REQUESTS,
    TO_HAULIER,
    answers,
    carried,
    held,
    later,
    request_in,
    shows,
    there,
)
from tests.ledger.law.world import (
    AGENT,
    DRIVER,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_HAULIER,
    PORTBASE,
    QUAY,
    RIVAL,
    TERMINAL,
    THE_NUMBER,
    Heard,
    Scene,
    assign,
    given,
    party,
    release,
    released,
)

CELLS = tuple(cells(TABLE))


ROWS = rows(CELLS)
EACH_ROW = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


@EACH_ROW
def test_the_law_answers_as_the_table_says(row: list[Cell]) -> None:
    heard = {cell.state: COMES[cell.action](*REQUESTS[cell.state]) for cell in row}

    answers = {state: " + ".join(each.words) or "-" for state, each in heard.items()}
    assert answers == {cell.state: cell.answer for cell in row}


def test_no_cell_is_missing_or_given_twice() -> None:
    product = sorted((action, state) for action in COMES for state in REQUESTS)

    assert sorted((cell.action, cell.state) for cell in CELLS) == product
    assert {cell.source for cell in CELLS} <= SOURCES


@EACH_ROW
def test_a_message_gets_one_outcome_and_what_is_only_asked_changes_no_stay(
    row: list[Cell],
) -> None:
    for cell in row:
        scene, request = REQUESTS[cell.state]
        heard = COMES[cell.action](scene, request)

        outcomes = 0 if cell.action.startswith("time") else 1
        assert len(heard.first_outcomes) == outcomes, cell
        only_asked = cell.answer in {"request_made", "request_overdue", "-"}
        if only_asked or cell.answer.startswith("no:"):
            assert heard.scene.file.stays == scene.file.stays, cell


# --- a request ----------------------------------------------------------------------------------


def test_a_request_has_the_same_id_whenever_its_message_is_read() -> None:
    scene = held()
    question = scene.asked(FORWARDER, TO_HAULIER)

    ids = {request_in(_heard(scene, question)) for _ in range(2)}
    other = request_in(scene.when(FORWARDER, TO_HAULIER))

    assert len(ids) == 1
    assert other not in ids


def _heard(scene: Scene, question: Question) -> Heard:
    file, told = answer(scene.file, question, scene.context)
    return Heard(replace(scene, file=file), told)


def test_what_was_asked_is_applied_in_the_sense_that_the_request_stands() -> None:
    heard = held().when(FORWARDER, TO_HAULIER)
    (told,) = heard.answers

    assert told.outcome is Outcome.APPLIED
    assert isinstance(told.fact, s.RequestMade)
    assert told.fact.receiver == HAULIER
    assert told.stay == heard.scene.stay


def test_what_a_request_carried_goes_when_it_is_answered() -> None:
    scene = carried()
    heard = scene.when(HAULIER, assign(port=PORT))
    (request,) = heard.scene.file.requests
    assert DRIVER.ciphertext in request.message

    after = answers(heard.scene, request.id, accepted=False).scene

    (request,) = after.file.requests
    assert request.message == ""


def test_a_release_is_opened_when_the_system_accepts_it() -> None:
    asked = given().when(AGENT, release(port=PORT, release_to=party(FORWARDER)))
    assert asked.words == ["request_made"]
    assert asked.scene.file.stays == ()

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "released", "transferred"]
    stay = heard.scene.stay
    assert (stay.authority, stay.confirmed_at, stay.agent) == ("system", NOW, AGENT)


def test_what_waited_for_the_release_is_asked_once_it_is_there() -> None:
    scene = given().when(FORWARDER, there(m.Accept)).then("waiting")
    asked = scene.when(AGENT, release(port=PORT, release_to=party(FORWARDER)))

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "released", "transferred", "request_made"]
    assert heard.answers[-1].cause.waited
    assert heard.answers[-1].outcome is Outcome.APPLIED


def test_a_release_that_was_shown_before_it_was_accepted_is_one_and_gets_its_agent() -> None:
    asked = given().when(AGENT, release(port=PORT))
    seen = shows(asked.scene, status=RELEASED).scene
    assert seen.stay.agent == PORTBASE

    heard = answers(seen, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "release_observed"]
    assert [stay.agent for stay in heard.scene.file.stays] == [AGENT]


def test_a_box_that_was_shown_without_papers_is_the_release_that_is_accepted() -> None:
    asked = given().when(AGENT, release(port=PORT, release_to=party(FORWARDER)))
    seen = shows(asked.scene, status=None, bills_of_lading=(), discharged=True).scene
    assert seen.stay.agent == PORTBASE

    heard = answers(seen, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "release_observed", "updated", "transferred"]
    stay = heard.scene.stay
    assert (stay.agent, stay.discharged, stay.confirmed_at) == (AGENT, True, NOW)
    assert (stay.bills_of_lading, stay.release_identification) == (("BL1",), "REL1")
    assert [hop.receiver for hop in stay.hops] == [FORWARDER]


def test_a_box_that_was_shown_of_another_visit_or_of_another_agent_is_not() -> None:
    asked = given().when(AGENT, release(port=PORT, stay_number="2"))
    for shown in ({"stay_number": "1"}, {"agent": party(RIVAL)}):
        seen = shows(asked.scene, status=None, bills_of_lading=(), **shown).scene

        heard = answers(seen, request_in(asked), accepted=True)

        assert "released" in heard.words, shown
        assert len(heard.scene.file.stays) == 2


def test_two_agents_that_the_system_lets_release_are_no_dispute_here() -> None:
    scene = held()
    asked = scene.when(
        RIVAL, release(port=PORT, release_identification="REL9", bills_of_lading=("BL9",))
    )

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "released"]


def test_where_the_system_names_no_agent_it_judges_itself_who_may_ask() -> None:
    scene = shows(given(), status=RELEASED).scene

    scene.when(AGENT, there(m.Block)).then("request_made")
    scene.when(OTHER_HAULIER, there(m.Accept)).then("request_made")
    held().when(RIVAL, there(m.Block)).then("no: not_the_agent")


def test_the_ledgers_own_rules_are_not_asked_before_the_system_is() -> None:
    blocked = shows(held(), status=ObservedStatus.BLOCKED).scene

    blocked.when(FORWARDER, TO_HAULIER).then("request_made")


# --- an answer ----------------------------------------------------------------------------------


def test_an_assigned_pickup_may_leave_when_the_system_has_confirmed_it() -> None:
    scene = carried()
    asked = scene.when(HAULIER, assign(port=PORT))
    assert asked.answers[0].missing == ("no_pickup_assigned",)

    heard = answers(later(asked.scene, minutes=5), request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_assigned"]
    assert heard.answers[-1].missing == ()
    assert heard.scene.stay.pickup is not None
    assert heard.scene.stay.pickup.driver is not None
    assert heard.scene.stay.confirmed_at == later(scene, minutes=5).now


def test_a_pickup_that_was_shown_before_its_answer_gets_its_driver() -> None:
    asked = carried().when(HAULIER, assign(port=PORT))
    operator = {"operator": party(HAULIER), "modality": Modality.TRUCK}
    shown = shows(asked.scene, status=RELEASED, pickup=operator).then(
        "release_observed", "pickup_assigned"
    )
    assert shown.stay.pickup is not None
    assert shown.stay.pickup.driver is None

    heard = answers(shown, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_ended: revoked", "pickup_assigned"]
    assert heard.scene.stay.pickup is not None
    assert heard.scene.stay.pickup.driver is not None


def test_who_holds_it_no_more_does_not_collect_and_who_holds_it_now_may_assign() -> None:
    scene = shows(
        REQUESTS["assigned"][0],
        status=RELEASED,
        holders=(party(FORWARDER), party(OTHER_HAULIER)),
    ).scene
    left = there(m.ReportGateOut, terminal=QUAY, picked_up_by=party(HAULIER))
    assert "finding: left_without_right" in scene.when(TERMINAL, left).words

    asked = scene.when(OTHER_HAULIER, assign(port=PORT))
    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_assigned"]
    assert heard.answers[-1].missing == ()


def test_a_pickup_ends_before_the_right_is_accepted_by_somebody_else() -> None:
    by_haulier = {"operator": party(HAULIER), "modality": Modality.TRUCK}
    offered = shows(carried(), pickup=by_haulier, offered_to=party(OTHER_HAULIER)).scene
    asked = offered.when(OTHER_HAULIER, there(m.Accept))

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_ended: revoked", "accepted"]
    assert heard.answers[-1].missing == ("no_pickup_assigned",)


def test_an_accepted_update_after_the_date_brings_no_pickup_back_and_lifts_no_block() -> None:
    blocked = shows(REQUESTS["assigned"][0], status=ObservedStatus.BLOCKED).scene
    update = there(m.Update, expires_at=NOW + timedelta(days=60))
    asked = later(blocked, days=21).when(AGENT, update)

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_ended: release_expired", "updated"]
    assert heard.answers[-1].missing == ("release_blocked", "no_pickup_assigned")


def test_a_pickup_ends_with_its_own_date() -> None:
    asked = carried().when(HAULIER, assign(port=PORT, expires_at=NOW + timedelta(days=2)))
    scene = answers(asked.scene, request_in(asked), accepted=True).scene

    assert scene.when_time_passes(days=2).words == ["pickup_ended: ran_out"]


def test_an_acceptance_that_the_ledger_cannot_follow_lets_nothing_out() -> None:
    asked = held().when(FORWARDER, TO_HAULIER)
    # It expires here, by a date that Portbase has moved and not told of.
    late = later(asked.scene, days=21)

    heard = answers(late, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "finding: accepted_otherwise", "confirmation_lost"]
    assert "right_not_confirmed" in heard.answers[-1].missing
    shown = shows(heard.scene, status=RELEASED, expires_at=NOW + timedelta(days=60))
    assert "right_not_confirmed" not in shown.answers[-1].missing


def test_a_doubled_answer_is_told_to_nobody_a_second_time() -> None:
    scene, request = REQUESTS["accepted"]
    (doubled,) = answers(scene, request, accepted=True).answers

    assert isinstance(doubled.fact, s.RequestAnswered)
    assert doubled.fact.again


def test_an_answer_does_not_confirm_what_was_lost() -> None:
    scene, request = REQUESTS["rejected"]
    lost = answers(scene, request, accepted=True).scene
    assert lost.stay.confirmed_at is None

    asked = lost.when(FORWARDER, TO_HAULIER)
    after = answers(asked.scene, request_in(asked), accepted=True).scene

    assert after.stay.hops[-1] == Hop(FORWARDER, HAULIER)
    assert after.stay.confirmed_at is None


@pytest.mark.parametrize("shown_first", [False, True])
def test_a_release_that_is_rejected_after_all_lets_nothing_out(*, shown_first: bool) -> None:
    asked = given().when(AGENT, release(port=PORT))
    scene = shows(asked.scene, status=RELEASED).scene if shown_first else asked.scene
    accepted = answers(scene, request_in(asked), accepted=True).scene

    heard = answers(accepted, request_in(asked), accepted=False)

    assert heard.words == ["finding: contradictory_answer", "confirmation_lost"]
    assert heard.scene.stay.confirmed_at is None


def test_a_release_of_another_agent_that_is_accepted_lets_nothing_out_until_it_is_shown() -> None:
    asked = held().when(RIVAL, release(port=PORT))

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "finding: accepted_otherwise", "confirmation_lost"]
    assert len(heard.scene.file.stays) == 1


# --- other ports --------------------------------------------------------------------------------


def test_antwerp_is_asked_nothing_and_stays_the_ledgers() -> None:
    scene = given(released()).when(TERMINAL, assign()).then("no: role_not_allowed")

    assert scene.file.requests == ()
    assert scene.stay.authority == "ledger"
    assert given().when(AGENT, release()).words == ["released"]


def test_a_pickup_by_truck_needs_a_driver_only_where_the_ledger_decides() -> None:
    asked = carried().when(HAULIER, assign(port=PORT, driver=None))

    heard = answers(asked.scene, request_in(asked), accepted=True)

    assert heard.words == ["request_answered", "pickup_assigned"]


def test_each_port_of_a_container_goes_its_own_way() -> None:
    both = held().beside(released(release_id="in-antwerp"))

    both.when(AGENT, release(release_identification="X", bills_of_lading=("X",))).then("released")
    both.when(AGENT, there(m.Block, release_identification=THE_NUMBER)).then("request_made")
