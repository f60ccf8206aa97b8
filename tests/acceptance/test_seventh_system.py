"""Another community system is one folder and its samples, made of the template; nothing else."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "schemas", "ledger", "consumers", "producers", "adapters", "cli", "compose", "tests", "docs",
)  # fmt: skip
CONTRACT = "tests/adapters/test_contract.py"
NAME, PORT = "port_of_kribi", "CMKBI"
"""As README has it."""
pytestmark = pytest.mark.timeout(300)


def run(house: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of Python's in a house of its own."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )


def contract_of(house: Path, name: str) -> "subprocess.CompletedProcess[str]":
    return run(house, "pytest", "-q", "-p", "no:cacheprovider", CONTRACT, "-k", name)


def files(house: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(house.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and ".hypothesis" not in file.parts:
            yield file.relative_to(house).as_posix(), file.read_bytes()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house, so that nothing is made in the one that others test in."""
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.fixture(scope="module")
def made(house: Path) -> tuple[Path, dict[str, bytes]]:
    """The same with a seventh system, and all files as they were before."""
    before = dict(files(house))
    done = run(house, "cli.main", "new-system", NAME, "--port", PORT)
    assert done.returncode == 0, done.stderr
    return house, before


def test_one_folder_is_all_that_is_new(made: tuple[Path, dict[str, bytes]]) -> None:
    house, before = made
    after = dict(files(house))

    new = {name for name in after if before.get(name) != after[name]}
    assert {name.rsplit("/", 1)[0] for name in new} == {
        f"adapters/{NAME}",
        f"adapters/{NAME}/samples",
    }
    assert before.items() <= after.items()
    assert not any(b"_template" in after[name] or b"XXTPL" in after[name] for name in new)


def test_it_is_found_by_its_folder_and_its_port(made: tuple[Path, dict[str, bytes]]) -> None:
    house, _ = made

    shown = run(house, "cli.main", "systems", PORT)

    assert shown.returncode == 0, shown.stderr
    assert f"application/vnd.releasebus.{NAME.replace('_', '-')}+json" in shown.stdout
    assert PORT in shown.stdout


def test_it_is_called_as_its_folder_is_and_written_as_the_others(
    made: tuple[Path, dict[str, bytes]],
) -> None:
    house, _ = made
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"releasebus new-system {NAME} --port {PORT}" in readme

    assert run(house, "cli.main", "systems", NAME).stdout.startswith("Port of kribi\n")
    for command in (("check",), ("format", "--check")):
        done = run(house, "ruff", *command, f"adapters/{NAME}")
        assert done.returncode == 0, done.stdout


@pytest.mark.searches
def test_it_passes_the_contract_of_every_system_with_its_samples_alone(
    made: tuple[Path, dict[str, bytes]],
) -> None:
    house, _ = made

    done = contract_of(house, NAME)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.searches
def test_whatever_goes_through_all_systems_takes_it_in(
    made: tuple[Path, dict[str, bytes]],
) -> None:
    house, _ = made
    walking = [
        file.relative_to(house).as_posix()
        for file in sorted((house / "tests").rglob("test_*.py"))
        if "systems()" in file.read_text() and "acceptance" not in file.parts
    ]

    done = run(
        house,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not faults and not searches",
        *walking,
    )

    assert done.returncode == 0, done.stdout
    assert "tests/consumers/dispatch/test_run_days.py" in walking
    assert "tests/cli/test_systems.py" in walking


UNTOLD = """\
    if message.TYPE == "releasebus.block":
        return Rendered(memory=memory)
    asked = _asked("""
WRONG = {
    "ids": ("render.py", 'document_id(recorded, NAME, "request", NAME)', '"the same for all"'),
    "model": ("render.py", "validate_json(document.content)", "model_construct()"),
    "raises": ("parse.py", "except NotReadable as error", "except KeyError as error"),
    "ports": ("ports.toml", 'authority = "system"', 'authority = "ledger"'),
    "secrets": ("__init__.py", "redact=redact", "redact=lambda data: data"),
    "untold": ("render.py", "    asked = _asked(", UNTOLD),
    "profile": ("render.py", "            PROFILE.header,\n", ""),
    "samples": ("samples/*.json", '"container": ', '"box": '),
}  # fmt: skip
"""What somebody may get wrong in a folder: the file, and what stands there instead."""


@pytest.mark.searches
def test_what_a_system_gets_wrong_is_found(made: tuple[Path, dict[str, bytes]]) -> None:
    """The contract would otherwise pass whatever is put into the folder."""
    house, _ = made
    for number, (wrong, (file, before, after)) in enumerate(WRONG.items()):
        folder = house / "adapters" / f"wrong_{wrong}"
        shutil.copytree(house / "adapters" / NAME, folder)
        for each in (one for one in folder.rglob("*") if one.suffix in {".py", ".toml", ".json"}):
            text = each.read_text().replace(NAME, folder.name).replace(PORT, f"CMZZ{number + 2}")
            each.write_text(text)
        for each in folder.glob(file):
            right = each.read_text()
            assert before in right
            each.write_text(right.replace(before, after))

    told = contract_of(house, "wrong_").stdout

    assert set(re.findall(r"^FAILED .*\bwrong_([a-z]+)\]", told, re.MULTILINE)) == set(WRONG), told
