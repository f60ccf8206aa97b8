"""What terminals and customs report is recorded; contradictions are findings."""

from datetime import timedelta
from typing import Any

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, PartyRef
from schemas.stay import ReleaseStatus
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    BOX,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_HAULIER,
    OTHER_QUAY,
    QUAY,
    SHARED_VAT,
    TERMINAL,
    TO_HAULIER,
    Heard,
    given,
    party,
    released,
    say,
)

OVERRULED = "finding: terminal_overruled"
WITHOUT_RIGHT = "finding: left_without_right"


def gate_out(**said: Any) -> m.ReportGateOut:
    return say(m.ReportGateOut, **{"terminal": QUAY, **said})


def text_of(heard: Heard) -> str:
    finding = next(a.fact for a in heard.answers if isinstance(a.fact, f.FindingMade))
    return finding.text


@pytest.mark.parametrize(
    ("picked_up_by", "findings"),
    [
        (None, []),
        (party(HAULIER), []),
        (party(OTHER_HAULIER), ["finding: left_by_another"]),
        (PartyRef(scheme=Scheme.VAT, code="DE000000000"), ["finding: left_by_another"]),
        # Two registrations have this number, and the right's operator is one (cpu.md §7 rule 7).
        (PartyRef(scheme=Scheme.VAT, code=SHARED_VAT), []),
        (party(FORWARDER), []),
    ],
)
def test_who_took_it_is_compared_with_whom_it_was_assigned_to(
    picked_up_by: PartyRef | None, findings: list[str]
) -> None:
    heard = given(*READY).when(TERMINAL, gate_out(picked_up_by=picked_up_by))

    heard.then("gated_out", "pickup_ended: picked_up", *findings)


def test_a_leaving_names_all_that_was_overruled() -> None:
    scene = given(*READY, f.CustomsStatusSet(status=CustomsStatus.DOCUMENTARY_CONTROL))
    scene = scene.when(TERMINAL, say(m.ReportScanning, terminal=QUAY)).scene

    heard = scene.when(TERMINAL, gate_out())

    heard.then("gated_out", "pickup_ended: picked_up", OVERRULED)
    assert "customs_not_cleared, terminal_not_released" in text_of(heard)


def test_the_terminal_may_say_itself_that_it_overruled() -> None:
    heard = given(*READY).when(TERMINAL, gate_out(overruled=True))

    heard.then("gated_out", "pickup_ended: picked_up", OVERRULED)


def test_a_pickup_that_had_run_out_was_overruled() -> None:
    scene = given(*READY).later(days=2)

    scene.when(TERMINAL, gate_out()).then("gated_out", "pickup_ended: picked_up", OVERRULED)


def test_the_same_leaving_told_twice_alarms_nobody() -> None:
    scene = given(*READY).when(TERMINAL, gate_out()).scene.later(minutes=10)

    again = scene.when(TERMINAL, gate_out(), said=NOW)
    by_paper = scene.when(TERMINAL, gate_out(bills_of_lading=("BL1",)))

    assert (again.words, by_paper.words) == (["gated_out"], ["gated_out"])
    assert again.scene.file == by_paper.scene.file == scene.file


def test_a_leaving_told_twice_does_not_take_the_next_visits_reports() -> None:
    scene = given(*READY).when(TERMINAL, gate_out()).scene.later(days=5)
    scene = scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("waiting")

    scene = scene.when(TERMINAL, gate_out(bills_of_lading=("BL1",))).then("gated_out")

    assert len(scene.file.waiting) == 1


def test_a_box_that_leaves_again_had_no_right_to() -> None:
    scene = given(*READY).when(TERMINAL, gate_out()).scene.later(days=5)

    heard = scene.when(TERMINAL, gate_out())

    heard.then(WITHOUT_RIGHT)
    assert text_of(heard) == f"{BOX} left BEANR {QUAY}, and no release of it is in force."


def test_a_box_that_leaves_from_another_quay_says_where_it_is_released() -> None:
    heard = given(*READY).when(NEIGHBOUR, gate_out(terminal=OTHER_QUAY))

    scene = heard.then(WITHOUT_RIGHT, "finding: of_another_terminal")
    assert text_of(heard) == f"{BOX} left BEANR {OTHER_QUAY}, and it is released at {QUAY}."
    assert scene.stay.status is ReleaseStatus.RELEASED
    assert heard.first_outcomes == [Outcome.APPLIED]


SECOND = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))


def test_a_box_that_leaves_is_gone_from_every_release_and_one_right_covers_them() -> None:
    """Groupage: two releases of one agent, one of them collected."""
    scene = given(*READY).beside(SECOND)

    scene = scene.when(TERMINAL, gate_out()).then(
        "gated_out", "pickup_ended: picked_up", "gated_out"
    )

    assert {stay.status for stay in scene.file.stays} == {ReleaseStatus.GATED_OUT}


def test_the_order_of_the_releases_makes_no_difference_to_who_is_covered() -> None:
    scene = given(SECOND).beside(*READY)

    scene.when(TERMINAL, gate_out()).then("gated_out", "gated_out", "pickup_ended: picked_up")


def test_a_leaving_by_the_papers_of_the_one_leaves_the_other_and_alarms() -> None:
    scene = given(*READY).beside(SECOND)

    scene = scene.when(TERMINAL, gate_out(bills_of_lading=("BL2",))).then(
        "gated_out", WITHOUT_RIGHT, OVERRULED
    )

    assert scene.stay.status is ReleaseStatus.RELEASED


def test_one_leaving_without_a_right_is_one_alarm() -> None:
    expired = (released(), f.Expired())

    given(*expired).beside(SECOND).when(TERMINAL, gate_out()).then(
        "gated_out", "gated_out", WITHOUT_RIGHT, OVERRULED
    )


def test_a_block_beneath_an_expiry_is_alarmed_too_when_the_box_leaves() -> None:
    given(released(), f.Blocked(), f.Expired()).when(TERMINAL, gate_out()).then(
        "gated_out", WITHOUT_RIGHT, "finding: left_while_blocked", OVERRULED
    )


def test_an_expired_release_is_over_with_the_box_and_cannot_be_revived() -> None:
    scene = given(released(), f.Expired()).beside(*READY[:1]).when(TERMINAL, gate_out()).scene
    revival = say(m.Update, expires_at=NOW + timedelta(days=90))

    scene.when(AGENT, revival).then("no: already_gated_out")


# --- times that cannot be -----------------------------------------------------------------------

ABSURD = [timedelta(days=-91), timedelta(days=-20_000), timedelta(minutes=16), timedelta(days=900)]


@pytest.mark.parametrize("off", ABSURD)
def test_a_report_with_an_absurd_time_is_recorded_and_found(off: timedelta) -> None:
    report = say(m.ReportDischarge, terminal=QUAY)

    given(*READY).when(TERMINAL, report, NOW + off).then("discharged", "finding: absurd_time")
    given().when(TERMINAL, report, NOW + off).then("waiting", "finding: absurd_time")


@pytest.mark.parametrize("off", [timedelta(days=-90), timedelta(0), timedelta(minutes=15)])
def test_a_time_that_may_be_is_no_finding(off: timedelta) -> None:
    given(*READY).when(TERMINAL, say(m.ReportDischarge, terminal=QUAY), NOW + off).then(
        "discharged"
    )


def test_an_absurd_time_is_found_once_though_the_report_waited() -> None:
    scene = given().when(TERMINAL, say(m.ReportDischarge, terminal=QUAY), NOW - ABSURD[3]).scene

    scene = scene.when(AGENT, _release()).then("released", "discharged")

    assert scene.stay.discharged


def test_an_absurd_time_of_leaving_does_not_claim_every_report_to_come() -> None:
    scene = given(*READY).when(TERMINAL, gate_out(), NOW + timedelta(days=900)).scene
    assert scene.stay.left_at == NOW

    later = scene.later(days=20)
    later.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("waiting")


def _release() -> m.Release:
    return say(m.Release, terminal=QUAY, release_identification="REL1", bills_of_lading=("BL1",))


def test_customs_may_speak_of_any_quay_but_not_the_terminal_of_anothers() -> None:
    status = say(m.ReportCustomsStatus, terminal=QUAY, status=CustomsStatus.RELEASED)

    given(released(), *TO_HAULIER).when(CUSTOMS, status).then("customs_status_set")
    given(released()).when(NEIGHBOUR, say(m.ReportDischarge, terminal=QUAY)).then(
        "no: not_the_terminal"
    )
