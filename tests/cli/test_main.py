"""The command as a whole: every command says how it ends, and can answer a program."""

import pytest
import typer
from typer.testing import CliRunner

from cli.main import app

RUN = CliRunner()
COMMANDS = (
    ["demo"], ["up"], ["why"], ["show"], ["tail"], ["publish"], ["topics"], ["verify"],
    ["rebuild"], ["audit"], ["audit-check"],
    ["schemas"], ["dead-letters", "list"], ["dead-letters", "show"],
)  # fmt: skip


def test_every_command_is_listed() -> None:
    listed = RUN.invoke(app, ["--help"]).stdout

    for command in COMMANDS:
        assert command[0] in listed


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_documents_its_exit_codes_and_answers_programs(command: list[str]) -> None:
    got = RUN.invoke(app, [*command, "--help"], env={"COLUMNS": "100", "NO_COLOR": "1"})

    assert got.exit_code == 0
    assert "3 broker or database cannot be reached" in " ".join(got.stdout.split())
    assert "--json" in got.stdout


def test_what_is_not_understood_ends_with_two() -> None:
    assert RUN.invoke(app, ["sail"]).exit_code == 2
    assert RUN.invoke(app, ["show"]).exit_code == 2
    assert RUN.invoke(app, ["demo", "--containers", "0"]).exit_code == 2


def test_no_command_shows_a_traceback_of_its_own() -> None:
    assert isinstance(app, typer.Typer)
    assert app.pretty_exceptions_enable is False
