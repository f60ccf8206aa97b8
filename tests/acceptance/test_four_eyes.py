"""Two people override what nobody may alone: on a bus that signs, by the commands of operators."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from consumers.gate import Gate
from producers.client import Carrier, Customs, Party, Terminal
from producers.doors import AtDoor
from producers.signing import MessageKey, message_key, new_message_key
from schemas import messages as m
from schemas.doors import Door
from schemas.facts import Outcome
from schemas.messages import RegisterOrganisation
from schemas.topics import DIRECTORY_LOG, LEDGER_LOG
from tests.acceptance.test_line import (
    assignment,
    at_quay,
    at_the_quay,
    book_adds_up,
    heard,
    nxtport,
    release,
    told,
)
from tests.acceptance.test_signatures import AT_DOORS, ROOT, answer, registers, trust
from tests.bus import AGENT, CUSTOMS, FORWARDER, HAULIER, TERMINAL, Bus, cast, join, running_bus
from tests.engines import KafkaAtHand
from tests.people import OPERATOR

RUN = CliRunner()
PARTIES = (AGENT, FORWARDER, HAULIER, TERMINAL, CUSTOMS)


@dataclass(frozen=True, slots=True)
class Signing:
    """The cast with their clients open, each with a key of its own."""

    carrier: Carrier
    forwarder: Party
    haulier: Party
    terminal: Terminal
    customs: Customs


@dataclass(frozen=True, slots=True)
class Office:
    """Where operators sit: a bus, and a folder with the key of each person."""

    bus: Bus
    folder: Path

    async def run(self, *arguments: str) -> Result:
        """Run a command on this bus, beside it."""
        where = (
            *("--bootstrap-servers", str(self.bus.address.bootstrap_servers)),
            *("--database-url", self.bus.database_url),
            *("--namespace", self.bus.address.namespace),
        )
        return await asyncio.to_thread(RUN.invoke, app, [*arguments, *where])

    def signed(self, what: str, subject: str, detail: str, people: tuple[str, str]) -> Path:
        """Let one of *people* propose and the other confirm; return the file that comes of it."""
        first, second = (str(self.folder / each) for each in people)
        detailed = ("--detail", detail) if detail else ()
        proposing = ["override", "propose", what, subject, *detailed, "--key", first]
        proposal, agreed = self.folder / "proposal", self.folder / "agreed"
        proposal.write_text(ran(RUN.invoke(app, proposing)).stdout)
        confirming = ["override", "confirm", str(proposal), "--key", second]
        agreed.write_text(ran(RUN.invoke(app, confirming)).stdout)
        return agreed


def ran(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


@asynccontextmanager
async def signing(bus: Bus) -> AsyncIterator[Signing]:
    """Let the cast join with a key each, and open their clients."""
    operator = RegisterOrganisation(organisation=OPERATOR, name="Demo Operator", roles=())
    await join(bus, (*cast(bus.terminal_key), operator), AT_DOORS)
    keys = {each: new_message_key() for each in PARTIES}
    await the_register_brings(bus, keys)
    async with AsyncExitStack() as leaving:
        yield Signing(
            await leaving.enter_async_context(Carrier(bus.address, AGENT, keys[AGENT])),
            await leaving.enter_async_context(Party(bus.address, FORWARDER, keys[FORWARDER])),
            await leaving.enter_async_context(Party(bus.address, HAULIER, keys[HAULIER])),
            await leaving.enter_async_context(Terminal(bus.address, TERMINAL, keys[TERMINAL])),
            await leaving.enter_async_context(Customs(bus.address, CUSTOMS, keys[CUSTOMS])),
        )


async def the_register_brings(bus: Bus, keys: Mapping[str, MessageKey]) -> None:
    async with AtDoor(bus.address, Door.REGISTER, ROOT) as register:
        for organisation, key in keys.items():
            assert await answer(register, registers(organisation, key)) == Outcome.APPLIED


async def the_register_knows_the_people(office: Office) -> None:
    async with AtDoor(office.bus.address, Door.REGISTER, ROOT) as register:
        for person in ("ada", "ben"):
            key = message_key(office.folder / person)
            of_a_person = registers(OPERATOR, key).model_copy(update={"person": person})
            assert await answer(register, of_a_person) == Outcome.APPLIED


@pytest.mark.timeout(600)  # some hundred answers, on a machine that may be busy
async def test_two_people_override_and_one_alone_nothing(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    servers = kafka.bootstrap_servers
    async with running_bus(servers, database_url, namespace, trust(), OPERATOR) as bus:
        office = Office(bus, tmp_path)
        async with signing(bus) as people, Gate(at_the_quay(bus)) as gate:
            await the_register_knows_the_people(office)
            await gate.ready(60)
            await a_box_may_leave(people, bus, gate)
            await its_operator_is_suspended_and_reinstated(office, people, gate)
        assert len(await bus.records(LEDGER_LOG)) > 0
        assert len(await bus.records(DIRECTORY_LOG)) > 0
    book_adds_up(database_url)


async def a_box_may_leave(people: Signing, bus: Bus, gate: Gate) -> None:
    released = at_quay(m.ReportCustomsStatus, status="released")
    steps = (
        await told(people.carrier, release(to=HAULIER)),
        await told(people.haulier, at_quay(m.Accept)),
        await told(people.haulier, assignment(bus)),
        await told(people.terminal, at_quay(m.ReportDischarge)),
        await told(people.terminal, at_quay(m.ReportTerminalRelease)),
        await told(people.customs, released),
    )
    assert set(steps) == {Outcome.APPLIED}
    await heard(gate, "leaves")


async def its_operator_is_suspended_and_reinstated(
    office: Office, people: Signing, gate: Gate
) -> None:
    asked = ("party", "suspend", HAULIER, "--reason", "stolen codes")
    how = await office.run(*asked)
    assert how.exit_code == 2
    assert f"override propose suspend_organisation {HAULIER} --detail 'stolen codes'" in how.output
    alone = office.signed("suspend_organisation", HAULIER, "stolen codes", ("ada", "ada"))
    refused = await office.run(*asked, "--agreed", str(alone))
    assert (refused.exit_code, "One person signed both" in refused.output) == (1, True)

    both = office.signed("suspend_organisation", HAULIER, "stolen codes", ("ada", "ben"))
    done = ran(await office.run(*asked, "--agreed", str(both), "--json"))
    assert json.loads(done.stdout)["ok"] is True
    await heard(gate, "operator_suspended")
    onward = at_quay(m.Transfer, release_to=nxtport(FORWARDER))
    assert await told(people.haulier, onward) == "onboarding_incomplete"

    back = ("party", "reinstate", HAULIER)
    again = await office.run(*back, "--agreed", str(both))
    assert (again.exit_code, "good for once" in again.output) == (1, True)
    both = office.signed("reinstate_organisation", HAULIER, "", ("ben", "ada"))
    ran(await office.run(*back, "--agreed", str(both)))
    await heard(gate, "leaves")
