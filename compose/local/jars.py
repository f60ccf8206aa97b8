"""Fetch Apache Kafka's jars with Maven, once for all runs on this checkout."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from compose.local.engine import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17
FETCH_TIMEOUT_SECONDS = 900


def engines_folder() -> Path:
    """Where fetched engines are kept: RELEASEBUS_ENGINES, else .engines/ in the project's root."""
    named = os.environ.get("RELEASEBUS_ENGINES")
    return Path(named) if named else Path(__file__).resolve().parents[2] / ".engines"


def jars_folder() -> Path:
    """The folder of these very jars: a changed pom.xml is another folder."""
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    return engines_folder() / f"kafka-{digest}"


def java_command() -> str:
    """Find a Java that Kafka 4 runs on; EngineUnavailable says what to install."""
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        message = f"Apache Kafka needs Java {OLDEST_JAVA} or later: install it, or set JAVA_HOME"
        raise EngineUnavailable(message)
    said = _version_said_by(java, changed_at=Path(java).stat().st_mtime_ns)
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        message = f"Apache Kafka needs Java {OLDEST_JAVA} or later, and {java} says: {said}"
        raise EngineUnavailable(message)
    return java


@functools.cache
def _version_said_by(java: str, *, changed_at: int) -> str:
    del changed_at  # only part of the key: a Java is asked again when it was replaced
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return said.stderr + said.stdout


def what_kafka_lacks() -> str | None:
    """Say why Apache Kafka cannot be run here, or None; fetches nothing."""
    try:
        java_command()
    except EngineUnavailable as lack:
        return str(lack)
    if not jars_folder().is_dir() and shutil.which("mvn") is None:
        return "Apache Kafka's jars are fetched with Maven: install `mvn`"
    return None


def fetched_jars() -> Path:
    """Give the folder of the jars, fetching them first if need be (44 MB, once).

    Two runs at once do not collide: one fetches, the other waits for it. Maven's own repository is
    where Maven keeps it; move it with MAVEN_OPTS=-Dmaven.repo.local=FOLDER.
    """
    folder = jars_folder()
    if folder.is_dir():
        return folder
    lack = what_kafka_lacks()
    if lack is not None:
        raise EngineUnavailable(lack)
    with one_at_a_time():
        if not folder.is_dir():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = ["mvn", "-B", "-q", "-f", str(POM), "dependency:copy-dependencies"]
    try:
        said = subprocess.run(
            [*command, f"-DoutputDirectory={partial}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=FETCH_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        message = f"Maven fetched no jars in {FETCH_TIMEOUT_SECONDS} s: is its registry reachable?"
        raise EngineUnavailable(message) from error
    if said.returncode != 0 or not any(partial.glob("kafka_*.jar")):
        last_words = "\n    ".join((said.stdout + said.stderr).strip().splitlines()[-15:])
        message = (
            "Maven could not fetch Apache Kafka's jars. Look whether its registry, or the mirror "
            f"in its settings.xml, can be reached, then try again:\n    {' '.join(command)}\n"
            f"It said:\n    {last_words}"
        )
        raise EngineUnavailable(message)
    partial.rename(folder)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep other runs on this checkout out of .engines/ meanwhile."""
    folder = engines_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
