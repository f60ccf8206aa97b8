"""`releasebus rebuild` finds a state that is not the entries', and puts it right."""

import json
import sqlite3

from typer.testing import CliRunner, Result

from cli.main import app
from tests.cli.played import PlayedDay

RUN = CliRunner()


def _rebuild(played: PlayedDay, *arguments: str) -> Result:
    return RUN.invoke(app, ["rebuild", "--database-url", played.database_url, *arguments])


def _forge_a_stay(played: PlayedDay) -> None:
    with sqlite3.connect(played.database_url.removeprefix("sqlite:///")) as connection:
        forged = "UPDATE stay SET terminal = '666' WHERE rowid = (SELECT min(rowid) FROM stay)"
        assert connection.execute(forged).rowcount == 1
    connection.close()


def test_a_sound_state_is_what_its_entries_lead_to(played: PlayedDay) -> None:
    got = _rebuild(played, "--check", "--json")

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"]) == (0, True)
    assert told["stored_hash"] == told["rebuilt_hash"]


def test_a_forged_stay_is_found_and_then_made_anew(own_ledger: PlayedDay) -> None:
    _forge_a_stay(own_ledger)

    found = _rebuild(own_ledger, "--check")
    rebuilt = _rebuild(own_ledger)
    checked = _rebuild(own_ledger, "--check")

    assert found.exit_code == 1
    assert "stay" in found.stdout
    assert "not what the entries lead to" in found.stderr
    assert (rebuilt.exit_code, checked.exit_code) == (0, 0)


def test_checking_changes_nothing(own_ledger: PlayedDay) -> None:
    _forge_a_stay(own_ledger)

    first, again = (_rebuild(own_ledger, "--check", "--json").stdout for _ in range(2))

    assert json.loads(first) == json.loads(again)
    assert json.loads(first)["ok"] is False
