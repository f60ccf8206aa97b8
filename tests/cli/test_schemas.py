"""`releasebus schemas` writes what is missing, checks without writing, and keeps releases."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.schemas import app
from schemas.evolution.upcasts import SCHEMA_VERSION

RUN = CliRunner()
DOCS = Path(__file__).parents[2] / "docs" / "schemas"


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


def test_the_schemas_of_now_break_no_released_version() -> None:
    got = RUN.invoke(app, ["--folder", str(DOCS), "--compatible"])

    assert got.exit_code == 0, got.stdout
    assert got.stdout.startswith("No released version is broken")


def test_a_breach_ends_with_1_and_says_where_it_is_and_what_to_do(tmp_path: Path) -> None:
    """The released version had a message that is no more."""
    RUN.invoke(app, ["--folder", str(tmp_path), "--release", str(SCHEMA_VERSION)])
    kept = tmp_path / "released" / str(SCHEMA_VERSION) / "messages"
    (kept / "gone.json").write_bytes((kept / "block.json").read_bytes())

    got = RUN.invoke(app, ["--folder", str(tmp_path), "--compatible"])
    told = RUN.invoke(app, ["--folder", str(tmp_path), "--compatible", "--json"])

    assert got.exit_code == told.exit_code == 1
    assert got.stdout.startswith("messages/gone.json: it is gone (since version")
    assert "Keep it" in got.stdout
    assert json.loads(told.stdout)["breaches"] == got.stdout.splitlines()[:-1]


def test_a_version_is_released_once(tmp_path: Path) -> None:
    version = str(SCHEMA_VERSION)
    once = RUN.invoke(app, ["--folder", str(tmp_path), "--release", version])
    twice = RUN.invoke(app, ["--folder", str(tmp_path), "--release", version, "--json"])

    assert (once.exit_code, twice.exit_code) == (0, 1)
    assert f"Version {version} is released" in once.stdout
    assert "released already" in json.loads(twice.stdout)["error"]


def test_only_one_thing_is_done_at_once(tmp_path: Path) -> None:
    got = RUN.invoke(app, ["--folder", str(tmp_path), "--check", "--compatible"])

    assert got.exit_code == 2
    assert "Give one of" in got.stderr
