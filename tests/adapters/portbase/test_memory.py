"""What is remembered of a bill survives being stored; another version is not guessed at."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.portbase.memory import Asked, Box, Kind, Known, digest, remembered, to_remember
from schemas.value import Misformed

texts = st.text(max_size=8)
boxes = st.builds(
    Box,
    number=texts,
    released=st.booleans(),
    until=st.none() | st.datetimes(timezones=st.just(UTC)),
    nominee=st.none() | texts,
    chain=st.lists(texts, max_size=2).map(tuple),
)
asked = st.builds(Asked, request_id=texts, kind=st.sampled_from(Kind), container=texts)
everything = st.builds(
    Known,
    bill=texts,
    turn=st.integers(0, 9),
    boxes=st.lists(boxes, max_size=3).map(tuple),
    asked=st.lists(asked, max_size=3).map(tuple),
)


@given(everything)
def test_it_is_read_as_it_was_written(known: Known) -> None:
    assert remembered(to_remember(known)) == known


def test_nothing_is_nothing() -> None:
    assert remembered("") == Known()


@pytest.mark.parametrize("text", ['{"version":2}', '{"version":0}', "[]", "x", '{"turn":"1"}'])
def test_what_is_no_memory_of_ours_is_told(text: str) -> None:
    with pytest.raises(Misformed):
        remembered(text)


def test_the_version_is_written_out() -> None:
    assert '"version":1' in to_remember(Known())


def test_words_do_not_run_into_one_another() -> None:
    assert digest("a", "bc") != digest("ab", "c")
