"""Which release a system accepts, where it has shown some of the box already."""

from typing import Any

import pytest

from schemas.observed import ObservedStatus
from tests.ledger.law.system_world import PORT, RELEASED, answers, request_in, shows
from tests.ledger.law.world import AGENT, PORTBASE, Heard, Scene, given, release, released

PLAIN = {"bills_of_lading": (), "status": None}


def accepted(scene: Scene, **asked: Any) -> Heard:
    """The agent's release is asked for, and the system accepts it."""
    heard = scene.when(AGENT, release(port=PORT, **asked))
    return answers(heard.scene, request_in(heard), accepted=True)


def test_a_release_that_was_shown_by_its_number_alone_is_no_other_one() -> None:
    seen = shows(given(), **PLAIN, release_identification="REL9").scene

    heard = accepted(seen)

    assert heard.words == ["request_answered", "released"]
    shown, new = heard.scene.file.stays
    assert (shown.release_identification, shown.agent) == ("REL9", seen.stay.agent)
    assert (new.release_identification, new.agent) == ("REL1", AGENT)


def test_a_release_that_was_shown_by_its_number_is_the_one_of_that_number() -> None:
    seen = shows(given(), status=RELEASED, release_identification="REL1", bills_of_lading=()).scene

    heard = accepted(seen)

    assert heard.words == ["request_answered", "release_observed"]
    assert [stay.agent for stay in heard.scene.file.stays] == [AGENT]


def test_what_has_left_is_not_the_release_that_is_accepted_later() -> None:
    left = shows(given(), status=RELEASED, gate_out=True).scene
    assert not left.stay.live

    heard = accepted(left)

    assert heard.words == ["request_answered", "released"]
    gone, new = heard.scene.file.stays
    assert (gone.agent, new.agent, new.live) == (left.stay.agent, AGENT, True)


def test_what_was_withdrawn_is_not_the_release_that_is_accepted_later() -> None:
    withdrawn = shows(shows(given(), status=RELEASED).scene, status=ObservedStatus.DELETED).scene

    heard = accepted(withdrawn)

    assert heard.words == ["request_answered", "released"]
    assert [stay.live for stay in heard.scene.file.stays] == [False, True]


def test_what_was_shown_in_another_port_is_not_the_release_that_is_accepted_here() -> None:
    elsewhere = given(released(port="FRLEH", agent=PORTBASE, authority="system"))

    heard = accepted(elsewhere)

    assert heard.words == ["request_answered", "released"]
    assert [(stay.port, stay.agent) for stay in heard.scene.file.stays] == [
        ("FRLEH", PORTBASE),
        (PORT, AGENT),
    ]


@pytest.mark.parametrize("asked", [{}, {"stay_number": "2"}])
def test_of_two_that_bear_its_papers_the_one_shown_last_is_it(asked: dict[str, str]) -> None:
    seen = given()
    for number in ("1", "2"):
        seen = shows(seen, status=RELEASED, stay_number=number).scene
    assert len(seen.file.stays) == 2

    heard = accepted(seen, **asked)

    assert heard.words == ["request_answered", "release_observed"]
    assert [(stay.stay_number, stay.agent) for stay in heard.scene.file.stays] == [
        ("1", PORTBASE),
        ("2", AGENT),
    ]


@pytest.mark.parametrize("visit", ["1", "2"])
def test_of_two_visits_under_one_bill_the_one_that_was_asked_for_is_it(visit: str) -> None:
    seen = given()
    for number in ("1", "2"):
        seen = shows(seen, status=RELEASED, stay_number=number).scene

    heard = accepted(seen, stay_number=visit)

    assert {stay.stay_number for stay in heard.scene.file.stays if stay.agent == AGENT} == {visit}


def test_a_visit_that_was_never_shown_is_none_of_those_that_were() -> None:
    seen = given()
    for number in ("1", "2"):
        seen = shows(seen, status=RELEASED, stay_number=number).scene

    heard = accepted(seen, stay_number="3")

    assert {stay.stay_number for stay in heard.scene.file.stays if stay.agent == PORTBASE} == {
        "1",
        "2",
    }


@pytest.mark.parametrize("numbers", [("REL1", "REL9"), ("REL9", "REL1")])
def test_of_two_under_one_bill_the_one_of_its_very_number_is_it(numbers: tuple[str, str]) -> None:
    seen = given()
    for number in numbers:
        seen = shows(seen, status=RELEASED, release_identification=number).scene
    assert len(seen.file.stays) == 2

    heard = accepted(seen)

    assert {
        stay.release_identification for stay in heard.scene.file.stays if stay.agent == AGENT
    } == {"REL1"}


@pytest.mark.parametrize("papers_at", ["1", "2"])
def test_what_bears_its_papers_goes_before_what_was_shown_without_any(papers_at: str) -> None:
    seen = given()
    for number in ("1", "2"):
        told = {"status": RELEASED} if number == papers_at else PLAIN
        seen = shows(seen, stay_number=number, **told).scene
    assert len(seen.file.stays) == 2

    heard = accepted(seen)

    assert heard.words == ["request_answered", "release_observed"]
    assert {stay.stay_number for stay in heard.scene.file.stays if stay.agent == AGENT} == {
        papers_at
    }
