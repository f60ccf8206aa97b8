"""A call's own answer: an empty one says that it was done, and no other passes a right on."""

import pytest

from schemas import messages as m
from tests.adapters.portbase.rounds import Round, body, kinds, types
from tests.adapters.rotterdam import DIRECTOR
from tests.adapters.story import FORWARDER, HAULIER, to


@pytest.fixture
def released() -> Round:
    """A container that the agent released to the forwarder."""
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.tracked()
    one.hear(one.state())
    return one


def test_a_director_is_authorised_by_the_calls_own_answer(released: Round) -> None:
    (call,) = released.ask(FORWARDER, m.Transfer, release_to=to(DIRECTOR))
    assert kinds([call]) == ["authorise"]

    facts = released.reply(b"")

    assert types(facts) == ["release_observed", "request_answered"]
    assert released.stay.accepted_holder == DIRECTOR
    # And taken back in the same way; the state shows neither.
    (call,) = released.ask(FORWARDER, m.Revoke)
    assert body(call)["withdrawals"][0]["reason"] == "RETRIEVE_DIRECTOR_RIGHTS"
    assert types(released.reply(b"", "204")) == ["release_observed", "request_answered"]
    assert released.stay.accepted_holder == FORWARDER


@pytest.mark.parametrize(
    "said",
    [
        b"<html>Maintenance until 6:00</html>",
        b'{"error":"not authorised"}',
        b'{"status":"REJECTED"}',
        b"[]",
        b'"busy"',
        b"[not kept]",
    ],
)
def test_nobody_is_authorised_by_an_answer_that_says_what_nobody_knows(
    released: Round, said: bytes
) -> None:
    (call,) = released.ask(FORWARDER, m.Transfer, release_to=to(DIRECTOR))

    assert released.hear(said, call.id, "200") == []
    assert [each.code for each in released.problems] == ["type_unknown"]
    assert released.stay.accepted_holder == FORWARDER
    # It is still open: an answer that says nothing ends it.
    assert types(released.hear(b"", call.id, "200")) == ["release_observed", "request_answered"]


def test_nor_does_it_take_a_right_from_a_director(released: Round) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(DIRECTOR))
    released.reply(b"", "204")
    released.ask(FORWARDER, m.Revoke)

    assert released.reply({"error": "not authorised"}) == []
    assert released.stay.accepted_holder == DIRECTOR


def test_what_a_state_shows_is_looked_up_whatever_its_call_is_answered_with(
    released: Round,
) -> None:
    released.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert released.reply({"nominations": "received"}) == []
    assert (released.asked[-1].method, released.problems) == ("GET", [])


def test_a_bill_that_portbase_shows_no_more_is_told_of_once(released: Round) -> None:
    asked = released.asked[-1]
    assert asked.method == "GET"
    for _ in range(3):
        assert released.hear([], asked.id, "200") == []
    assert [each.code for each in released.problems] == ["not_tracked"]

    # It is there again, and told of when it goes again.
    released.hear([released.state()], asked.id, "200")
    released.hear([], asked.id, "200")
    assert [each.code for each in released.problems] == ["not_tracked"] * 2
