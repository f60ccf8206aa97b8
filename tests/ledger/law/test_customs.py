"""What customs say of one bill of lading clears no other in the same box (cpu.md §2.2 [CUSTL])."""

import pytest

from ledger.law.leave import missing_to_leave
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Fact
from schemas.messages import CustomsStatus
from schemas.reasons import Missing
from schemas.stay import Stay
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    RIVAL,
    THE_NUMBER,
    TO_HAULIER,
    Scene,
    assigned,
    given,
    release,
    released,
    say,
    stay_after,
)
from tests.rows import each_row

RELEASED, CONTROL = CustomsStatus.RELEASED, CustomsStatus.DOCUMENTARY_CONTROL
SCAN, FAVV = CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.FAVV
BUT_CUSTOMS = (*TO_HAULIER, f.Discharged(), f.TerminalReleased(), assigned())
OF_TWO_BILLS: tuple[Fact, ...] = (released(bills_of_lading=("BL1", "BL2")), *BUT_CUSTOMS)
Said = tuple[CustomsStatus, tuple[str, ...]]


def customs_say(scene: Scene, *words: Said) -> Scene:
    for status, bills in words:
        scene = scene.when(
            CUSTOMS, say(m.ReportCustomsStatus, status=status, bills_of_lading=bills)
        ).scene
    return scene


@each_row(
    ("words", "light"),
    [
        ([(CONTROL, ("BL2",)), (RELEASED, ("BL1",))], CONTROL),
        ([(RELEASED, ("BL1",))], CustomsStatus.NOT_RELEASED),
        ([(SCAN, ("BL1",))], CustomsStatus.NOT_RELEASED),
        ([(RELEASED, ("BL1",)), (RELEASED, ("BL2",))], RELEASED),
        ([(SCAN, ("BL2",)), (RELEASED, ("BL1",))], SCAN),
        ([(RELEASED, ("BL1", "BL2"))], RELEASED),
        ([(RELEASED, ("BL1", "BL2", "BL9"))], RELEASED),
        # What names no bill is of all of them, before and after.
        ([(CONTROL, ()), (RELEASED, ("BL1",))], CONTROL),
        ([(RELEASED, ()), (CONTROL, ("BL1",)), (RELEASED, ("BL1",))], RELEASED),
        ([(CONTROL, ("BL2",)), (RELEASED, ())], RELEASED),
        ([(RELEASED, ("BL1",)), (CONTROL, ())], CONTROL),
    ],
)
def test_the_light_is_that_of_the_worst_bill(words: list[Said], light: CustomsStatus) -> None:
    scene = customs_say(given(*OF_TWO_BILLS), *words)

    assert scene.stay.customs is light
    clear = light in {RELEASED, SCAN}
    missing = missing_to_leave(scene.stay, scene.now, scene.policy)
    assert missing == (() if clear else (Missing.CUSTOMS_NOT_CLEARED,))


def test_a_report_of_the_only_bill_is_of_the_release() -> None:
    scene = customs_say(given(released(), *BUT_CUSTOMS), (CONTROL, ("BL1", "BL9")))
    heard = scene.when(
        CUSTOMS, say(m.ReportCustomsStatus, status=RELEASED, bills_of_lading=("BL1",))
    )

    assert heard.scene.stay.customs is RELEASED
    assert heard.scene.stay.customs_by_bill == ()


def test_a_setting_lets_one_status_be_of_the_whole_release() -> None:
    scene = given(*OF_TWO_BILLS).under(customs_by_bill=False)

    assert customs_say(scene, (CONTROL, ("BL2",)), (RELEASED, ("BL1",))).stay.customs is RELEASED


@pytest.mark.parametrize("words", [[("BL1",), ("BL2",)], [("BL1", "BL2")], [()]])
def test_a_bill_that_an_update_brings_is_not_cleared_by_what_was_said_of_the_others(
    words: list[tuple[str, ...]],
) -> None:
    scene = customs_say(given(*OF_TWO_BILLS), *((RELEASED, bills) for bills in words))
    update = say(
        m.Update, release_identification=THE_NUMBER, bills_of_lading=("BL1", "BL2", "BL3")
    )
    scene = scene.when(AGENT, update).scene

    assert scene.stay.customs is CustomsStatus.NOT_RELEASED
    assert customs_say(scene, (RELEASED, ("BL3",))).stay.customs is RELEASED


def test_an_update_takes_no_red_bill_out_of_the_box() -> None:
    scene = customs_say(given(*OF_TWO_BILLS), (RELEASED, ("BL1",)), (CONTROL, ("BL2",)))
    update = say(m.Update, release_identification=THE_NUMBER, bills_of_lading=("BL1",))
    scene = scene.when(AGENT, update).scene

    assert scene.stay.customs is CONTROL
    assert customs_say(scene, (RELEASED, ("BL1",))).stay.customs is CONTROL
    assert customs_say(scene, (RELEASED, ())).stay.customs is RELEASED


@pytest.mark.parametrize(
    ("said", "light"),
    [
        ((f.CustomsStatusSet(status=RELEASED),), CustomsStatus.NOT_RELEASED),
        ((f.CustomsStatusSet(status=CONTROL),), CONTROL),
        ((f.CustomsStatusSet(status=CONTROL, bills_of_lading=("BL1",)),), CONTROL),
    ],
)
def test_a_new_release_of_more_bills_is_cleared_of_no_more_than_was_said(
    said: tuple[Fact, ...], light: CustomsStatus
) -> None:
    scene = given(released(), f.Discharged(), *said, f.Deleted(parties=()))
    opens = release(release_identification="REL2", bills_of_lading=("BL1", "BL2"))

    assert scene.when(AGENT, opens).scene.file.stays[1].customs is light


def test_a_new_release_of_the_same_bills_stands_at_customs_as_the_one_before() -> None:
    before = customs_say(given(*OF_TWO_BILLS), (RELEASED, ("BL1",)), (CONTROL, ("BL2",)))
    scene = before.when(AGENT, say(m.Delete)).scene
    opens = release(release_identification="REL2", bills_of_lading=("BL1", "BL2"))
    scene = scene.when(AGENT, opens).scene

    after = scene.file.stays[1]
    assert after.customs is CONTROL
    assert set(after.customs_by_bill) == set(before.stay.customs_by_bill)


def test_what_was_said_of_each_bill_is_built_again_from_the_entries() -> None:
    scene, facts = given(*OF_TWO_BILLS), list(OF_TWO_BILLS)
    for status, bills in [(FAVV, ("BL1",)), (CONTROL, ("BL2",)), (RELEASED, ("BL2",))]:
        said = say(m.ReportCustomsStatus, status=status, bills_of_lading=bills)
        heard = scene.when(CUSTOMS, said)
        scene = heard.scene
        facts.extend(answer.fact for answer in heard.answers)

    rebuilt: Stay = stay_after(facts)
    assert rebuilt == scene.stay
    assert rebuilt.customs is FAVV


SECOND = released(release_id="second", release_identification="REL2", bills_of_lading=("BL2",))


@pytest.mark.parametrize(
    ("words", "lights"),
    [
        ([(CONTROL, ("BL2",)), (RELEASED, ("BL1",))], (CONTROL, CONTROL)),
        ([(RELEASED, ("BL1",)), (CONTROL, ("BL2",))], (CONTROL, CONTROL)),
        ([(RELEASED, ("BL1",)), (CONTROL, ("BL2",)), (RELEASED, ("BL2",))], (RELEASED, RELEASED)),
        ([(CONTROL, ()), (RELEASED, ("BL1",))], (CONTROL, CONTROL)),
        ([(CONTROL, ()), (RELEASED, ("BL1",)), (RELEASED, ("BL2",))], (RELEASED, RELEASED)),
    ],
)
def test_a_red_bill_under_one_release_holds_every_release_of_the_box(
    words: list[Said], lights: tuple[CustomsStatus, CustomsStatus]
) -> None:
    scene = customs_say(given(released(), *BUT_CUSTOMS).beside(SECOND), *words)

    assert tuple(stay.customs for stay in scene.file.stays) == lights


def test_a_release_that_comes_later_is_held_by_the_red_bill_of_another() -> None:
    scene = customs_say(given(SECOND), (CONTROL, ("BL2",)))
    scene = scene.when(AGENT, release()).scene
    assert scene.file.stays[1].customs is CONTROL

    # Also when its release is deleted: customs clear it by its name.
    scene = scene.when(AGENT, say(m.Delete, bills_of_lading=("BL2",))).scene
    scene = customs_say(scene, (RELEASED, ("BL1",)))
    assert scene.file.stays[1].customs is CONTROL
    assert customs_say(scene, (RELEASED, ("BL2",))).file.stays[1].customs is RELEASED


def test_a_red_bill_of_another_visit_holds_nothing() -> None:
    other = released(release_id="s", bills_of_lading=("BL2",), stay_number="V2")
    scene = given(released(stay_number="V1"), *BUT_CUSTOMS).beside(other)

    scene = customs_say(scene, (RELEASED, ("BL1",)), (CONTROL, ("BL2",)))
    assert scene.stay.customs is RELEASED


def test_what_customs_say_of_no_release_and_a_rivals_release_change_nothing_of_another() -> None:
    scene = customs_say(given(released(vessel_imo="9321483")).beside(SECOND), (CONTROL, ()))
    elsewhere = say(m.ReportCustomsStatus, status=CONTROL, bills_of_lading=("BL9",))
    assert scene.when(CUSTOMS, elsewhere).then("waiting").file.stays == scene.file.stays

    rivals = release(bills_of_lading=("BL1", "BL2"))
    red = given(released(), f.CustomsStatusSet(status=CONTROL))
    heard = red.when(RIVAL, rivals)
    of = [answer for answer in heard.answers if isinstance(answer.fact, f.CustomsStatusSet)]
    assert {answer.stay and answer.stay.agent for answer in of} == {RIVAL}
