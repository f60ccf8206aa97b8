"""EDIFACT on the whole way: interchanges as bytes move a container, and are answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiokafka import ConsumerRecord

from adapters.edifact.partners import Partner, partner_from
from adapters.edifact.read import segments_in
from consumers.gateway.run import run
from consumers.gateway.settings import GatewaySettings
from producers.raw import RawProducer
from schemas import messages as m
from schemas.envelope import texts_of
from schemas.facts import Outcome, read
from schemas.notices import read_notice
from schemas.topics import DEAD_LETTERS, EDI_IN, EDI_OUT, LEDGER_FACTS, Topic, outbox
from schemas.unreadable import Unreadable
from tests.acceptance.test_line import (
    CONTAINER,
    assignment,
    at_quay,
    book_adds_up,
    entitlements,
    nxtport,
    told,
)
from tests.bus import AGENT, HAULIER, TERMINAL, Bus, people, running_bus
from tests.engines import KafkaAtHand

# A long story, of make test-all; a machine may be busy.
pytestmark = [pytest.mark.searches, pytest.mark.timeout(600)]

PATIENCE_SECONDS = 120.0
BRUSSELS = ZoneInfo("Europe/Brussels")
AGENT_FILE = f"""
organisation = "{AGENT}"
identities = ["SHIPAGENT:ZZ"]
ours = ["RELEASEBUS:ZZ"]
ports = ["BEANR"]
time_zone = "Europe/Brussels"
[sends.COREOR]
[gets.CODECO]
[gets.IFTSTA]
statuses = {{ discharged = "74" }}
"""
QUAY_FILE = f"""
organisation = "{TERMINAL}"
identities = ["QUAY1742:ZZ"]
ours = ["RELEASEBUS:ZZ"]
ports = ["BEANR"]
time_zone = "Europe/Brussels"
terminal = "1742"
contrl = "never"
[sends.COARRI]
[sends.CODECO]
[gets.COREOR]
"""


@dataclass(frozen=True)
class Said:
    """An interchange of ours, as a partner reads it."""

    partner: str
    type: str
    text: str


def partner(name: str, text: str) -> Partner:
    """Return the partner that *text* describes."""
    found = partner_from(text, name)
    assert isinstance(found, Partner), found
    return found


def coreor(reference: str, *, document: str = "12") -> str:
    """Return a ship agent's release of the container."""
    return _message(
        reference,
        "COREOR",
        f"BGM+{document}+DO{reference}+9",
        "RFF+RE:AGT-REL-0001",
        "RFF+BM:BLTEST0001",
        "TDT+20+0220+1++MSC:172:20+++8212661:146:11:SL PRIDE",
        "LOC+11+BEANR:139:6+1742:TER:ZZZ",
        f"DTM+36:{_at(timedelta(days=20))}:203",
        "NAD+CF+MSC:172:20",
        f"EQD+CN+{CONTAINER}+45G1:102:5++3+5",
        "RFF+SQ:1",
        "CNT+16:1",
    )


def coarri(reference: str) -> str:
    """Return a terminal's report that the container came off the ship."""
    return _message(
        reference,
        "COARRI",
        "BGM+44+D1+9",
        "TDT+20+0220+1++MSC:172:20+++8212661:146:11:SL PRIDE",
        "LOC+11+BEANR:139:6+1742:TER:ZZZ",
        "NAD+CF+MSC:172:20",
        f"EQD+CN+{CONTAINER}+45G1:102:5++3+5",
        "RFF+BM:BLTEST0001",
        f"DTM+203:{_at(-timedelta(hours=2))}:203",
        "CNT+16:1",
    )


def codeco(reference: str) -> str:
    """Return a terminal's report that the container left by the gate."""
    return _message(
        reference,
        "CODECO",
        "BGM+36+G1+9",
        "NAD+CF+MSC:172:20",
        f"EQD+CN+{CONTAINER}+45G1:102:5++3+5",
        "RFF+BM:BLTEST0001",
        f"DTM+7:{_at(-timedelta(minutes=5))}:203",
        "TDT+1++3",
        "CNT+16:1",
    )


def _at(after: timedelta) -> str:
    return f"{datetime.now(UTC).astimezone(BRUSSELS) + after:%Y%m%d%H%M}"


def _message(reference: str, kind: str, *segments: str) -> str:
    body = "".join(f"{each}'" for each in segments)
    return f"UNH+{reference}+{kind}:D:95B:UN'{body}UNT+{len(segments) + 2}+{reference}'"


def interchange(sender: str, reference: str, *messages: str) -> bytes:
    """Return *messages* as *sender* sends them, asking for a CONTRL."""
    at = _at(-timedelta(minutes=1))
    unb = f"UNB+UNOC:3+{sender}:ZZ+RELEASEBUS:ZZ+{at[2:8]}:{at[8:]}+{reference}++++1'"
    return f"{unb}{''.join(messages)}UNZ+{len(messages)}+{reference}'".encode()


@asynccontextmanager
async def exchanging(bus: Bus) -> AsyncIterator[None]:
    """Run the gateway meanwhile."""
    stop = asyncio.Event()
    partners = (partner("agent", AGENT_FILE), partner("quay", QUAY_FILE))
    settings = GatewaySettings(
        bus.address.bootstrap_servers,
        bus.database_url,
        {each.name: each for each in partners},
        bus.address.namespace,
        ledger_url=bus.database_url,
    )
    running = asyncio.create_task(run(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def bring(bus: Bus, partner_name: str, data: bytes) -> None:
    """Put an interchange on edi.in.v1, as bytes and nothing else."""
    async with RawProducer(bus.address) as producer:
        await producer.publish(EDI_IN, partner_name.encode(), data, ())


async def standing(bus: Bus, topic: Topic, at_least: int) -> list[ConsumerRecord[Any, Any]]:
    """Return what stands on *topic*, once there is *at_least* so much."""
    found: list[ConsumerRecord[Any, Any]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < at_least:
            found = await bus.records(topic)
            await asyncio.sleep(0.2)
    return found


async def answers(bus: Bus, at_least: int) -> list[Said]:
    """Return what stands on edi.out.v1, once there is *at_least* so much."""
    found = []
    for record in await standing(bus, EDI_OUT, at_least):
        texts = texts_of(record.headers)
        assert not isinstance(texts, Unreadable)
        segments = [each.text for each in segments_in([record.value])]
        kind = texts["ce_type"].rpartition(".")[2]
        found.append(Said(record.key.decode(), kind, "\n".join(segments)))
    return found


async def facts(bus: Bus, at_least: int) -> list[str]:
    """Return the kinds of facts, once there are *at_least* so many."""
    records = await standing(bus, LEDGER_FACTS, at_least)
    found = [read(record.value) for record in records]
    assert not [each.fact for each in found if each.fact.type == "refused"]
    return [each.fact.type for each in found]


async def test_a_container_is_released_discharged_and_leaves_by_interchanges(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        async with people(bus) as cast, exchanging(bus):
            broken = _message("2", "COREOR", "BGM+12+X+9", "ZZZ+1")
            release = interchange(
                "SHIPAGENT", "REL1", coreor("1"), broken, coreor("3", document="99")
            )
            await bring(bus, "agent", release)
            assert await facts(bus, 1) == ["released"]
            await bring(bus, "agent", release)
            said = await answers(bus, 4)

            # The whole interchange sent again changes nothing; what comes next finds it so.
            await bring(bus, "quay", interchange("QUAY1742", "D1", coarri("1")))
            assert await facts(bus, 2) == ["released", "discharged"]
            onward = at_quay(m.Transfer, release_to=nxtport(HAULIER))
            assert await told(cast.carrier, onward) == Outcome.APPLIED
            assert await told(cast.haulier, at_quay(m.Accept)) == Outcome.APPLIED
            assert await told(cast.haulier, assignment(bus)) == Outcome.APPLIED
            assert await entitlements(bus, at_least=1)
            assert await told(cast.terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
            cleared = at_quay(m.ReportCustomsStatus, status="released")
            assert await told(cast.customs, cleared) == Outcome.APPLIED
            await bring(bus, "quay", interchange("QUAY1742", "G1", codeco("1")))
            assert await facts(bus, len(STORY)) == STORY
            said = await answers(bus, len(SAID))

        assert sorted((each.partner, each.type) for each in said) == SAID
        the_bad_are_told_alone(said)
        assert len(await bus.records(DEAD_LETTERS)) == 1
        ids = [
            answer.message_id
            for record in await bus.records(outbox(AGENT))
            if (answer := read_notice(record.value).answer) is not None
        ]
        assert [each for each in ids if each.startswith("edi:SHIPAGENT/ZZ//")]
    book_adds_up(database_url)


STORY = [
    "released",
    "discharged",
    "transferred",
    "accepted",
    "pickup_assigned",
    "terminal_released",
    "customs_status_set",
    "gated_out",
    "pickup_ended",
]
SAID = sorted(
    [
        ("agent", "contrl"),
        ("agent", "aperak"),
        ("agent", "contrl"),
        ("quay", "coreor"),
        ("agent", "iftsta"),
        ("agent", "codeco"),
    ]
)


def the_bad_are_told_alone(said: list[Said]) -> None:
    """The neighbours of the good message: one by CONTRL, one by APERAK; the repeat by 26."""
    controls = [each.text for each in said if each.type == "contrl"]
    (aperak,) = (each.text for each in said if each.type == "aperak")
    first = next(each for each in controls if "UCI+REL1+SHIPAGENT:ZZ+RELEASEBUS:ZZ+7" in each)
    again = next(each for each in controls if each is not first)

    assert [line[:6] for line in first.split("\n") if line.startswith("UCM")] == ["UCM+2+"]
    assert "UCI+REL1+SHIPAGENT:ZZ+RELEASEBUS:ZZ+4+26" in again
    assert "RFF+ACW:3" in aperak
