"""The command as a whole: every command says how it ends, and can answer a program."""

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.main import app
from tests.rows import each_row

RUN = CliRunner()
COMMANDS = (
    ["demo"], ["up"], ["why"], ["show"], ["tail"], ["publish"], ["topics"], ["verify"],
    ["rebuild"], ["audit"], ["audit-check"],
    ["parked"], ["resume"], ["set-aside", "list"], ["set-aside", "resume"],
    ["schemas"], ["dead-letters", "list"], ["dead-letters", "show"],
    ["dead-letters", "handled"], ["door", "serve"], ["door", "token"], ["door", "tokens"],
    ["door", "revoke"], ["key", "show"], ["key", "trust"],
    ["edi", "check"], ["edi", "show"],
)  # fmt: skip


def test_every_command_is_listed() -> None:
    listed = RUN.invoke(app, ["--help"]).stdout

    for command in COMMANDS:
        assert command[0] in listed


@each_row("command", COMMANDS, ids=" ".join)
def test_every_command_documents_its_exit_codes_and_answers_programs(command: list[str]) -> None:
    got = RUN.invoke(app, [*command, "--help"], env={"COLUMNS": "100", "NO_COLOR": "1"})

    assert got.exit_code == 0
    assert "3 broker or database cannot be reached" in " ".join(got.stdout.split())
    assert "--json" in got.stdout


def test_what_is_not_understood_ends_with_two() -> None:
    assert RUN.invoke(app, ["sail"]).exit_code == 2
    assert RUN.invoke(app, ["show"]).exit_code == 2
    assert RUN.invoke(app, ["demo", "--containers", "0"]).exit_code == 2


README = Path(__file__).parents[2] / "README.md"


def test_the_commands_of_the_readme_are_there_and_name_nobody_who_is_not() -> None:
    lines = re.findall(r"^releasebus (.*)$", README.read_text(), flags=re.MULTILINE)

    assert len(lines) > 8
    for line in lines:
        command = re.split(r" (?=CONTAINER|PLACE|--|#|\S+\.jsonl)", line)[0].split()
        asked = RUN.invoke(app, [*command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
        options = re.findall(r"--[a-z-]+", line)
        assert asked.exit_code == 0, line
        assert [each for each in options if each not in asked.stdout] == [], line
        assert not re.search(r"[A-Z]{4}\d{7}|NXT\d", line), line


def test_no_command_shows_a_traceback_of_its_own() -> None:
    assert isinstance(app, typer.Typer)
    assert app.pretty_exceptions_enable is False


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "--json"], "Missing argument 'reference'. `releasebus show --help`"),
        (["sow", "X", "--json"], "No such command 'sow'"),
        (["dead-letters", "list", "--jsn", "--json"], "No such option: --jsn"),
        (["topics", "--json", "--bootstrap-servers"], "--bootstrap-servers"),
    ],
    ids=["an argument too few", "no such command", "no such option", "a value too few"],
)
def test_a_wrong_usage_is_told_a_program_as_an_object(words: list[str], says: str) -> None:
    got = RUN.invoke(app, words, prog_name="releasebus")

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"], told["exit_code"]) == (2, False, 2)
    assert says in told["error"]
    assert got.stderr == ""


def test_a_wrong_usage_is_told_a_person_in_words() -> None:
    got = RUN.invoke(app, ["show"])

    assert (got.exit_code, got.stdout) == (2, "")
    assert "Missing argument" in got.stderr


@pytest.mark.parametrize("words", [["show", "--help"], ["schemas", "--help"]])
def test_what_goes_well_ends_with_zero_with_json_too(words: list[str]) -> None:
    assert RUN.invoke(app, words).exit_code == RUN.invoke(app, [*words, "--json"]).exit_code == 0
