"""A trail holds all of its container, what proves it, and nothing of anybody else."""

import pytest
from sqlalchemy import select

from ledger.book import tables
from ledger.book.heads import head_key, sign_head
from ledger.trail.extract import NotAsWritten, stretches
from schemas.heads import Head
from schemas.value import altered
from tests.ledger.book.log import LEDGER, NOW, RIVAL
from tests.ledger.book.tampering import change, tampering
from tests.ledger.trail.two_boxes import BILL, BOX, NEIGHBOUR, NUMBER, TwoBoxes, read_lines


def stored(book: TwoBoxes, container: str) -> list[bytes]:
    columns = tables.entry.c
    statement = select(columns.body).where(columns.container == container).order_by(columns.seq)
    with book.clerk.engine.connect() as connection:
        return list(connection.execute(statement).scalars())


def test_the_trail_shows_every_entry_to_the_byte_and_proves_each(two_boxes: TwoBoxes) -> None:
    lines = two_boxes.trail()
    result = two_boxes.checked(lines)
    shown = [line["bytes"].encode() for line in read_lines(lines) if line["line"] == "entry"]

    assert shown == stored(two_boxes, BOX)
    assert (result.flaws, result.signed, result.gapless) == ([], True, True)
    assert len(result.proven) == len(shown) == 12
    assert len(result.heads) >= 2


def test_nothing_of_a_neighbour_is_in_the_trail(two_boxes: TwoBoxes) -> None:
    lines = two_boxes.trail()
    whole = b"".join(lines)
    columns = tables.entry.c
    with two_boxes.clerk.engine.connect() as connection:
        others = connection.execute(
            select(columns.salt, columns.hash, columns.release_id).where(
                columns.container == NEIGHBOUR
            )
        ).all()
    digests = [each for line in read_lines(lines) for each in line.get("digests", ())]

    assert len(digests) == len(others) > 4
    for secret in (NEIGHBOUR, BILL, NUMBER, RIVAL, two_boxes.names[RIVAL]):
        assert secret.encode() not in whole
    for row in others:
        assert row.salt.hex().encode() not in whole
        assert row.release_id is None or row.release_id.encode() not in whole


def test_a_container_without_entries_has_no_trail(two_boxes: TwoBoxes) -> None:
    assert two_boxes.trail(box="CPUU9999999") == []


def test_what_no_head_reaches_is_signed_where_the_key_is_at_hand(boxes: TwoBoxes) -> None:
    with_key = boxes.checked(boxes.trail(boxes.heads[:1]))
    without = boxes.checked(boxes.trail(boxes.heads[:1], signed=False))

    assert (with_key.flaws, len(with_key.heads)) == ([], 2)
    last = boxes.clerk.leases[LEDGER].next_seq - 1
    open_from = f"no signed head stands behind it and those up to {last}: not proven"
    assert open_from in [flaw.what for flaw in without.flaws]
    assert not without.signed


def test_a_name_that_would_steer_the_screen_is_written_so_that_the_trail_can_be_checked(
    boxes: TwoBoxes,
) -> None:
    boxes.names = dict.fromkeys(boxes.names, "Company\x1b[2J")

    names = boxes.checked(boxes.trail()).about.names
    assert set(names.values()) == {"Company\N{REPLACEMENT CHARACTER}[2J"}


def head(seq: int) -> Head:
    return sign_head(head_key(None), LEDGER, seq, bytes(32), NOW)


def test_each_entry_is_proven_by_the_nearest_head_behind_it() -> None:
    heads = [head(seq) for seq in (5, 10, 700, 1000)]
    found = [
        (stretch.first, stretch.last) for stretch in stretches([3, 5, 7, 640, 1003], LEDGER, heads)
    ]

    assert found == [(3, 5), (7, 10), (640, 700), (1003, 1003)]
    assert list(stretches([], LEDGER, heads)) == []


FORGED = {
    "bytes": "UPDATE entry SET body = :x WHERE shard = 'ledger-0' AND seq = 4",
    "salt": "UPDATE entry SET salt = :x WHERE shard = 'ledger-0' AND seq = 4",
    "deleted": "DELETE FROM entry WHERE shard = 'ledger-0' AND seq = 4 AND :x IS NOT NULL",
}


@pytest.mark.parametrize("forged", FORGED)
def test_no_trail_is_taken_from_a_book_that_is_not_as_written(
    boxes: TwoBoxes, forged: str
) -> None:
    with tampering(boxes.clerk.engine) as connection:
        assert change(connection, FORGED[forged], x=b"x") == 1

    with pytest.raises(NotAsWritten):
        boxes.trail()


def test_a_signed_head_that_the_book_does_not_lead_to_is_told(boxes: TwoBoxes) -> None:
    last = boxes.heads[-1]
    with pytest.raises(NotAsWritten, match="has not the hash that was signed"):
        boxes.trail([altered(last, hash="00" * 32)])
    with pytest.raises(NotAsWritten, match="a head was signed at"):
        boxes.trail([altered(last, seq=last.seq + 5)])
