"""The containers are in step with the project: nothing here needs a Docker engine."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from compose.local.jars import POM
from compose.local.secured_kafka import WHO_MAY
from consumers.intake.trust import roots_in
from schemas.doors import Door
from schemas.key_messages import RegisterKey
from tests.engines import KAFKA_IMAGE, POSTGRES_IMAGE

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "compose" / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_containers_and_this_machine_run_the_same_kafka() -> None:
    images = set(re.findall(r"image: (\S+)", COMPOSE))
    version = re.search(r"kafka_2\.13</artifactId>\s*<version>([\d.]+)<", POM.read_text("utf-8"))
    assert version is not None
    assert f"apache/kafka:{version[1]}" == KAFKA_IMAGE
    assert {KAFKA_IMAGE, POSTGRES_IMAGE} <= images


def test_the_image_of_the_bus_has_the_version_of_the_project() -> None:
    assert f"image: releasebus:{PROJECT['project']['version']}\n" in COMPOSE


def test_the_image_holds_every_package_and_only_what_is_there() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    sources = {name for line in copied for name in line.split()}
    assert not [name for name in sources if not (ROOT / name).exists()]
    packages = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in packages} <= sources


def test_the_builder_is_given_what_the_image_copies() -> None:
    let_in = (ROOT / "compose" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    assert {f"!{name}" for line in copied for name in line.split()} <= set(let_in)


def test_every_part_of_the_bus_waits_for_its_engines_and_tells_its_health() -> None:
    parts = re.findall(
        r'^  (\w+):\n    <<: \*bus\n    command: \["up", "--parts", "(\w+)"',
        COMPOSE,
        re.MULTILINE,
    )
    assert parts
    assert all(service == part for service, part in parts)
    shared = COMPOSE.split("services:")[0]
    assert shared.count("condition: service_healthy") == 2
    assert "healthcheck:" in shared


def test_signatures_are_required_and_intake_is_given_whom_to_trust() -> None:
    both = COMPOSE + (ROOT / "compose" / "secured.yaml").read_text("utf-8")
    assert re.findall(r"RELEASEBUS_SIGNATURES: (.+)\n", both) == [
        "${RELEASEBUS_SIGNATURES:-required}"
    ]
    intake = COMPOSE.partition("\n  intake:\n")[2].partition("\n\n")[0]
    (told,) = re.findall(r'"--trust", "(.+?)"', intake)
    assert re.findall(r"- source: trust\n        target: (.+)", intake) == [told]
    assert "\nconfigs:\n  trust:\n    file: ${RELEASEBUS_TRUST:-./trust.toml}\n" in COMPOSE


def test_what_a_new_user_is_told_of_keys_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (ROOT / "compose" / "README.md").read_text("utf-8")
    commands = [each.split() for each in re.findall(r"`releasebus (key [^`>]+?) >", told)]
    monkeypatch.chdir(tmp_path)

    said = {each[1]: "" for each in commands}
    for command in commands:
        got = CliRunner().invoke(app, ["NXT21000000001" if w == "PARTY" else w for w in command])
        assert got.exit_code == 0, got.output
        said[command[1]] += got.stdout

    (tmp_path / "trust.toml").write_text(said["trust"])
    assert set(roots_in(tmp_path / "trust.toml")) == {Door.REGISTER.source, Door.C_POINT.source}
    assert RegisterKey.model_validate_json(said["show"]).organisation == "NXT21000000001"


def test_the_containers_broker_asks_who_comes_as_the_one_of_this_machine_does() -> None:
    lines = (ROOT / "compose" / "secured.properties").read_text("utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert settings.items() >= WHO_MAY.items()
    listeners = {each.split(":")[0] for each in settings["listeners"].split(",")}
    protocols = dict(
        each.split(":") for each in settings["listener.security.protocol.map"].split(",")
    )
    assert protocols == dict.fromkeys(listeners, "SASL_PLAINTEXT")


def test_each_part_in_a_container_logs_in_as_the_user_that_is_made_for_it() -> None:
    secured = (ROOT / "compose" / "secured.yaml").read_text("utf-8")
    users = tomllib.loads((ROOT / "compose" / "users.toml").read_text("utf-8"))
    logged_in = re.findall(r"RELEASEBUS_KAFKA_USER: (\w+)\n", secured)
    parts = re.findall(r'command: \["up", "--parts", "(\w+)"', COMPOSE)
    assert parts
    assert logged_in == ["administrator", *parts]
    assert set(parts) <= users.keys()
    files = re.findall(r"RELEASEBUS_KAFKA_PASSWORD_FILE: /passwords/(\w+)\n", secured)
    assert files == parts
