"""A bill is asked for from time to time while something of it is awaited."""

from adapters.portbase import SYSTEM
from adapters.portbase.memory import Asked, Box, Kind, Known, to_remember
from schemas.value import altered

NOW = Known(bill="BL1", tracking=("id-1", "id-2"), turn=3)
BOX = Box(number="CPUU1000010", released=True)


def polled(known: Known) -> list[str]:
    return [each.path for each in SYSTEM.functions.poll("BL1", to_remember(known))]


def test_nothing_is_asked_of_a_bill_that_waits_for_nothing() -> None:
    assert polled(NOW) == []
    assert polled(altered(NOW, boxes=(altered(BOX, released=False),))) == []
    assert SYSTEM.functions.poll("BL1", "") == ()
    assert SYSTEM.functions.poll("BL1", "no memory") == ()


def test_a_released_container_is_awaited_until_it_left() -> None:
    known = altered(NOW, boxes=(BOX,))

    assert polled(known) == ["/cargo-controller/tracked-bls?id=id-1"]
    assert polled(altered(known, tracking=())) == []


def test_an_answer_is_awaited() -> None:
    asked = Asked(request_id="r", kind=Kind.NOMINATE, container=BOX.number)

    assert polled(altered(NOW, asked=(asked,))) == ["/cargo-controller/tracked-bls?id=id-1"]


def test_the_request_has_one_id_until_something_new_was_told() -> None:
    known = altered(NOW, boxes=(BOX,))
    first, again = (SYSTEM.functions.poll("BL1", to_remember(known))[0] for _ in range(2))
    later = SYSTEM.functions.poll("BL1", to_remember(altered(known, turn=4)))[0]

    assert first == again
    assert later.id != first.id
