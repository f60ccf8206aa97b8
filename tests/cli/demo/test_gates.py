"""Who comes to the gates: for each container its own driver or operator, and a wrong one."""

from datetime import UTC, datetime

from cli.demo.gates import visits
from producers.simulator import cast_of, plan_day
from producers.simulator.cargo import Stage, Trouble
from schemas.messages import Modality

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DAY = plan_day(cast_of(2), seed=2, containers=200, starts_at=MIDNIGHT)


def test_everything_that_was_released_is_asked_for() -> None:
    released = {expected.container for expected in DAY.expected if expected.stays}

    assert {visit.box.number for visit in visits(DAY)} == released


def test_only_what_is_ready_is_rightly_asked_for() -> None:
    rightly = {visit.box.number for visit in visits(DAY) if visit.rightly}

    there = {Stage.READY, Stage.INSIDE}
    ready = {box.number for box in DAY.boxes if box.latest.stage in there}
    assert ready
    assert rightly == ready


def test_a_wrong_driver_tries_only_what_leaves_by_truck() -> None:
    wrong = [visit for visit in visits(DAY) if visit.wrong_driver]

    assert wrong
    for visit in wrong:
        assert visit.box.modality is Modality.TRUCK
        assert visit.box.driver is not None
        assert visit.identity != visit.box.driver.card
        assert not visit.rightly


def test_a_container_that_moved_is_asked_for_at_its_new_quay() -> None:
    moved = {box.number: box for box in DAY.boxes if box.trouble is Trouble.MOVED_QUAY}

    assert moved
    for visit in visits(DAY):
        if visit.box.number in moved:
            assert visit.quay != moved[visit.box.number].ship.quay.code


def test_no_visit_shows_a_card() -> None:
    shown = "".join(map(repr, visits(DAY)))

    assert not any(driver.card in shown for driver in DAY.cast.drivers)
