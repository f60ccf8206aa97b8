"""The gateway killed with SIGKILL, again and again: nothing is lost, and repeats are the same."""

import asyncio
import random
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.gateway import tables
from consumers.gateway.folders import make_folders
from consumers.gateway.store import GatewayStore
from consumers.tail import Seen, standing
from producers.client import BusAddress
from producers.raw import RawProducer
from producers.topics import ensure
from schemas.topics import (
    DEAD_LETTERS,
    EDI_IN,
    EDI_OUT,
    FIXED,
    LEDGER_LOG,
    Topic,
    within,
)
from tests.consumers.gateway.interchanges import FILE, broken, codeco, interchange, partner
from tests.consumers.gateway.kept import number, unsent
from tests.engines import KafkaAtHand

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import asyncio, sys
from pathlib import Path
from adapters.edifact.partners import partner_from
from consumers.gateway import folders as watched
from consumers.gateway.run import run
from consumers.gateway.settings import GatewaySettings

servers, database_url, namespace, *folders = sys.argv[1:]
partners = {"quay": partner_from(sys.stdin.read(), "quay")}
watched.LARGEST_INTERCHANGE = 128 * 1024  # less is announced, so that a test has it sooner
few = {} if folders else {"batch_records": 3, "send_at_once": 5}
settings = GatewaySettings(
    servers, database_url, partners, namespace, session_timeout_ms=6000,
    folders=Path(folders[0]) if folders else None, watch_seconds=0.2, **few,
)
asyncio.run(run(settings, asyncio.Event()))
"""
BROUGHT = 240
"""Interchanges: each of two right messages and one that the standard rejects."""
BOXES = ("MSKU1234565", "CSQU3054383")


def brought(number: int) -> bytes:
    """Return one interchange."""
    one, two = (codeco(str(n), container=box) for n, box in enumerate(BOXES, 1))
    return interchange(one, broken("9"), two, reference=f"REF{number}")


@pytest.mark.faults
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_whenever_the_gateway_is_killed(
    kafka: KafkaAtHand, database_url: str, namespace: str, seed: int
) -> None:
    chance = random.Random(seed)
    servers = kafka.bootstrap_servers
    await ensure(servers, namespace, FIXED)
    store = GatewayStore(database_url)
    store.create()
    store.close()
    async with RawProducer(BusAddress(servers, namespace)) as producer:
        for number in range(BROUGHT):
            await producer.publish(EDI_IN, b"quay", brought(number), ())
    lives: list[tuple[int, int]] = []
    for _ in range(4):
        async with gateway(servers, database_url, namespace):
            await until_at_work(database_url, lives)
            await asyncio.sleep(chance.uniform(0.0, 0.3))
        lives.append(progress(database_url))
    async with gateway(servers, database_url, namespace):
        async with asyncio.timeout(90):
            while unsent(database_url) or progress(database_url)[0] < BROUGHT:  # noqa: ASYNC110  a database tells nobody
                await asyncio.sleep(0.2)

    assert lives == sorted(set(lives))  # each life got further
    assert lives[-1][1] < BROUGHT * 4  # and none but the last to the end
    log = await by_id(servers, namespace, LEDGER_LOG)
    answers = await by_id(servers, namespace, EDI_OUT)
    letters = await by_id(servers, namespace, DEAD_LETTERS)
    assert {own for own in log if own.startswith("edi:")} == {
        f"edi:QUAY/ZZ//RELEASEBUS/ZZ//REF{number}/261128/1200/{n}/1"
        for number in range(BROUGHT)
        for n in (1, 2)
    }
    controls = b"".join(value for each in answers.values() for value in each).decode()
    assert len(answers) == BROUGHT
    for number in range(BROUGHT):
        assert controls.count(f"UCI+REF{number}+QUAY:ZZ+RELEASEBUS:ZZ+7'") == 1
    assert len(letters) == BROUGHT
    # What came twice came with the same bytes under the same id.
    for same in (*log.values(), *answers.values()):
        assert len(same) == 1


@pytest.mark.faults
async def test_a_large_file_is_taken_once_though_the_gateway_is_killed_among_its_portions(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    servers = kafka.bootstrap_servers
    data = interchange(*(_of_many(n) for n in range(1, MANY + 1)))
    assert len(data) > 128 * 1024
    await ensure(servers, namespace, FIXED)
    store = GatewayStore(database_url)
    store.create()
    make_folders(tmp_path, {"quay": partner()})
    (tmp_path / "quay" / "in" / "many.edi").write_bytes(data)
    async with gateway(servers, database_url, namespace, tmp_path), asyncio.timeout(60):
        while taken(store) < MANY // 4:  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(0.02)
    assert taken(store) < MANY
    async with gateway(servers, database_url, namespace, tmp_path), asyncio.timeout(60):
        done = tmp_path / "quay" / "done" / "many.edi"
        while unsent(database_url) or not done.exists():  # noqa: ASYNC110  the same
            await asyncio.sleep(0.1)
    store.close()

    log = await by_id(servers, namespace, LEDGER_LOG)
    expected = [n for n in range(1, MANY + 1) if n % EACH]
    assert {*log} == {f"edi:QUAY/ZZ//RELEASEBUS/ZZ//REF1/261128/1200/{n}/1" for n in expected}
    answers = await by_id(servers, namespace, EDI_OUT)
    ((control,),) = answers.values()
    assert control.count(b"UCM+") == MANY // EACH
    assert len(await by_id(servers, namespace, DEAD_LETTERS)) == 1
    assert all(len(same) == 1 for same in log.values())
    assert done.read_bytes() == data
    assert [each.name for each in (tmp_path / "quay").glob("*/*")].count("many.edi") == 1


MANY, EACH = 1_600, 100
"""Messages of the large file; one of so many the standard rejects."""


def _of_many(n: int) -> str:
    return codeco(str(n), f"GATE{n}", BOXES[n % 2]) if n % EACH else broken(str(n))


def taken(store: GatewayStore) -> int:
    """Return how many things of a file that is not done were settled."""
    return sum(each.taken for each in store.files.open())


@asynccontextmanager
async def gateway(
    servers: object, database_url: str, namespace: str, *folders: Path
) -> AsyncIterator[None]:
    """Run a gateway in a process of its own, and kill it in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SCRIPT,
        str(servers),
        database_url,
        namespace,
        *map(str, folders),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(FILE.encode())
    process.stdin.close()
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def progress(database_url: str) -> tuple[int, int]:
    """Return how many records were settled, and how many of what came of them were sent."""
    sent = tables.record.c.sent_at.is_not(None)
    return (
        number(database_url, sa.select(sa.func.count()).select_from(tables.delivery)),
        number(database_url, sa.select(sa.func.count()).where(sent)),
    )


async def until_at_work(database_url: str, lives: list[tuple[int, int]]) -> None:
    """Wait until this life has done something."""
    before = lives[-1] if lives else (0, 0)
    async with asyncio.timeout(60):
        while progress(database_url) == before:  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(0.02)


async def by_id(servers: object, namespace: str, topic: Topic) -> Mapping[str, set[bytes]]:
    """Return what stands on a topic: the different bytes under each id."""
    found: dict[str, set[bytes]] = defaultdict(set)
    async for record in standing(servers, [within(namespace, topic).name]):  # type: ignore[arg-type]  # of the fixture
        found[_id(record)].add(record.value or b"")
    return found


def _id(record: Seen) -> str:
    texts = {name: (value or b"").decode() for name, value in record.headers}
    return texts.get("ce_id") or f"{record.partition} {texts.get('dlq-offset')} {texts}"
