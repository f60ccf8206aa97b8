"""Lines for the fault tests, on Apache Kafka and PostgreSQL, shared unless a test breaks them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from compose.local import LocalKafka, LocalPostgres
from tests.engines import KafkaAtHand, PostgresAtHand
from tests.faults.audit import outcome_of_each
from tests.faults.line import Line, running_line
from tests.faults.scenarios import Scene, faultless
from tests.faults.workload import CAUSAL


@pytest.fixture
async def line(
    apache_kafka: KafkaAtHand, postgres_url: str, namespace: str, tmp_path: Path
) -> AsyncIterator[Line]:
    """A line of this test alone, on engines that all share."""
    async with running_line(
        apache_kafka.bootstrap_servers, postgres_url, namespace, tmp_path
    ) as running:
        yield running


@pytest.fixture
def scene(line: Line, without_a_fault: Any) -> Scene:
    """A run without a planted bug, to be compared with a faultless one."""
    return Scene(line, faultless=without_a_fault)


@pytest.fixture
async def scene_on_own_database(
    apache_kafka: KafkaAtHand,
    breakable_postgres: LocalPostgres,
    namespace: str,
    tmp_path: Path,
    without_a_fault: Any,
) -> AsyncIterator[Scene]:
    """The same on a PostgreSQL that this test may stop."""
    url = breakable_postgres.create_database("bus")
    async with running_line(apache_kafka.bootstrap_servers, url, namespace, tmp_path) as running:
        yield Scene(running, faultless=without_a_fault)


@pytest.fixture
async def scene_on_own_broker(
    breakable_kafka: LocalKafka,
    postgres_url: str,
    namespace: str,
    tmp_path: Path,
    without_a_fault: Any,
) -> AsyncIterator[Scene]:
    """The same on an Apache Kafka that this test may kill."""
    async with running_line(
        breakable_kafka.bootstrap_servers, postgres_url, namespace, tmp_path
    ) as running:
        yield Scene(running, faultless=without_a_fault)


@pytest.fixture(scope="session")
def without_a_fault(
    apache_kafka: KafkaAtHand, postgres: PostgresAtHand, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """How the workload ends when nothing breaks: run once, on the real parts."""

    async def run() -> Any:
        folder = tmp_path_factory.mktemp("faultless")
        with postgres.fresh_database() as url:
            async with running_line(
                apache_kafka.bootstrap_servers, url, "faultless.", folder
            ) as running:
                found = await faultless(running)
        assert not found.findings, found.findings
        return outcome_of_each(found.read, CAUSAL)

    with ThreadPoolExecutor(1) as thread:  # the test's own loop is not disturbed
        return thread.submit(lambda: asyncio.run(run())).result()
