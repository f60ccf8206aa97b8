"""`releasebus resume` has what is parked heard again, and says what became of each message."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from cli.main import app
from ledger.book.engine import open_book, reading
from ledger.book.read import buckets, now
from ledger.law import hearing
from ledger.law.context import Case
from ledger.law.decide import decide
from ledger.law.ruling import Ruling
from schemas import messages as m
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.logged import read_logged
from schemas.messages import ContainerMessage, PartyRef
from schemas.notices import Answered
from schemas.stay import Stay
from schemas.topics import LEDGER_LOG, LOGS
from tests.bus import FORWARDER, PORT, QUAY, Bus, People, people, running_bus
from tests.cli.played import PlayedDay
from tests.cli.stuck import BOX, a_parked_container
from tests.engines import KafkaAtHand
from tests.topics_at_hand import Place

RUN = CliRunner()
BREAKS_AGAIN, TOLD = "CPUU1000026", "CPUU1000031"
ON_ONE_BUS = pytest.mark.asyncio(loop_scope="module")


@contextmanager
def law_breaks() -> Iterator[None]:
    """Let our code break on every acceptance; afterwards it is mended."""

    def breaks(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
        if isinstance(message, m.Accept):
            raise ZeroDivisionError
        return decide(stay, message, case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "decide", breaks)
        yield


@dataclass
class Port:
    """A bus at work, on which acceptances break when they are told to."""

    bus: Bus
    cast: People

    async def run(self, *arguments: str) -> Result:
        """Run a command on this bus, beside it."""
        where = [
            *("--bootstrap-servers", str(self.bus.address.bootstrap_servers)),
            *("--database-url", self.bus.database_url),
            *("--namespace", self.bus.address.namespace),
        ]
        return await asyncio.to_thread(RUN.invoke, app, [*arguments, *where])

    async def park(self, box: str) -> str:
        """Let a container's acceptance break, and a discharge come behind it; return its id."""
        released = m.Release(
            container=box,
            port=PORT,
            terminal=QUAY,
            bills_of_lading=("BL1",),
            release_identification="REL1",
            release_to=PartyRef(scheme=Scheme.NXTPORT, code=FORWARDER),
        )
        await self.cast.carrier.outcome(await self.cast.carrier.publish(released))
        with law_breaks():
            accepted = await self.cast.forwarder.publish(m.Accept(container=box, port=PORT))
            answer = await self.cast.forwarder.outcome(accepted)
            assert answer.outcome == Outcome.PARKED
        discharge = m.ReportDischarge(container=box, port=PORT, terminal=QUAY)
        reported = await self.cast.terminal.publish(discharge)
        assert (await self.cast.terminal.outcome(reported)).outcome == Outcome.PARKED
        return accepted

    async def answer_but_parked(self, accepted: str) -> Answered:
        """Wait until the forwarder is told what its acceptance came to."""
        async with asyncio.timeout(30):
            answer = await self.cast.forwarder.outcome(accepted)
            while answer.outcome == Outcome.PARKED:
                await asyncio.sleep(0.05)
                answer = await self.cast.forwarder.outcome(accepted)
        return answer

    async def parked(self, *arguments: str) -> Result:
        where = ["--database-url", self.bus.database_url]
        return await asyncio.to_thread(RUN.invoke, app, ["parked", *arguments, *where])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(kafka: KafkaAtHand, shared_database_url: str) -> AsyncIterator[Port]:
    """One bus for all that is resumed here, each container by a test of its own."""
    namespace = f"t{secrets.token_hex(4)}."
    async with (
        running_bus(kafka.bootstrap_servers, shared_database_url, namespace) as bus,
        people(bus) as cast,
    ):
        yield Port(bus, cast)


def holder_and_counts(database_url: str, box: str) -> tuple[str, dict[Outcome, int]]:
    engine = open_book(database_url)
    with reading(engine) as connection:
        (stay,) = now(connection, box).stays
        found = buckets(connection)
    engine.dispose()
    assert [each.unaccounted for each in found if each.unaccounted] == []
    counts = {each: sum(shard.outcomes[each] for shard in found) for each in Outcome}
    return stay.holder, counts


@ON_ONE_BUS
async def test_what_was_parked_is_listed_resumed_and_told_to_who_sent_it(port: Port) -> None:
    accepted = await port.park(BOX)
    listed = json.loads((await port.parked("--json")).stdout)["parked"]
    assert [(each["container"], each["error"]) for each in listed] == [(BOX, "ZeroDivisionError")]
    assert [each["message_type"] for each in listed[0]["messages"]] == [
        *("releasebus.accept", "releasebus.report_discharge"),
    ]

    got = await port.run("resume", "cpuu 100001-0", "--note", "mended", "--json")

    told: dict[str, Any] = json.loads(got.stdout)
    assert (got.exit_code, told["ok"], told["answer"]) == (0, True, "applied"), got.output
    assert [(each["message_type"], each["outcome"]) for each in told["became"]] == [
        ("releasebus.accept", "applied"),
        ("releasebus.report_discharge", "applied"),
    ]
    answer = await port.answer_but_parked(accepted)
    assert (answer.outcome, answer.resumed) == (Outcome.APPLIED, True)
    holder, counts = holder_and_counts(port.bus.database_url, BOX)
    assert (holder, counts[Outcome.PARKED]) == (FORWARDER, 0)
    assert (await port.parked()).stdout == "Nothing is parked.\n"


@ON_ONE_BUS
async def test_what_breaks_again_stays_parked_and_ends_with_one(port: Port) -> None:
    await port.park(BREAKS_AGAIN)
    with law_breaks():
        got = await port.run("resume", BREAKS_AGAIN)
        told = json.loads((await port.run("resume", BREAKS_AGAIN, "--json")).stdout)

    assert got.exit_code == 1
    assert "stays parked and lets nothing out (ZeroDivisionError)" in got.stderr
    assert got.stdout.count("parked") >= 2
    assert (told["ok"], [each["outcome"] for each in told["became"]]) == (False, ["parked"] * 2)
    shown = await port.parked(BREAKS_AGAIN)
    assert "Demo Forwarder BV: accept the right" in shown.stdout
    assert "it stands behind" in shown.stdout

    assert (await port.run("resume", BREAKS_AGAIN)).exit_code == 0, "the law is whole again"


@ON_ONE_BUS
async def test_a_person_is_told_what_became_of_each(port: Port) -> None:
    await port.park(TOLD)
    got = await port.run("resume", TOLD)

    assert got.exit_code == 0, got.output
    lines = [line.split() for line in got.stdout.splitlines()]
    assert lines[1][:2] == ["Demo", "Forwarder"]
    assert [line[-1] for line in lines[1:3]] == ["applied", "applied"]
    assert f"{TOLD} moves again: 2 heard" in got.stdout


async def test_where_nobody_applies_it_ends_with_one_and_stands_on_the_log(
    kafka: KafkaAtHand, namespace: str, sqlite_url: str
) -> None:
    place = Place(kafka.bootstrap_servers, namespace)
    await place.make(*LOGS)
    a_parked_container(sqlite_url).engine.dispose()
    where = ["--bootstrap-servers", kafka.bootstrap_servers, "--namespace", namespace]
    options = ["--database-url", sqlite_url, "--wait-seconds", "0.2", "--note", "mended"]

    got = await asyncio.to_thread(RUN.invoke, app, ["resume", BOX, *where, *options])

    assert got.exit_code == 1
    assert "Look whether apply runs" in got.stderr
    (record,) = await place.read(LEDGER_LOG)
    assert record.key == BOX.encode()
    logged = read_logged(record.headers, record.value)
    assert logged.message == m.Resume(container=BOX, note="mended")
    assert logged.attestation.organisation == "operator"


def test_no_broker_ends_with_three(sqlite_url: str) -> None:
    a_parked_container(sqlite_url).engine.dispose()
    where = ["--bootstrap-servers", "127.0.0.1:1", "--database-url", sqlite_url]

    assert RUN.invoke(app, ["resume", BOX, *where]).exit_code == 3


def test_what_is_not_parked_ends_with_one_and_puts_nothing_on_the_log(played: PlayedDay) -> None:
    arguments = ["--database-url", played.database_url, "--bootstrap-servers", "127.0.0.1:1"]

    got = RUN.invoke(app, ["resume", played.container(), *arguments])

    assert got.exit_code == 1
    assert "releasebus parked" in got.stderr


def test_what_is_no_container_is_a_wrong_usage(played: PlayedDay) -> None:
    got = RUN.invoke(app, ["resume", "?", "--database-url", played.database_url])

    assert got.exit_code == 2


def test_a_note_without_end_is_a_wrong_usage(sqlite_url: str) -> None:
    a_parked_container(sqlite_url).engine.dispose()

    got = RUN.invoke(app, ["resume", BOX, "--database-url", sqlite_url, "--note", "x" * 2001])

    assert got.exit_code == 2
