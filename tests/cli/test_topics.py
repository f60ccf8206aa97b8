"""`releasebus topics` says which topics are missing, and makes them when asked."""

import json

from typer.testing import CliRunner, Result

from cli.main import app
from schemas.topics import FIXED
from tests.engines import KafkaAtHand

RUN = CliRunner()
NOWHERE = "127.0.0.1:1"


def _topics(kafka: KafkaAtHand, namespace: str, *options: str) -> Result:
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
    return RUN.invoke(app, ["topics", *where, *options])


def test_missing_topics_end_with_one_until_they_are_made(
    kafka: KafkaAtHand, namespace: str
) -> None:
    before = _topics(kafka, namespace, "--json")
    made = _topics(kafka, namespace, "--create")
    after = _topics(kafka, namespace, "--json")

    assert (before.exit_code, made.exit_code, after.exit_code) == (1, 0, 0)
    assert {each["exists"] for each in json.loads(before.stdout)["topics"]} == {False}
    told = json.loads(after.stdout)["topics"]
    assert {each["topic"] for each in told} == {namespace + topic.name for topic in FIXED}
    assert {each["exists"] for each in told} == {True}


def test_a_person_is_told_how_to_make_them(kafka: KafkaAtHand, namespace: str) -> None:
    got = _topics(kafka, namespace)

    assert got.exit_code == 1
    assert "releasebus topics --create" in got.stderr


def test_a_broker_that_is_not_there_ends_with_three() -> None:
    got = RUN.invoke(app, ["topics", "--bootstrap-servers", NOWHERE])

    assert got.exit_code == 3
    assert "No Kafka broker answers there" in got.stderr


def test_an_address_that_is_none_ends_with_three_as_well() -> None:
    for address in ("nonsense", "", "host:port"):
        got = RUN.invoke(app, ["topics", "--bootstrap-servers", address])
        assert got.exit_code == 3, (address, got.output)
