"""A key is made whole on first use, and only its owner can read it."""

import stat
import threading
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from ledger.key_file import KeyUnusable, key_kept_in


def test_the_key_is_made_on_first_use_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"
    key = key_kept_in(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_kept_in(file) == key
    assert [each.name for each in tmp_path.iterdir()] == ["sender.key"]


def test_all_who_start_at_once_share_one_key(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"
    keys: list[SigningKey] = []
    ready = threading.Barrier(4)

    def start() -> None:
        ready.wait()
        keys.append(key_kept_in(file))

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert keys == [key_kept_in(file)] * 4
    assert [each.name for each in tmp_path.iterdir()] == ["sender.key"]


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"
    key_kept_in(file)
    file.chmod(0o604)
    with pytest.raises(KeyUnusable, match="open to every user"):
        key_kept_in(file)


def test_a_file_that_holds_no_key_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"
    file.write_bytes(b"too short")
    file.chmod(0o600)
    with pytest.raises(KeyUnusable, match="9 bytes"):
        key_kept_in(file)
