"""`releasebus partner lint` tells what is wrong with a partner's file, and what to do."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

RUN = CliRunner()
EXAMPLES = files("adapters.edifact.partners").joinpath("examples")


def example(name: str) -> str:
    return str(EXAMPLES.joinpath(f"{name}.toml"))


def test_what_is_right_ends_with_zero_and_says_what_is_unverified() -> None:
    got = RUN.invoke(app, ["partner", "lint", example("terminal"), example("ship_agent")])

    assert got.exit_code == 0
    assert "right; it sends COARRI, CODECO, and gets COREOR, COPINO" in got.stdout
    assert "unverified: That it writes 3 for import in EQD 8249." in got.stdout
    untold = "released, blocked, unblocked, deleted, expired, terminal_released, terminal_blocked"
    assert f"  no code in IFTSTA, so never told: {untold}, customs_held, gated_in\n" in got.stdout


def test_a_gate_without_a_code_is_told_too(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    text = Path(example("ship_agent")).read_text(encoding="utf-8")
    file.write_text(text + "documents = { gate_out = '36' }\n", encoding="utf-8")
    told = json.loads(RUN.invoke(app, ["partner", "lint", str(file), "--json"]).stdout)

    assert told["untold"]["CODECO"] == ["gate_in"]
    assert "gated_out" not in told["untold"]["IFTSTA"]


def test_a_terminal_is_told_of_that_hears_of_no_block(tmp_path: Path) -> None:
    file = tmp_path / "terminal.toml"
    text = Path(example("terminal")).read_text(encoding="utf-8")
    head, _, orders = text.partition("[gets.COREOR]")
    file.write_text(head + "[gets.IFTSTA]\n[gets.CODECO]\n", encoding="utf-8")
    got = RUN.invoke(app, ["partner", "lint", str(file)])
    fewer = tmp_path / "fewer.toml"
    named = f'[gets.COREOR]\nwithdrawn_when = ["blocked"]{orders}'
    fewer.write_text(head + named, encoding="utf-8")
    told = json.loads(RUN.invoke(app, ["partner", "lint", str(fewer), "--json"]).stdout)

    assert got.exit_code == 0
    assert "it is a terminal and gets no COREOR" in got.stdout
    assert "IFTSTA goes to the agent" in got.stdout
    assert told["untold"]["COREOR"] == ["expired", "disputed", "suspended"]
    assert told["unheard"] == []
    assert (
        "it is a terminal"
        not in RUN.invoke(app, ["partner", "lint", example("ship_agent")]).stdout
    )


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_wrong_is_told_with_field_and_remedy(tmp_path: Path, *, as_json: bool) -> None:
    file = tmp_path / "agent.toml"
    text = Path(example("ship_agent")).read_text(encoding="utf-8")
    file.write_text(text.replace('contrl = "asked"', 'contrl = "now"'), encoding="utf-8")
    got = RUN.invoke(app, ["partner", "lint", str(file), *(["--json"] if as_json else [])])

    remedy = "Take one of: never, errors, asked, always."
    assert got.exit_code == 1
    if as_json:
        assert json.loads(got.stdout)["faults"] == [
            {"field": "contrl", "wrong": "Nobody knows 'now'.", "remedy": remedy}
        ]
    else:
        assert f"  contrl: Nobody knows 'now'. {remedy}" in got.stdout


def test_what_is_not_there_is_told() -> None:
    got = RUN.invoke(app, ["partner", "lint", "nowhere.toml"])

    assert got.exit_code == 2
    assert "cannot be read" in got.stderr


def test_a_file_deeper_than_any_is_told_as_what_is_no_toml(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text("gets = " + "[" * 200_000, encoding="utf-8")
    got = RUN.invoke(app, ["partner", "lint", str(file)])

    assert got.exit_code == 1
    assert "nested too deep" in got.stdout
