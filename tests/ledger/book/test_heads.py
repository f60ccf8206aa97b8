"""A head is signed with a key that only the bus can read, and checked without it."""

from pathlib import Path

import pytest

from ledger.book.heads import (
    check_head,
    head_key,
    keep_public_half,
    public_half,
    sign_head,
)
from schemas.value import altered
from tests.ledger.book.log import LEDGER, NOW

HASH = bytes(range(32))


def test_a_head_is_checked_with_the_public_key_alone() -> None:
    key = head_key(None)
    head = sign_head(key, LEDGER, 12, HASH, NOW)

    assert (head.shard, head.seq, head.hash, head.at) == (LEDGER, 12, HASH.hex(), NOW)
    assert head.key_id == key.key_id
    assert check_head(head, key.public_key)
    assert not check_head(head, head_key(None).public_key)


@pytest.mark.parametrize(
    "change",
    [
        {"shard": "ledger-1"},
        {"seq": 13},
        {"hash": "00" * 32},
        {"signature": "00" * 64},
        {"signature": "no hex"},
        {"signature": ""},
    ],
    ids=str,
)
def test_a_head_that_was_changed_is_not_believed(change: dict[str, object]) -> None:
    key = head_key(None)
    head = altered(sign_head(key, LEDGER, 12, HASH, NOW), **change)

    assert not check_head(head, key.public_key)


def test_the_public_half_is_kept_beside_the_key_once_and_the_keys_of_before_stay(
    tmp_path: Path,
) -> None:
    file = tmp_path / "head.key"
    before = head_key(file)
    for _ in range(2):
        keep_public_half(file, before)
    file.unlink()
    after = head_key(file)
    keep_public_half(file, after)

    kept = public_half(file).read_text().split()
    assert kept == [before.public_key.hex(), after.public_key.hex()]
    assert bytes(after.key).hex() not in kept


def test_where_it_cannot_be_kept_that_is_said_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, key = tmp_path / "head.key", head_key(None)
    public_half(file).mkdir()

    keep_public_half(file, key)

    assert key.public_key.hex() in caplog.text
