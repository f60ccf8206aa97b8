"""The running bus for tests: intake and apply on the engines at hand, and a cast that joined."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from consumers.apply.run import run as run_apply
from consumers.apply.settings import ApplySettings
from consumers.intake.run import IntakeSettings
from consumers.intake.run import run as run_intake
from consumers.intake.trust import NO_TRUST, Trust
from producers.client import BusAddress, Carrier, Customs, Party, Terminal
from producers.doors import Doors
from producers.login import connection
from producers.sealing import TerminalKey, new_terminal_key
from producers.signing import MessageKey
from producers.simulator.onboarding import stage_by_stage
from schemas.doors import Door
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.messages import PartyRef, RegisterOrganisation, Role, TerminalRef
from schemas.topics import Topic, within

AGENT = "NXT21000000001"
FORWARDER = "NXT21000000002"
HAULIER = "NXT21000000003"
TERMINAL = "NXT21000000004"
CUSTOMS = "NXT21000000005"
PORT, QUAY = "BEANR", "1742"
RECORDS_SECONDS = 30.0
HAULIER_VAT = "NL000000001B01"


@dataclass(frozen=True, slots=True)
class Bus:
    """Where the bus of this test is, and the key of its terminal."""

    address: BusAddress
    database_url: str
    terminal_key: TerminalKey

    async def records(self, topic: Topic, at_least: int = 0) -> list[ConsumerRecord[Any, Any]]:
        """Return every committed record of a topic, once there are *at_least* so many.

        A transaction's end reaches each of its partitions in its own time.
        """
        async with asyncio.timeout(RECORDS_SECONDS):
            found = await self._records(topic)
            while len(found) < at_least:
                found = await self._records(topic)
        return found

    async def _records(self, topic: Topic) -> list[ConsumerRecord[Any, Any]]:
        consumer = AIOKafkaConsumer(
            **connection(self.address.bootstrap_servers),
            isolation_level="read_committed",
            enable_auto_commit=False,
            # The default would at times come in between, and have it begin at the end.
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            return await _all_of(consumer, within(self.address.namespace, topic))
        finally:
            await consumer.stop()


@asynccontextmanager
async def running_bus(
    bootstrap_servers: str,
    database_url: str,
    namespace: str,
    trust: Trust = NO_TRUST,
    overrides_by: str | None = None,
) -> AsyncIterator[Bus]:
    """Run intake and apply in this process until the context ends; then all is let go.

    *overrides_by* is the organisation whose people may override.
    """
    stop = asyncio.Event()
    apply = ApplySettings(
        bootstrap_servers,
        database_url,
        namespace,
        heartbeat_seconds=0.5,
        overrides_by=overrides_by,
    )
    intake = IntakeSettings(bootstrap_servers, namespace, trust=trust)
    parts = [
        asyncio.create_task(run_apply(apply, stop)),
        asyncio.create_task(run_intake(intake, stop)),
    ]
    address = BusAddress(bootstrap_servers, namespace)
    try:
        yield Bus(address, database_url, new_terminal_key())
    finally:
        stop.set()
        await asyncio.gather(*parts)


@dataclass(frozen=True, slots=True)
class People:
    """The cast with their clients open."""

    carrier: Carrier
    forwarder: Party
    haulier: Party
    terminal: Terminal
    customs: Customs


@asynccontextmanager
async def people(bus: Bus) -> AsyncIterator[People]:
    """Let the cast join, and open their clients."""
    await join(bus, cast(bus.terminal_key))
    async with (
        Carrier(bus.address, AGENT) as carrier,
        Party(bus.address, FORWARDER) as forwarder,
        Party(bus.address, HAULIER) as haulier,
        Terminal(bus.address, TERMINAL) as terminal,
        Customs(bus.address, CUSTOMS) as customs,
    ):
        yield People(carrier, forwarder, haulier, terminal, customs)


def cast(key: TerminalKey) -> tuple[RegisterOrganisation, ...]:
    """Return one organisation of each kind."""
    quay = TerminalRef(port=PORT, code=QUAY, sealing_key_id=key.key_id, sealing_key=key.public_key)
    vat = PartyRef(scheme=Scheme.VAT, code=HAULIER_VAT)
    return (
        _organisation(AGENT, "Demo Agent NV", Role.SHIP_AGENT),
        _organisation(FORWARDER, "Demo Forwarder BV", Role.RELEASE_PARTY),
        _organisation(HAULIER, "Demo Haulier BV", Role.TRANSPORT_OPERATOR, codes=(vat,)),
        _organisation(TERMINAL, "Demo Terminal", Role.TERMINAL_OPERATOR, terminals=(quay,)),
        _organisation(CUSTOMS, "Demo Customs", Role.CUSTOMS),
    )


async def join(
    bus: Bus,
    organisations: Sequence[RegisterOrganisation],
    keys: Mapping[Door, MessageKey] | None = None,
) -> None:
    """Let organisations join by messages, door after door as anybody has to, until answered."""
    said = list(stage_by_stage(organisations))
    async with Doors(bus.address, keys) as doors:
        await doors.publish_all(said)
        for message_id, message in said:
            answer = await doors.outcome(message_id, message, timeout_seconds=60)
            assert answer.outcome == Outcome.APPLIED, answer


def _organisation(
    organisation_id: str,
    name: str,
    role: Role,
    codes: tuple[PartyRef, ...] = (),
    terminals: tuple[TerminalRef, ...] = (),
) -> RegisterOrganisation:
    return RegisterOrganisation(
        organisation=organisation_id, name=name, roles=(role,), codes=codes, terminals=terminals
    )


async def _all_of(consumer: AIOKafkaConsumer, topic: Topic) -> list[ConsumerRecord[Any, Any]]:
    places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    await consumer.seek_to_beginning(*places)
    found: list[ConsumerRecord[Any, Any]] = []
    while any([await consumer.position(place) < ends[place] for place in places]):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found.extend(records)
    return found
