"""`releasebus verify` is content with a book as it was written, and with no other."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from cli.main import app
from ledger.book.engine import open_book, reading
from ledger.book.heads import HeadKey, head_key, keep_public_half, sign_head
from ledger.book.tables import shard
from schemas.heads import HEAD
from tests.cli.played import PlayedDay

RUN = CliRunner()


def _verify(played: PlayedDay, *arguments: str) -> Result:
    return RUN.invoke(app, ["verify", "--database-url", played.database_url, *arguments])


def _file(played: PlayedDay) -> str:
    return played.database_url.removeprefix("sqlite:///")


def _change(played: PlayedDay, statement: str) -> None:
    """Change the database as somebody with its file in hand could: triggers are no obstacle."""
    with sqlite3.connect(_file(played)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount == 1
    connection.close()


def test_a_book_as_it_was_written_verifies(played: PlayedDay) -> None:
    got = _verify(played, "--json")

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"], told["findings"]) == (0, True, [])
    assert told["entries"] > 500


def test_an_edit_is_found(own_ledger: PlayedDay) -> None:
    _change(
        own_ledger, "UPDATE entry SET body = body || ' ' WHERE shard = 'directory-0' AND seq = 3"
    )

    got = _verify(own_ledger)

    assert got.exit_code == 1
    assert "directory-0 entry 3" in got.stdout
    assert "not as they were written" in got.stderr


def test_a_deletion_is_found(own_ledger: PlayedDay) -> None:
    _change(own_ledger, "DELETE FROM entry WHERE shard = 'directory-0' AND seq = 3")

    got = _verify(own_ledger, "--json")

    assert got.exit_code == 1
    assert json.loads(got.stdout)["findings"]


def test_a_book_cut_off_behind_a_signed_head_is_found(
    own_ledger: PlayedDay, tmp_path: Path
) -> None:
    key_file, heads = tmp_path / "head.key", tmp_path / "heads.jsonl"
    engine = open_book(own_ledger.database_url)
    with reading(engine) as connection:
        row = connection.execute(shard.select().where(shard.c.shard == "directory-0")).one()
    engine.dispose()
    head = sign_head(head_key(key_file), row.shard, row.next_seq + 4, bytes(32), datetime.now(UTC))
    heads.write_text(json.dumps({"value": HEAD.shown(head)}) + "\n")

    got = _verify(own_ledger, "--heads", str(heads), "--head-key", str(key_file))

    assert got.exit_code == 1
    assert "directory-0" in got.stdout


def _heads(played: PlayedDay, folder: Path, key: HeadKey, but: str = "") -> Path:
    """Write a head of each chain, all but one, into a file, as `tail` shows them."""
    engine = open_book(played.database_url)
    with reading(engine) as connection:
        rows = connection.execute(shard.select().where(shard.c.next_seq > 1)).all()
    engine.dispose()
    signed = (
        sign_head(key, row.shard, row.next_seq - 1, row.head, datetime.now(UTC))
        for row in rows
        if row.shard != but
    )
    file = folder / "heads.jsonl"
    file.write_text("".join(json.dumps({"value": HEAD.shown(each)}) + "\n" for each in signed))
    return file


def test_a_chain_without_a_head_may_have_been_cut_off_and_nothing_proves_it(
    own_ledger: PlayedDay, tmp_path: Path
) -> None:
    heads = _heads(own_ledger, tmp_path, head_key(tmp_path / "head.key"), but="directory-0")

    got = _verify(own_ledger, "--heads", str(heads))
    told = _verify(own_ledger, "--heads", str(heads), "--json")

    assert (got.exit_code, told.exit_code) == (4, 4), got.output
    assert "nothing proves that directory-0 was not cut off" in " ".join(got.stdout.split())
    assert json.loads(told.stdout)["without_head"] == ["directory-0"]
    assert "nothing proves that any chain" in " ".join(_verify(own_ledger).stdout.split())


def test_with_the_public_half_a_head_of_another_key_is_no_head(
    own_ledger: PlayedDay, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "head.key", tmp_path / "other.key"
    keep_public_half(ours, head_key(ours))
    keep_public_half(theirs, head_key(theirs))
    heads = _heads(own_ledger, tmp_path, head_key(ours))

    well = _verify(own_ledger, "--heads", str(heads), "--public-key", f"{ours}.pub")
    forged = _verify(own_ledger, "--heads", str(heads), "--public-key", f"{theirs}.pub")

    assert well.exit_code == 0, well.output
    assert forged.exit_code == 1
    assert "directory-0" in forged.stdout


def test_a_file_without_public_keys_is_a_wrong_usage(played: PlayedDay, tmp_path: Path) -> None:
    secret = tmp_path / "head.key"
    head_key(secret)

    got = _verify(played, "--public-key", str(secret))

    assert got.exit_code == 2
    assert "holds no public keys" in got.stderr


def test_a_file_without_heads_is_a_wrong_usage(played: PlayedDay, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text('{"value": 7}\n')

    got = _verify(played, "--heads", str(file))

    assert got.exit_code == 2
    assert "holds no signed heads" in got.stderr


def test_a_key_file_that_is_not_there_is_a_wrong_usage_and_is_not_made(
    played: PlayedDay, tmp_path: Path
) -> None:
    file = tmp_path / "mistyped.key"

    got = _verify(played, "--head-key", str(file))

    assert got.exit_code == 2
    assert "There is no key file" in got.stderr
    assert not file.exists()
