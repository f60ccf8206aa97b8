"""Each setting of the law, as it is and as an owner may answer it."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from ledger.law.resume import resume
from ledger.law.standing import personal_parts_due
from schemas import facts as f
from schemas import messages as m
from schemas.messages import CustomsStatus, Modality, SealedDriver
from schemas.reasons import Reason
from schemas.stay import PersonalParts
from schemas.steps import Step
from schemas.value import altered
from tests.ledger.directory.company import Office, whole_way
from tests.ledger.law.states import READY, STATES
from tests.ledger.law.world import (
    AGENT,
    BARGE,
    BOX,
    CUSTOMS,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    TO_FORWARDER,
    TO_HAULIER,
    Scene,
    assign,
    assigned,
    given,
    party,
    release,
    released,
    say,
)

ACCEPT = say(m.Accept)


def test_default_validity() -> None:
    scene = given().under(default_validity=timedelta(days=30))

    assert scene.when(AGENT, release()).scene.stay.expires_at == NOW + timedelta(days=30)


def test_request_past_and_request_future() -> None:
    scene = given(released()).under(
        request_past=timedelta(days=1), request_future=timedelta(hours=1)
    )

    for off in (timedelta(hours=-24), timedelta(hours=1)):
        scene.when(AGENT, say(m.Block), NOW + off).then("blocked")
    for off in (timedelta(hours=-25), timedelta(hours=2)):
        scene.when(AGENT, say(m.Block), NOW + off).then("no: time_out_of_range")


def test_request_waits_and_physical_fact_waits() -> None:
    scene = given().under(request_waits=timedelta(hours=1), physical_fact_waits=timedelta(hours=2))
    scene = scene.when(FORWARDER, ACCEPT).scene
    scene = scene.when(TERMINAL, say(m.ReportDischarge, terminal=QUAY)).scene

    assert [held.until - NOW for held in scene.file.waiting] == [
        timedelta(hours=1),
        timedelta(hours=2),
    ]


def test_waiting_requests() -> None:
    scene = given().under(waiting_requests=1).when(FORWARDER, ACCEPT).then("waiting")

    scene.when(FORWARDER, ACCEPT).then("no: waiting_room_full")


def test_late_reports() -> None:
    scene = STATES["left"].later(hours=3)
    report = say(m.ReportDischarge, terminal=QUAY)

    scene.when(TERMINAL, report).then("discharged")
    scene.under(late_reports=timedelta(hours=3)).when(TERMINAL, report).then("waiting")


def test_update_revives() -> None:
    prolonged = say(m.Update, expires_at=NOW + timedelta(days=90))
    scene = STATES["expired"]

    scene.when(AGENT, prolonged).then("updated")
    scene.under(update_revives=False).when(AGENT, prolonged).then("no: release_expired")


def test_blocked_chain_moves() -> None:
    scene = STATES["frozen"].under(blocked_chain_moves=True)

    scene = scene.when(FORWARDER, ACCEPT).then("accepted")
    scene.when(FORWARDER, say(m.Transfer, release_to=party(HAULIER))).then("transferred")


def test_block_ends_pickup() -> None:
    scene = given(*READY).under(block_ends_pickup=True)

    scene = scene.when(AGENT, say(m.Block)).then("blocked", "pickup_ended: release_blocked")
    scene = scene.when(AGENT, say(m.Unblock)).then("unblocked")
    assert scene.stay.pickup is None


def test_block_drops_chain() -> None:
    scene = given(*READY).under(block_drops_chain=True)

    scene = scene.when(AGENT, say(m.Block)).then(
        "blocked", "chain_revoked", "pickup_ended: release_blocked"
    )
    scene = scene.when(AGENT, say(m.Block)).then("blocked")
    scene = scene.when(AGENT, say(m.Unblock)).then("unblocked")
    assert (scene.stay.hops, scene.stay.pickup, scene.stay.first_release_party) == ((), None, None)
    scene.when(HAULIER, assign()).then("no: not_the_holder")
    scene.when(AGENT, say(m.Transfer, release_to=party(BARGE))).then("transferred")

    for state in ("offered", "passing"):
        dropped = STATES[state].under(block_drops_chain=True).when(AGENT, say(m.Block))
        assert dropped.words == ["blocked", "chain_revoked"]
    ownerless = STATES["ownerless"].under(block_drops_chain=True)
    ownerless.when(AGENT, say(m.Block)).then("blocked")


def test_terminal_block_ends_pickup() -> None:
    hold = say(m.ReportTerminalBlock, terminal=QUAY)
    kept = given(*READY).when(TERMINAL, hold).then("terminal_blocked")
    assert kept.stay.pickup is not None

    scene = given(*READY).under(terminal_block_ends_pickup=True)
    scene = scene.when(TERMINAL, hold).then("terminal_blocked", "pickup_ended: terminal_blocked")
    scene = scene.when(TERMINAL, say(m.ReportTerminalUnblock, terminal=QUAY)).scene
    assert scene.stay.accepted_holder == HAULIER
    assert missing_to_leave(scene.stay, scene.now, scene.policy) == ("no_pickup_assigned",)
    scene.when(HAULIER, assign()).then("pickup_assigned")

    # What it reports late of a visit that ended takes nothing back.
    left = STATES["left"].under(terminal_block_ends_pickup=True)
    left.when(TERMINAL, hold).then("terminal_blocked")


def test_expired_chain_moves() -> None:
    scene = STATES["expired"].under(expired_chain_moves=True)
    pass_on = say(m.Transfer, release_to=party(BARGE))

    sent = scene.when(HAULIER, pass_on).then("transferred")
    sent.when(BARGE, say(m.Decline)).then("declined")
    sent.when(HAULIER, say(m.Revoke)).then("transfer_revoked")
    held = sent.when(BARGE, ACCEPT).then("accepted")
    # It lets nobody out, and makes no pick-up: the agent has to revive it first.
    held.when(BARGE, assign(modality=Modality.BARGE, driver=None)).then("no: release_expired")
    assert "release_expired" in missing_to_leave(held.stay, held.now, held.policy)
    revived = held.when(AGENT, say(m.Update, expires_at=NOW + timedelta(days=9))).then("updated")
    assert revived.stay.accepted_holder == BARGE
    revived.when(BARGE, assign(modality=Modality.BARGE, driver=None)).then("pickup_assigned")


@pytest.mark.parametrize("ticked", [True, False])
def test_expired_chain_moves_is_the_same_before_the_tick_and_after(*, ticked: bool) -> None:
    endless = given(released(), *TO_HAULIER, assigned(expires_at=None))
    scene = endless.under(expired_chain_moves=True).later(days=59)
    if ticked:
        scene = scene.when_time_passes().then("expired", "pickup_ended: release_expired")

    heard = scene.when(HAULIER, say(m.Transfer, release_to=party(BARGE)))
    after = heard.scene if ticked else heard.scene.when_time_passes().scene

    assert heard.words[-1] == "transferred"
    assert (after.stay.status, after.stay.pickup) == ("expired", None)
    assert after.stay.holder == HAULIER


def test_expired_chain_moves_and_a_block_beneath_the_expiry_holds_it_all_the_same() -> None:
    blocked = given(*READY, f.Blocked(), f.Expired()).under(expired_chain_moves=True)

    blocked.when(HAULIER, say(m.Transfer, release_to=party(BARGE))).then("no: release_blocked")
    lifted = blocked.under(blocked_chain_moves=True, assigned_right_moves=True)
    assert (
        lifted.when(HAULIER, say(m.Transfer, release_to=party(BARGE))).words[-1] == "transferred"
    )


def test_reports_carry_over() -> None:
    deleted = given(*READY).when(AGENT, say(m.Delete)).scene
    anew = release(release_identification="REL2")

    assert deleted.when(AGENT, anew).scene.file.stays[-1].discharged
    dark = deleted.under(reports_carry_over=False).when(AGENT, anew).then("released")
    assert not dark.file.stays[-1].discharged
    claimed = given(*READY).under(reports_carry_over=False).when(RIVAL, anew)
    assert claimed.words == ["released", "disputed", "disputed"]


def test_assigned_right_moves() -> None:
    scene = given(*READY).under(assigned_right_moves=True)

    scene.when(HAULIER, say(m.Transfer, release_to=party(BARGE))).then(
        "pickup_ended: revoked", "transferred"
    )


def test_release_party_assigns() -> None:
    scene = given(released(), *TO_FORWARDER).under(release_party_assigns=True)

    scene = scene.when(FORWARDER, assign()).then("pickup_assigned")
    scene.when(FORWARDER, say(m.RevokePickup)).then("pickup_ended: revoked")


def test_release_party_sets_transport() -> None:
    by_rail = say(m.SetMeansOfTransport, means_of_transport=Modality.RAIL)
    scene = given(released(), *TO_FORWARDER)

    assert scene.when(FORWARDER, by_rail).scene.stay.means_of_transport is Modality.RAIL
    strict = scene.under(release_party_sets_transport=False)
    strict.when(FORWARDER, by_rail).then("no: role_not_allowed")


def test_transport_binds_pickup() -> None:
    by_rail = say(m.SetMeansOfTransport, means_of_transport=Modality.RAIL)
    scene = given(*READY)

    scene.when(HAULIER, by_rail).then("means_of_transport_set", "finding: transport_differs")
    scene.under(transport_binds_pickup=True).when(HAULIER, by_rail).then("no: transport_differs")


def test_previous_quay_confirms_within() -> None:
    moved = say(m.Update, terminal=OTHER_QUAY)

    def waited_for(scene: Scene) -> list[timedelta]:
        ended = scene.when(AGENT, moved).scene.stay.ended_rights
        return [each.confirms_by - NOW for each in ended if each.confirms_by is not None]

    assert waited_for(given(*READY)) == [timedelta(minutes=15)]
    at_once = given(*READY).under(previous_quay_confirms_within=timedelta(0))
    assert waited_for(at_once) == []
    an_hour = given(*READY).under(previous_quay_confirms_within=timedelta(hours=1))
    assert waited_for(an_hour) == [timedelta(hours=1)]


def test_nominee_is_first_party() -> None:
    nominated = given().under(nominee_is_first_party=True)
    scene = nominated.when(AGENT, release(release_to=party(FORWARDER))).scene
    as_it_is = given().when(AGENT, release(release_to=party(FORWARDER))).scene

    assert as_it_is.stay.first_release_party is None
    assert as_it_is.when(FORWARDER, ACCEPT).scene.stay.first_release_party == FORWARDER
    assert scene.stay.first_release_party == FORWARDER
    # Who declines does not pay: the next nominee is the first.
    scene = scene.when(FORWARDER, say(m.Decline)).scene
    assert scene.stay.first_release_party is None
    scene = scene.when(AGENT, say(m.Transfer, release_to=party(BARGE))).scene
    assert scene.when(BARGE, ACCEPT).scene.stay.first_release_party == BARGE


def test_revoke_reopens_first_party() -> None:
    scene = given(released(), *TO_FORWARDER)
    assert scene.stay.first_release_party == FORWARDER
    again = say(m.Transfer, release_to=party(BARGE))

    for reopens, first in ((True, BARGE), (False, FORWARDER)):
        revoked = scene.under(revoke_reopens_first_party=reopens).when(AGENT, say(m.Revoke)).scene
        anew = revoked.when(AGENT, again).scene.when(BARGE, ACCEPT).scene
        assert anew.stay.first_release_party == first

    kept = scene.under(revoke_reopens_first_party=False).when(AGENT, say(m.Revoke)).scene
    declined = kept.when(AGENT, again).scene.when(BARGE, say(m.Decline)).scene
    assert declined.stay.first_release_party == FORWARDER


def test_orange_customs_may_leave() -> None:
    orange = (*READY, f.CustomsStatusSet(status=CustomsStatus.FAVV))
    reported = say(m.ReportGateIn, terminal=QUAY)

    assert given(*orange).when(TERMINAL, reported).answers[0].missing == ()
    strict = given(*orange).under(orange_customs_may_leave=False)
    assert strict.when(TERMINAL, reported).answers[0].missing == ("customs_not_cleared",)


def test_evidence_settles_disputes() -> None:
    claimed = STATES["contested"]
    named = say(m.ReportDischarge, terminal=QUAY, bills_of_lading=("BL1",))

    assert not claimed.when(TERMINAL, named).scene.stay.disputed
    unmoved = claimed.under(evidence_settles_disputes=False)
    assert unmoved.when(TERMINAL, named).scene.stay.disputed


def test_customs_by_bill() -> None:
    scene = given(released(bills_of_lading=("BL1", "BL2")))
    clear_one = say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED, bills_of_lading=("BL1",))

    assert scene.when(CUSTOMS, clear_one).scene.stay.customs is CustomsStatus.NOT_RELEASED
    whole = scene.under(customs_by_bill=False).when(CUSTOMS, clear_one).scene
    assert whole.stay.customs is CustomsStatus.RELEASED


def test_red_customs_hold_the_box() -> None:
    second = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(*READY).beside(second)
    red = say(
        m.ReportCustomsStatus,
        status=CustomsStatus.DOCUMENTARY_CONTROL,
        bills_of_lading=("BL2",),
    )

    assert scene.when(CUSTOMS, red).scene.stay.customs is CustomsStatus.DOCUMENTARY_CONTROL
    alone = scene.under(red_customs_hold_the_box=False).when(CUSTOMS, red).scene
    assert alone.stay.customs is CustomsStatus.RELEASED


def test_personal_parts_kept() -> None:
    locked = SealedDriver(key_id="quay", ciphertext=f"locked:{'0' * 32}:AAAA", mask="**")
    scene = given(released(), *TO_HAULIER).under(personal_parts_kept=timedelta(days=7))
    assigned_so = scene.when(HAULIER, assign(driver=locked)).then("pickup_assigned")
    left = assigned_so.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).scene

    assert left.stay.personal == PersonalParts(("0" * 32,), 7, NOW)
    assert personal_parts_due(left.stay) == NOW + timedelta(days=7)
    without = given(released(), *TO_HAULIER).when(HAULIER, assign())
    assert without.scene.stay.personal is None


def test_the_version_stands_in_what_waited() -> None:
    scene = given().when(FORWARDER, ACCEPT).scene
    later = replace(scene, policy=Policy(version="next"))

    heard = later.when(AGENT, release(release_to=party(FORWARDER)))

    assert heard.answers[-1].cause.policy_version == "next"


def test_overrides_by() -> None:
    asked = m.Resume(container=BOX)
    scene = given(released()).under(overrides_by="NXT21000000090")
    question = scene.asked("operator", say(m.Block))

    found = resume(scene.file, question, (), asked, scene.context)

    assert found.answers[0].fact == f.Refused(reason=Reason.FOUR_EYES_NEEDED, detail="unreadable")


def test_registration_overdue_and_subscription_runs() -> None:
    told = stood_for(days=10, registration_overdue=timedelta(days=9))
    assert told == ["unconfirmed"]
    assert stood_for(days=10, registration_overdue=timedelta(days=11)) == []

    renewed = stood_for(days=10, paid=True, subscription_runs=timedelta(days=4))
    assert renewed == ["renewed", "renewed"]
    assert stood_for(days=10, paid=True, subscription_runs=timedelta(days=11)) == []


def stood_for(*, days: int, paid: bool = False, **settings: Any) -> list[str]:
    """What time brings to a company that asked, or that has paid, so many days ago."""
    office = Office(policy=Policy(**settings))
    way = whole_way(m.Role.RELEASE_PARTY)
    office.all(way if paid else way[:1])
    return office.wait(days=days)


def test_wallet_before_receiving() -> None:
    of_the_ui = altered(DIRECTORY.by_id[HAULIER], lacks=(Step.WALLET_FUNDS, Step.WALLET_LINK))
    scene = given(released(), *READY[1:3])
    scene = replace(scene, directory=DIRECTORY.joined_by(of_the_ui, 8))
    to_haulier = say(m.Transfer, release_to=party(HAULIER))

    scene.when(FORWARDER, to_haulier).then("no: receiver_onboarding_incomplete")
    scene = scene.under(wallet_before_receiving=False)
    scene = scene.when(FORWARDER, to_haulier).then("transferred")
    scene.when(HAULIER, ACCEPT).then("no: onboarding_incomplete")


def test_every_setting_is_tried_here() -> None:
    tried = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}

    together = "_and_".join(sorted(tried))
    assert [one.name for one in fields(Policy) if one.name not in together] == []


def test_an_assigned_pickup_outlives_a_block_as_it_is() -> None:
    scene = given(released(), *READY[1:5], assigned(), f.Blocked())

    assert scene.when(AGENT, say(m.Unblock)).scene.stay.pickup is not None


def test_request_overdue() -> None:
    scene = given().under(request_overdue=timedelta(minutes=5))
    scene = scene.when(AGENT, release(port="NLRTM")).then("request_made")

    assert scene.when_time_passes(minutes=4).words == []
    assert scene.when_time_passes(minutes=5).words == ["request_overdue"]
