"""Dispatch killed with SIGKILL, again and again: nothing is lost, and repeats are the same."""

import asyncio
import random
import signal
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import sqlalchemy as sa

from consumers.dispatch.settings import DispatchSettings
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from tests.consumers.dispatch.facts_topic import facts_topic, identity
from tests.consumers.dispatch.test_run import assert_all_in_order, days, expected
from tests.engines import KafkaAtHand

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import asyncio, sys
from consumers.dispatch.run import run
from consumers.dispatch.settings import DispatchSettings

settings = DispatchSettings(
    *sys.argv[1:4], batch_records=7, send_at_once=5, session_timeout_ms=6000
)
asyncio.run(run(settings, asyncio.Event()))
"""


@pytest.mark.faults
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_whenever_dispatch_is_killed(
    kafka: KafkaAtHand, database_url: str, namespace: str, seed: int
) -> None:
    chance = random.Random(seed)
    settings = DispatchSettings(kafka.bootstrap_servers, database_url, namespace)
    facts = days(24)
    wanted = len(expected(facts))
    async with facts_topic(settings) as bus:
        await bus.publish(facts)
        progress: list[tuple[int, int]] = []
        for _ in range(5):
            dispatch = await _started(settings)
            await _until_at_work(settings, progress)
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            dispatch.send_signal(signal.SIGKILL)
            await dispatch.wait()
            progress.append(_progress(settings))
        last = await _started(settings)
        try:
            records = await bus.documents(wanted, timeout_seconds=60)
        finally:
            last.send_signal(signal.SIGKILL)
            await last.wait()

    # Each life got further, and none but the last to the end.
    assert progress == sorted(set(progress))
    assert progress[-1][1] < wanted
    assert_all_in_order(records, facts)
    contents: dict[str, set[bytes]] = defaultdict(set)
    for record in records:
        contents[identity(record)].add(record.value)
    assert all(len(same) == 1 for same in contents.values())


def _progress(settings: DispatchSettings) -> tuple[int, int]:
    """Return how many facts were seen and how many documents were sent."""
    store = Store(settings.database_url)
    store.create()
    count = sa.func.count().filter(DISPATCH.document.c.sent_at.is_not(None))
    with store._engine.begin() as connection:
        seen = connection.execute(sa.select(sa.func.sum(DISPATCH.seen.c.seq))).scalar() or 0
        sent = connection.execute(sa.select(count)).scalar() or 0
    store.close()
    return int(seen), int(sent)


async def _until_at_work(settings: DispatchSettings, progress: list[tuple[int, int]]) -> None:
    before = progress[-1] if progress else (0, 0)
    async with asyncio.timeout(30):
        while _progress(settings) == before:  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(0.02)


async def _started(settings: DispatchSettings) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SCRIPT,
        str(settings.bootstrap_servers),
        settings.database_url,
        settings.namespace,
        cwd=ROOT,
    )
