"""`releasebus door` gives and takes tokens, and says what is wrong before it opens."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from compose.local.ports import free_port
from producers.door.callers import Callers
from producers.topics import ensure
from schemas.topics import FIXED
from tests.engines import KafkaAtHand

RUN = CliRunner()


def given(folder: Path, *more: str) -> str:
    got = RUN.invoke(app, ["door", "token", "nxt21000000003", "--folder", str(folder), *more])
    assert got.exit_code == 0, got.output
    return got.stdout


def test_a_token_is_shown_once_listed_by_its_id_and_taken_back(tmp_path: Path) -> None:
    token = given(tmp_path).strip()
    other = json.loads(given(tmp_path, "--json"))
    where = ["--folder", str(tmp_path)]
    callers = Callers(tmp_path / "callers.jsonl")
    found = callers.who(f"Bearer {token}")
    assert found is not None
    assert found.organisation == "NXT21000000003"

    listed = json.loads(RUN.invoke(app, ["door", "tokens", *where, "--json"]).stdout)
    assert {each["id"] for each in listed} == {found.credential, other["id"]}
    assert token not in RUN.invoke(app, ["door", "tokens", *where]).stdout

    assert RUN.invoke(app, ["door", "revoke", found.credential, *where]).exit_code == 0
    assert callers.who(f"Bearer {token}") is None
    assert callers.who(f"Bearer {other['token']}") is not None
    assert RUN.invoke(app, ["door", "revoke", found.credential, *where]).exit_code == 1


def test_whoever_is_no_organisation_gets_no_token(tmp_path: Path) -> None:
    got = RUN.invoke(app, ["door", "token", "--folder", str(tmp_path), "no id!"])

    assert got.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_no_broker_ends_with_three(tmp_path: Path) -> None:
    where = ["--bootstrap-servers", "127.0.0.1:1", "--folder", str(tmp_path)]

    assert RUN.invoke(app, ["door", "serve", *where]).exit_code == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--certificate", "x.pem"], "--key"),
        (["--gate", "BEANR-1742=/nowhere.json"], "/nowhere.json cannot be read"),
        (["--gate", "x"], "is no quay"),
        (["--webhooks", "/nowhere.toml"], "/nowhere.toml: No such file or directory."),
    ],
)
def test_a_wrong_setting_is_a_wrong_usage(
    options: list[str], said: str, kafka: KafkaAtHand, tmp_path: Path
) -> None:
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--folder", str(tmp_path)]
    got = RUN.invoke(app, ["door", "serve", *where, *options])

    assert got.exit_code == 2, got.output
    assert said in got.stderr


def test_it_opens_with_a_certificate_of_its_own_and_ends_in_good_order(
    kafka: KafkaAtHand, namespace: str, tmp_path: Path
) -> None:
    asyncio.run(ensure(kafka.bootstrap_servers, namespace, FIXED))
    port, log = free_port(), tmp_path / "door.log"
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
    options = ["--port", str(port), "--folder", str(tmp_path)]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "door", "serve", *where, *options],
            stdout=written,
            stderr=subprocess.STDOUT,
            env=os.environ,
        )
    try:
        while f"The door is open at https://127.0.0.1:{port}" not in log.read_text():
            assert process.poll() is None, log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
