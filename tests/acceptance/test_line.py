"""The thin line: one container from its release to the gate, and every step answered."""

import asyncio
from typing import TypeVar

from consumers.gate import Gate, GateSettings, Leave, Stays
from ledger.book.engine import open_book
from ledger.book.read import buckets
from producers.client import Carrier, Client, Customs, Party, Terminal
from producers.sealing import seal
from schemas import messages as m
from schemas.entitlement import HEARTBEAT_KEY, Entitlement
from schemas.facts import Outcome, PickupEnd, read
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Message, Modality, PartyRef
from schemas.topics import DEAD_LETTERS, LEDGER_FACTS, pickup_rights
from tests.bus import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PORT,
    QUAY,
    TERMINAL,
    Bus,
    cast,
    join,
    running_bus,
)
from tests.engines import KafkaAtHand

CONTAINER = "CPUU1000010"
DRIVER = "000000012"
Sent = TypeVar("Sent", bound=Message)
About = TypeVar("About", bound=ContainerMessage)


def at_quay(kind: type[About], **more: object) -> About:
    """Return a message of *kind* about the container of this story, on its quay."""
    return kind.model_validate({"container": CONTAINER, "port": PORT, "terminal": QUAY, **more})


async def told(client: Client[Sent], message: Sent) -> str:
    """Publish *message* and return its outcome in a word, with the reason of a refusal."""
    answer = await client.outcome(await client.publish(message), final=False)
    return str(answer.reason or answer.outcome)


async def test_a_container_leaves_only_when_the_holder_assigned_and_every_light_is_green(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        await join(bus, cast(bus.terminal_key))
        gate = Gate(
            GateSettings(
                kafka.bootstrap_servers,
                PORT,
                QUAY,
                {bus.terminal_key.key_id: bus.terminal_key.private_key},
                namespace,
            )
        )
        async with (
            gate,
            Carrier(bus.address, AGENT) as carrier,
            Party(bus.address, FORWARDER) as forwarder,
            Party(bus.address, HAULIER) as haulier,
            Terminal(bus.address, TERMINAL) as terminal,
            Customs(bus.address, CUSTOMS) as customs,
        ):
            await gate.ready(60)

            # The terminal is early: its report waits for the release, and then counts.
            assert await told(terminal, at_quay(m.ReportDischarge)) == Outcome.WAITING
            assert await told(carrier, release(to=FORWARDER)) == Outcome.APPLIED

            # Nobody but the receiver can take the right, and none is made by a release alone.
            assert await told(haulier, at_quay(m.Accept)) == "not_the_receiver"
            assert await told(haulier, assignment(bus)) == "not_the_holder"
            assert not await entitlements(bus)

            assert await told(forwarder, at_quay(m.Accept)) == Outcome.APPLIED
            assert await told(forwarder, at_quay(m.Transfer, release_to=nxtport(HAULIER))) == (
                Outcome.APPLIED
            )
            assert await told(haulier, at_quay(m.Accept)) == Outcome.APPLIED
            assert await told(haulier, assignment(bus)) == Outcome.APPLIED
            assert await told(terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
            await heard(gate, CONTAINER, "customs_not_cleared")
            assert await told(customs, at_quay(m.ReportCustomsStatus, status="released")) == (
                Outcome.APPLIED
            )

            await heard(gate, CONTAINER, "leaves")
            assert isinstance(gate.ask(CONTAINER, identity=DRIVER), Leave)
            another = gate.ask(CONTAINER, identity="000000099")
            assert isinstance(another, Stays)

            assert await told(terminal, at_quay(m.ReportGateOut)) == Outcome.APPLIED
            await heard(gate, CONTAINER, "pickup_ended")

        facts = [read(record.value).fact.type for record in await bus.records(LEDGER_FACTS, 14)]
        assert facts == [
            "waiting",
            "released",
            "transferred",
            "discharged",
            "refused",
            "refused",
            "accepted",
            "transferred",
            "accepted",
            "pickup_assigned",
            "terminal_released",
            "customs_status_set",
            "gated_out",
            "pickup_ended",
        ]
        assert await bus.records(DEAD_LETTERS) == []
    book_adds_up(database_url)


async def test_a_terminal_reads_its_entitlement_and_its_end_in_order(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        await join(bus, cast(bus.terminal_key))
        async with (
            Carrier(bus.address, AGENT) as carrier,
            Party(bus.address, HAULIER) as haulier,
        ):
            steps = (
                await told(carrier, release(to=HAULIER)),
                await told(haulier, at_quay(m.Accept)),
                await told(haulier, assignment(bus)),
                await told(carrier, at_quay(m.Revoke, reason="wrong party")),
            )
        assert set(steps) == {Outcome.APPLIED}

        found = await entitlements(bus, at_least=3)
        assert [each.ended for each in found] == [None, None, PickupEnd.RELEASE_REVOKED]
        assert not any(each.may_leave for each in found)
        assert [each.seq for each in found] == sorted(each.seq for each in found)


def release(*, to: str) -> m.Release:
    """Return the agent's release of the container, with the right on its way to *to*."""
    return at_quay(
        m.Release,
        bills_of_lading=("BLTEST0001",),
        release_identification="AGT-REL-0001",
        release_to=nxtport(to),
    )


def assignment(bus: Bus) -> m.AssignPickup:
    """Return the haulier's pick-up by truck, its driver sealed for the terminal."""
    key = bus.terminal_key
    driver = seal(DRIVER, key.public_key, key.key_id)
    return at_quay(m.AssignPickup, modality=Modality.TRUCK, driver=driver)


def nxtport(organisation: str) -> PartyRef:
    """Return the organisation by its NxtPort id."""
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


async def entitlements(bus: Bus, at_least: int = 0) -> list[Entitlement]:
    """Return what stands on the terminal's topic, heartbeats apart."""
    found: list[Entitlement] = []
    async with asyncio.timeout(30):
        while not found or len(found) < at_least:
            found = [
                Entitlement.model_validate_json(record.value)
                for record in await bus.records(pickup_rights(PORT, QUAY))
                if not record.key.startswith(HEARTBEAT_KEY.encode())
            ]
            if at_least == 0:
                break
    return found


async def heard(gate: Gate, container: str, awaited: str) -> None:
    """Wait until the gate says *awaited* of the container: a reason, or that it leaves."""
    said: set[str] = set()
    async with asyncio.timeout(30):
        while awaited not in said:
            answer = gate.ask(container, identity=DRIVER)
            said = {"leaves"} if isinstance(answer, Leave) else set()
            if isinstance(answer, Stays):
                said = {str(reason) for reason in answer.reasons}
            await asyncio.sleep(0.02)


def book_adds_up(database_url: str) -> None:
    """Every record of every log is in one bucket, and none in two (I1)."""
    engine = open_book(database_url)
    with engine.connect() as connection:
        for shard in buckets(connection):
            assert shard.unaccounted == 0, shard
    engine.dispose()
