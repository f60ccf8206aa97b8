"""A request on the file: made, overdue once, ended once."""

from ledger.law.file import RequestState
from ledger.law.requests import overdue, request_of
from tests.ledger.law.system_world import REQUESTS, answers, later, shows
from tests.ledger.law.world import given


def state(name: str) -> RequestState:
    scene, request_id = REQUESTS[name]
    request = request_of(scene.file, request_id)
    assert request is not None
    return request.state


def test_where_each_request_stands() -> None:
    names = ("sent", "overdue", "accepted", "rejected")

    assert [state(name) for name in names] == list(map(RequestState, (
        "sent", "overdue", "accepted", "rejected"
    )))  # fmt: skip


def test_nobody_has_asked_of_what_nobody_knows() -> None:
    assert request_of(given().file, "none") is None


def test_an_overdue_request_is_told_once_and_may_still_be_answered() -> None:
    scene, request_id = REQUESTS["overdue"]

    assert list(overdue(scene.file, later(scene, days=9).now)) == []
    assert answers(scene, request_id, accepted=True).words == ["request_answered", "transferred"]


def test_what_the_system_shows_of_another_release_says_nothing_of_the_request() -> None:
    scene, request_id = REQUESTS["sent"]
    other = shows(scene, bills_of_lading=("BL7",), release_identification="R7").scene

    request = request_of(other.file, request_id)

    assert request is not None
    assert not request.observed
