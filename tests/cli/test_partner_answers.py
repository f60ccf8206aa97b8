"""`releasebus partner answers` lists what partners did not take, and who has not answered."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.options import store_beside
from consumers.gateway.store import GatewayStore
from tests.cli.played import PlayedDay
from tests.consumers.gateway.interchanges import desk, interchange, record
from tests.consumers.gateway.telling import tell

RUN = CliRunner()
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Command = Callable[..., Result]


@pytest.fixture
def run(own_ledger: PlayedDay) -> Command:
    def command(*arguments: str) -> Result:
        where = ["--database-url", own_ledger.database_url]
        return RUN.invoke(app, ["partner", "answers", *arguments, *where])

    return command


@pytest.fixture
def store(own_ledger: PlayedDay) -> GatewayStore:
    """The gateway's store, in which the terminal took R1, refused R2, and is late with R3."""
    url = store_beside(own_ledger.database_url, "gateway")
    found = GatewayStore(url)
    found.create()
    for reference in ("R1", "R2", "R3"):
        tell(url, reference, NOW)
    said = "".join(
        f"UNH+{n}+CONTRL:D:3:UN'UCI+R{n}+RELEASEBUS:ZZ+QUAY:ZZ+{verdict}'UNT+3+{n}'"
        for n, verdict in ((1, "7"), (2, "4+29"))
    )
    brought = interchange(said, asks=False).replace(b"UNZ+1", b"UNZ+2")
    found.settle(desk(), [record(brought)])
    found.overdue({"quay": timedelta(minutes=60)}, NOW + timedelta(hours=2))
    return found


@pytest.mark.usefixtures("store")
def test_what_was_rejected_and_what_is_overdue_is_listed_and_ends_with_one(run: Command) -> None:
    got = run("--json")
    told = json.loads(got.stdout)["answers"]

    assert got.exit_code == 1
    assert sorted((each["reference"], each["verdict"]) for each in told) == [
        ("R2", "rejected"),
        ("R3", "overdue"),
    ]
    shown = run("quay")
    assert shown.exit_code == 1
    assert all(each in shown.stdout for each in ("R2", "COREOR", "MSKU1234565", "CONTRL"))
    assert "R1" not in shown.stdout


@pytest.mark.usefixtures("store")
def test_what_was_accepted_is_listed_where_it_is_asked_for(run: Command) -> None:
    told = json.loads(run("--accepted", "--json").stdout)["answers"]

    assert {each["reference"] for each in told} == {"R1", "R2", "R3"}


@pytest.mark.usefixtures("store")
def test_where_nothing_is_wrong_it_ends_with_zero(run: Command) -> None:
    got = run("another")

    assert (got.exit_code, got.stdout) == (
        0,
        "Nothing is rejected, nothing is overdue, nothing is unsent.\n",
    )


def test_where_the_gateway_never_ran_that_is_said(run: Command) -> None:
    got = run()

    assert got.exit_code == 3
    assert "it has not run beside this ledger" in got.stderr
