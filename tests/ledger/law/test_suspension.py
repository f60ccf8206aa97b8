"""Under a suspended operator's right nobody leaves; nothing of the chain is lost by it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from ledger.directory.directory import Directory
from ledger.law.answer import park
from ledger.law.leave import missing_to_leave
from schemas import facts as f
from schemas import messages as m
from schemas.facts import PickupEnd
from schemas.messages import ContainerMessage, Modality
from schemas.override_facts import OperatorReinstated, OperatorSuspended
from schemas.reasons import Missing
from schemas.stay import Stay
from schemas.steps import Step
from schemas.value import altered
from tests.chance import examples
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    BOX,
    CUSTOMS,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    OTHER_HAULIER,
    QUAY,
    RIVAL,
    TERMINAL,
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

STOPPED = Missing.OPERATOR_SUSPENDED


def suspended(*organisations: str) -> Directory:
    """The directory with these suspended, and nobody else."""
    directory = DIRECTORY
    for each in organisations:
        stopped = altered(directory.by_id[each], lacks=(Step.REINSTATEMENT,))
        directory = directory.joined_by(stopped, directory.version + 1)
    return directory


def seen_by(scene: Scene, *organisations: str) -> Scene:
    return replace(scene, directory=suspended(*organisations))


def lacks(scene: Scene) -> tuple[Missing, ...]:
    return missing_to_leave(scene.stay, scene.now, scene.policy)


def test_a_tick_stops_the_right_and_another_lets_it_count_again() -> None:
    ready = given(*READY)

    stopped = seen_by(ready, HAULIER).when_time_passes(seconds=10)
    scene = stopped.then("operator_suspended")
    again = seen_by(scene).when_time_passes(seconds=10)

    assert stopped.answers[0].fact == OperatorSuspended(operator=HAULIER)
    assert stopped.answers[0].missing == (STOPPED,)
    assert stopped.answers[0].outcome is None
    assert again.answers[0].fact == OperatorReinstated(operator=HAULIER)
    assert again.answers[0].missing == ()
    assert again.scene.file == ready.file


def test_it_is_told_once() -> None:
    scene = seen_by(given(*READY), HAULIER).when_time_passes(seconds=10).scene

    scene.when_time_passes(seconds=10).then()
    scene.when(TERMINAL, say(m.ReportGateIn, terminal=QUAY)).then("gated_in")


def test_any_word_of_the_container_stops_it_before_the_tick() -> None:
    """The last light turns green: the very answer says that nobody leaves."""
    almost = given(released(), *TO_HAULIER, assigned(), f.Discharged())
    scene = seen_by(almost, HAULIER)

    heard = scene.when(TERMINAL, say(m.ReportTerminalRelease, terminal=QUAY))

    heard.then("terminal_released", "operator_suspended")
    assert heard.answers[0].outcome is not None
    assert heard.answers[1].outcome is None
    assert STOPPED in heard.answers[1].missing


def test_nobody_elses_right_is_stopped() -> None:
    seen_by(given(*READY), FORWARDER, OTHER_HAULIER, AGENT).when_time_passes(seconds=10).then()


@pytest.mark.parametrize("message", [assign(), say(m.Accept), say(m.UpdatePickup)])
def test_who_is_suspended_gives_and_uses_no_right(message: ContainerMessage) -> None:
    heard = seen_by(given(*READY), HAULIER).when(HAULIER, message)

    heard.then("no: onboarding_incomplete", "operator_suspended")


def test_its_right_may_be_revoked_and_another_assigned_under_which_the_box_leaves() -> None:
    scene = seen_by(given(*READY), HAULIER).when_time_passes(seconds=10).scene

    taken_back = scene.when(AGENT, say(m.Revoke)).scene
    assert not taken_back.stay.operator_suspended
    chain = (
        (AGENT, say(m.Transfer, release_to=party(OTHER_HAULIER))),
        (OTHER_HAULIER, say(m.Accept)),
        (OTHER_HAULIER, assign()),
    )
    for sender, message in chain:
        taken_back = taken_back.when(sender, message).scene

    assert lacks(taken_back) == ()


def test_that_it_left_all_the_same_is_alarmed() -> None:
    scene = seen_by(given(*READY), HAULIER).when_time_passes(seconds=10).scene

    left = scene.when(TERMINAL, say(m.ReportGateOut, terminal=QUAY))

    left.then("gated_out", f"pickup_ended: {PickupEnd.PICKED_UP}", "finding: terminal_overruled")
    left.scene.when_time_passes(seconds=10).then()


def test_a_parked_container_is_left_alone() -> None:
    scene = seen_by(given(*READY), HAULIER)
    question = scene.asked(AGENT, say(m.Block))
    file, _ = park(scene.file, question, scene.context, "KeyError")

    replace(scene, file=file).when(AGENT, say(m.Unblock)).then("parked")


# --- whatever is said ---------------------------------------------------------------------------

QUAYS = {"terminal": QUAY}
SAID: tuple[tuple[str, ContainerMessage], ...] = (
    (AGENT, release(release_to=party(FORWARDER))),
    (RIVAL, release(release_identification="RIVAL1", bills_of_lading=("BL3",))),
    *((AGENT, say(kind)) for kind in (m.Block, m.Unblock, m.Revoke, m.Delete)),
    (AGENT, say(m.Transfer, release_to=party(OTHER_HAULIER))),
    *((sender, say(m.Accept)) for sender in (FORWARDER, HAULIER, OTHER_HAULIER)),
    *((sender, assign()) for sender in (HAULIER, OTHER_HAULIER)),
    (HAULIER, say(m.UpdatePickup, modality=Modality.BARGE)),
    *((sender, say(m.RevokePickup)) for sender in (HAULIER, OTHER_HAULIER)),
    *((TERMINAL, say(kind, **QUAYS)) for kind in m.TERMINAL_REPORTS),
    (CUSTOMS, say(m.ReportCustomsStatus, status="released")),
)
WHO = st.sets(st.sampled_from([HAULIER, OTHER_HAULIER, FORWARDER, AGENT])).map(sorted)


def unmarked(stays: Sequence[Stay]) -> list[Stay]:
    return [altered(stay, operator_suspended=False) for stay in stays]


@settings(max_examples=examples(300))
@whatever(steps=st.lists(st.tuples(st.sampled_from(SAID), WHO), min_size=1, max_size=12))
def test_nobody_ever_leaves_under_a_suspended_operator_and_nobody_else_is_kept(
    steps: list[tuple[tuple[str, ContainerMessage], list[str]]],
) -> None:
    scene = given(*READY)
    for (sender, message), who in steps:
        scene = seen_by(scene, *who).when(sender, message).scene
        for stay in scene.file.stays:
            operator = None if stay.pickup is None else stay.pickup.operator
            missing = missing_to_leave(stay, scene.now, scene.policy)
            assert (STOPPED in missing) == (operator in who and stay.on_quay)
            assert missing or operator not in who


@settings(max_examples=examples(300))
@whatever(
    reports=st.lists(st.sampled_from([each for each in SAID if each[0] == TERMINAL]), max_size=8),
    who=st.lists(WHO, min_size=8, max_size=8),
)
def test_reinstated_all_stands_as_if_nobody_had_been_suspended(
    reports: list[tuple[str, ContainerMessage]], who: list[list[str]]
) -> None:
    scene = never = given(*READY)
    for (sender, message), stopped in zip(reports, who, strict=False):
        scene = seen_by(scene, *stopped).when(sender, message).scene
        never = never.when(sender, message).scene
        assert unmarked(scene.file.stays) == unmarked(never.file.stays)

    scene = seen_by(scene).when_time_passes(seconds=1).scene
    never = never.when_time_passes(seconds=1).scene

    assert scene.file == never.file
    assert scene.file.stays[0].container == BOX
