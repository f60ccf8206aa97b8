"""`releasebus up` refuses what cannot run before anything is started."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from consumers.intake.trust import entry_for
from producers.signing import new_message_key
from tests.engines import KafkaAtHand

RUN = CliRunner()
UNASKED = {"RELEASEBUS_SIGNATURES": "", "RELEASEBUS_TRUST": ""}
NO_ENVIRONMENT = {"RELEASEBUS_DATABASE": "", "RELEASEBUS_KAFKA": ""}


def test_a_part_that_does_not_exist_is_a_wrong_usage() -> None:
    got = RUN.invoke(app, ["up", "--parts", "intake,outtake"])

    assert got.exit_code == 2
    assert "'outtake'" in got.stderr


def test_no_database_is_a_wrong_usage() -> None:
    got = RUN.invoke(app, ["up"], env=NO_ENVIRONMENT)

    assert got.exit_code == 2
    assert "--database-url" in got.stderr


def test_no_broker_ends_with_three(sqlite_url: str) -> None:
    options = ["--bootstrap-servers", "127.0.0.1:1", "--database-url", sqlite_url]
    options += ["--signatures", "off"]

    assert RUN.invoke(app, ["up", *options]).exit_code == 3


def test_signatures_are_required_and_so_the_keys_that_registrations_are_signed_with(
    sqlite_url: str, tmp_path: Path
) -> None:
    where = ["up", "--database-url", sqlite_url, "--bootstrap-servers", "127.0.0.1:1"]
    nothing = tmp_path / "trust.toml"

    untold = RUN.invoke(app, where, env=UNASKED)
    unreadable = RUN.invoke(app, [*where, "--trust", str(nothing)], env=UNASKED)
    without_intake = RUN.invoke(app, [*where, "--parts", "apply"], env=UNASKED)

    assert (untold.exit_code, "--trust FILE" in untold.stderr) == (2, True)
    assert (unreadable.exit_code, str(nothing) in unreadable.stderr) == (1, True)
    assert without_intake.exit_code == 3, "it gets as far as the broker"


def test_a_door_that_does_not_sign_is_not_opened_where_signatures_are_required(
    sqlite_url: str, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.toml"
    trust.write_text(entry_for("urn:releasebus:register", new_message_key().public_key))
    where = ["up", "--database-url", sqlite_url, "--bootstrap-servers", "127.0.0.1:1"]
    where += ["--trust", str(trust), "--door", "8443", "--door-folder", str(tmp_path)]

    silent = RUN.invoke(app, where, env=UNASKED)
    signing = RUN.invoke(app, [*where, "--door-speaks-as", "NXT21000000009"], env=UNASKED)
    trying = RUN.invoke(app, [*where, "--signatures", "off"], env=UNASKED)

    assert (silent.exit_code, "--door-speaks-as" in silent.stderr) == (2, True)
    assert (signing.exit_code, trying.exit_code) == (3, 3), "they get as far as the broker"


def test_a_part_told_by_sigterm_ends_in_good_order(
    kafka: KafkaAtHand, namespace: str, sqlite_url: str, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "RELEASEBUS_KAFKA": kafka.bootstrap_servers,
        "RELEASEBUS_DATABASE": sqlite_url,
        "RELEASEBUS_NAMESPACE": namespace,
        "RELEASEBUS_SIGNATURES": "off",
    }
    log = tmp_path / "up.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--parts", "intake,apply"],
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        _until(log, "is ours from 0 on", process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()


@pytest.mark.faults
def test_a_part_ends_when_its_parent_is_gone(
    kafka: KafkaAtHand, namespace: str, sqlite_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "up.log"
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
    options = ["--parts", "intake", "--database-url", sqlite_url, "--while-stdin"]
    options += ["--signatures", "off"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", *where, *options],
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _until(log, "Signatures are off", process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def _until(log: Path, said: str, process: "subprocess.Popen[bytes]") -> None:
    while said not in log.read_text():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        assert process.poll() is None, log.read_text()
