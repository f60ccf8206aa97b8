"""What a stay lacks, since when, and who can give it: from its entries and the directory."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ledger.book.why import Inquiry, Verdict, inquire
from ledger.law.leave import missing_to_leave
from schemas import facts as f
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage
from schemas.reasons import Finding, Missing
from schemas.words import Language
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    BOX,
    FORWARDER,
    HAULIER,
    NOW,
    QUAY,
    RIVAL,
    TERMINAL,
    TO_FORWARDER,
    TO_HAULIER,
    Heard,
    Scene,
    assigned,
    given,
    party,
    release,
    released,
    say,
    transferred,
)

HOUR = timedelta(hours=1)


class Clerk:
    """Plays messages an hour apart, and keeps what was written down."""

    def __init__(self) -> None:
        self.scene = given()
        self.entries: list[RecordedFact] = []

    def says(self, sender: str, message: ContainerMessage) -> "Clerk":
        self.keep(self.scene.when(sender, message))
        self.scene = replace(self.scene, now=self.scene.now + HOUR)
        return self

    def keep(self, heard: Heard) -> None:
        self.scene = heard.scene
        for answer in heard.answers:
            recorded = answer.recorded("ledger-0", len(self.entries), self.scene.now)
            self.entries.append(recorded)

    @property
    def inquiry(self) -> Inquiry:
        return inquire(BOX, self.scene.file, self.entries, self.scene.context)


def told(scene: Scene) -> Verdict:
    (verdict,) = inquire(BOX, scene.file, (), scene.context).verdicts
    return verdict


def stood(*facts: f.Fact) -> Scene:
    """The release, and what happened to it."""
    return given(released(), *facts)


def ways(verdict: Verdict, reason: Missing) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Who can put *reason* right, what they publish, and who they are."""
    (lack,) = [each for each in verdict.lacks if each.reason is reason]
    return [(way.remedy.who.value, way.remedy.message, way.parties) for way in lack.ways]


def released_and_discharged() -> Clerk:
    clerk = Clerk().says(AGENT, release(release_to=party(FORWARDER)))
    return clerk.says(TERMINAL, say(m.ReportDischarge, terminal=QUAY))


def test_what_is_missing_is_told_in_the_order_of_the_law() -> None:
    clerk = released_and_discharged()
    (verdict,) = clerk.inquiry.verdicts

    in_law = missing_to_leave(clerk.scene.stay, clerk.scene.now, clerk.scene.policy)
    assert tuple(lack.reason for lack in verdict.lacks) == in_law
    assert in_law
    assert not verdict.may_leave


def test_since_is_when_it_began_to_be_missing_without_a_break() -> None:
    clerk = released_and_discharged()
    clerk.says(AGENT, say(m.Block)).says(AGENT, say(m.Unblock)).says(AGENT, say(m.Block))
    (verdict,) = clerk.inquiry.verdicts

    since = {lack.reason: lack.since for lack in verdict.lacks}
    assert since[Missing.RELEASE_BLOCKED] == NOW + 4 * HOUR
    assert since[Missing.CUSTOMS_NOT_CLEARED] == NOW


def test_what_time_brought_about_is_since_that_time() -> None:
    scene = stood(*_with_pickup(expires_at=NOW + HOUR)).later(hours=5)

    (lack,) = told(scene).lacks
    assert (lack.reason, lack.since) == (Missing.PICKUP_EXPIRED, NOW + HOUR)

    expired = told(stood(*_with_pickup()).later(days=90)).lacks[0]
    assert (expired.reason, expired.since) == (Missing.RELEASE_EXPIRED, NOW + timedelta(days=58))


def _with_pickup(**values: datetime | None) -> tuple[f.Fact, ...]:
    return (*TO_HAULIER, assigned(**{"expires_at": None, **values}), *ALL_GREEN)


def test_who_can_fix_it_is_named_where_the_ledger_knows() -> None:
    offered = told(stood(*TO_FORWARDER, transferred(FORWARDER, HAULIER), f.Blocked()))

    assert ways(offered, Missing.RELEASE_BLOCKED) == [
        ("ship_agent", "releasebus.unblock", (AGENT,))
    ]
    assert ways(offered, Missing.TRANSFER_PENDING) == [
        ("receiver", "releasebus.accept", (HAULIER,)),
        ("holder", "releasebus.revoke", (FORWARDER,)),
    ]
    assert ways(offered, Missing.NOT_DISCHARGED) == [
        ("terminal", "releasebus.report_discharge", (TERMINAL,))
    ]
    # Nobody told the ledger who declares the goods.
    assert ways(offered, Missing.CUSTOMS_NOT_CLEARED) == [
        ("declarant", "releasebus.report_customs_status", ())
    ]


def test_a_holder_that_may_not_assign_has_to_pass_the_right_on() -> None:
    forwarder, haulier = stood(*TO_FORWARDER), stood(*TO_HAULIER)
    reason = Missing.NO_PICKUP_ASSIGNED

    assert ways(told(forwarder), reason) == [("holder", "releasebus.transfer", (FORWARDER,))]
    assert ways(told(haulier), reason) == [("holder", "releasebus.assign_pickup", (HAULIER,))]
    allowed = forwarder.under(release_party_assigns=True)
    assert ways(told(allowed), reason) == [("holder", "releasebus.assign_pickup", (FORWARDER,))]


@pytest.mark.parametrize(
    ("fact", "reason", "message"),
    [
        (f.TerminalBlocked(), Missing.TERMINAL_NOT_RELEASED, "releasebus.report_terminal_unblock"),
        (f.ScanningOrdered(), Missing.TERMINAL_NOT_RELEASED, "releasebus.report_terminal_release"),
    ],
)
def test_what_the_terminal_has_to_do_depends_on_what_it_did(
    fact: f.Fact, reason: Missing, message: str
) -> None:
    assert ways(told(stood(fact)), reason) == [("terminal", message, (TERMINAL,))]


def test_customs_that_want_papers_are_shown_papers() -> None:
    wanted = f.CustomsStatusSet(status=m.CustomsStatus.DOCUMENTARY_CONTROL)

    verdict = told(stood(wanted))

    (lack,) = [each for each in verdict.lacks if each.reason is Missing.CUSTOMS_NOT_CLEARED]
    assert "papers" in lack.ways[0].remedy.does[Language.EN]


def test_of_a_dispute_both_agents_are_named() -> None:
    clerk = Clerk().says(AGENT, release()).says(RIVAL, release(release_identification="REL2"))

    youngest, eldest = clerk.inquiry.verdicts

    assert (youngest.stay.agent, eldest.stay.agent) == (RIVAL, AGENT)
    settled_by = ways(youngest, Missing.RELEASE_DISPUTED)
    assert [who for who, _, _ in settled_by] == ["ship_agent", "terminal"]
    assert set(settled_by[0][2]) == {AGENT, RIVAL}


def test_one_that_may_leave_says_until_when() -> None:
    verdict = told(stood(*_with_pickup(expires_at=NOW + 3 * HOUR)))

    assert verdict.may_leave
    assert verdict.until == NOW + 3 * HOUR
    assert told(stood(*_with_pickup())).until == NOW + timedelta(days=58)
    longer = _with_pickup(expires_at=NOW + timedelta(days=99))
    assert told(stood(*longer)).until == NOW + timedelta(days=58)
    assert not verdict.obliged


def test_orange_customs_let_it_leave_with_an_obligation() -> None:
    orange = f.CustomsStatusSet(status=m.CustomsStatus.FAVV)

    verdict = told(stood(*_with_pickup(), orange))

    assert verdict.may_leave
    assert verdict.obliged


def test_one_that_left_says_when_with_whom_and_what_was_alarmed() -> None:
    clerk = released_and_discharged()
    clerk.says(TERMINAL, say(m.ReportGateOut, terminal=QUAY, picked_up_by=party(HAULIER)))
    (verdict,) = clerk.inquiry.verdicts

    assert verdict.left is not None
    assert not verdict.may_leave
    assert (verdict.left.at, verdict.left.picked_up_by) == (NOW + 2 * HOUR, HAULIER)
    assert [alarm.finding for alarm in verdict.alarms] == [
        Finding.LEFT_WITHOUT_RIGHT,
        Finding.TERMINAL_OVERRULED,
    ]
    assert verdict.alarms[0].at == NOW + 2 * HOUR


def test_one_that_left_is_never_said_to_be_there_even_without_its_entries() -> None:
    verdict = told(stood(f.GatedOut()))

    assert verdict.left is not None
    assert not verdict.may_leave


def test_what_waits_for_a_release_is_told_and_that_there_is_none() -> None:
    clerk = Clerk().says(FORWARDER, say(m.Accept))
    inquiry = clerk.inquiry

    assert inquiry.known
    assert inquiry.verdicts == ()
    assert inquiry.unreleased is not None
    assert (inquiry.unreleased.reason, inquiry.unreleased.since) == (Missing.NOT_RELEASED, NOW)
    assert [held.question.cause.organisation for held in inquiry.waiting] == [FORWARDER]


def test_a_box_that_left_without_a_release_is_alarmed() -> None:
    clerk = Clerk().says(TERMINAL, say(m.ReportGateOut, terminal=QUAY))

    assert [alarm.finding for alarm in clerk.inquiry.strays] == [Finding.LEFT_WITHOUT_RIGHT]


def test_what_nobody_spoke_of_is_not_known() -> None:
    assert not Clerk().inquiry.known


def test_a_second_visit_has_its_own_since_and_alarms() -> None:
    clerk = released_and_discharged()
    clerk.says(TERMINAL, say(m.ReportGateOut, terminal=QUAY))
    clerk.says(AGENT, release(release_identification="REL2", bills_of_lading=("BL2",)))
    now, before = clerk.inquiry.verdicts

    assert before.left is not None
    assert before.alarms
    assert now.alarms == ()
    assert {lack.since for lack in now.lacks} == {NOW + 3 * HOUR}


def test_a_deleted_release_lacks_nothing_but_a_new_one() -> None:
    clerk = released_and_discharged().says(AGENT, say(m.Delete))
    (verdict,) = clerk.inquiry.verdicts

    assert [lack.reason for lack in verdict.lacks] == [Missing.RELEASE_DELETED]
    assert ways(verdict, Missing.RELEASE_DELETED) == [
        ("ship_agent", "releasebus.release", (AGENT,))
    ]
    assert not verdict.may_leave
