"""`releasebus schemas` writes what is missing, and checks without writing."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.schemas import app

RUN = CliRunner()


def test_schemas_that_are_not_there_fail_the_check_and_are_not_written(tmp_path: Path) -> None:
    got = RUN.invoke(app, ["--folder", str(tmp_path), "--check"])

    assert got.exit_code == 1
    assert "messages/release.json: missing" in got.stdout.splitlines()
    assert "write them with `releasebus schemas`" in got.stdout
    assert not list(tmp_path.iterdir())


def test_schemas_once_written_are_current(tmp_path: Path) -> None:
    written = RUN.invoke(app, ["--folder", str(tmp_path), "--json"])
    checked = RUN.invoke(app, ["--folder", str(tmp_path), "--check"])

    assert (written.exit_code, checked.exit_code) == (0, 0)
    assert "asyncapi.json: missing" in json.loads(written.stdout)["differences"]
    assert checked.stdout == f"The schemas in {tmp_path} are current.\n"
