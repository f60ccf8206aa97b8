"""No two messages have one id, whatever letters their references have."""

from itertools import combinations, product

import pytest

from adapters.edifact.read import segments_in
from consumers.gateway.ids import message_id, told_reference

(HEADER,) = segments_in([b"UNB+UNOC:3+QUAY:ZZ+RELEASEBUS:ZZ+261128:1200+REF1'"])
LETTERS = ("1", "1~2", "1%7E2", "1~", "~2", "1/2", "~", "%", "")


@pytest.mark.parametrize(("one", "other"), [*combinations(LETTERS, 2)])
@pytest.mark.parametrize("nth", [1, 2])
def test_no_reference_reaches_into_what_tells_messages_of_one_apart(
    one: str, other: str, nth: int
) -> None:
    for another in (1, 2):
        assert message_id(HEADER, one, "1", nth=nth) != message_id(HEADER, other, "1", nth=another)


def test_the_letters_of_most_references_stand_as_they_are() -> None:
    assert message_id(HEADER, "REF-1.2_3", "1").endswith("/REF-1.2_3/1")


def test_an_id_that_no_header_takes_is_a_digest_and_still_one_of_its_own() -> None:
    ids = {message_id(HEADER, "R" * 300, str(place)) for place in range(3)}

    assert len(ids) == 3
    assert {len(each) for each in ids} == {len("edi:") + 64}


def test_a_reference_of_ours_tells_shard_fact_and_place_apart() -> None:
    told = {
        told_reference(f"ledger-{shard}", seq, place)
        for shard, seq, place in product((3, 7, 11), (1, 36, 4711), (0, 1))
    }

    assert len(told) == 18
    assert {len(each) for each in told} == {14}
