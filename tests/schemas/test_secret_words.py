"""Long bytes are looked through where a secret may be named, and nothing is missed for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import plain_identity, secret_words
from schemas.plain_identity import may_show_identity, names_its_secret
from schemas.secret_words import ITS_WORDS, SHORT, has_its_words, near_its_words

MEGABYTES = 10_000_000
FILLER = b"the quick brown fox jumps over the lazy dog "

pieces = st.one_of(
    st.sampled_from([*ITS_WORDS, b"PIN 4711", b"Pin", b"code: 1742", b"spinx", b"shipping"]),
    st.sampled_from([b" ", b"-", b"a", b"Z", b"4711", b"000000012", b'{"a": "b"}', b"\xff"]),
    st.integers(1, 400).map(lambda size: (FILLER * 10)[:size]),
)


@given(st.lists(pieces, max_size=60).map(b"".join))
def test_what_a_secret_is_named_by_is_found_in_long_bytes_as_in_short_ones(data: bytes) -> None:
    long = data + FILLER * (SHORT // len(FILLER) + 1)
    whole = plain_identity._names_a_secret.search(long) is not None

    assert len(long) > SHORT
    assert plain_identity._looks_secret(long) == whole


@given(st.lists(pieces, max_size=30).map(b"".join))
def test_short_bytes_are_looked_at_whole(data: bytes) -> None:
    assert list(near_its_words(data[:SHORT])) == [data[:SHORT]] * has_its_words(data[:SHORT])


@pytest.mark.parametrize("word", ITS_WORDS)
@pytest.mark.parametrize("before", [0, 1, 100_000])
def test_the_piece_reaches_far_enough_around_its_word(word: bytes, before: int) -> None:
    data = b"x" * before + word.upper() + b"y" * 100_000
    (piece,) = near_its_words(data)

    assert word.upper() + b"y" * secret_words.NEAR in piece
    assert piece.startswith(b"x" * min(before, secret_words.NEAR))


def test_neighbours_are_one_piece_and_those_apart_are_two() -> None:
    near, apart = b"." * 100, b"." * 10_000
    assert len(list(near_its_words(b"PIN" + near + b"otp" + apart + b"Code" + apart))) == 2


def test_where_the_words_are_everywhere_a_secret_is_taken_to_be_there() -> None:
    dense = b"spinx " * (MEGABYTES // 6)
    began = time.process_time()
    assert may_show_identity(dense)
    assert names_its_secret(dense.decode())

    # Seven seconds of each search before, in which intake's heart stood still.
    assert time.process_time() - began < 7


def test_a_few_words_in_ten_megabytes_hide_none_of_it() -> None:
    data = b'{"shipping": "' + b"a" * MEGABYTES + b'", "code": "BE"}'
    began = time.process_time()
    assert not may_show_identity(data)
    assert may_show_identity(data + b"PIN 4711")

    assert time.process_time() - began < 7
