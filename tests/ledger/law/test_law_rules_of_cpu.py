"""Certified Pick up's rules and gotchas, one by one (cpu.md §7), as far as they bind a bus.

Which release is meant (rules 1 and 2) is in test_law_rules_of_cpu_matching.py, what binds the
adapter alone in test_law_rules_of_cpu_on_the_wire.py.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.antwerp_cpu.bodies import light_body
from adapters.antwerp_cpu.panel import shown
from adapters.antwerp_cpu.wire_words import LightColor
from ledger.directory.directory import directory_of
from ledger.law.leave import missing_to_leave
from ledger.law.lights import lights_of
from ledger.law.policy import Policy
from schemas import facts as f
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.lights import Colour, LightName
from schemas.messages import ContainerMessage, CustomsStatus, Haulage, Modality, PartyRef, Role
from schemas.organisations import Organisation, Terminal
from schemas.reasons import Missing
from schemas.stay import Gate, Hop, ReleaseStatus, TerminalLight
from schemas.value import altered
from tests.adapters.story import PARTIES, Story
from tests.ledger.law.states import READY, STATES
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    ANOTHER_DRIVER,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_HAULIER,
    OTHER_QUAY,
    PORT,
    QUAY,
    SHARED_VAT,
    TERMINAL,
    TO_FORWARDER,
    TO_HAULIER,
    UNREGISTERED,
    Scene,
    assign,
    assigned,
    given,
    party,
    release,
    released,
    say,
    transferred,
)

RULES = range(1, 19)
NOT_FOR_A_BUS = {
    15: "that CPu's screen cannot do all that its API can is nobody's business here",
    16: "what hauliers complain of and where MPET fails: `releasebus why` is the answer to it",
    17: "the calendar of the roll-out; of the PIN that it ended, only that none may be sent",
}


def test_every_rule_has_its_test_or_its_reason() -> None:
    modules = Path(__file__).parent.glob("test_law_rules_of_cpu*.py")
    names = "".join(module.read_text(encoding="utf-8") for module in modules)
    tested = {int(number) for number in re.findall(r"(?m)^def test_rule_(\d\d)_", names)}

    assert tested | NOT_FOR_A_BUS.keys() == set(RULES)
    assert tested & NOT_FOR_A_BUS.keys() == {17}, "of the roll-out only the PIN's end binds"


@pytest.mark.parametrize("begins", [NOW - timedelta(days=2), NOW, NOW + timedelta(days=5)])
def test_rule_03_a_release_lasts_sixty_days_from_its_date(begins: datetime) -> None:
    scene = given().when(AGENT, release(valid_from=begins)).then("released")
    assert scene.stay.expires_at == begins + timedelta(days=60)

    moved = scene.when(AGENT, say(m.Update, valid_from=begins + timedelta(days=1))).then("updated")
    assert moved.stay.expires_at == begins + timedelta(days=61)


def test_rule_03_an_expiry_that_is_given_stands() -> None:
    ends = NOW + timedelta(days=7)
    scene = given().when(AGENT, release(expires_at=ends)).then("released")
    assert scene.stay.expires_at == ends

    for new in ({"stay_number": "V1"}, {"valid_from": NOW + timedelta(days=1)}):
        scene = scene.when(AGENT, say(m.Update, **new)).then("updated")
        assert scene.stay.expires_at == ends


def test_rule_03_a_notification_shows_the_expiry_only_where_it_was_given() -> None:
    ends = datetime.fromisoformat("2025-04-01T08:00:00Z")
    for more, told in (({}, None), ({"expires_at": ends}, "2025-04-01T08:00:00Z")):
        (opened, *_) = Story().released(**more)
        assert opened.stay is not None
        body = light_body(opened.stay, PARTIES, "CommercialRelease", "UNKNOWN", "OK")
        assert body.expiration_date_time_utc == told


def test_rule_03_a_date_that_has_passed_lets_nothing_out_before_it_is_written_down() -> None:
    stay, policy = given(*READY[:5], *READY[6:]).stay, Policy()

    before = missing_to_leave(stay, stay.expires_at - timedelta(seconds=1), policy)
    assert Missing.RELEASE_EXPIRED not in before
    assert Missing.RELEASE_EXPIRED in missing_to_leave(stay, stay.expires_at, policy)


def test_rule_04_a_receiver_that_has_not_finished_its_onboarding_is_not_found() -> None:
    unknown = say(m.Transfer, release_to=party(UNREGISTERED))

    given(released()).when(AGENT, unknown).then("no: receiver_unknown")
    # Named in the release itself it is an ownerless release, as by rule 5.
    scene = (
        given()
        .when(AGENT, release(release_to=party(UNREGISTERED)))
        .then("released", "nomination_refused: receiver_unknown")
    )
    assert scene.stay.hops == ()


def test_rule_05_a_release_without_a_nomination_is_ownerless_until_the_agent_nominates() -> None:
    scene = given().when(AGENT, release(release_to=None)).then("released")
    assert (scene.stay.hops, scene.stay.accepted_holder) == ((), None)

    nominated = scene.when(AGENT, say(m.Transfer, release_to=party(FORWARDER)))

    assert nominated.then("transferred").stay.pending is not None


def test_rule_06_an_accepted_right_is_revoked_by_the_agent_alone() -> None:
    scene = STATES["carried"]

    scene.when(FORWARDER, say(m.Revoke)).then("no: transfer_already_accepted")
    scene.when(HAULIER, say(m.Revoke)).then("no: nothing_to_revoke")
    revoked = scene.when(AGENT, say(m.Revoke)).then("chain_revoked")
    assert revoked.stay.hops == ()
    # "At any time" (cpu.md §3.1 [SA]): also what has run out.
    STATES["expired"].when(AGENT, say(m.Revoke)).then("chain_revoked")


@pytest.mark.parametrize("state", ["assigned", "ready", "blocked"])
def test_rule_06_the_agent_revokes_under_a_pickup_and_a_block_and_the_key_ends(state: str) -> None:
    heard = STATES[state].when(AGENT, say(m.Revoke))

    scene = heard.then("chain_revoked", "pickup_ended: release_revoked")
    assert (scene.stay.hops, scene.stay.pickup) == ((), None)
    assert Missing.NO_HOLDER in heard.answers[-1].missing


def test_rule_06_the_agent_revokes_what_nobody_has_accepted_under_a_block() -> None:
    STATES["frozen"].when(AGENT, say(m.Revoke)).then("chain_revoked")


def test_rule_07_a_right_is_released_to_one_legal_entity_and_no_other_branch_sees_it() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER))

    # Registered with the same VAT number, and another organisation all the same.
    heard = scene.when(HAULIER, say(m.Accept))

    assert heard.then("no: not_the_receiver").file == scene.file
    assert HAULIER not in scene.stay.parties
    ambiguous = say(m.Transfer, release_to=PartyRef(scheme=Scheme.VAT, code=SHARED_VAT))
    given(released()).when(AGENT, ambiguous).then("no: receiver_ambiguous")


@pytest.mark.parametrize(
    "asked",
    [
        assign(),
        say(m.Transfer, release_to=party(OTHER_HAULIER)),
        say(m.SetMeansOfTransport, means_of_transport=Modality.TRUCK),
    ],
    ids=lambda asked: asked.TYPE,
)
def test_rule_07_another_branch_does_not_use_what_this_one_holds(asked: ContainerMessage) -> None:
    scene = given(released(), *TO_FORWARDER)

    assert scene.when(HAULIER, asked).then("no: not_the_holder").file == scene.file


def test_rule_07_another_branch_does_not_end_the_key_of_this_one() -> None:
    scene = given(released(), *TO_FORWARDER, assigned(operator=FORWARDER))

    for asked in (say(m.RevokePickup), say(m.UpdatePickup, driver=ANOTHER_DRIVER)):
        scene.when(HAULIER, asked).then("no: not_the_holder")


def test_rule_08_who_got_the_right_elsewhere_needs_the_pickup_right_all_the_same() -> None:
    held = given(*READY[:5], *READY[6:])

    heard = held.when(TERMINAL, say(m.ReportGateIn, terminal=QUAY))

    assert heard.answers[0].missing == (Missing.NO_PICKUP_ASSIGNED,)


def test_rule_08_a_pickup_right_of_another_than_the_holder_lets_nobody_out() -> None:
    ready = STATES["ready"].stay
    passed = (*ready.hops, Hop(HAULIER, OTHER_HAULIER, accepted=True))

    missing = missing_to_leave(altered(ready, hops=passed), NOW, Policy())

    assert missing == (Missing.NO_PICKUP_ASSIGNED,)


def test_rule_09_every_fact_shows_the_first_release_party_and_the_haulage() -> None:
    scene = given().when(AGENT, release(release_to=party(FORWARDER), haulage="carrier")).scene
    for sender, message in (
        (FORWARDER, say(m.Accept)),
        (AGENT, say(m.Update, order_reference="DO-9")),
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


@pytest.mark.parametrize("said", [None, *Haulage])
def test_rule_09_the_haulage_is_what_the_agent_said_and_nothing_where_it_said_nothing(
    said: Haulage | None,
) -> None:
    asked = release() if said is None else release(haulage=said)

    heard = given().when(AGENT, asked)

    assert heard.then("released").stay.haulage is said
    (opened,) = (given.fact for given in heard.answers)
    assert isinstance(opened, f.Released)
    assert opened.haulage is said


def first_after(scene: Scene, *said: tuple[str, ContainerMessage]) -> list[str | None]:
    """Who is the first release party, after each message."""
    firsts = []
    for sender, message in said:
        scene = scene.when(sender, message).scene
        firsts.append(scene.stay.first_release_party)
    return firsts


def test_rule_09_the_first_to_accept_is_first_until_the_agent_starts_anew() -> None:
    to_forwarder = say(m.Transfer, release_to=party(FORWARDER))
    to_haulier = say(m.Transfer, release_to=party(HAULIER))

    firsts = first_after(
        given(),
        (AGENT, release(release_to=party(FORWARDER))),
        (FORWARDER, say(m.Accept)),
        (FORWARDER, to_haulier),
        (HAULIER, say(m.Decline)),
        (FORWARDER, to_haulier),
        (FORWARDER, say(m.Revoke)),
        (FORWARDER, to_haulier),
        (HAULIER, say(m.Accept)),
        (AGENT, say(m.Revoke)),
        (AGENT, to_haulier),
        (HAULIER, say(m.Decline)),
        (AGENT, to_forwarder),
        (AGENT, say(m.Revoke)),
        (AGENT, to_haulier),
        (HAULIER, say(m.Accept)),
    )

    assert firsts == [None, *[FORWARDER] * 7, *[None] * 6, HAULIER]


def test_rule_09_a_nominee_that_is_to_pay_does_not_pay_for_what_it_declines() -> None:
    nominated = release(release_to=party(FORWARDER))
    scene = given().under(nominee_is_first_party=True)

    assert first_after(scene, (AGENT, nominated), (FORWARDER, say(m.Decline))) == [FORWARDER, None]


def test_rule_09_where_a_revoke_opens_nothing_the_first_stays_the_first() -> None:
    scene = given(released(), *TO_HAULIER).under(revoke_reopens_first_party=False)

    assert first_after(scene, (AGENT, say(m.Revoke))) == [FORWARDER]


def test_rule_10_an_inland_terminal_is_a_transport_operator_and_no_quay() -> None:
    inland = Organisation(
        "INLAND", 1, "Inland", (Role.TRANSPORT_OPERATOR,), (), (Terminal(PORT, "INLAND"),)
    )
    agent = Organisation(AGENT, 1, "Agent", (Role.SHIP_AGENT,), (), ())
    scene = given()
    scene = type(scene)(scene.file, directory=directory_of((inland, agent), version=1))

    scene.when(AGENT, release(terminal="INLAND")).then("no: terminal_unknown")
    scene.when("INLAND", say(m.ReportDischarge, terminal="INLAND")).then("no: role_not_allowed")
    scene = type(scene)(given(released()).file, directory=scene.directory)
    scene.when(AGENT, say(m.Update, terminal="INLAND")).then("no: terminal_unknown")


@pytest.mark.parametrize("state", ["ownerless", "ready", "blocked", "expired"])
def test_rule_10_a_release_is_moved_to_a_quay_alone(state: str) -> None:
    later = NOW + timedelta(days=9)
    moved = say(m.Update, terminal="999", expires_at=later)

    scene = STATES[state]
    assert scene.when(AGENT, moved).then("no: terminal_unknown").file == scene.file


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


def test_rule_14_what_the_old_quay_reported_does_not_hold_for_the_new_one() -> None:
    blocked = given(*READY, f.GatedIn(), f.TerminalBlocked())

    stay = blocked.when(AGENT, say(m.Update, terminal=OTHER_QUAY)).scene.stay

    assert (stay.discharged, stay.gate) == (False, Gate.UNKNOWN)
    assert {stay.terminal_light, stay.terminal_light_before} == {TerminalLight.UNKNOWN}
    assert stay.customs is CustomsStatus.RELEASED, "it is about the goods"


def test_rule_14_the_new_quay_lets_nobody_out_until_the_old_one_has_confirmed() -> None:
    scene = given(*READY).when(AGENT, say(m.Update, terminal=OTHER_QUAY)).scene
    for report in (m.ReportDischarge, m.ReportTerminalRelease):
        scene = scene.when(NEIGHBOUR, say(report, terminal=OTHER_QUAY)).scene
    assigned = scene.when(HAULIER, assign())

    assert assigned.answers[0].missing == (Missing.PREVIOUS_QUAY_NOT_CONFIRMED,)
    (old,) = (ended for ended in assigned.scene.stay.ended_rights if ended.terminal == QUAY)
    assert old.confirms_by == NOW + timedelta(minutes=15)
    confirmed = say(m.ConfirmPickupEnd, terminal=QUAY, pickup_id=old.pickup_id)
    assert assigned.scene.when(TERMINAL, confirmed).answers[0].missing == ()
    # A quay that is silent is not waited for any longer, whether or not a tick has said so.
    silent = missing_to_leave(assigned.scene.stay, NOW + timedelta(minutes=15), Policy())
    assert silent == ()
    lapsed = assigned.scene.when_time_passes(minutes=15)
    assert lapsed.then("confirmation_lapsed").stay.terminal == OTHER_QUAY
    assert lapsed.answers[0].missing == ()


COLOURS = {
    None: (Colour.RED, None),
    CustomsStatus.NOT_RELEASED: (Colour.RED, LightColor.RED),
    CustomsStatus.DOCUMENTARY_CONTROL: (Colour.RED, LightColor.RED),
    CustomsStatus.SELECTED_FOR_SCAN: (Colour.YELLOW, LightColor.ORANGE),
    CustomsStatus.TRANSHIPMENT: (Colour.YELLOW, LightColor.ORANGE),
    CustomsStatus.PORT_EQUALISATION: (Colour.YELLOW, LightColor.ORANGE),
    CustomsStatus.FAVV: (Colour.YELLOW, LightColor.ORANGE),
    CustomsStatus.RELEASED: (Colour.GREEN, LightColor.GREEN),
}


def test_rule_18_every_customs_status_has_its_colour() -> None:
    assert COLOURS.keys() == {None, *CustomsStatus}


@pytest.mark.parametrize("status", COLOURS)
def test_rule_18_orange_is_not_red_and_red_is_not_orange(status: CustomsStatus | None) -> None:
    customs = () if status is None else (f.CustomsStatusSet(status=status),)
    stay = given(*READY[:-1], *customs).stay
    colour, light = COLOURS[status]

    lights = lights_of(stay)
    assert lights.combined is colour
    seen = {each.light: each.color for each in shown(lights)}
    assert seen.get(LightName.CUSTOMS) is light
    held = (Missing.CUSTOMS_NOT_CLEARED,) if colour is Colour.RED else ()
    assert missing_to_leave(stay, NOW, Policy()) == held


@pytest.mark.parametrize("lit", ALL_GREEN[:-1], ids=lambda fact: fact.type)
def test_rule_18_orange_alone_is_not_enough(lit: f.Fact) -> None:
    orange = f.CustomsStatusSet(status=CustomsStatus.FAVV)

    assert lights_of(given(*READY[:6], lit, orange).stay).combined is Colour.RED


def test_rule_18_orange_lets_the_box_out_with_an_obligation() -> None:
    for status in (status for status, (colour, _) in COLOURS.items() if colour is Colour.YELLOW):
        assert status is not None
        scene = given(*READY).when(CUSTOMS, say(m.ReportCustomsStatus, status=status)).scene
        heard = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY))
        heard.then("gated_out", "pickup_ended: picked_up")
        assert heard.scene.stay.status is ReleaseStatus.GATED_OUT
        assert heard.scene.stay.customs is status
