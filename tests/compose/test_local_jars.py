"""Kafka's jars are fetched once, whoever asks at the same time, and a failure says what to do."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from compose.local import EngineUnavailable
from compose.local.jars import fetched_jars, jars_folder, java_command, what_kafka_lacks

ROOT = Path(__file__).resolve().parents[2]
FETCH = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from compose.local.jars import fetched_jars"
)
SLOW_MAVEN = """#!/bin/sh
for word in "$@"; do case "$word" in -DoutputDirectory=*) out="${word#*=}";; esac; done
echo run >> "$MAVEN_RUNS"
sleep 0.5
mkdir -p "$out" && : > "$out/kafka_2.13-4.3.1.jar"
"""
FAILING_MAVEN = "#!/bin/sh\necho 'Could not transfer artifact'; exit 1\n"


def put_on_path(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(script, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with a Java of the right age, an empty cache, and no Maven yet."""
    folder = tmp_path / "bin"
    put_on_path(folder, "java", "#!/bin/sh\necho 'openjdk version \"17.0.15\"' >&2\n")
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/sbin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("RELEASEBUS_ENGINES", str(tmp_path / "engines"))
    monkeypatch.setenv("MAVEN_RUNS", str(tmp_path / "runs"))
    return folder


def test_runs_at_the_same_time_fetch_once(programs: Path, tmp_path: Path) -> None:
    put_on_path(programs, "mvn", SLOW_MAVEN)
    asking = [
        subprocess.Popen([sys.executable, "-c", f"{FETCH}; fetched_jars()"]) for _ in range(3)
    ]
    assert [process.wait(30) for process in asking] == [0, 0, 0]
    assert (tmp_path / "runs").read_text(encoding="utf-8").split() == ["run"]
    assert fetched_jars() == jars_folder()
    assert [jar.name for jar in jars_folder().iterdir()] == ["kafka_2.13-4.3.1.jar"]


def test_a_failed_fetch_says_what_to_do_and_leaves_nothing_half(programs: Path) -> None:
    put_on_path(programs, "mvn", FAILING_MAVEN)
    with pytest.raises(
        EngineUnavailable, match=r"can be reached, then try again(.|\n)*transfer artifact"
    ):
        fetched_jars()
    assert not jars_folder().exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "needs Java 17 or later"),
        ('java version "1.8.0_412"', "needs Java 17 or later"),
        ("Segmentation fault", "needs Java 17 or later"),
    ],
)
def test_a_java_too_old_is_named_with_what_it_says(programs: Path, said: str, told: str) -> None:
    put_on_path(programs, "java", f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\n")
    with pytest.raises(EngineUnavailable) as lack:
        java_command()
    assert told in str(lack.value)
    assert said in str(lack.value)


def test_without_java_the_lack_is_named(
    programs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert programs.is_dir()
    monkeypatch.setenv("PATH", str(tmp_path))
    lack = what_kafka_lacks()
    assert lack is not None
    assert "install it, or set JAVA_HOME" in lack


def test_jars_once_fetched_need_no_maven(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    assert what_kafka_lacks() == "Apache Kafka's jars are fetched with Maven: install `mvn`"
    jars_folder().mkdir(parents=True)
    assert what_kafka_lacks() is None
    assert fetched_jars() == jars_folder()
