"""The containers are in step with the project: nothing here needs a Docker engine."""

import re
import tomllib
from pathlib import Path

from compose.local.jars import POM
from compose.local.secured_kafka import WHO_MAY
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
        r'^  (\w+):\n    <<: \*bus\n    command: \["up", "--parts", "(\w+)"\]',
        COMPOSE,
        re.MULTILINE,
    )
    assert parts
    assert all(service == part for service, part in parts)
    shared = COMPOSE.split("services:")[0]
    assert shared.count("condition: service_healthy") == 2
    assert "healthcheck:" in shared


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
    parts = re.findall(r'command: \["up", "--parts", "(\w+)"\]', COMPOSE)
    assert parts
    assert logged_in == ["administrator", *parts]
    assert set(parts) <= users.keys()
    files = re.findall(r"RELEASEBUS_KAFKA_PASSWORD_FILE: /passwords/(\w+)\n", secured)
    assert files == parts
