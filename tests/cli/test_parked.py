"""`releasebus parked` says which containers stand still, since when, and what for."""

import json

from typer.testing import CliRunner, Result

from cli.main import app
from schemas import messages as m
from tests.cli.played import PlayedDay
from tests.cli.stuck import BOX, a_parked_container
from tests.ledger.book.log import AGENT, FORWARDER, LEDGER

RUN = CliRunner()


def _parked(database_url: str, *arguments: str) -> Result:
    return RUN.invoke(app, ["parked", *arguments, "--database-url", database_url])


def test_each_message_is_told_in_order_with_its_sender_and_what_broke(sqlite_url: str) -> None:
    a_parked_container(sqlite_url).engine.dispose()

    got = _parked(sqlite_url)

    assert got.exit_code == 0
    first, broke, behind, last = got.stdout.splitlines()
    assert first.startswith(f"{BOX} since 2026-03-01 08:00 UTC, in {LEDGER}")
    assert f"{FORWARDER}: accept the right" in broke
    assert broke.rstrip().endswith("KeyError")
    assert "it stands behind a message" in behind
    assert "releasebus resume CONTAINER" in last


def test_a_program_is_told_by_message_id(sqlite_url: str) -> None:
    clerk = a_parked_container(sqlite_url)
    clerk.engine.dispose()

    (told,) = json.loads(_parked(sqlite_url, BOX, "--json").stdout)["parked"]

    assert (told["container"], told["shard"], told["error"]) == (BOX, LEDGER, "KeyError")
    assert [each["organisation"] for each in told["messages"]] == [FORWARDER, AGENT]
    assert len({each["message_id"] for each in told["messages"]}) == 2


def test_what_was_resumed_is_listed_no_more(sqlite_url: str) -> None:
    clerk = a_parked_container(sqlite_url)
    clerk.say("operator", m.Resume(container=BOX))
    clerk.book.forget()
    clerk.engine.dispose()

    assert _parked(sqlite_url, BOX).stdout == f"Nothing is parked of {BOX}.\n"


def test_where_nothing_is_parked_that_is_said(played: PlayedDay) -> None:
    got = _parked(played.database_url)

    assert (got.exit_code, got.stdout) == (0, "Nothing is parked.\n")


def test_what_is_no_container_is_a_wrong_usage(played: PlayedDay) -> None:
    assert _parked(played.database_url, "?").exit_code == 2


def test_show_says_that_it_is_parked_and_what_to_do(sqlite_url: str) -> None:
    a_parked_container(sqlite_url).engine.dispose()

    got = RUN.invoke(app, ["show", BOX, "--database-url", sqlite_url])

    assert "an operator has to resume (releasebus parked)" in " ".join(got.stdout.split())
