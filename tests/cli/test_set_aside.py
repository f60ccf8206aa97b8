"""`releasebus set-aside` lists what became no document, and has it rendered again."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.options import store_beside
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from consumers.gateway.store import GatewayStore
from consumers.gateway.tables import TOLD
from consumers.gateway.told import PartnerTold, Tells
from schemas.facts import RecordedFact, written
from schemas.organisations import Organisation
from schemas.value import altered
from tests.adapters.story import CONTAINER, DIRECTORY, ORGANISATIONS, Story
from tests.cli.played import PlayedDay
from tests.consumers.dispatch.facts_topic import SYSTEM, facts_topic
from tests.consumers.gateway.interchanges import FILE
from tests.engines import KafkaAtHand

RUN = CliRunner()
Command = Callable[..., Result]


@pytest.fixture
def run(own_ledger: PlayedDay) -> Command:
    def command(*arguments: str) -> Result:
        where = ["--database-url", own_ledger.database_url]
        return RUN.invoke(app, ["set-aside", *arguments, *where])

    return command


@pytest.fixture
def store_url(own_ledger: PlayedDay) -> str:
    """Where dispatch put aside a release of which it did not know a party."""
    url = store_beside(own_ledger.database_url)
    settle(url, released())
    return url


def released() -> Sequence[RecordedFact]:
    story = Story()
    story.released()
    return story.facts


def settle(url: str, facts: Sequence[RecordedFact]) -> None:
    store = Store(url)
    store.create()
    arrivals = [
        Arrival(each.shard, each.seq, 3, each.seq, each.container, written(each), each)
        for each in facts
    ]
    settled = store.settle(arrivals, type(DIRECTORY)())
    store.close()
    assert settled.aside == len(facts)


@pytest.mark.usefixtures("store_url")
def test_what_was_put_aside_is_listed_with_its_system_and_what_broke(run: Command) -> None:
    told = json.loads(run("list", "--json").stdout)["set_aside"]

    assert [(each["event"], each["container"], each["system"]) for each in told] == [
        ("ledger-3-1", CONTAINER, SYSTEM)
    ]
    shown = run("list", CONTAINER)
    assert shown.exit_code == 0
    assert told[0]["error"] in shown.stdout
    assert run("list", "CPUU1000026").stdout == "Nothing is set aside.\n"


def resumed(
    run: Command, kafka: KafkaAtHand, namespace: str, store_url: str, known: Sequence[Organisation]
) -> Result:
    """Resume with these organisations on the directory's topic."""
    settings = DispatchSettings(kafka.bootstrap_servers, store_url, namespace)

    async def on_the_bus() -> Result:
        async with facts_topic(settings) as bus:
            await bus.register(known)
            where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
            return await asyncio.to_thread(run, "resume", "--json", *where)

    return asyncio.run(on_the_bus())


def test_it_is_rendered_when_what_was_missing_has_come(
    run: Command, kafka: KafkaAtHand, namespace: str, store_url: str
) -> None:
    got = resumed(run, kafka, namespace, store_url, ORGANISATIONS)

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"], told["were_set_aside"]) == (0, True, 1), got.output
    assert told["documents"] > 0
    assert run("list").stdout == "Nothing is set aside.\n"


def test_what_still_breaks_stays_aside_and_ends_with_one(
    run: Command, kafka: KafkaAtHand, namespace: str, store_url: str
) -> None:
    (fact,) = Story(container="CPUU1000026").released()
    assert fact.stay is not None
    stranger = altered(fact, seq=2, stay=altered(fact.stay, agent="NXT21000000077"))
    settle(store_url, [stranger])

    got = resumed(run, kafka, namespace, store_url, ORGANISATIONS)

    told = json.loads(got.stdout)
    assert (got.exit_code, told["ok"]) == (1, False), got.output
    assert (told["were_set_aside"], told["still_set_aside"]) == (2, 1)
    assert "CPUU1000026" in run("list").stdout


def gateway_put_aside(own_ledger: PlayedDay) -> None:
    """Let the gateway put aside for a partner what it could not render."""

    def nobody(_: RecordedFact) -> Sequence[PartnerTold]:
        return [PartnerTold("quay", cast("Tells", Broken()))]

    url = store_beside(own_ledger.database_url, "gateway")
    GatewayStore(url).create()
    store = Store(url, tables=TOLD, told_to=nobody)
    (fact,) = Story(container="CPUU1000031").released()
    arrival = Arrival(fact.shard, fact.seq, 3, fact.seq, fact.container, written(fact), fact)
    assert store.settle([arrival], DIRECTORY).aside == 1
    store.close()


class Broken:
    """What a bug of ours makes of telling a partner."""

    def correlation_of_fact(self, _: RecordedFact) -> str:
        return ""

    def render(self, *_: object) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize("with_dispatch", [True, False])
def test_what_the_gateway_put_aside_is_listed_with_its_partner(
    run: Command, own_ledger: PlayedDay, *, with_dispatch: bool, request: pytest.FixtureRequest
) -> None:
    gateway_put_aside(own_ledger)
    if with_dispatch:
        request.getfixturevalue("store_url")
    told = json.loads(run("list", "--json").stdout)["set_aside"]

    assert [(each["container"], each["system"], each["part"]) for each in told][-1] == (
        *("CPUU1000031", "quay", "gateway"),
    )
    assert len(told) == 1 + with_dispatch


def test_it_is_told_again_where_the_partners_files_are_named(
    run: Command, own_ledger: PlayedDay, kafka: KafkaAtHand, namespace: str, tmp_path: Path
) -> None:
    gateway_put_aside(own_ledger)
    (tmp_path / "quay.toml").write_text(FILE, encoding="utf-8")
    url = store_beside(own_ledger.database_url, "gateway")

    def resumes(*partners: str) -> Result:
        named: Command = lambda *arguments: run(*arguments, *partners)  # noqa: E731  as run is
        return resumed(named, kafka, namespace, url, ORGANISATIONS)

    without = resumes()
    assert (without.exit_code, json.loads(without.stdout)["still_set_aside"]) == (1, 1)

    got = resumes("--partners", str(tmp_path))
    assert (got.exit_code, json.loads(got.stdout)["ok"]) == (0, True), got.output
    assert run("list").stdout == "Nothing is set aside.\n"


def test_where_dispatch_never_ran_that_is_said(run: Command) -> None:
    got = run("list")

    assert got.exit_code == 3
    assert "it has not run beside this ledger" in got.stderr


def test_no_broker_ends_with_three_and_leaves_it_aside(run: Command, store_url: str) -> None:
    got = run("resume", "--bootstrap-servers", "127.0.0.1:1")

    assert got.exit_code == 3
    assert Path(store_url.removeprefix("sqlite:///")).is_file()
    assert "1 set aside" in run("list").stdout
