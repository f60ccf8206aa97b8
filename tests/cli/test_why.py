"""`releasebus why`: every container gets an answer, in four languages, that fits 80 columns."""

import io
import json
from collections.abc import Iterator

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from cli.ledger import inquiry_in, opened
from cli.main import app
from cli.verdicts import drawn
from cli.words import Telling
from producers.simulator.cargo import Stage
from schemas.reasons import Missing
from schemas.words import Language, explained, phrase
from tests.cli.played import PlayedDay

RUN = CliRunner()


def _why(played: PlayedDay, *arguments: str, env: dict[str, str] | None = None) -> Result:
    url = ["--database-url", played.database_url]
    return RUN.invoke(app, ["why", *arguments, *url], env=env)


def _object(played: PlayedDay, number: str, *arguments: str) -> dict[str, object]:
    got = _why(played, number, "--json", *arguments)
    assert got.exit_code == 0, got.output
    told = json.loads(got.stdout)
    assert isinstance(told, dict)
    return told


def _at(played: PlayedDay, stage: Stage) -> str:
    return next(box.number for box in played.day.boxes if box.stage is stage)


def _stays(told: dict[str, object]) -> Iterator[dict[str, object]]:
    stays = told["stays"]
    assert isinstance(stays, list)
    yield from stays


@pytest.mark.parametrize("language", Language)
def test_every_container_of_a_day_is_told_within_80_columns(
    played: PlayedDay, language: Language
) -> None:
    with opened(played.database_url) as connection:
        for box in played.day.boxes:
            inquiry, names = inquiry_in(connection, box.number)
            written = io.StringIO()
            screen = Console(file=written, width=80, color_system=None)
            screen.print(drawn(inquiry, Telling(names, language)))
            lines = written.getvalue().splitlines()
            assert max(len(line.rstrip()) for line in lines) <= 80
            assert lines[0].startswith(box.number)
            assert len(lines) > 1


@pytest.mark.parametrize("language", Language)
def test_what_keeps_a_container_is_told_in_the_language_that_was_asked_for(
    played: PlayedDay, language: Language
) -> None:
    got = _why(played, _at(played, Stage.CUSTOMS_HOLD), "--language", language)

    words = explained(Missing.CUSTOMS_NOT_CLEARED)
    assert got.exit_code == 0
    assert words.sentence(language) in " ".join(got.stdout.split())
    assert words.remedies[0].who.called(language) in got.stdout


def test_a_program_is_told_who_can_fix_it_and_what_they_publish(played: PlayedDay) -> None:
    (stay,) = _stays(_object(played, _at(played, Stage.OFFERED)))

    missing = stay["missing"]
    assert isinstance(missing, list)
    lack = next(each for each in missing if each["reason"] == Missing.TRANSFER_PENDING)
    receiver, holder = lack["can_fix"]
    names = {company.id: company.name for company in played.day.cast.companies}
    assert stay["may_leave"] is False
    assert receiver["role"] == "receiver"
    assert receiver["message"] == "releasebus.accept"
    assert receiver["actions"] == {"antwerp_cpu": "CPu release-rights Accept"}
    assert all(names[each["id"]] == each["name"] for each in receiver["parties"])
    assert receiver["parties"] != holder["parties"]
    assert lack["since"]


def test_one_that_may_leave_says_until_when(played: PlayedDay) -> None:
    number = _at(played, Stage.READY)
    (stay,) = _stays(_object(played, number))

    assert stay["may_leave"] is True
    assert stay["missing"] == []
    until = str(stay["until"])
    assert f"{until[:10]} {until[11:16]} UTC" in " ".join(_why(played, number).stdout.split())


def test_one_that_left_says_when_and_with_whom(played: PlayedDay) -> None:
    number = _at(played, Stage.LEFT)
    (stay,) = _stays(_object(played, number))

    left_at = str(stay["left_at"])
    got = _why(played, number, "--language", "fr")
    assert stay["may_leave"] is False
    assert f"{left_at[:10]} {left_at[11:16]} UTC" in " ".join(got.stdout.split())
    assert got.stdout.count("Il est sorti") == 1


def test_the_language_comes_from_the_environment(played: PlayedDay) -> None:
    number = _at(played, Stage.READY)

    got = _why(played, number, env={"RELEASEBUS_LANGUAGE": "de"})

    assert phrase("may_leave", Language.DE) in got.stdout


def test_what_the_bus_does_not_know_ends_with_one(played: PlayedDay) -> None:
    got = _why(played, "MSCU1234566", "--language", "nl")

    assert got.exit_code == 1
    assert got.stderr.startswith("De bus kent MSCU1234566 niet")
    failed = _why(played, "MSCU1234566", "--json")
    assert json.loads(failed.stdout)["exit_code"] == 1


def test_what_is_no_container_number_ends_with_two(played: PlayedDay) -> None:
    assert _why(played, "").exit_code == 2
    assert _why(played, "MSCU1234566", "--language", "xx").exit_code == 2


def test_a_ledger_that_is_not_there_ends_with_three() -> None:
    got = RUN.invoke(app, ["why", "MSCU1234566", "--database-url", "sqlite:///nowhere.db"])

    assert got.exit_code == 3
