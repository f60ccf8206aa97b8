"""A trail is written for an authority, who checks it with nothing but the file and a key."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from ledger.book.heads import head_key
from tests.cli.played import PlayedDay

RUN = CliRunner()


def run(*arguments: str | Path) -> Result:
    return RUN.invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The bus's own key."""
    file = tmp_path / "head.key"
    head_key(file)
    return file


@pytest.fixture
def public_key(key_file: Path, tmp_path: Path) -> Path:
    """The public half, as an authority has it."""
    file = tmp_path / "public.hex"
    file.write_text(head_key(key_file).public_key.hex() + "\n")
    return file


def taken(played: PlayedDay, out: Path, *options: str | Path) -> Result:
    url = played.database_url
    return run("audit", played.container(), "--out", out, "--database-url", url, *options)


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.jsonl.gz"])
def test_a_trail_is_written_and_checks(
    played: PlayedDay, key_file: Path, public_key: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    wrote = taken(played, out, "--head-key", key_file, "--json")
    got = run("audit-check", out, "--public-key", public_key, "--json")

    answer, told = json.loads(wrote.stdout), json.loads(got.stdout)
    assert (wrote.exit_code, got.exit_code) == (0, 0)
    assert (told["ok"], told["key"], told["whole_signed"]) == (True, "given", True)
    assert told["nothing_left_out"]
    assert len(told["entries"]) == answer["entries"] > 5
    assert all(entry["proven"] for entry in told["entries"])
    assert list(answer["public_keys"].values()) == [public_key.read_text().strip()]


def test_a_person_reads_it_on_a_page(played: PlayedDay, key_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    assert "another way than the file" in taken(played, out, "--head-key", key_file).stdout
    got = run("audit-check", out)
    words = " ".join(got.stdout.split())

    assert got.exit_code == 0
    assert max(len(line) for line in got.stdout.splitlines()) <= 80
    assert "releases it at quay" in words
    assert "Nothing of this container was left out" in words
    assert "The public key came with the file" in words
    assert "Check it with `releasebus audit-check FILE`" in out.read_text().partition("\n")[0]


def test_a_changed_trail_ends_with_one_and_says_where(
    played: PlayedDay, key_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl"
    taken(played, out, "--head-key", key_file)
    out.write_text(out.read_text().replace("releasebus.release", "releasebus.erase", 1))
    got = run("audit-check", out)

    assert got.exit_code == 1
    assert "NOT PROVEN" in got.stdout
    assert "was changed" in got.stdout


def test_a_packed_file_that_was_cut_off_is_told(
    played: PlayedDay, key_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl.gz"
    taken(played, out, "--head-key", key_file)
    out.write_bytes(out.read_bytes()[:-40])
    got = run("audit-check", out)

    assert (got.exit_code, "cut off" in got.stderr) == (1, True)


def test_entries_without_a_head_behind_them_are_told(played: PlayedDay, tmp_path: Path) -> None:
    heads, out = tmp_path / "heads.jsonl", tmp_path / "trail.jsonl"
    heads.write_text("")
    got = taken(played, out, "--heads", heads)

    assert (got.exit_code, "no signed head behind them" in got.stderr) == (1, True)
    assert run("audit-check", out).exit_code == 1


def test_what_cannot_be_taken_is_not_written(
    played: PlayedDay, key_file: Path, tmp_path: Path
) -> None:
    out, url = tmp_path / "trail.jsonl", played.database_url
    options = ("--out", out, "--database-url", url)
    unknown = run("audit", "a/box", *options, "--head-key", key_file)
    unheard = run("audit", "CPUU1000010", *options, "--head-key", key_file)
    nothing = taken(played, out)
    no_key = taken(played, out, "--head-key", tmp_path / "none")

    assert [each.exit_code for each in (unknown, unheard, nothing, no_key)] == [2, 1, 2, 2]
    assert "Nothing would prove the entries" in nothing.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["head.key"]


def test_what_is_no_trail_and_what_is_no_key_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("hello\n")

    assert run("audit-check", tmp_path / "none").exit_code == 2
    no_trail = run("audit-check", other)
    assert "no trail" in no_trail.stderr
    no_key = run("audit-check", other, "--public-key", other)
    assert (no_key.exit_code, "64 digits" in no_key.stderr) == (2, True)
