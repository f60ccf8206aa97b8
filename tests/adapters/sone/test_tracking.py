"""A unit that S)ONE does not know yet is asked about until it does, and tracked from then on."""

import json

import pytest

from adapters.contract import Document, Request
from adapters.sone import SYSTEM
from adapters.sone.tracking import CALLBACK
from schemas import messages as m
from tests.adapters.le_havre import SPI, LeHavre, event, traced, webhook
from tests.adapters.sone.test_orders import transferred
from tests.adapters.story import CONTAINER, FORWARDER, HAULIER, to

UNKNOWN = json.dumps({"status": "404", "code": "R001", "message": "No handling unit found"})
poll = SYSTEM.functions.poll


def released() -> tuple[LeHavre, list[Document]]:
    """Return a port where a release was asked for, and the trackings that went out with it."""
    havre = LeHavre()
    asked = havre.send(havre.story.released(release_to=to(FORWARDER)))
    return havre, [each for each in asked if ".track" in each.id]


def untracked() -> LeHavre:
    """Return a port where S)ONE said of each tracking that it knows no such unit."""
    havre, trackings = released()
    assert trackings
    for each in trackings:
        assert havre.hear(UNKNOWN.encode(), to=each, status="404").problems == ()
    return havre


def asked_in(havre: LeHavre) -> Request:
    """Return what is asked about the unit in the next round."""
    return poll(CONTAINER, havre.memory)[0]


@pytest.mark.parametrize("said", [UNKNOWN.encode(), b"", b"<html>Not Found</html>"])
def test_a_unit_that_is_unknown_is_asked_about_in_the_next_round_too(said: bytes) -> None:
    havre = untracked()
    ids = set()
    for _ in range(3):
        asked = asked_in(havre)
        ids.add(asked.id)
        parsed = havre.hear(said, to=asked, status="404")
        assert (parsed.messages, parsed.requests, parsed.problems) == ((), (), ())

    # What is rejected is not asked again under the same id.
    assert len(ids) == 3


def test_what_changes_of_a_container_is_asked_about_anew() -> None:
    havre, _ = released()
    before = asked_in(havre)
    assert asked_in(havre) == before

    havre.hear(webhook(event("VAQ")))

    assert asked_in(havre).id != before.id


def test_once_it_is_known_it_is_tracked() -> None:
    havre = untracked()
    havre.hear(UNKNOWN.encode(), to=asked_in(havre), status="404")

    parsed = havre.hear(traced(), to=asked_in(havre), status="200")

    (tracking,) = parsed.requests
    assert (tracking.method, tracking.path) == ("POST", "/tracking-code/v1/track-handling-unit")
    told = json.loads(tracking.content)
    assert (told["reference"], told["spi"], told["url"]) == (CONTAINER, SPI, CALLBACK)
    assert SYSTEM.functions.correlation_of_bytes(b"", {"in-reply-to": tracking.id}) == CONTAINER
    # It is asked for once, and once more where that was in vain.
    assert havre.hear(traced(), to=asked_in(havre), status="200").requests == ()
    havre.hear(UNKNOWN.encode(), to=tracking, status="404")
    (again,) = havre.hear(traced(), to=asked_in(havre), status="200").requests
    assert again.id != tracking.id


def test_a_later_request_has_it_tracked_too() -> None:
    havre = untracked()

    havre.accept(havre.sent[-1])
    later = havre.say(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert [each for each in later if ".track." in each.id]


def test_an_order_that_is_unknown_is_told_once_and_read_on() -> None:
    havre, _ = transferred()
    told = []
    for _ in range(3):
        _, order = poll(CONTAINER, havre.memory)
        told.append(havre.hear(UNKNOWN.encode(), to=order, status="404"))

    assert [[each.code for each in parsed.problems] for parsed in told] == [
        ["call_refused_R001"],
        [],
        [],
    ]
