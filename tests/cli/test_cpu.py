"""`releasebus cpu` answers a party as Certified Pick up would, from the ledger alone."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from adapters.antwerp_cpu.wire_out import faults_in
from cli.main import app
from schemas.messages import RegisterOrganisation, Role
from tests.cli.played import PlayedDay

RUN = CliRunner()


def _ask(played: PlayedDay, *arguments: str) -> Result:
    return RUN.invoke(app, ["cpu", *arguments, "--database-url", played.database_url])


def _stay(played: PlayedDay, number: str) -> dict[str, Any]:
    asked = ["show", number, "--json", "--database-url", played.database_url]
    told = json.loads(RUN.invoke(app, asked).stdout)
    stay: dict[str, Any] = told["containers"][0]["stays"][0]["stay"]
    return stay


def _operator(played: PlayedDay, stay: dict[str, Any]) -> str:
    """Return who runs the quay of *stay*."""
    said = [message for _, message in played.day.cast.registrations()]
    registered = [message for message in said if isinstance(message, RegisterOrganisation)]
    return next(
        message.organisation
        for message in registered
        if Role.TERMINAL_OPERATOR in message.roles
        and any(quay.code == stay["terminal"] for quay in message.terminals)
    )


def _numbers(got: Result) -> list[str]:
    return [row["equipmentNumber"] for row in json.loads(got.stdout)["body"]["containers"]]


def test_an_agent_reads_its_release_in_detail(played: PlayedDay) -> None:
    number = played.container()
    stay = _stay(played, number)

    got = _ask(played, "detail", number.lower(), "--party", stay["agent"])

    answer = json.loads(got.stdout)
    assert got.exit_code == 0
    assert faults_in(got.stdout.strip().encode()) == ()
    assert (answer["event"], answer["receiverId"]) == ("GetReleaseDetail", stay["agent"])
    assert answer["body"]["releaseId"] == stay["release_id"]
    assert answer["body"]["encryptedAlfapassNumber"] is None


def test_the_papers_may_be_written_as_they_come(played: PlayedDay) -> None:
    number = played.container()
    stay = _stay(played, number)
    papers = ("--bill", stay["bills_of_lading"][0].lower(), "--party", stay["agent"])

    assert _ask(played, "detail", number, *papers).exit_code == 0
    assert _ask(played, "detail", number, *papers, "--bill", "OTHER").exit_code == 1


def test_a_terminal_reads_a_release_by_its_id_and_nobody_else_does(played: PlayedDay) -> None:
    number = played.container()
    stay = _stay(played, number)

    got = _ask(played, "release", stay["release_id"], "--party", _operator(played, stay))
    refused = _ask(played, "release", stay["release_id"], "--party", stay["agent"])

    assert json.loads(got.stdout)["equipmentNumber"] == number
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_lights_are_answered_one_by_one_or_combined(played: PlayedDay) -> None:
    number = played.container()
    agent = _stay(played, number)["agent"]

    each = json.loads(_ask(played, "lights", number, "--party", agent).stdout)
    combined = json.loads(_ask(played, "lights", number, "--party", agent, "--combined").stdout)

    assert each["body"]["lights"][0]["greenLightName"] == "CommercialRelease"
    assert combined["body"]["greenLightColor"] in {"Green", "Orange", "Red"}


def test_a_list_holds_what_concerns_who_asks(played: PlayedDay) -> None:
    numbers = [played.container(place) for place in range(9)]
    agent = _stay(played, numbers[0])["agent"]
    own = [number for number in numbers if _stay(played, number)["agent"] == agent]

    got = _ask(played, "containers", *numbers, "--party", agent)
    active = _ask(played, "containers", *numbers, "--party", agent, "--where", "status=active")

    assert _numbers(got) == own
    live = {"released", "blocked"}
    assert _numbers(active) == [each for each in own if _stay(played, each)["status"] in live]


def test_what_is_refused_ends_with_one_and_what_is_not_understood_with_two(
    played: PlayedDay,
) -> None:
    number = played.container()
    agent = _stay(played, number)["agent"]

    unknown = _ask(played, "detail", "CPUU9999990", "--party", agent)
    assert (unknown.exit_code, json.loads(unknown.stdout)["event"]) == (1, "NotValidated")
    assert _ask(played, "detail", number, "--party", "NXT0").exit_code == 2
    assert _ask(played, "detail", "\u00e9", "--party", agent).exit_code == 2
    bad = _ask(played, "containers", number, "--party", agent, "--where", "status=Sunny")
    assert bad.exit_code == 2
