"""What the ship agent may do with its release."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.reasons import Missing
from schemas.stay import Carrier, Gate, ReleaseStatus, TerminalLight
from schemas.value import altered
from tests.ledger.law.states import READY, THE_RIVAL_RELEASE
from tests.ledger.law.world import (
    AGENT,
    BARGE,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    TERMINAL,
    TO_FORWARDER,
    UNREGISTERED,
    Scene,
    assign,
    given,
    party,
    release,
    released,
    say,
    transferred,
)

SIXTY_DAYS = timedelta(days=60)


def test_a_release_without_dates_begins_now_and_lasts_sixty_days() -> None:
    stay = given().when(AGENT, release()).then("released").stay

    assert (stay.valid_from, stay.expires_at, stay.expiry_given) == (NOW, NOW + SIXTY_DAYS, False)


def test_the_carrier_that_the_agent_names_stays_known() -> None:
    line = m.PartyRef(scheme=Scheme.SCAC, code="MSCU")
    heard = given().when(AGENT, release(carrier=line)).then("released")

    assert heard.stay.carrier == Carrier(Scheme.SCAC, "MSCU")
    later = heard.when(AGENT, say(m.Update, order_reference="DO-9")).then("updated")
    assert later.stay.carrier == heard.stay.carrier
    assert given().when(AGENT, release()).then("released").stay.carrier is None


@pytest.mark.parametrize("days", [-30, 10])
def test_the_sixty_days_count_from_the_date_of_the_release(days: int) -> None:
    start = NOW + timedelta(days=days)

    stay = given().when(AGENT, release(valid_from=start)).then("released").stay

    assert stay.expires_at == start + SIXTY_DAYS


def test_a_release_of_more_than_sixty_days_ago_names_its_expiry_or_is_over_at_once() -> None:
    start = NOW - timedelta(days=61)

    given().when(AGENT, release(valid_from=start)).then("no: expiry_in_the_past")
    given().when(AGENT, release(valid_from=start, expires_at=NOW + SIXTY_DAYS)).then("released")


def test_never_may_be_written_as_the_last_day_there_is() -> None:
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    given().when(AGENT, release(expires_at=never)).then("released")


# Every hour of every offset, the ends of time too.
ANY_DATE = st.datetimes(
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
)


@drawn(valid_from=st.none() | ANY_DATE, expires_at=st.none() | ANY_DATE)
def test_no_date_breaks_our_code_and_what_is_let_in_is_utc(
    valid_from: datetime | None, expires_at: datetime | None
) -> None:
    """A date that raised would park the message and suspend a container that is not the sender's.

    The third release is the one of a container that is collected: assigning reads dates too.
    """
    dates = {"valid_from": valid_from, "expires_at": expires_at}
    carried = given(
        released(), transferred(AGENT, HAULIER), f.Accepted(giver=AGENT, receiver=HAULIER)
    )
    for heard in (
        given().when(AGENT, release(**dates)),
        given(released()).when(AGENT, say(m.Update, **dates)),
        carried.when(HAULIER, assign(expires_at=expires_at)),
    ):
        stay = heard.scene.file.stays[0] if heard.scene.file.stays else None
        if stay is not None:
            assert stay.expires_at.utcoffset() == timedelta(0)
            assert stay.valid_from <= datetime(2200, 1, 1, tzinfo=UTC)


def test_the_number_names_one_release_of_the_agent_at_whatever_quay() -> None:
    scene = given(released())

    scene.when(AGENT, release(terminal=OTHER_QUAY, bills_of_lading=("BL2",))).then(
        "no: already_released"
    )


def test_the_same_bills_at_another_quay_are_another_release() -> None:
    other = release(terminal=OTHER_QUAY, release_identification="REL2")

    given(released()).when(AGENT, other).then("released")


def test_another_agent_may_use_the_same_number() -> None:
    given(released()).when(RIVAL, release(terminal=OTHER_QUAY)).then("released")


@pytest.mark.parametrize(
    ("receiver", "reason"),
    [
        (UNREGISTERED, "receiver_unknown"),
        (TERMINAL, "receiver_role_not_allowed"),
        (AGENT, "receiver_role_not_allowed"),
    ],
)
def test_a_release_to_nobody_who_can_hold_it_stands_and_nobody_is_nominated(
    receiver: str, reason: str
) -> None:
    """cpu.md §1.1 [SA-IG]: release and nomination are one call and two events."""
    heard = given().when(AGENT, release(release_to=party(receiver)))

    scene = heard.then("released", f"nomination_refused: {reason}")
    assert heard.first_outcomes == [Outcome.APPLIED]
    assert (scene.stay.holder, scene.stay.pending) == (AGENT, None)
    scene.when(AGENT, say(m.Transfer, release_to=party(FORWARDER))).then("transferred")


def test_an_update_to_what_another_own_release_is_is_refused() -> None:
    second = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))
    scene = given(released()).beside(second)
    alike = say(m.Update, release_identification="REL2", bills_of_lading=("BL1",))

    scene.when(AGENT, alike).then("no: already_released")


def test_an_expired_release_is_not_revived_beside_the_one_that_followed_it() -> None:
    follower = released(release_id="second", release_identification="REL2")
    scene = given(released(), f.Expired()).beside(follower)
    revival = say(m.Update, release_identification="REL1", expires_at=NOW + SIXTY_DAYS)

    scene.when(AGENT, revival).then("no: already_released")


def test_a_new_start_moves_the_default_expiry_but_not_a_given_one() -> None:
    start = NOW + timedelta(days=5)
    update = say(m.Update, valid_from=start)

    assert given(released()).when(AGENT, update).scene.stay.expires_at == start + SIXTY_DAYS
    said = given(released(expiry_given=True))
    assert said.when(AGENT, update).scene.stay.expires_at == said.stay.expires_at


def test_an_update_leaves_alone_what_it_does_not_name() -> None:
    scene = given(*READY)
    before = scene.stay

    assert scene.when(AGENT, say(m.Update)).then("updated").stay == before


def test_a_move_ends_the_pickup_and_what_the_old_quay_said_but_not_what_customs_said() -> None:
    scene = given(*READY).when(TERMINAL, say(m.ReportGateIn, terminal=QUAY)).scene

    heard = scene.when(AGENT, say(m.Update, terminal=OTHER_QUAY))

    stay = heard.scene.stay
    assert heard.answers[0].stay is not None
    assert heard.answers[0].stay.terminal == QUAY, "its end is told to the quay that had it"
    assert (stay.pickup, stay.discharged, stay.gate) == (None, False, Gate.UNKNOWN)
    assert stay.terminal_light is TerminalLight.UNKNOWN
    assert heard.answers[-1].missing == (
        Missing.NO_PICKUP_ASSIGNED,
        Missing.PREVIOUS_QUAY_NOT_CONFIRMED,
        Missing.NOT_DISCHARGED,
        Missing.TERMINAL_NOT_RELEASED,
    )


def test_a_block_outlives_the_expiry_over_it() -> None:
    """Otherwise the update that revives a release would lift the agent's block in silence."""
    scene = given(*READY, f.Blocked()).when_time_passes(days=59).scene
    revival = say(m.Update, expires_at=scene.now + SIXTY_DAYS)

    heard = scene.when(AGENT, revival)

    assert heard.scene.stay.status is ReleaseStatus.BLOCKED
    assert Missing.RELEASE_BLOCKED in heard.answers[-1].missing
    heard.scene.when(AGENT, say(m.Unblock)).then("unblocked")


def test_what_was_not_blocked_is_released_again_by_its_revival() -> None:
    scene = given(*READY).when_time_passes(days=59).scene

    scene = scene.when(AGENT, say(m.Update, expires_at=scene.now + SIXTY_DAYS)).then("updated")

    assert scene.stay.status is ReleaseStatus.RELEASED
    assert scene.stay.holder == HAULIER


def test_a_revoked_chain_opens_the_question_who_pays() -> None:
    scene = given(released(), *TO_FORWARDER)
    assert scene.stay.first_release_party == FORWARDER

    scene = scene.when(AGENT, say(m.Revoke)).then("chain_revoked")
    assert scene.stay.first_release_party is None

    scene = scene.when(AGENT, say(m.Transfer, release_to=party(BARGE))).then("transferred")
    assert scene.when(BARGE, say(m.Accept)).scene.stay.first_release_party == BARGE


def released_anew(scene: Scene, **values: object) -> Scene:
    return scene.when(AGENT, release(**{"release_identification": "REL2", **values})).scene


def test_a_release_that_follows_a_deleted_one_knows_what_was_reported_of_the_cargo() -> None:
    scene = given(*READY).when(AGENT, say(m.Delete)).scene

    new = released_anew(scene).file.stays[-1]

    assert (new.discharged, new.terminal_light) == (True, TerminalLight.RELEASED)
    assert (new.pickup, new.hops) == (None, ())


@pytest.mark.parametrize(
    "values", [{"bills_of_lading": ("BL2",)}, {"terminal": OTHER_QUAY}, {"stay_number": "V2"}]
)
def test_a_release_of_other_cargo_or_another_visit_begins_in_the_dark(
    values: dict[str, object],
) -> None:
    visit = given(altered(READY[0], stay_number="V1"), *READY[1:])
    scene = visit.when(AGENT, say(m.Delete)).scene

    new = released_anew(scene, **values).file.stays[-1]

    assert (new.discharged, new.customs) == (False, None)


def test_a_release_of_a_box_that_left_begins_in_the_dark() -> None:
    scene = given(*READY).when(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).scene

    new = released_anew(scene).file.stays[-1]

    assert (new.discharged, new.customs) == (False, None)


def test_a_hold_of_the_terminal_is_known_to_the_next_release_and_lifts_to_what_was_before() -> (
    None
):
    hold = say(m.ReportTerminalBlock, terminal=QUAY)
    scene = given(*READY).when(TERMINAL, hold).scene.when(AGENT, say(m.Delete)).scene
    scene = released_anew(scene)
    assert scene.file.stays[-1].terminal_light is TerminalLight.BLOCKED

    scene = scene.when(TERMINAL, say(m.ReportTerminalUnblock, terminal=QUAY)).scene

    assert scene.file.stays[-1].terminal_light is TerminalLight.RELEASED


def test_a_rival_that_claims_the_same_cargo_knows_what_was_reported_of_it() -> None:
    claim = release(release_identification=THE_RIVAL_RELEASE.release_identification)

    new = given(*READY).when(RIVAL, claim).scene.file.stays[-1]

    assert new.discharged
    assert new.disputed
