"""`releasebus dead-letters` counts them by cause, shows one, and notes how it was handled."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.books import new_sqlite_book

RUN = CliRunner()


def _letter(offset: int, cause: str, **value: object) -> dict[str, object]:
    return {
        "topic": "dead-letters.v1",
        "partition": 3,
        "offset": offset,
        "at": f"2026-03-02T08:00:{offset:02d}.000000Z",
        "key": "MSCU1234566",
        "headers": {
            "ce_type": "releasebus.update",
            "dlq-reason-code": cause,
            "dlq-position": "line 1, column 8 (byte 7)",
            "dlq-error": "The message stops before its end.",
            "dlq-original-topic": "releases.carrier.v1",
        },
        **value,
    }


@pytest.fixture
def file(tmp_path: Path) -> str:
    letters = [
        _letter(1, "truncated", value_text='{"port":'),
        _letter(2, "wrong_key", value={"port": "BEANR"}),
        _letter(0, "truncated", value_base64="/w=="),
    ]
    kept = tmp_path / "dead-letters.v1.jsonl"
    kept.write_text("".join(json.dumps(letter) + "\n" for letter in letters))
    return str(kept)


def test_they_are_listed_oldest_first_and_counted(file: str) -> None:
    got = RUN.invoke(app, ["dead-letters", "list", "--file", file])

    lines = got.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["3/0", "3/1", "3/2"]
    assert lines[-1] == "2 truncated, 1 wrong_key"


def test_of_one_cause_only(file: str) -> None:
    arguments = ["dead-letters", "list", "--file", file, "--cause", "wrong_key", "--json"]

    told = json.loads(RUN.invoke(app, arguments).stdout)

    assert told["causes"] == {"wrong_key": 1}
    assert [letter["offset"] for letter in told["letters"]] == [2]


def test_one_is_shown_with_what_was_wrong_and_its_bytes(file: str) -> None:
    got = RUN.invoke(app, ["dead-letters", "show", "3/1", "--file", file])

    assert got.stdout.startswith("truncated at line 1, column 8 (byte 7)\n")
    assert '"{\\"port\\":"' in got.stdout


def test_one_that_is_not_there_ends_with_one(file: str) -> None:
    got = RUN.invoke(app, ["dead-letters", "show", "3/9", "--file", file])

    assert got.exit_code == 1
    assert "dead-letters list" in got.stderr


def test_no_letters_are_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()

    got = RUN.invoke(app, ["dead-letters", "list", "--file", str(tmp_path / "none.jsonl")])

    assert (got.exit_code, got.stdout) == (0, "There are no dead letters.\n")


def test_a_file_that_is_not_there_is_a_wrong_usage() -> None:
    assert RUN.invoke(app, ["dead-letters", "list", "--file", "/nowhere"]).exit_code == 2


def test_the_folder_of_a_demo_will_do(file: str, tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    Path(file).rename(tmp_path / "topics" / "dead-letters.v1.jsonl")

    got = RUN.invoke(app, ["dead-letters", "list", "--file", str(tmp_path)])

    assert got.stdout.splitlines()[-1] == "2 truncated, 1 wrong_key"


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"headers": 1}'])
def test_a_file_with_something_else_is_told_to_be_none_of_them(tmp_path: Path, line: str) -> None:
    other = tmp_path / "other.txt"
    other.write_text(f"{line}\n")

    got = RUN.invoke(app, ["dead-letters", "list", "--file", str(other)])

    assert got.exit_code == 2
    assert "holds no dead letters" in got.stderr


def test_a_long_place_does_not_break_the_lines(file: str) -> None:
    deep = json.dumps(_letter(4, "too_deep")).replace("line 1, column 8", "$" + "[0]" * 60)
    with Path(file).open("a") as letters:
        letters.write(deep + "\n")

    got = RUN.invoke(app, ["dead-letters", "list", "--file", file])

    (line,) = [each for each in got.stdout.splitlines() if each.startswith("3/4")]
    assert "…" in line
    assert line.rstrip().endswith("releases.carrier.v1")


def test_what_a_sender_wrote_is_never_taken_for_marks_of_our_own(tmp_path: Path) -> None:
    headers = {
        "dlq-reason-code": "header_given_twice",
        "dlq-position": "header [/b]",
        "dlq-original-topic": "releases.carrier.v1",
        "x": "[/red]",
    }
    letter = {**_letter(4, "header_given_twice"), "key": "[/]", "headers": headers}
    file = tmp_path / "dead-letters.v1.jsonl"
    file.write_text(json.dumps(letter))

    listed = RUN.invoke(app, ["dead-letters", "list", "--file", str(file)])
    shown = RUN.invoke(app, ["dead-letters", "show", "3/4", "--file", str(file)])

    assert (listed.exit_code, shown.exit_code) == (0, 0), listed.output + shown.output
    assert "[/]" in listed.stdout
    assert "at header [/b]" in shown.stdout
    assert "[/red]" in shown.stdout


def test_a_sender_steers_nobodys_terminal(tmp_path: Path) -> None:
    steering = "\x1b]0;mine\x07"
    headers = {
        "dlq-reason-code": f"type_unknown{steering}",
        "dlq-position": f"header {steering}",
        "dlq-error": steering,
        "dlq-original-topic": f"releases.carrier.v1{steering}",
        f"x{steering}": steering,
    }
    letter = {**_letter(4, "type_unknown"), "key": steering, "headers": headers}
    letter["value_text"] = steering
    file = tmp_path / "dead-letters.v1.jsonl"
    file.write_text(json.dumps(letter))

    for words in (["list"], ["show", "3/4"]):
        told = RUN.invoke(app, ["dead-letters", *words, "--file", str(file)])
        assert told.exit_code == 0, told.output
        assert "mine" in told.stdout
        assert "\x1b" not in told.stdout
        assert "\x07" not in told.stdout


@pytest.mark.parametrize("columns", [80, 40])
def test_a_count_is_never_parted_from_its_cause(
    tmp_path: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    causes = ["truncated", "wrong_key", "value_missing", "type_unknown", "not_utf8", "too_deep"]
    letters = [_letter(number, cause) for number, cause in enumerate(causes * 12)]
    (tmp_path / "many.jsonl").write_text("".join(json.dumps(each) + "\n" for each in letters))
    monkeypatch.setattr("cli.voice.WIDTH_IN_A_FILE", columns)

    got = RUN.invoke(app, ["dead-letters", "list", "--file", str(tmp_path / "many.jsonl")])

    counts = [line for line in got.stdout.splitlines() if line.startswith("12 ")]
    assert len(counts) > 1
    assert all(len(line) <= columns for line in counts)
    told = " ".join(counts).split(", ")
    assert sorted(told) == sorted(f"12 {cause}" for cause in causes)
    assert "".join(got.stdout.splitlines()[-len(counts) :]) == "".join(counts)


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    engine = new_sqlite_book(tmp_path / "bus.db")
    engine.dispose()
    return str(engine.url)


def test_one_that_is_handled_is_listed_with_the_day_and_shown_with_the_note(
    file: str, ledger: str
) -> None:
    where = ["--file", file, "--database-url", ledger]

    got = RUN.invoke(app, ["dead-letters", "handled", "3/1", "--note", "rang [them]", *where])

    assert (got.exit_code, got.stdout) == (0, "3/1 is handled: rang [them]\n")
    listed = json.loads(RUN.invoke(app, ["dead-letters", "list", "--json", *where]).stdout)
    noted = [each["handled"] for each in listed["letters"]]
    assert [each and each["note"] for each in noted] == [None, "rang [them]", None]
    lines = RUN.invoke(app, ["dead-letters", "list", *where]).stdout.splitlines()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert [line.split()[-1] for line in lines[:4]] == ["handled", "-", today, "-"]
    shown = RUN.invoke(app, ["dead-letters", "show", "3/1", *where]).stdout
    assert shown.startswith(f"handled {today}")
    assert "rang [them]" in shown


def test_the_open_ones_are_those_that_nobody_handled(file: str, ledger: str) -> None:
    where = ["--file", file, "--database-url", ledger]
    RUN.invoke(app, ["dead-letters", "handled", "3/1", "--note", "done", *where])

    told = json.loads(RUN.invoke(app, ["dead-letters", "list", "--open", "--json", *where]).stdout)

    assert [each["offset"] for each in told["letters"]] == [0, 2]
    assert told["causes"] == {"truncated": 1, "wrong_key": 1}


def test_the_first_note_of_a_letter_stands(file: str, ledger: str) -> None:
    where = ["--file", file, "--database-url", ledger]
    RUN.invoke(app, ["dead-letters", "handled", "3/1", "--note", "first", *where])

    got = RUN.invoke(app, ["dead-letters", "handled", "3/1", "--note", "second", *where])

    assert got.exit_code == 1
    assert "already: first" in got.stderr
    assert "first" in RUN.invoke(app, ["dead-letters", "show", "3/1", *where]).stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("handled", "3/9", "--note", "x"), 1),
        (("handled", "3/1", "--note", " "), 2),
        (("handled", "3/1"), 2),
    ],
    ids=["no such letter", "an empty note", "no note"],
)
def test_nothing_is_noted_of_what_is_not_there_or_not_said(
    file: str, ledger: str, arguments: tuple[str, ...], code: int
) -> None:
    where = ["--file", file, "--database-url", ledger]

    assert RUN.invoke(app, ["dead-letters", *arguments, *where]).exit_code == code
    assert '"note"' not in RUN.invoke(app, ["dead-letters", "list", "--json", *where]).stdout


UNNAMED = {"RELEASEBUS_DATABASE": ""}


def test_without_a_ledger_nobody_says_which_are_handled(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where, note = ["--file", file], ["handled", "3/1", "--note", "done"]

    listed = RUN.invoke(app, ["dead-letters", "list", *where, "--json"], env=UNNAMED)
    asked = RUN.invoke(app, ["dead-letters", "list", *where, "--open"], env=UNNAMED)
    noted = RUN.invoke(app, ["dead-letters", *note, *where], env=UNNAMED)

    assert "handled" not in json.loads(listed.stdout)["letters"][0]
    assert (asked.exit_code, noted.exit_code) == (3, 3)
    assert "--database-url" in asked.stderr
    assert "--database-url" in noted.stderr


def test_after_a_demo_its_ledger_knows_what_is_handled(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo-out").mkdir()
    new_sqlite_book(tmp_path / "demo-out" / "ledger.db").dispose()

    def run(*words: str) -> Result:
        return RUN.invoke(app, ["dead-letters", *words, "--file", file, "--json"], env=UNNAMED)

    assert run("handled", "3/1", "--note", "done").exit_code == 0
    left = json.loads(run("list", "--open").stdout)["letters"]
    assert [each["offset"] for each in left] == [0, 2]
    assert json.loads(run("show", "3/1").stdout)["handled"]["note"] == "done"
