"""How far the agent's release got with the terminal, and what the ledger is told of it."""

import json

import pytest

from adapters.portbase import SYSTEM
from adapters.portbase.memory import Asked, Kind, Known, remembered, to_remember
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.stay import ReleaseStatus
from schemas.system_facts import RequestAnswered
from tests.adapters.portbase.rounds import BILL, Round, types
from tests.adapters.story import AGENT, CONTAINER, FORWARDER, to
from tests.rows import each_row

LATER = "2025-05-01T08:00:00Z"


def step(status: str, **more: object) -> dict[str, object]:
    return {"blNumber": BILL, "equipmentNumber": CONTAINER, "releaseStatus": status, **more}


def answers(facts: list[RecordedFact]) -> list[tuple[bool, str]]:
    """Return what was answered: whether it was followed, and why not."""
    found = [each.fact for each in facts if isinstance(each.fact, RequestAnswered)]
    return [(each.accepted, each.reason) for each in found]


@pytest.fixture
def released() -> Round:
    """A container whose release the terminal accepted."""
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.hear(step("ACCEPTED"))
    return one


def test_an_update_counts_once_the_terminal_accepts_it(released: Round) -> None:
    released.ask(AGENT, m.Update, expires_at=LATER)
    before = released.stay.expires_at
    assert released.hear(step("DECLARED")) == []
    assert released.stay.expires_at == before

    facts = released.hear(step("ACCEPTED"))

    assert answers(facts) == [(True, "")]
    assert released.stay.expires_at.isoformat() == "2025-05-01T08:00:00+00:00"


def test_an_update_that_is_rejected_leaves_what_stood(released: Round) -> None:
    released.ask(AGENT, m.Update, expires_at=LATER)
    before = released.stay
    facts = released.hear(step("REJECTED"))

    assert answers(facts) == [(False, "The terminal refused the release.")]
    assert released.stay.status is before.status
    assert released.stay.expires_at == before.expires_at


def test_a_release_that_the_terminal_does_not_take_any_more_is_expired(released: Round) -> None:
    released.hear(step("REJECTED"))

    assert released.stay.status is ReleaseStatus.EXPIRED


def test_and_it_holds_again_once_the_terminal_accepts_it(released: Round) -> None:
    released.hear(step("REJECTED"))
    released.hear(step("ACCEPTED"))

    assert released.stay.status is ReleaseStatus.RELEASED


def test_a_withdrawal_answers_who_asked_for_it(released: Round) -> None:
    released.ask(AGENT, m.Delete)
    facts = released.hear(step("WITHDRAWN"))

    assert answers(facts) == [(True, "")]
    assert "deleted" in types(facts)
    assert released.stay.hops == ()


def test_a_chain_lapses_with_its_release(released: Round) -> None:
    released.hear(step("WITHDRAWN"))

    (box,) = remembered(released.memory[BILL]).boxes
    assert (box.released, box.chain) == (False, ())


def test_a_withdrawal_that_nobody_here_asked_for_is_told_all_the_same(released: Round) -> None:
    facts = released.hear(step("withdrawn"))

    assert answers(facts) == []
    assert released.stay.status is ReleaseStatus.DELETED


def test_who_accepted_hears_that_a_bill_is_not_tracked() -> None:
    accept = Asked(request_id="R1", kind=Kind.ACCEPT, container=CONTAINER)
    memory = to_remember(Known(bill=BILL, port="NLRTM", asked=(accept,)))
    said = json.dumps({"trackedBLs": [], "notTrackedBLs": [{"blNumber": BILL}]}).encode()
    parsed = SYSTEM.functions.parse(said, {}, memory)

    assert [getattr(part.message, "accepted", None) for part in parsed.messages] == [False]


@each_row("status", ["400", "404", "409", "410", "422"])
def test_a_call_that_is_refused_is_answered_so(status: str) -> None:
    one = Round()
    (_, call) = one.release(release_to=to(FORWARDER))

    assert answers(one.hear(b"", call.id, status)) == [
        (False, f"Portbase refused the call: HTTP {status}.")
    ]


def test_the_step_is_of_the_call_that_it_answers(released: Round) -> None:
    (first,) = released.ask(AGENT, m.Update, expires_at="2025-04-20T08:00:00Z")
    (second,) = released.ask(AGENT, m.Update, expires_at=LATER)

    facts = released.hear(step("REJECTED", reason="too long"), second.id, "200")
    assert answers(facts) == [(False, "too long")]
    released.hear(step("ACCEPTED"), first.id, "200")

    assert released.stay.expires_at.isoformat() == "2025-04-20T08:00:00+00:00"


def test_a_reason_that_shows_a_secret_is_not_repeated(released: Round) -> None:
    released.ask(AGENT, m.Update, expires_at=LATER)
    facts = released.hear(step("REJECTED", reason="use PIN 4711"))

    assert "4711" not in repr(facts)
    assert len(answers(facts)) == 1
