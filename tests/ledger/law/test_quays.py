"""A new quay: its right lets nobody out before the old quay has confirmed the end of its own."""

from datetime import timedelta

from hypothesis import given as drawn
from hypothesis import strategies as st

from ledger.book.moments import micros
from ledger.book.stored import due_at
from schemas import messages as m
from schemas.facts import PickupEnd
from schemas.messages import ContainerMessage, CustomsStatus
from schemas.reasons import Missing
from tests.ledger.law.states import READY, STATES
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_QUAY,
    QUAY,
    TERMINAL,
    Heard,
    Scene,
    assign,
    ended,
    given,
    say,
)

CONFIRMED = say(m.ConfirmPickupEnd, terminal=QUAY, pickup_id="the-pickup")
NOT_YET = (Missing.PREVIOUS_QUAY_NOT_CONFIRMED,)


def to(quay: str) -> m.Update:
    return say(m.Update, terminal=quay)


def all_green(scene: Scene, quay: str, operator: str) -> Scene:
    reports: tuple[ContainerMessage, ...] = (
        say(m.ReportDischarge, terminal=quay),
        say(m.ReportTerminalRelease, terminal=quay),
    )
    for report in reports:
        scene = scene.when(operator, report).scene
    return scene.when(CUSTOMS, say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED)).scene


def moved_and_assigned() -> Heard:
    scene = given(*READY).when(AGENT, to(OTHER_QUAY)).scene
    return all_green(scene, OTHER_QUAY, NEIGHBOUR).when(HAULIER, assign(expires_at=None))


def missing(scene: Scene, minutes: float = 0) -> tuple[Missing, ...]:
    """What stands between the box and the new quay's gate, after a report that changes nothing."""
    report = say(m.ReportGateIn, terminal=scene.stay.terminal)
    operator = NEIGHBOUR if scene.stay.terminal == OTHER_QUAY else TERMINAL
    return scene.later(minutes=minutes).when(operator, report).answers[0].missing


def test_the_right_at_the_new_quay_exists_and_may_not_leave() -> None:
    heard = moved_and_assigned()

    assert heard.scene.stay.pickup is not None
    assert heard.answers[-1].missing == NOT_YET


def test_the_old_quays_word_lets_it_go() -> None:
    heard = moved_and_assigned().scene.when(TERMINAL, CONFIRMED)

    scene = heard.then("pickup_end_confirmed")
    assert heard.answers[0].missing == ()
    scene.when(TERMINAL, CONFIRMED).then("no: nothing_to_confirm")


def test_the_word_may_come_before_anything_is_assigned() -> None:
    scene = given(*READY).when(AGENT, to(OTHER_QUAY)).scene
    scene = scene.when(TERMINAL, CONFIRMED).then("pickup_end_confirmed")

    scene = all_green(scene, OTHER_QUAY, NEIGHBOUR)
    assert scene.when(HAULIER, assign()).answers[-1].missing == ()


def test_a_silent_quay_is_waited_for_a_quarter_of_an_hour_and_the_tick_says_so() -> None:
    scene = moved_and_assigned().scene

    scene.when_time_passes(minutes=14.9).then()
    assert missing(scene, minutes=14.9) == NOT_YET
    assert missing(scene, minutes=15) == ()
    heard = scene.when_time_passes(minutes=15)
    scene = heard.then("confirmation_lapsed")
    assert heard.answers[0].missing == ()
    scene.when_time_passes(minutes=15).then()
    # Late, but no lie: that it knows now is written down all the same.
    scene.when(TERMINAL, CONFIRMED).then("pickup_end_confirmed")


def test_the_tick_is_told_when_to_come() -> None:
    stay = moved_and_assigned().scene.stay

    assert due_at(stay) == micros(NOW + timedelta(minutes=15))


def test_a_right_that_ended_just_before_the_move_is_waited_for_too() -> None:
    """A gate that is a minute behind does not know of it either."""
    scene = given(*READY).when(HAULIER, say(m.RevokePickup)).scene.later(minutes=5)
    scene = scene.when(AGENT, to(OTHER_QUAY)).then("updated")

    scene = all_green(scene, OTHER_QUAY, NEIGHBOUR).when(HAULIER, assign(expires_at=None)).scene
    assert missing(scene) == NOT_YET
    assert missing(scene, minutes=10) == ()


def test_what_was_confirmed_or_ended_long_ago_is_not_waited_for() -> None:
    confirmed = given(*READY).when(HAULIER, say(m.RevokePickup)).scene.when(TERMINAL, CONFIRMED)
    long_ago = given(*READY, ended(PickupEnd.REVOKED, at=NOW - timedelta(minutes=15)))

    for scene in (confirmed.scene, long_ago):
        moved = scene.when(AGENT, to(OTHER_QUAY)).then("updated")
        assert all(each.confirms_by is None for each in moved.stay.ended_rights)


def test_back_at_the_first_quay_only_the_second_is_waited_for() -> None:
    scene = moved_and_assigned().scene
    right = scene.stay.pickup
    scene = scene.when(AGENT, to(QUAY)).then("pickup_ended: terminal_changed", "updated")
    scene = all_green(scene, QUAY, TERMINAL).when(HAULIER, assign(expires_at=None)).scene
    assert missing(scene) == NOT_YET

    assert right is not None
    word = say(m.ConfirmPickupEnd, terminal=OTHER_QUAY, pickup_id=right.id)
    scene = scene.when(NEIGHBOUR, word).then("pickup_end_confirmed")

    assert missing(scene) == ()


def test_where_no_right_was_nothing_is_waited_for() -> None:
    moved = STATES["carried"].when(AGENT, to(OTHER_QUAY)).then("updated")

    assert moved.stay.ended_rights == ()


def test_a_gate_out_before_the_word_is_the_terminals_to_answer_for() -> None:
    left = say(m.ReportGateOut, terminal=OTHER_QUAY)

    moved_and_assigned().scene.when(NEIGHBOUR, left).then(
        "gated_out", "pickup_ended: picked_up", "finding: terminal_overruled"
    )


@drawn(
    moves=st.lists(st.sampled_from([QUAY, OTHER_QUAY]), max_size=6),
    passed=st.lists(st.integers(0, 20), min_size=6, max_size=6),
)
def test_no_right_lets_out_while_a_gate_elsewhere_may_not_know(
    moves: list[str], passed: list[int]
) -> None:
    scene = given(*READY)
    for quay, minutes in zip(moves, passed, strict=False):
        scene = scene.later(minutes=minutes).when(AGENT, to(quay)).scene
        scene = scene.when(HAULIER, assign(expires_at=None)).scene
        stay, now = scene.stay, scene.now
        may_not_know = [
            each
            for each in stay.ended_rights
            if each.terminal != stay.terminal and now - each.at < timedelta(minutes=15)
        ]
        waits = Missing.PREVIOUS_QUAY_NOT_CONFIRMED in missing(scene)
        assert waits is bool(may_not_know)
