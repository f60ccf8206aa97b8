"""Which release a message is about."""

from datetime import timedelta

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.messages import ContainerMessage, CustomsStatus
from schemas.stay import ReleaseStatus, TerminalLight
from tests.ledger.law.states import AGAINST_AGENT, AGAINST_RIVAL, READY, THE_RIVAL_RELEASE
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_QUAY,
    QUAY,
    TERMINAL,
    TO_FORWARDER,
    given,
    released,
    say,
    transferred,
)
from tests.rows import each_row

TWO_BILLS = ("BL1", "BL2")
SECOND = released(
    release_id="second", release_identification="REL2", bills_of_lading=("BL2",), stay_number="V2"
)
OFFERED = (released(bills_of_lading=TWO_BILLS, stay_number="V1"), transferred(AGENT, FORWARDER))
LEFT_LONG_AGO = (*READY, f.GatedOut(left_at=NOW - timedelta(days=30)))


@each_row(
    ("names", "answer"),
    [
        ({}, "accepted"),
        ({"terminal": QUAY}, "accepted"),
        ({"release_identification": "REL1"}, "accepted"),
        ({"bills_of_lading": ("BL1",)}, "accepted"),
        ({"bills_of_lading": ("BL2", "BL1")}, "accepted"),
        ({"stay_number": "V1"}, "accepted"),
        # Another release, which may still come.
        ({"terminal": OTHER_QUAY}, "waiting"),
        ({"port": "FRLEH"}, "waiting"),
        ({"release_identification": "REL9"}, "waiting"),
        ({"bills_of_lading": ("BL9",)}, "waiting"),
        ({"bills_of_lading": ("BL1", "BL9")}, "waiting"),
        ({"release_identification": "REL1", "bills_of_lading": ("BL9",)}, "waiting"),
        ({"stay_number": "V2"}, "waiting"),
    ],
)
def test_a_request_is_about_the_release_that_all_it_names_is_true_of(
    names: dict[str, object], answer: str
) -> None:
    given(*OFFERED).when(FORWARDER, say(m.Accept, **names)).then(answer)


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        ({"bills_of_lading": ("BL1", "BL9")}, "discharged"),
        ({"bills_of_lading": ("BL9",)}, "waiting"),
        ({"stay_number": "V2"}, "waiting"),
    ],
)
def test_a_report_may_name_bills_of_other_releases_beside(
    names: dict[str, object], answer: str
) -> None:
    report = say(m.ReportDischarge, terminal=QUAY, **names)

    given(*OFFERED).when(TERMINAL, report).then(answer)


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        ({"terminal": OTHER_QUAY}, "updated"),
        ({"stay_number": "V7"}, "updated"),
        ({"bills_of_lading": ("BL2", "BL3")}, "updated"),
        ({"release_identification": "REL1", "bills_of_lading": ("BL8",)}, "updated"),
        ({"bills_of_lading": ("BL8",)}, "waiting"),
        ({"release_identification": "REL9", "bills_of_lading": ("BL1",)}, "waiting"),
    ],
)
def test_an_update_brings_new_values_and_is_found_by_what_stays(
    names: dict[str, object], answer: str
) -> None:
    scene = given(*OFFERED).when(AGENT, say(m.Update, **names)).then(answer)

    if answer == "updated":
        new = {name: getattr(scene.stay, name) for name in names}
        assert new == names


def test_a_request_that_fits_two_releases_is_linked_to_none() -> None:
    scene = given(released(), *TO_FORWARDER).beside(SECOND, *TO_FORWARDER)

    scene.when(AGENT, say(m.Block)).then("no: several_releases")
    scene.when(FORWARDER, say(m.Revoke)).then("no: several_releases")
    scene.when(AGENT, say(m.Block, bills_of_lading=("BL2",))).then("blocked")


def test_an_update_of_one_of_two_releases_may_be_found_by_its_stay_number() -> None:
    scene = given(released(stay_number="V1")).beside(SECOND)

    scene = scene.when(AGENT, say(m.Update, stay_number="V2", order_reference="DO")).then(
        "updated"
    )

    assert [stay.order_reference for stay in scene.file.stays] == [None, "DO"]
    scene.when(AGENT, say(m.Update, stay_number="V3")).then("no: several_releases")


def test_a_sender_means_the_release_it_takes_part_in() -> None:
    scene = given(released(), *TO_FORWARDER, AGAINST_AGENT).beside(
        THE_RIVAL_RELEASE, transferred(THE_RIVAL_RELEASE.agent, HAULIER), AGAINST_RIVAL
    )

    scene.when(FORWARDER, say(m.Revoke)).then("no: nothing_to_revoke")
    scene.when(HAULIER, say(m.Accept)).then("accepted")


def test_an_agent_revives_its_expired_release_though_another_has_a_live_one() -> None:
    scene = given(released(), f.Expired()).beside(THE_RIVAL_RELEASE)

    scene = scene.when(AGENT, say(m.Update, expires_at=NOW + timedelta(days=9))).scene

    assert scene.stay.status is ReleaseStatus.RELEASED


def test_of_two_visits_the_living_one_is_meant() -> None:
    scene = given(*LEFT_LONG_AGO).beside(SECOND)

    scene = scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).then("discharged")

    assert scene.file.stays[1].discharged


REPORTS = [
    (TERMINAL, say(m.ReportDischarge, terminal=QUAY)),
    (TERMINAL, say(m.ReportTerminalRelease, terminal=QUAY)),
    (TERMINAL, say(m.ReportTerminalUnblock, terminal=QUAY)),
    (TERMINAL, say(m.ReportGateIn, terminal=QUAY)),
    (CUSTOMS, say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED)),
    (CUSTOMS, say(m.ReportCustomsStatus, status=CustomsStatus.FAVV)),
]


@pytest.mark.parametrize(("sender", "report"), REPORTS)
def test_a_report_that_fits_two_releases_of_one_agent_is_not_linked(
    sender: str, report: ContainerMessage
) -> None:
    scene = given(released(stay_number="V1")).beside(SECOND)

    scene.when(sender, report).then("no: several_releases")
    named = report.model_copy(update={"stay_number": "V2"})
    assert scene.when(sender, named).scene.file.stays[0] == scene.file.stays[0]


@pytest.mark.parametrize(
    ("sender", "report", "fact"),
    [
        (TERMINAL, say(m.ReportTerminalBlock, terminal=QUAY), "terminal_blocked"),
        (TERMINAL, say(m.ReportScanning, terminal=QUAY), "scanning_ordered"),
        (
            CUSTOMS,
            say(m.ReportCustomsStatus, status=CustomsStatus.DOCUMENTARY_CONTROL),
            "customs_status_set",
        ),
        (
            CUSTOMS,
            say(m.ReportCustomsStatus, status=CustomsStatus.NOT_RELEASED),
            "customs_status_set",
        ),
    ],
)
def test_what_holds_a_box_holds_every_release_it_fits(
    sender: str, report: ContainerMessage, fact: str
) -> None:
    heard = given(*READY).beside(SECOND).when(sender, report)

    heard.then(fact, fact)
    assert heard.answers[0].missing


def test_a_hold_reaches_an_expired_release_that_may_be_revived() -> None:
    scene = given(released(), f.Expired()).beside(SECOND)

    scene = scene.when(TERMINAL, say(m.ReportTerminalBlock, terminal=QUAY)).scene

    assert {stay.terminal_light for stay in scene.file.stays} == {TerminalLight.BLOCKED}


def test_customs_may_leave_the_terminal_out() -> None:
    status = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED)

    given(released()).when(CUSTOMS, status).then("customs_status_set")


# --- reports that come when the container has left ----------------------------------------------


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (timedelta(days=31), "discharged"),
        (timedelta(days=30), "discharged"),
        (timedelta(days=29, hours=1), "discharged"),
        (timedelta(days=28), "waiting"),
        (timedelta(0), "waiting"),
    ],
)
def test_a_report_from_before_the_leaving_or_the_day_after_is_of_the_visit_that_ended(
    said: timedelta, answer: str
) -> None:
    report = say(m.ReportDischarge, terminal=QUAY)

    given(*LEFT_LONG_AGO).when(TERMINAL, report, NOW - said).then(answer)


@pytest.mark.parametrize(
    "names", [{"bills_of_lading": ("BL1",)}, {"release_identification": "REL1"}]
)
def test_a_report_that_names_the_papers_of_a_visit_is_of_that_visit_however_late(
    names: dict[str, object],
) -> None:
    report = say(m.ReportDischarge, terminal=QUAY, **names)

    given(*LEFT_LONG_AGO).when(TERMINAL, report).then("discharged")


def test_a_late_report_does_not_light_up_the_visit_that_came_after() -> None:
    report = say(m.ReportDischarge, terminal=QUAY)
    scene = given(*LEFT_LONG_AGO).beside(SECOND)

    scene = scene.when(TERMINAL, report, NOW - timedelta(days=31)).then("discharged")
    assert not scene.file.stays[1].discharged

    named = report.model_copy(update={"bills_of_lading": ("BL2",)})
    scene = scene.when(TERMINAL, named, NOW - timedelta(days=31)).scene
    assert scene.file.stays[1].discharged


def test_a_hold_is_of_the_visit_that_is_there_whenever_it_is_said_to_have_happened() -> None:
    hold = say(m.ReportTerminalBlock, terminal=QUAY)

    scene = given(*LEFT_LONG_AGO).beside(SECOND).when(TERMINAL, hold, NOW - timedelta(31)).scene

    assert scene.file.stays[1].terminal_light is TerminalLight.BLOCKED


def test_a_leaving_is_of_the_visit_that_is_there_whenever_it_is_said_to_have_happened() -> None:
    left = say(m.ReportGateOut, terminal=QUAY)

    scene = given(*LEFT_LONG_AGO).beside(SECOND).when(TERMINAL, left, NOW - timedelta(31)).scene

    assert scene.file.stays[1].status is ReleaseStatus.GATED_OUT


# --- v3.11's order: stay number, then the vessel, then the quay alone (cpu.md §7 rule 1)

IMO, OTHER_IMO = "9321483", "1234567"
OF_V1 = (released(stay_number="V1", vessel_imo=IMO), *TO_FORWARDER)
OF_V2 = (
    released(
        release_id="second",
        release_identification="REL2",
        bills_of_lading=("BL2",),
        stay_number="V2",
        vessel_imo=OTHER_IMO,
    ),
    *TO_FORWARDER,
)
OF_NO_VISIT = (
    released(release_id="third", release_identification="REL3", bills_of_lading=("BL3",)),
    *TO_FORWARDER,
)
BY_STAY, BY_VESSEL, BY_QUAY = {"stay_number": "V1"}, {"vessel_imo": IMO}, dict[str, object]()
OF_A_VISIT: tuple[tuple[str, ContainerMessage], ...] = (
    (CUSTOMS, say(m.ReportCustomsStatus, terminal=QUAY, status=CustomsStatus.RELEASED)),
    (TERMINAL, say(m.ReportDischarge, terminal=QUAY)),
    (TERMINAL, say(m.ReportTerminalRelease, terminal=QUAY)),
    (TERMINAL, say(m.ReportGateIn, terminal=QUAY)),
)


@each_row(("sender", "report"), OF_A_VISIT, ids=lambda given: str(given)[:20])
@each_row("named", [BY_STAY, BY_VESSEL, {**BY_STAY, "vessel_imo": OTHER_IMO}])
def test_a_report_is_linked_by_the_visit_that_it_names(
    sender: str, report: ContainerMessage, named: dict[str, object]
) -> None:
    scene = given(*OF_NO_VISIT).beside(*OF_V2).beside(*OF_V1)

    heard = scene.when(sender, report.model_copy(update=named))

    assert [answer.stay and answer.stay.stay_number for answer in heard.answers] == ["V1"]


@pytest.mark.parametrize(("sender", "report"), OF_A_VISIT, ids=lambda given: str(given)[:20])
def test_a_report_that_names_no_visit_of_two_is_linked_to_none(
    sender: str, report: ContainerMessage
) -> None:
    scene = given(*OF_V1).beside(*OF_V2)

    scene.when(sender, report.model_copy(update=BY_QUAY)).then("no: several_releases")


def test_a_visit_that_no_release_names_leaves_the_release_that_names_none() -> None:
    scene = given(*OF_NO_VISIT).beside(*OF_V2)

    heard = scene.when(CUSTOMS, OF_A_VISIT[0][1].model_copy(update=BY_STAY))

    assert [answer.stay and answer.stay.release_id for answer in heard.answers] == ["third"]


def test_another_vessel_is_another_visit_where_a_stay_number_lacks() -> None:
    scene = given(released(vessel_imo=IMO))
    report = say(m.ReportDischarge, terminal=QUAY)

    scene.when(TERMINAL, report.model_copy(update={"vessel_imo": OTHER_IMO})).then("waiting")
    scene.when(TERMINAL, report.model_copy(update={"vessel_imo": IMO})).then("discharged")


def test_a_request_may_name_its_release_by_the_vessel() -> None:
    scene = given(*OF_V1).beside(*OF_V2)

    heard = scene.when(AGENT, say(m.Block, vessel_imo=OTHER_IMO))

    assert [answer.stay and answer.stay.stay_number for answer in heard.answers] == ["V2"]


def test_an_update_may_bring_the_vessel() -> None:
    scene = given(released()).when(AGENT, say(m.Update, vessel_imo=IMO)).then("updated")

    assert scene.stay.vessel_imo == IMO
    assert scene.when(AGENT, say(m.Update)).scene.stay.vessel_imo == IMO


def test_of_two_releases_the_one_of_just_the_named_bills_is_meant() -> None:
    of_both = released(release_id="both", release_identification="REL2", bills_of_lading=TWO_BILLS)
    offered = transferred(AGENT, FORWARDER)
    scene = given(of_both, offered).beside(released(), offered)

    one = scene.when(FORWARDER, say(m.Accept, bills_of_lading=("BL1",)))
    assert [answer.stay and answer.stay.release_id for answer in one.answers] == ["the-release"]
    scene.when(FORWARDER, say(m.Accept, bills_of_lading=("BL2", "BL1"))).then("accepted")
    scene.when(FORWARDER, say(m.Accept)).then("no: several_releases")


def test_a_status_of_no_quay_and_another_visit_finds_nothing_at_another_quay() -> None:
    scene = given(released(stay_number="V1"))
    status = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED, stay_number="V2")

    scene.when(CUSTOMS, status).then("waiting")
