"""Whatever is raised in a command, the user is told a sentence and the shell a stable code."""

import json
import sqlite3

import pytest
import sqlalchemy.exc
import typer
from aiokafka.errors import KafkaConnectionError
from typer.testing import CliRunner

from cli.exits import Exit, Told, ending, told_of
from cli.options import AsJson
from compose.local import EngineBroken, EngineUnavailable
from consumers.reach import BrokerAway
from consumers.tail import NoSuchTopic
from ledger.book.migrate import OtherVersion
from tests.rows import each_row

RUN = CliRunner()
RAISED: list[tuple[BaseException, Exit, str]] = [
    (Told("Do this.", Exit.USAGE), Exit.USAGE, "Do this."),
    (BrokerAway("host:9092"), Exit.UNREACHABLE, "make engines"),
    (NoSuchTopic("sails.v1"), Exit.FOUND, "sails.v1: The broker has no topic"),
    (OtherVersion(None, "7"), Exit.UNREACHABLE, "releasebus up"),
    (EngineUnavailable("install Java 17"), Exit.UNREACHABLE, "install Java 17"),
    (EngineBroken("it ended"), Exit.UNREACHABLE, "it ended"),
    (KafkaConnectionError("no route"), Exit.UNREACHABLE, "--bootstrap-servers"),
    (sqlite3.OperationalError("disk full"), Exit.UNREACHABLE, "--database-url"),
    (
        sqlalchemy.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("away")),
        Exit.UNREACHABLE,
        "--database-url",
    ),
    (ZeroDivisionError("division by zero"), Exit.FOUND, "RELEASEBUS_DEBUG=1"),
]


@each_row(("error", "code", "says"), RAISED, ids=lambda each: type(each).__name__)
def test_each_kind_of_trouble_has_a_code_and_says_what_to_do(
    error: BaseException, code: Exit, says: str
) -> None:
    told = told_of(error)

    assert told.code is code
    assert says in told.sentence
    assert "\n" not in told.sentence


def _app(error: BaseException) -> typer.Typer:
    app = typer.Typer()

    @app.command()
    @ending
    def fail(*, as_json: AsJson = False) -> None:
        del as_json
        raise error

    return app


def test_a_sentence_goes_to_standard_error_and_no_traceback_anywhere() -> None:
    got = RUN.invoke(_app(ZeroDivisionError("by zero")), [])

    assert got.exit_code == 1
    assert got.stdout == ""
    assert "fault of the program" in got.stderr
    assert "Traceback" not in got.stderr


def test_a_program_is_told_as_an_object() -> None:
    got = RUN.invoke(_app(BrokerAway("host:9092")), ["--json"])

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"], told["exit_code"]) == (3, False, 3)
    assert told["error"].startswith("host:9092: No Kafka broker answers there.")


def test_an_interrupted_command_ends_with_130() -> None:
    assert RUN.invoke(_app(KeyboardInterrupt()), []).exit_code == 130


def test_with_debugging_on_the_place_of_a_fault_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RELEASEBUS_DEBUG", "1")

    RUN.invoke(_app(ZeroDivisionError("by zero")), [])

    assert "ZeroDivisionError" in caplog.text
