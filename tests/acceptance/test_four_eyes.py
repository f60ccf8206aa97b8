"""Two people override what nobody may alone: on a bus that signs, by the commands of operators."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from consumers.gate import Gate
from producers.client import Carrier, Customs, Party, Terminal
from producers.doors import AtDoor
from producers.raw import RawProducer
from producers.signing import MessageKey, message_key, new_message_key
from schemas import messages as m
from schemas.attested import Attested
from schemas.doors import Door
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import Outcome, read
from schemas.messages import RegisterOrganisation, Role
from schemas.override_facts import Overridden
from schemas.topics import CARRIER, LEDGER_FACTS
from tests.acceptance.test_line import (
    CONTAINER,
    assignment,
    at_quay,
    at_the_quay,
    book_adds_up,
    heard,
    nxtport,
    release,
    told,
)
from tests.acceptance.test_signatures import AT_DOORS, ROOT, answer, letters, registers, trust
from tests.bus import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PORT,
    TERMINAL,
    Bus,
    cast,
    join,
    running_bus,
)
from tests.engines import KafkaAtHand
from tests.people import OPERATOR

RUN = CliRunner()
RIVAL = "NXT21000000006"
PARTIES = (AGENT, RIVAL, FORWARDER, HAULIER, TERMINAL, CUSTOMS)


@dataclass(frozen=True, slots=True)
class Signing:
    """The cast with their clients open, each with a key of its own."""

    carrier: Carrier
    rival: Carrier
    forwarder: Party
    haulier: Party
    terminal: Terminal
    customs: Customs
    keys: Mapping[str, MessageKey]


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

    async def read(self, *arguments: str) -> Result:
        """Run a command that needs no ledger."""
        where = (
            *("--bootstrap-servers", str(self.bus.address.bootstrap_servers)),
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
    rival = RegisterOrganisation(organisation=RIVAL, name="Rival NV", roles=(Role.SHIP_AGENT,))
    await join(bus, (*cast(bus.terminal_key), rival, operator), AT_DOORS)
    keys = {each: new_message_key() for each in PARTIES}
    await the_register_brings(bus, keys)
    async with AsyncExitStack() as leaving:
        yield Signing(
            await leaving.enter_async_context(Carrier(bus.address, AGENT, keys[AGENT])),
            await leaving.enter_async_context(Carrier(bus.address, RIVAL, keys[RIVAL])),
            await leaving.enter_async_context(Party(bus.address, FORWARDER, keys[FORWARDER])),
            await leaving.enter_async_context(Party(bus.address, HAULIER, keys[HAULIER])),
            await leaving.enter_async_context(Terminal(bus.address, TERMINAL, keys[TERMINAL])),
            await leaving.enter_async_context(Customs(bus.address, CUSTOMS, keys[CUSTOMS])),
            keys,
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


@pytest.mark.searches
@pytest.mark.timeout(600)  # some hundred answers, on a machine that may be busy
async def test_two_people_override_and_one_alone_nothing(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    servers = kafka.bootstrap_servers
    trusting = replace(trust(), overrides_by=OPERATOR)
    async with running_bus(servers, database_url, namespace, trusting, OPERATOR) as bus:
        office = Office(bus, tmp_path)
        async with signing(bus) as people, Gate(at_the_quay(bus)) as gate:
            await the_register_knows_the_people(office)
            await gate.ready(60)
            await a_box_may_leave(people, bus, gate)
            await its_operator_is_suspended_and_reinstated(office, people, gate)
            await a_dispute_is_settled(office, people, gate)
            key = await a_lost_key_is_replaced(office, people)
            await an_edited_letter_goes_in(office, key)
        said_by = Counter(overridden(await bus.records(LEDGER_FACTS)))
        assert said_by == {("settle_dispute", "ada", "ben"): 1}
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


async def a_dispute_is_settled(office: Office, people: Signing, gate: Gate) -> None:
    claim = release(to=HAULIER).model_copy(update={"release_identification": "RIVAL-REL-1"})
    assert await told(people.rival, claim) == Outcome.APPLIED
    await heard(gate, "release_disputed")
    listed = await office.run("settle-dispute", CONTAINER)
    assert (listed.exit_code, RIVAL in listed.output) == (2, True)
    (chosen,) = [line.split()[0] for line in listed.output.splitlines() if AGENT in line]
    asked = ("settle-dispute", CONTAINER, chosen, "--note", "seen")
    alone = office.signed("settle_dispute", chosen, "seen", ("ben", "ben"))
    assert (await office.run(*asked, "--agreed", str(alone))).exit_code == 1

    both = office.signed("settle_dispute", chosen, "seen", ("ada", "ben"))
    ran(await office.run(*asked, "--agreed", str(both)))

    await heard(gate, "leaves")


async def a_lost_key_is_replaced(office: Office, people: Signing) -> MessageKey:
    """The agent's key is lost; its rival's is registered by nobody but who holds it."""
    lost, new = people.keys[AGENT], message_key(office.folder / "new")
    shown = RUN.invoke(app, ["key", "show", str(office.folder / "new"), "--organisation", AGENT])
    (office.folder / "new.json").write_text(ran(shown).stdout)
    asked = (
        *("key", "change", AGENT, "--revoke", lost.key_id, "--reason", "lost"),
        *("--register", str(office.folder / "new.json")),
    )
    detail = f"revoke {lost.key_id}, register {new.key_id}: lost"
    how = await office.run(*asked)
    assert detail in " ".join(how.output.split())
    alone = office.signed("change_key", AGENT, detail, ("ada", "ada"))
    assert (await office.run(*asked, "--agreed", str(alone))).exit_code == 1

    both = office.signed("change_key", AGENT, detail, ("ben", "ada"))
    ran(await office.run(*asked, "--agreed", str(both)))

    async with Carrier(office.bus.address, AGENT, new) as carrier:
        assert await told(carrier, at_quay(m.Block)) == Outcome.APPLIED
    # Who knows the new key knows that the old one ended.
    await people.carrier.publish(at_quay(m.Unblock))
    assert await letters(office.bus, 1) == ["key_revoked"]
    return new


async def an_edited_letter_goes_in(office: Office, key: MessageKey) -> None:
    """Its sender left the port out; two people put it in."""
    bus = office.bus
    source = ORGANISATION_SOURCE + AGENT
    envelope = Envelope("unblock-1", source, m.Unblock.TYPE, datetime.now(UTC), CONTAINER)
    async with RawProducer(bus.address, key) as raw:
        value = json.dumps({"container": CONTAINER}).encode()
        await raw.publish(CARRIER, CONTAINER.encode(), value, headers_of(envelope))
    assert len(await letters(bus, 2)) == 2
    found = json.loads(ran(await office.read("dead-letters", "list", "--json")).stdout)
    last = found["letters"][-1]
    place = f"{last['partition']}/{last['offset']}"
    mended = office.folder / "mended.json"
    mended.write_text(json.dumps({"container": CONTAINER, "port": PORT}))
    asked = ("dead-letters", "replay", place, "--value", str(mended))
    how = await office.read(*asked)
    digest = how.output.split("--detail ")[1].split()[0]
    alone = office.signed("replay_edited_dead_letter", place, digest, ("ada", "ada"))
    ran(await office.read(*asked, "--agreed", str(alone)))
    assert (await letters(bus, 3))[-1] == "override_not_agreed"

    both = office.signed("replay_edited_dead_letter", place, digest, ("ada", "ben"))
    ran(await office.read(*asked, "--agreed", str(both)))

    async with asyncio.timeout(60):
        kept = None
        while kept is None:
            kept = evidence_of("unblock-1", await bus.records(LEDGER_FACTS))
    assert (kept.edited_by, kept.signature) == ("ada, ben", None)
    assert kept.proposal is not None
    assert kept.confirmation is not None


def evidence_of(message_id: str, records: Sequence[Any]) -> Attested | None:
    facts = (read(record.value) for record in records)
    return next((each.attested for each in facts if each.cause.message_id == message_id), None)


def overridden(records: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    """What was overridden in the ledger, and by whom."""
    for record in records:
        fact = read(record.value).fact
        if isinstance(fact, Overridden):
            yield fact.override, fact.proposed_by, fact.confirmed_by
