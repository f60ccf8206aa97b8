"""A trail is written for an authority, who checks it with nothing but the file and a key."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from ledger.book.heads import head_key
from tests.cli.played import PlayedDay

NOT_SIGNED = ["names", "taken_at", "heads.at", "later_entries"]

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


def words_of(got: Result) -> str:
    return " ".join(got.stdout.split())


def first_of(file: Path) -> dict[str, Any]:
    first: dict[str, Any] = json.loads(file.read_text().partition("\n")[0])
    return first


def rewritten(file: Path, **members: object) -> None:
    """Change the first line as a careful forger does: with a digest that fits, unsigned."""
    _, *between, _ = file.read_text().splitlines(keepends=True)
    before = "".join([json.dumps(first_of(file) | members) + "\n", *between])
    end = {"line": "end", "digest": sha256(before.encode()).hexdigest()}
    file.write_text(before + json.dumps(end) + "\n")


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


def test_a_person_reads_it_on_a_page(
    played: PlayedDay, key_file: Path, public_key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl"
    assert "another way than the file" in taken(played, out, "--head-key", key_file).stdout
    got = run("audit-check", out, "--public-key", public_key)
    words = words_of(got)

    assert got.exit_code == 0
    assert max(len(line) for line in got.stdout.splitlines()) <= 80
    assert "releases it at quay" in words
    assert "Nothing of this container was left out" in words
    assert "a word, signed by the bus" in words
    assert "not proven" not in words
    assert "`releasebus audit-check FILE --public-key KEYS`" in first_of(out)["about"]


def test_without_the_key_of_the_bus_it_is_said_first_that_nothing_is_proven(
    played: PlayedDay, tmp_path: Path
) -> None:
    """Whoever writes a trail anew signs it with a key of his own: the file fits itself."""
    out, strangers = tmp_path / "trail.jsonl", tmp_path / "strangers.key"
    head_key(strangers)
    taken(played, out, "--head-key", strangers)
    got, told = run("audit-check", out), run("audit-check", out, "--json")

    assert (got.exit_code, told.exit_code) == (4, 4)
    assert words_of(got).startswith("Nothing below is proven: the bus's public key was not given")
    assert "The file fits itself, no more" in words_of(got)
    assert "Proven" not in words_of(got)
    assert "stand in the ledger" not in words_of(got)
    assert "a word, of whoever made the file, not signed by the bus" in words_of(got)
    answer = json.loads(told.stdout)
    assert (answer["ok"], answer["proven"], answer["consistent"]) == (False, False, True)
    assert not any(entry["proven"] for entry in answer["entries"])
    assert not answer["nothing_left_out"]


def test_names_that_no_signature_covers_are_said_to_be_so_and_told_with_the_ids(
    played: PlayedDay, key_file: Path, public_key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl"
    taken(played, out, "--head-key", key_file)
    signed = json.loads(run("audit-check", out, "--public-key", public_key, "--json").stdout)
    party, name = next(iter(first_of(out)["names"].items()))
    rewritten(out, names={party: "Somebody Else"})
    got = run("audit-check", out, "--public-key", public_key)
    told = json.loads(run("audit-check", out, "--public-key", public_key, "--json").stdout)

    assert (got.exit_code, told["proven"], told["not_covered"]) == (0, True, NOT_SIGNED)
    assert "Names of parties, the date above and the dates of heads are not proven" in words_of(
        got
    )
    assert f"Somebody Else ({party})" in words_of(got)
    assert signed["not_covered"] == []
    assert any(name in entry["said"] for entry in signed["entries"])
    assert not any(f"({party})" in entry["said"] for entry in signed["entries"])


def test_a_trail_without_an_entry_ends_with_one(
    played: PlayedDay, key_file: Path, public_key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl"
    taken(played, out, "--head-key", key_file)
    out.write_text(out.read_text().partition("\n")[0] + "\n{}\n")
    rewritten(out, entries=0)
    got = run("audit-check", out, "--public-key", public_key)

    assert (got.exit_code, "no entry is shown" in words_of(got)) == (1, True)
    assert ": ." not in words_of(got)
    assert "cannot be told" not in words_of(got)


def test_nothing_of_a_file_steers_the_screen_or_is_taken_for_our_own_marks(
    played: PlayedDay, key_file: Path, public_key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trail.jsonl"
    taken(played, out, "--head-key", key_file)
    out.write_text(out.read_text().replace('"shard":"', '"shard":"\\u001b[2J\\u202e[red]'))
    got = run("audit-check", out, "--public-key", public_key)

    assert got.exit_code == 1
    assert "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}[red]" in got.stdout
    assert not {"\x1b", "\u202e"} & set(got.stdout)


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

    nowhere = taken(played, tmp_path / "none" / "x", "--head-key", key_file)
    in_a_file = taken(played, key_file / "x.gz", "--head-key", key_file)
    a_folder = taken(played, tmp_path, "--head-key", key_file)

    assert [each.exit_code for each in (unknown, unheard, nothing, no_key)] == [2, 1, 2, 2]
    assert [each.exit_code for each in (nowhere, in_a_file, a_folder)] == [2, 2, 2]
    assert "cannot be written (No such file or directory): name with --out" in nowhere.stderr
    assert "is a folder" in a_folder.stderr
    assert "Nothing would prove the entries" in nothing.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["head.key"]


def test_what_is_no_trail_and_what_is_no_key_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("hello\n")

    assert run("audit-check", tmp_path / "none").exit_code == 2
    a_folder = run("audit-check", tmp_path)
    assert (a_folder.exit_code, "is a folder" in a_folder.stderr) == (2, True)
    no_trail = run("audit-check", other)
    assert no_trail.exit_code == 1
    assert no_trail.stderr == (
        f"{other} is no trail of a container that can be checked: its first line does not say "
        "that it is one. Give a file that `releasebus audit` wrote, as it was written.\n"
    )
    no_key = run("audit-check", other, "--public-key", other)
    assert (no_key.exit_code, "64 digits" in no_key.stderr) == (2, True)
