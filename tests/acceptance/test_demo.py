"""The demo as a newcomer runs it: one command, embedded engines, a folder to look at."""

import json
import os
import socket
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from compose.local.embedded_broker import broker_binary
from compose.local.engine import EngineUnavailable

SECONDS = 280
# A machine may be busy, and has run a whole day here.
pytestmark = [pytest.mark.timeout(300), pytest.mark.searches]
KEYS = "private-keys.txt"
SPYING = """
import atexit, pathlib, sys
import nacl.public, nacl.signing, nacl.utils
from cli.main import app

made = []
def random(size=32):
    made.append(nacl.utils.random(size))
    return made[-1]

nacl.public.random = nacl.signing.random = random
folder = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: (folder / KEYS).write_text(" ".join(each.hex() for each in made)))
sys.argv[0] = "releasebus"
app()
""".replace("KEYS", repr(KEYS))
"""The command, and every private key that is made in it written down where nobody else looks."""


def _run(*arguments: str, spied_on: str = "") -> "subprocess.CompletedProcess[str]":
    how = ["-c", SPYING, spied_on] if spied_on else ["-m", "cli.main"]
    return subprocess.run(
        [sys.executable, *how, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env={**os.environ, "COLUMNS": "80"},
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """A demo of fifty containers that came to its end."""
    try:
        broker_binary()
    except EngineUnavailable as lack:
        pytest.skip(str(lack))
    folder = tmp_path_factory.mktemp("demo")
    done = _run("demo", "--containers", "50", "--out", str(folder / "out"), spied_on=str(folder))
    done.args = folder
    return done


def _summary(demo: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    content: dict[str, Any] = json.loads((demo.args / "out" / "summary.json").read_text())
    return content


def test_the_day_adds_up(demo: "subprocess.CompletedProcess[str]") -> None:
    assert demo.returncode == 0, demo.stdout + demo.stderr

    summary = _summary(demo)
    assert summary["ok"] is True
    assert [check["faults"] for check in summary["checks"]] == [[]] * 9
    assert sum(summary["states"].values()) == summary["containers"] == 50
    assert summary["signatures"] == "required"
    answered = sum(summary["outcomes"].values()) + sum(summary["dead_letters"].values())
    assert answered == summary["messages"]


def test_a_person_is_told_at_eighty_columns_and_nothing_else(
    demo: "subprocess.CompletedProcess[str]",
) -> None:
    told, _, commands = demo.stdout.partition("Look further")

    assert demo.stderr == ""
    assert max(len(line.rstrip()) for line in told.splitlines()) <= 80
    for title in (
        "Where the containers are", "What the ledger answered", "Refused, and why", "dead letters",
        "At the gates", "Schiphol", "One container's story", "chain", "lights", "may leave",
        "Does it add up?",
    ):  # fmt: skip
        assert title in told
    assert "✗" not in told
    assert "releasebus show" in commands or "cli/main.py show" in commands


def test_everything_can_be_looked_at_afterwards(demo: "subprocess.CompletedProcess[str]") -> None:
    out, summary = demo.args / "out", _summary(demo)
    for topic, count in summary["records"].items():
        lines = (out / "topics" / f"{topic}.jsonl").read_text().splitlines()
        assert len(lines) == count
        assert all(json.loads(line)["topic"] == topic for line in lines)
    rights = [json.loads(file.read_text()) for file in (out / "terminals").iterdir()]
    assert any(right["may_leave"] for terminal in rights for right in terminal)
    story = summary["story"]["container"]
    documents = list((out / "documents" / story / "antwerp_cpu").iterdir())
    assert documents
    assert all(json.loads(document.read_text()) for document in documents)
    assert story in (out / "README.txt").read_text()
    waybill = _waybill(summary)
    of_air = [each.name for each in (out / "documents" / waybill / "cargonaut").iterdir()]
    assert {name.rpartition("iata.")[2] for name in of_air} == {"xfnm.xml", "fsu.txt"}
    assert f"show {waybill}" in (out / "README.txt").read_text()


def _waybill(summary: dict[str, Any]) -> str:
    """Return the air waybill that may leave, and is still there."""
    (airport,) = (each for each in summary["elsewhere"] if each["port"] == "NLSPL")
    assert airport["said"] == 16
    stands: dict[str, str] = airport["containers"]
    return next(name for name in stands if stands[name] == "may_leave")


def test_the_ledger_that_is_left_answers(demo: "subprocess.CompletedProcess[str]") -> None:
    url = f"sqlite:///{demo.args / 'out' / 'ledger.db'}"
    story = _summary(demo)["story"]["container"]

    shown = _run("show", story, "--database-url", url)
    verified = _run("verify", "--database-url", url)
    rebuilt = _run("rebuild", "--check", "--database-url", url)

    assert (shown.returncode, verified.returncode, rebuilt.returncode) == (0, 0, 0)
    assert "may leave" in shown.stdout
    of_air = _run("show", _waybill(_summary(demo)), "--database-url", url).stdout
    assert "taken by customs 1" in of_air
    assert of_air.endswith("All 3 pieces may leave now.\n")


def test_no_driver_lies_open_anywhere(demo: "subprocess.CompletedProcess[str]") -> None:
    """The cards of the drivers are in no file that is left: sealed, and masked elsewhere."""
    from producers.simulator import cast_of  # noqa: PLC0415 - only here

    cards = [driver.card.encode() for driver in cast_of(seed=1).drivers]
    for file in (demo.args / "out").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(card in content for card in cards), file


def test_nobodys_private_key_stays_behind(demo: "subprocess.CompletedProcess[str]") -> None:
    """Not in a file of the folder, not on the screen, in no spelling that keys have here."""
    keys = [bytes.fromhex(each) for each in (demo.args / KEYS).read_text().split()]
    spellings = {spelt for key in keys for spelt in _spellings(key)}
    # A key for each company and door, three of quays and the one that signs the heads.
    assert len(keys) >= _summary(demo)["companies"] + 10
    files = [file for file in (demo.args / "out").rglob("*") if file.is_file()]
    assert {"head.key.pub", "trust.toml"} <= {file.name for file in files}
    shown = [*(file.read_bytes() for file in files), demo.stdout.encode(), demo.stderr.encode()]
    for content in shown:
        assert not any(spelt in content for spelt in spellings)
    assert not any(file.suffix == ".key" for file in files)


def _spellings(key: bytes) -> Iterator[bytes]:
    yield from (key, key.hex().encode(), key.hex().upper().encode())
    yield from (b64encode(key).rstrip(b"="), urlsafe_b64encode(key).rstrip(b"="))


def test_the_broker_is_gone_with_the_demo(demo: "subprocess.CompletedProcess[str]") -> None:
    host, _, port = _summary(demo)["engines"]["bootstrap_servers"].partition(":")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=1)
