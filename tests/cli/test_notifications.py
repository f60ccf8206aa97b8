"""`releasebus notifications` gives again what was told, from what dispatch keeps."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.options import store_beside
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.store import Store
from schemas.facts import RecordedFact
from schemas.value import altered
from tests.adapters.story import AGENT, CONTAINER, DIRECTORY, HAULIER, TERMINAL, Story, a_day
from tests.cli.played import PlayedDay

RUN = CliRunner()


@pytest.fixture
def told(own_ledger: PlayedDay) -> str:
    """A ledger beside which dispatch has told of a container's day, an hour ago."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    store = Store(store_beside(own_ledger.database_url))
    store.create()
    facts = _at(a_day(), hour_ago)
    store.settle(
        [Arrival(each.shard, each.seq, 3, each.seq, each.container, b"", each) for each in facts],
        DIRECTORY,
    )
    store.close()
    return own_ledger.database_url


def _at(story: Story, moment: datetime) -> list[RecordedFact]:
    return [altered(each, recorded_at=moment) for each in story.facts]


def _ask(database_url: str, *arguments: str) -> Result:
    return RUN.invoke(app, ["notifications", *arguments, "--database-url", database_url])


def test_a_partys_notifications_come_as_cpu_answers_them(told: str) -> None:
    got = _ask(told, CONTAINER, "--party", HAULIER, "--json")

    answer = json.loads(got.stdout)
    assert got.exit_code == 0
    assert set(answer[0]) == {
        "nxtEntityId",
        "equipmentNumber",
        "publicReferenceId",
        "externalReferenceId",
        "storedOn",
        "message",
        "type",
        "event",
    }
    assert {each["nxtEntityId"] for each in answer} == {HAULIER}
    assert {each["equipmentNumber"] for each in answer} == {CONTAINER}
    first = json.loads(answer[0]["message"])
    assert (first["event"], first["receiverId"]) == ("Transferred", HAULIER)
    assert answer[0]["publicReferenceId"] == first["publicReferenceId"]


def test_one_event_or_one_reference_is_found(told: str) -> None:
    keys = json.loads(_ask(told, CONTAINER, "--event", "digitalkeycreated", "--json").stdout)
    reference = keys[1]["publicReferenceId"]
    one = json.loads(_ask(told, CONTAINER, "--reference", reference, "--json").stdout)

    assert [each["event"] for each in keys] == ["DigitalKeyCreated", "DigitalKeyCreated"]
    assert one == [keys[1]]


def test_for_a_person_each_is_a_line(told: str) -> None:
    got = _ask(told, CONTAINER, "--party", TERMINAL)

    assert "CommercialRelease OK" in got.stdout
    assert AGENT not in got.stdout


def test_days_reach_back_from_now(told: str) -> None:
    assert _ask(told, CONTAINER, "--days", "1").exit_code == 0
    assert _ask(told, CONTAINER, "--days", "0").exit_code == 1


def test_what_was_never_told_ends_with_one(told: str) -> None:
    assert _ask(told, "CPUU1000026").exit_code == 1
    assert _ask(told, CONTAINER, "--party", "NXT99000000000").exit_code == 1


def test_a_ledger_without_dispatch_ends_with_three(own_ledger: PlayedDay, tmp_path: Path) -> None:
    got = _ask(own_ledger.database_url, CONTAINER)

    assert got.exit_code == 3
    assert "Dispatch keeps nothing at" in got.stderr
    assert list(tmp_path.glob("*-dispatch*")) == []
