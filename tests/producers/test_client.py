"""A party speaks: whole messages under its own name, each with an id that its answer comes by."""

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from producers.client import BusAddress, Carrier, Client, Customs, Party, Terminal
from producers.doors import AtDoor
from producers.log import partition_of
from producers.outbox import OutboxClosed
from producers.raw import RawProducer
from schemas import messages as m
from schemas.doors import Door
from schemas.envelope import Envelope, read_envelope
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.messages import Message, PartyRef, Role
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notices import NOTICE, Answered, Notice
from schemas.reading import ReadMessage, read_message
from schemas.topics import CARRIER, CUSTOMS, PARTY, REGISTRATIONS, TERMINAL, outbox
from tests.topics_at_hand import Place

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
AGENT = "NXT21000000001"
BOX = "CPUU1000010"
NOWHERE = BusAddress("127.0.0.1:9")
PATIENCE_SECONDS = 20.0
WHERE = {"container": BOX, "port": "BEANR"}
ON_THE_QUAY = WHERE | {"terminal": "1742"}
RELEASE = m.Release.model_validate(
    ON_THE_QUAY | {"bills_of_lading": ("BLTEST0001",), "release_identification": "AGT-REL-0001"}
)


class Answers:
    """The ledger's side: what it says to the agent."""

    def __init__(self, producer: RawProducer) -> None:
        self._producer = producer
        self._seq = 0

    async def __call__(self, message_id: str, outcome: Outcome) -> None:
        self._seq += 1
        answer = Answered(message_id=message_id, outcome=outcome)
        told = Notice(shard="ledger-3", seq=self._seq, recorded_at=NOW, answer=answer)
        await self._producer.publish(outbox(AGENT), None, NOTICE.written(told), ())


@pytest.fixture
async def carrier(place: Place) -> AsyncIterator[Carrier]:
    await place.make(CARRIER, outbox(AGENT))
    async with Carrier(place.address, AGENT) as carrier:
        yield carrier


@pytest.fixture
async def answers(place: Place) -> AsyncIterator[Answers]:
    async with RawProducer(place.address) as producer:
        yield Answers(producer)


# --- what is published ---------------------------------------------------------------------------


async def test_a_message_stands_on_its_topic_as_intake_reads_it(
    place: Place, carrier: Carrier
) -> None:
    message_id = await carrier.publish(RELEASE, at=NOW)
    others = [(f"more-{number}", RELEASE, NOW) for number in range(3)]
    await carrier.publish_all(others)

    # Published means there for good: nobody has to wait for it.
    first, *rest = await place.read(CARRIER)
    envelope = read_envelope(first.headers)
    assert isinstance(envelope, Envelope)
    assert envelope == Envelope(
        id=message_id,
        source=f"urn:releasebus:organisation:{AGENT}",
        type="releasebus.release",
        time=NOW,
        subject=BOX,
        dataschema="urn:releasebus:release:1",
    )
    assert (first.key, first.partition) == (BOX.encode(), partition_of(BOX.encode(), 12))
    read = read_message(envelope, first.value)
    assert isinstance(read, ReadMessage)
    assert read.message == RELEASE
    assert [dict(record.headers)["ce_id"].decode() for record in rest] == [
        "more-0",
        "more-1",
        "more-2",
    ]


async def test_every_message_has_an_id_of_its_own_or_the_one_it_is_given(
    carrier: Carrier,
) -> None:
    ids = [await carrier.publish(RELEASE) for _ in range(2)]

    assert len({*ids}) == 2
    assert await carrier.publish(RELEASE, message_id="again") == "again"


JOINS = m.RegisterOrganisation(organisation=AGENT, name="Demo Agent NV", roles=(Role.SHIP_AGENT,))
TO = PartyRef(scheme=Scheme.NXTPORT, code="NXT21000000002")
TRANSFER = m.Transfer.model_validate(WHERE | {"release_to": TO})
DISCHARGE = m.ReportDischarge.model_validate(ON_THE_QUAY)
CLEARED = m.ReportCustomsStatus.model_validate(WHERE | {"status": "released"})
NOTED = AddNote.model_validate(ON_THE_QUAY | {"state": "customs_document_announced"})
WITHDRAWN = WithdrawNote.model_validate(WHERE | {"about": "customs_document"})
SPOKEN: list[tuple[type[Client[Any]], str, Message]] = [
    (Carrier, CARRIER.name, RELEASE),
    (Party, PARTY.name, TRANSFER),
    (Terminal, TERMINAL.name, DISCHARGE),
    (Customs, CUSTOMS.name, CLEARED),
    *(
        (client, client.TOPIC.name, note)
        for client in (Carrier, Party, Terminal, Customs)
        for note in (NOTED, WITHDRAWN)
    ),
]


@pytest.mark.parametrize(("client", "topic", "message"), SPOKEN)
async def test_each_role_speaks_on_its_own_topic_under_its_own_name(
    client: type[Client[Any]], topic: str, message: Message
) -> None:
    speaker = client(BusAddress("127.0.0.1:9", "t1."), "NXT21000000003")
    record = speaker._record("m1", message, NOW)
    await speaker._let_go()

    assert (record.topic, record.key) == (f"t1.{topic}", BOX.encode())
    assert dict(record.headers)["ce_source"] == b"urn:releasebus:organisation:NXT21000000003"
    assert dict(record.headers)["ce_type"].decode() == message.TYPE


async def test_the_register_is_no_organisation_and_speaks_of_them_by_their_id() -> None:
    register = AtDoor(NOWHERE, Door.REGISTER)
    record = register._record("m1", JOINS, NOW)
    await register._let_go()

    assert (record.topic, record.partition) == (REGISTRATIONS.name, 0)
    assert record.key == AGENT.encode()
    assert dict(record.headers)["ce_source"] == b"urn:releasebus:register"


async def test_time_is_told_by_no_party() -> None:
    party = Party(NOWHERE, AGENT)
    with pytest.raises(TypeError, match="Tick is not published by a party"):
        party._record("m1", m.Tick(at=NOW), NOW)
    await party._let_go()


# --- what is answered ----------------------------------------------------------------------------


async def test_the_outcome_comes_by_the_id_of_the_message(
    carrier: Carrier, answers: Answers
) -> None:
    first, second = [await carrier.publish(RELEASE) for _ in range(2)]
    await answers("somebody else's", Outcome.PARKED)
    await answers(second, Outcome.REFUSED)
    await answers(first, Outcome.APPLIED)

    assert (await carrier.outcome(first)).outcome == Outcome.APPLIED
    assert (await carrier.outcome(second)).outcome == Outcome.REFUSED


async def test_a_message_that_waits_is_answered_at_the_end_of_its_wait_or_at_once(
    carrier: Carrier, answers: Answers
) -> None:
    message_id = await carrier.publish(RELEASE)
    await answers(message_id, Outcome.WAITING)
    at_once = await carrier.outcome(message_id, final=False)
    at_the_end = asyncio.create_task(carrier.outcome(message_id))
    assert at_once.outcome == Outcome.WAITING

    await answers(message_id, Outcome.APPLIED)
    assert (await at_the_end).outcome == Outcome.APPLIED


async def test_no_answer_in_time_is_said_so_and_the_next_try_may_have_it(
    carrier: Carrier, answers: Answers
) -> None:
    message_id = await carrier.publish(RELEASE)
    with pytest.raises(TimeoutError):
        await carrier.outcome(message_id, timeout_seconds=0.01)

    await answers(message_id, Outcome.WAITING)
    assert (await carrier.outcome(message_id, final=False)).outcome == Outcome.WAITING
    with pytest.raises(TimeoutError):
        await carrier.outcome(message_id, timeout_seconds=0.01)


async def test_leaving_ends_whoever_still_waits(place: Place) -> None:
    await place.make(CARRIER, outbox(AGENT))
    async with Carrier(place.address, AGENT) as carrier:
        message_id = await carrier.publish(RELEASE)
        waiting = asyncio.create_task(carrier.outcome(message_id))
        await asyncio.sleep(0)

    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(OutboxClosed):
            await waiting


@pytest.mark.filterwarnings("error")
async def test_a_bus_that_is_not_there_leaves_nothing_open() -> None:
    with pytest.raises(KafkaConnectionError):
        async with Carrier(NOWHERE, AGENT):
            pytest.fail("there is nothing to connect to")
    with pytest.raises(KafkaConnectionError):
        async with RawProducer(NOWHERE):
            pytest.fail("there is nothing to connect to")
    gc.collect()  # what was left open would say so here, and fail the test
