"""A call reads back whole, or it is told what is wrong with it."""

from dataclasses import replace

import pytest

from adapters.contract import Document
from adapters.portbase.proofread import proofread
from schemas import messages as m
from tests.adapters.portbase.rounds import Round
from tests.adapters.story import AGENT, FORWARDER, to


@pytest.fixture
def release() -> Document:
    """The call that makes a release."""
    _, call = Round().release(release_to=to(FORWARDER))
    return call


def test_a_call_reads_back(release: Document) -> None:
    assert proofread(release) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"content": b"{}"},
        {"content": b""},
        {"type": "portbase.nominate"},
        {"type": "portbase.anything"},
        {"type": "portbase.tracked-bls"},
    ],
)
def test_what_is_wrong_with_a_call_is_told(release: Document, changed: dict[str, object]) -> None:
    assert proofread(replace(release, **changed))  # type: ignore[arg-type]  # any member of it


def test_members_in_another_order_are_told(release: Document) -> None:
    spaced = release.content.replace(b":", b": ", 1)

    assert proofread(replace(release, content=spaced)) == ("it is written otherwise",)


def test_a_get_has_no_body() -> None:
    one = Round()
    one.release()
    one.hear(one.state())
    (get,) = one.ask(AGENT, m.Block)

    assert proofread(get) == ()
    assert proofread(replace(get, content=b"{}")) == ("a GET has no body",)
