"""`releasebus deliveries` tells what waits for its receiver, and what a receiver rejected."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.deliveries import targets_of
from cli.exits import Told
from cli.main import app
from cli.options import store_beside
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.store import Store
from tests.adapters.story import AGENT, DIRECTORY, a_day
from tests.cli.played import PlayedDay
from tests.consumers.dispatch.delivery.made import to

RUN = CliRunner()
CPU = Target("the agent's webhook", "antwerp_cpu", AGENT, url="https://agent.example.org/cpu")
NOW = datetime.now(UTC)


@pytest.fixture
def store_url(own_ledger: PlayedDay) -> str:
    """A ledger beside which dispatch has documents to bring to the agent."""
    url = store_beside(own_ledger.database_url)
    store = Store(url, targets=to(CPU))
    store.create()
    store.settle(
        [Arrival(f.shard, f.seq, 3, f.seq, f.container, b"", f) for f in a_day().facts], DIRECTORY
    )
    store.close()
    return url


def ask(ledger: PlayedDay, *arguments: str) -> Result:
    where = ["--database-url", ledger.database_url]
    return RUN.invoke(app, ["deliveries", *arguments, *where], env={"COLUMNS": "80"})


@pytest.mark.usefixtures("store_url")
def test_what_was_not_tried_yet_is_nobodys_fault(own_ledger: PlayedDay) -> None:
    got = ask(own_ledger)

    assert got.exit_code == 0
    assert "the agent's webhook" in got.stdout


def test_what_was_brought_in_vain_is_told_with_the_reason(
    own_ledger: PlayedDay, store_url: str
) -> None:
    store = Store(store_url)
    (due,) = store.lanes.due(CPU.name, range(12), NOW, 1)
    store.lanes.again(due, NOW + timedelta(minutes=5), "it answers 503")
    store.close()

    got, read = ask(own_ledger), ask(own_ledger, "--json")

    (waiting,) = json.loads(read.stdout)["waiting"]
    assert got.exit_code == read.exit_code == 1
    assert "it answers 503" in got.stdout
    assert (waiting["target"], waiting["attempts"]) == (CPU.name, 1)
    assert waiting["documents"] > 5


def test_what_was_rejected_is_told_by_its_id(own_ledger: PlayedDay, store_url: str) -> None:
    store = Store(store_url)
    (due,) = store.lanes.due(CPU.name, range(12), NOW, 1)
    store.lanes.ended(due, NOW, 422)
    store.close()

    (rejected,) = json.loads(ask(own_ledger, "--json").stdout)["rejected"]
    none_shown = json.loads(ask(own_ledger, "--json", "--rejected", "0").stdout)

    assert (rejected["document"], rejected["status"]) == (due.document.id, 422)
    assert rejected["about"] == due.document.subject
    assert none_shown["rejected"] == []
    assert due.document.subject in ask(own_ledger).stdout


def test_where_nothing_is_to_be_brought_that_is_said(own_ledger: PlayedDay) -> None:
    store = Store(store_beside(own_ledger.database_url))
    store.create()
    store.close()

    got = ask(own_ledger)

    assert got.exit_code == 0
    assert "where it was to be brought" in got.stdout


@pytest.mark.parametrize("receiver", ["portbase", "*"])
def test_who_signs_what_a_system_answers_is_said_before_anything_starts(
    tmp_path: Path, sqlite_url: str, receiver: str
) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(
        '[[target]]\nname = "Rotterdam"\nsystem = "portbase"\n'
        f'receiver = "{receiver}"\nurl = "https://portbase.example.org"\n'
    )
    options = ["--bootstrap-servers", "127.0.0.1:1", "--database-url", sqlite_url]
    options += ["--parts", "dispatch", "--targets", str(file)]

    nobody = RUN.invoke(app, ["up", *options])
    half = RUN.invoke(app, ["up", *options, "--dispatch-speaks-as", "NXT21000000009"])
    unsigned = RUN.invoke(app, ["up", *options, "--signatures", "off"])

    assert nobody.exit_code == half.exit_code == 2
    assert "Rotterdam answers" in nobody.stderr
    assert "--dispatch-key" in half.stderr
    assert unsigned.exit_code == 3  # as far as the broker, which is not there


def test_a_file_of_targets_that_cannot_be_used_stops_before_anything_starts(
    tmp_path: Path, sqlite_url: str
) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(
        '[[target]]\nname = "a"\nsystem = "antwerp_cpu"\nurl = "https://example.org"\n'
        'header_files = { Key = "/nowhere/key" }\n'
    )
    options = ["--bootstrap-servers", "127.0.0.1:1", "--database-url", sqlite_url]

    got = RUN.invoke(app, ["up", *options, "--signatures", "off", "--targets", str(file)])

    assert got.exit_code == 2
    assert "/nowhere/key" in got.stderr
    with pytest.raises((Told, typer.Exit)):
        targets_of(file)
