"""No card, PIN, TCT or code of an interchange is found again, but on edi.in.v1 where it came."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.edifact.partners import Partner, partner_from
from consumers.gateway.folders import make_folders
from consumers.gateway.run import run
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from producers.careful import careful_producer
from producers.log import partition_of
from producers.records import Record, send_all
from schemas.messages import Release
from schemas.topics import (
    DEAD_LETTERS,
    EDI_ANSWERS,
    EDI_IN,
    EDI_OUT,
    LEDGER_FACTS,
    LEDGER_LOG,
    within,
)
from tests.acceptance.everything_kept import bytes_of, in_files, in_tables, on_topics, topics_of
from tests.acceptance.test_canaries import behind, found_in, lines_of
from tests.bus import AGENT, Bus, people, running_bus
from tests.consumers.gateway.kept import settled, unsent
from tests.consumers.gateway.planted_interchanges import PARTNER, beside_interchanges, planted
from tests.engines import KafkaAtHand
from tests.topics_at_hand import Place

SHARE = 3
"""One in so many: all of them are tried where no engine runs (test_desk_canaries.py)."""
PATIENCE_SECONDS, LOOK_AGAIN_SECONDS = 180.0, 0.3
HEARER = f"""
organisation = "{AGENT}"
identities = ["SHIPAGENT:ZZ"]
ours = ["RELEASEBUS:ZZ"]
ports = ["BEANR"]
time_zone = "Europe/Brussels"
[gets.CODECO]
"""


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_nothing_that_is_planted_in_an_interchange_is_found_again(
    kafka: KafkaAtHand,
    database_url: str,
    namespace: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    place = Place(kafka.bootstrap_servers, namespace)
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        async with people(bus) as cast, exchanging(bus, tmp_path):
            await cast.carrier.publish(_of_the_box())
            brought = _brought(namespace)
            seen = found_in((each.topic, _whole(each)) for each in brought)
            assert len(seen) > 0.9 * len(brought)  # a few are parted as no search looks for
            await _bring(kafka.bootstrap_servers, brought)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await _waits(bus, place, len(brought)):  # noqa: ASYNC110  a database tells nobody
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)

        kept = await topics_of(place) - {within(namespace, EDI_IN).name}
        records = await on_topics(place, kept)
        told = {each.topic.removeprefix(namespace) for each in records}
        ways = (EDI_OUT, EDI_ANSWERS, DEAD_LETTERS, LEDGER_LOG, LEDGER_FACTS)
        assert {each.name for each in ways} <= told
        kinds = {dict(each.headers).get("ce_type", b"").rpartition(b".")[2] for each in records}
        assert {b"contrl", b"aperak", b"codeco", b"partner_answer", b"gated_out"} <= kinds
        assert found_in(map(bytes_of, records)) == []
    assert found_in(in_tables(database_url)) == []
    assert found_in(in_files(tmp_path)) == []
    assert found_in([("log", line.encode()) for line in lines_of(caplog)]) == []


@asynccontextmanager
async def exchanging(bus: Bus, folders: Path) -> AsyncIterator[None]:
    """Run the gateway meanwhile, with the terminal that writes and the agent that hears."""
    texts = {"quay": PARTNER, "agent": HEARER}
    partners: dict[str, Partner] = {}
    for name, text in texts.items():
        found = partner_from(text, name)
        assert isinstance(found, Partner), found
        partners[name] = found
    make_folders(folders, partners)
    settings = GatewaySettings(
        bus.address.bootstrap_servers,
        bus.database_url,
        partners,
        bus.address.namespace,
        ledger_url=bus.database_url,
        folders=folders,
    )
    store = GatewayStore(bus.database_url)
    store.create()
    store.close()
    stop = asyncio.Event()
    running = asyncio.create_task(run(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await running


def _of_the_box() -> Release:
    return Release(
        container="MSCU6639870",
        port="BEANR",
        terminal="1742",
        bills_of_lading=("MSCUAB123456",),
        release_identification="REL4711",
    )


def _brought(namespace: str) -> list[Record]:
    """Return a share of what is planted, as records of edi.in.v1."""
    interchanges = [(b"quay", each, ()) for each in planted()]
    beside = [(each.key, each.value, each.headers) for each in beside_interchanges()]
    topic = within(namespace, EDI_IN).name
    return [
        Record(topic, partition_of(key or b"", EDI_IN.partitions), key, value, headers)
        for key, value, headers in (*interchanges[::SHARE], *beside[::SHARE])
    ]


def _whole(record: Record) -> bytes:
    headers = (part or b"" for name, value in record.headers for part in (name.encode(), value))
    return b"\1".join((record.key or b"", record.value or b"", *headers))


async def _bring(servers: str, records: Sequence[Record]) -> None:
    producer = careful_producer(servers)
    await producer.start()
    try:
        await send_all(producer, records)
    finally:
        await producer.stop()


async def _waits(bus: Bus, place: Place, count: int) -> bool:
    """Tell whether anything that came is not yet settled, sent, and heard by the ledger."""
    if await asyncio.to_thread(settled, bus.database_url) < count or unsent(bus.database_url):
        return True
    logged = await on_topics(place, [within(place.namespace, LEDGER_LOG).name])
    return bool(await asyncio.to_thread(behind, bus.database_url, logged))
