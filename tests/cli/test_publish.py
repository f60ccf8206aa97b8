"""`releasebus publish` puts the bytes on the topic as they are; `releasebus tail` shows them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.antwerp_cpu.profile import MEDIA
from cli.main import app
from consumers.gate.opening import TerminalKeys
from consumers.gate.rights import SealedBox
from producers.sealing import new_terminal_key
from producers.signing import message_key
from schemas.signatures import DetachedSignature, taken_apart
from tests.adapters.antwerp_cpu.samples import sample
from tests.engines import KafkaAtHand

RUN = CliRunner()
Command = Callable[..., Result]
DATA = b'{"container": "MSCU1234566", "port": "BEANR"}'
TO_PARTY = ("--topic", "releases.party.v1", "--source", "NXT21000000002", "--type", "accept")


@pytest.fixture
def run(kafka: KafkaAtHand, namespace: str) -> Command:
    """Run a command on the bus of this test, whose topics are there."""
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]

    def command(*arguments: str, stdin: bytes = b"") -> Result:
        return RUN.invoke(app, [*arguments, *where], input=stdin)

    assert command("topics", "--create").exit_code == 0
    return command


def _tailed(run: Command, topic: str) -> list[dict[str, object]]:
    got = run("tail", topic, "--until-end", "--from-start", "--json")
    assert got.exit_code == 0, got.output
    return [json.loads(line) for line in got.stdout.splitlines()]


def test_what_is_published_is_tailed_as_it_came(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "accept.json"
    file.write_bytes(DATA)

    got = run("publish", str(file), *TO_PARTY, "--id", "m-1", "--wait-seconds", "0", "--json")

    assert json.loads(got.stdout) == {"id": "m-1", "topic": "releases.party.v1", "answer": None}
    (record,) = _tailed(run, "releases.party.v1")
    assert record["key"] == "MSCU1234566"
    assert record["value"] == json.loads(DATA)
    assert isinstance(record["headers"], dict)
    assert {
        "ce_id": "m-1",
        "ce_source": "urn:releasebus:organisation:NXT21000000002",
        "ce_type": "releasebus.accept",
    }.items() <= record["headers"].items()


TO_CPU = (
    "--topic", "releases.party.v1", "--source", "NXT21000000003",
    "--type", "nxtport.certified-pickup.SubmitPickupRight", "--content-type", MEDIA,
    "--wait-seconds", "0",
)  # fmt: skip


def test_a_driver_leaves_sealed_where_the_terminals_key_is_given(run: Command) -> None:
    key = new_terminal_key()
    given = f"{key.key_id}:{key.public_key}"

    got = run("publish", "-", *TO_CPU, "--sealing-key", given, stdin=sample("E11"))

    assert got.exit_code == 0
    (record,) = _tailed(run, "releases.party.v1")
    assert record["key"] == "CPUU1000010"
    assert "000000012" not in json.dumps(record)
    assert isinstance(record["value"], dict)
    driver = record["value"]["pickupParty"]["driver"]
    box = SealedBox(driver["key_id"], driver["ciphertext"])
    assert TerminalKeys({key.key_id: key.private_key}).names(box, "000000012") is True


@pytest.mark.parametrize(
    ("given", "stdin"),
    [
        ("key-1:bm8=", sample("E11")),
        ("key-1:x", b'{"pickupParty":{"alfapassNumber":"000000012"}}'),
    ],
)
def test_a_driver_that_cannot_be_sealed_is_not_published(
    run: Command, given: str, stdin: bytes
) -> None:
    got = run("publish", "-", *TO_CPU, "--sealing-key", given, stdin=stdin)

    assert got.exit_code in {1, 2}
    assert "000000012" not in got.output + got.stderr
    assert _tailed(run, "releases.party.v1") == []


def test_bytes_that_are_no_json_are_published_too(run: Command) -> None:
    got = run("publish", "-", *TO_PARTY, "--wait-seconds", "0", stdin=b"\xff\x00{")

    assert got.exit_code == 0
    (record,) = _tailed(run, "releases.party.v1")
    assert (record["key"], record["value_base64"]) == (None, "/wB7")


def test_no_answer_in_time_ends_with_one(run: Command) -> None:
    got = run("publish", "-", *TO_PARTY, "--wait-seconds", "0.3", stdin=DATA)

    assert got.exit_code == 1
    assert "No answer came in time" in got.stderr


def test_a_topic_that_takes_no_messages_is_a_wrong_usage(run: Command) -> None:
    options = ("--topic", "ledger.log.v1", "--source", "NXT21000000002", "--type", "accept")

    got = run("publish", "-", *options, stdin=DATA)

    assert got.exit_code == 2
    assert "releases.carrier.v1" in got.stderr


def test_a_file_that_is_not_there_is_a_wrong_usage(run: Command) -> None:
    assert run("publish", "/nowhere/accept.json", *TO_PARTY).exit_code == 2


def test_a_topic_that_is_not_there_cannot_be_tailed(run: Command) -> None:
    got = run("tail", "sails.v1", "--until-end")

    assert got.exit_code == 1
    assert "`releasebus topics` lists those it has" in got.stderr


def test_a_tail_ends_after_so_many(run: Command) -> None:
    for number in range(3):
        run("publish", "-", *TO_PARTY, "--id", f"m-{number}", "--wait-seconds", "0", stdin=DATA)

    got = run("tail", "releases.party.v1", "--from-start", "--limit", "2", "--json")

    assert len(got.stdout.splitlines()) == 2


def test_what_is_published_with_a_key_is_signed_with_it(run: Command, tmp_path: Path) -> None:
    file, key_file = tmp_path / "accept.json", tmp_path / "sender.key"
    file.write_bytes(DATA)

    run("publish", str(file), *TO_PARTY, "--key-file", str(key_file), "--wait-seconds", "0")

    (record,) = _tailed(run, "releases.party.v1")
    assert isinstance(record["headers"], dict)
    signature = taken_apart(record["headers"]["rb_signature"].encode())
    assert isinstance(signature, DetachedSignature)
    assert signature.key_id == message_key(key_file).key_id
