"""The thin line: one container from its release to the gate, and every step answered."""

import asyncio
from typing import TypeVar

from consumers.gate import Gate, GateSettings, Leave, Stays
from ledger.book.engine import open_book
from ledger.book.read import buckets
from producers.client import Client
from producers.sealing import seal
from schemas import messages as m
from schemas.entitlement import ENTITLEMENT, HEARTBEAT_KEY, Entitlement
from schemas.facts import Outcome, PickupEnd, read
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Message, Modality, PartyRef
from schemas.topics import DEAD_LETTERS, LEDGER_FACTS, pickup_rights
from tests.bus import (
    FORWARDER,
    HAULIER,
    PORT,
    QUAY,
    Bus,
    People,
    people,
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
        async with people(bus) as cast, Gate(at_the_quay(bus)) as gate:
            await gate.ready(60)
            await the_right_passes_down(cast, bus)
            assert await told(cast.terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
            await heard(gate, "customs_not_cleared")
            released = at_quay(m.ReportCustomsStatus, status="released")
            assert await told(cast.customs, released) == Outcome.APPLIED
            await heard(gate, "leaves")
            assert isinstance(gate.ask(CONTAINER, identity="000000099"), Stays)
            assert await told(cast.terminal, at_quay(m.ReportGateOut)) == Outcome.APPLIED
            await heard(gate, "pickup_ended")

        records = await bus.records(LEDGER_FACTS, len(STORY))
        assert [read(record.value).fact.type for record in records] == STORY
        assert await bus.records(DEAD_LETTERS) == []
    book_adds_up(database_url)


STORY = [
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


async def the_right_passes_down(cast: People, bus: Bus) -> None:
    """Release, accept, transfer, accept, assign; and what is refused on the way."""
    # The terminal is early: its report waits for the release, and then counts.
    assert await told(cast.terminal, at_quay(m.ReportDischarge)) == Outcome.WAITING
    assert await told(cast.carrier, release(to=FORWARDER)) == Outcome.APPLIED
    # Nobody but the receiver can take the right, and none is made by a release alone.
    assert await told(cast.haulier, at_quay(m.Accept)) == "not_the_receiver"
    assert await told(cast.haulier, assignment(bus)) == "not_the_holder"
    assert not await entitlements(bus)
    assert await told(cast.forwarder, at_quay(m.Accept)) == Outcome.APPLIED
    onward = at_quay(m.Transfer, release_to=nxtport(HAULIER))
    assert await told(cast.forwarder, onward) == Outcome.APPLIED
    assert await told(cast.haulier, at_quay(m.Accept)) == Outcome.APPLIED
    assert await told(cast.haulier, assignment(bus)) == Outcome.APPLIED


async def test_a_terminal_reads_its_entitlement_and_its_end_in_order(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        async with people(bus) as cast:
            steps = (
                await told(cast.carrier, release(to=HAULIER)),
                await told(cast.haulier, at_quay(m.Accept)),
                await told(cast.haulier, assignment(bus)),
                await told(cast.carrier, at_quay(m.Revoke, reason="wrong party")),
            )
        assert set(steps) == {Outcome.APPLIED}

        found = await entitlements(bus, at_least=3)
        assert [each.ended for each in found] == [None, None, PickupEnd.RELEASE_REVOKED]
        assert not any(each.may_leave for each in found)
        assert [each.seq for each in found] == sorted(each.seq for each in found)


def at_the_quay(bus: Bus) -> GateSettings:
    """Return the settings of the terminal's own gate."""
    key = bus.terminal_key
    return GateSettings(
        bus.address.bootstrap_servers,
        PORT,
        QUAY,
        {key.key_id: key.private_key},
        bus.address.namespace,
    )


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
                ENTITLEMENT.read(record.value)
                for record in await bus.records(pickup_rights(PORT, QUAY))
                if not record.key.startswith(HEARTBEAT_KEY.encode())
            ]
            if at_least == 0:
                break
    return found


async def heard(gate: Gate, awaited: str) -> None:
    """Wait until the gate says *awaited*: a reason, or that it leaves."""
    said: set[str] = set()
    async with asyncio.timeout(30):
        while awaited not in said:
            answer = gate.ask(CONTAINER, identity=DRIVER)
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
