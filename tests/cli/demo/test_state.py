"""Where an air waybill stands is said in the words that containers have."""

from cli.demo.state import State, state_of_waybill
from schemas.air_facts import ConsignmentObserved
from tests.adapters.cargonaut.facts import DAY


def test_a_waybill_waits_for_customs_may_leave_and_has_left() -> None:
    shown = [each.fact for each in DAY if isinstance(each.fact, ConsignmentObserved)]

    assert [state_of_waybill(each) for each in (None, *shown)] == [
        State.UNRELEASED,
        State.CUSTOMS,
        State.CUSTOMS,
        State.OTHER,
        State.READY,
        State.LEFT,
    ]
