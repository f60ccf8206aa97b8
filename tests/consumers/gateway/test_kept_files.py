"""What is kept of large files: which is taken next, and how one ended that came more than once."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from consumers.gateway import tables
from consumers.gateway.kept_files import Ended
from ledger.book.moments import moment
from tests.consumers.gateway.ground import Ground

NAMES = ("a.edi", "b.edi", "c.edi")


def announced(ground: Ground, contents: Sequence[bytes]) -> list[str]:
    """Announce a file of each content; return what they are known by, in that order."""
    for offset, (name, data) in enumerate(zip(NAMES, contents, strict=False)):
        ground.announce(data, name, offset)
    found = {kept.record.offset: kept.delivery for kept in ground.store.files.open()}
    return [found[offset] for offset in range(len(contents))]


def put_down(ground: Ground, delivery: str, **values: object) -> None:
    """Write into the row of a file, as if it had been at another time."""
    with ground.store.files._engine.begin() as connection:
        known = tables.file.c.delivery == delivery
        connection.execute(sa.update(tables.file).where(known).values(values))


def test_what_was_announced_first_is_taken_first(ground: Ground) -> None:
    deliveries = announced(ground, (b"1", b"2", b"3"))
    for at, place in ((20, 0), (10, 1), (15, 2)):
        put_down(ground, deliveries[place], came_at=at)

    found = [kept.delivery for kept in ground.store.files.open()]

    assert found == [deliveries[1], deliveries[2], deliveries[0]]


def test_of_files_that_were_announced_at_once_every_start_takes_the_same_first(
    ground: Ground,
) -> None:
    deliveries = announced(ground, (b"1", b"2", b"3"))
    for each in sorted(deliveries, reverse=True):
        put_down(ground, each, came_at=10)

    assert [kept.delivery for kept in ground.store.files.open()] == sorted(deliveries)


@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize("refused", [True, False])
def test_a_file_that_came_twice_ended_as_it_ended_last(
    ground: Ground, last: int, *, refused: bool
) -> None:
    deliveries = announced(ground, (b"the same", b"the same"))
    (digest,) = {kept.sha256 for kept in ground.store.files.open()}
    for place, delivery in enumerate(deliveries):
        at = 20 if place == last else 10
        put_down(ground, delivery, ended_at=at, refused=refused is (place == last))

    assert ground.store.files.ended("quay", digest) == Ended(moment(20), refused)


def test_a_file_of_which_one_copy_is_still_taken_has_not_ended(ground: Ground) -> None:
    first, _ = announced(ground, (b"the same", b"the same"))
    (digest,) = {kept.sha256 for kept in ground.store.files.open()}
    put_down(ground, first, ended_at=10)

    assert ground.store.files.ended("quay", digest) is None
